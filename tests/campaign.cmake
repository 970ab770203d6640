# Campaign, store and report; bo_wrap_alloc comes from base.cmake.
bo_test(sweep_config bo_campaign)
bo_wrap_alloc(test_sweep_config)
bo_test(store bo_campaign PkgConfig::SQLITE)
target_sources(test_store PRIVATE sweep_fixture.c)
bo_wrap_alloc(test_store)
