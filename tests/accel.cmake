# Engines, schedule and energy; bo_wrap_alloc comes from base.cmake.
bo_test(engine bo_accel)
target_sources(test_engine PRIVATE random_net.c)
target_link_libraries(test_engine PRIVATE m)
bo_wrap_alloc(test_engine)
# The same on a processor that looks too old for oneDNN to be exact: the own kernel takes over.
add_test(NAME unit.engine_without_vnni COMMAND test_engine)
set_tests_properties(unit.engine_without_vnni PROPERTIES
  ENVIRONMENT DNNL_MAX_CPU_ISA=AVX512_CORE)
bo_test(schedule bo_accel)
bo_test(energy bo_energy m)
bo_wrap_alloc(test_energy)
