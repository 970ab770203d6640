# The array and what stands at its edges, each against a plain model of the same registers.
bo_test(array bo_array SOURCES probe_list.c dice.c FAIL_ALLOC)
bo_test(array_products bo_array SOURCES probe_list.c)
bo_test(skew bo_array SOURCES probe_list.c FAIL_ALLOC)
bo_test(mesh bo_array SOURCES probe_list.c dice.c FAIL_ALLOC)
bo_test(accumulator bo_array SOURCES probe_list.c dice.c FAIL_ALLOC)
