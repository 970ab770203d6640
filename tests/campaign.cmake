# Campaign, store and report; bo_wrap_alloc comes from base.cmake.
bo_test(sweep_config bo_campaign)
bo_wrap_alloc(test_sweep_config)
