# Campaign, store and report.
bo_test(sweep_config bo_campaign FAIL_ALLOC)
bo_test(store bo_campaign SOURCES sweep_fixture.c temp_dir.c LIBS PkgConfig::SQLITE FAIL_ALLOC)
bo_test(campaign bo_campaign SOURCES sweep_fixture.c temp_dir.c FAIL_ALLOC)
bo_test(sweep bo_campaign SOURCES temp_dir.c)
bo_test(report bo_report SOURCES sweep_fixture.c temp_dir.c LIBS PkgConfig::JANSSON m FAIL_ALLOC)
bo_test(report_profile bo_report LIBS PkgConfig::JANSSON m FAIL_ALLOC)
bo_test(vector_text bo_report FAIL_ALLOC)
bo_test(scaling bo_campaign SOURCES faulty_net.c random_net.c LIBS m)
bo_test(metamorphic bo_campaign SOURCES faulty_net.c random_net.c LIBS m)
if(BO_SANITIZE) # shipped networks, as in cli.cmake
  set_tests_properties(unit.scaling unit.metamorphic PROPERTIES ENVIRONMENT BO_TEST_IMAGES=20)
endif()
