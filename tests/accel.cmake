# Engines, schedule and energy; bo_wrap_alloc comes from base.cmake.
bo_test(engine bo_accel)
target_sources(test_engine PRIVATE random_net.c)
target_link_libraries(test_engine PRIVATE m)
bo_wrap_alloc(test_engine)
bo_test(schedule bo_accel)
bo_test(energy bo_energy m)
bo_wrap_alloc(test_energy)
