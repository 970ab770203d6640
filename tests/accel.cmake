# The machine: engine, schedule, energy.
bo_test(engine bo_accel SOURCES random_net.c LIBS m FAIL_ALLOC)
# The same on a processor that looks too old for oneDNN to be exact: the own kernel takes over.
add_test(NAME unit.engine_without_vnni COMMAND test_engine)
set_tests_properties(unit.engine_without_vnni PROPERTIES
  ENVIRONMENT DNNL_MAX_CPU_ISA=AVX512_CORE)
bo_test(schedule bo_accel)
bo_test(tick bo_accel SOURCES probe_list.c random_net.c LIBS m FAIL_ALLOC)
bo_test(vectors bo_accel SOURCES random_net.c LIBS m FAIL_ALLOC)
bo_test(scalesim bo_accel)
bo_test(topology bo_accel FAIL_ALLOC)
bo_test(energy bo_energy LIBS m FAIL_ALLOC)
bo_test(core bo_accel SOURCES probe_list.c FAIL_ALLOC)
bo_test(core_random bo_accel SOURCES core_bench.c dice.c probe_list.c)
bo_test(core_placed bo_accel
  SOURCES core_bench.c dice.c probe_list.c random_placement.c stored_net.c)
