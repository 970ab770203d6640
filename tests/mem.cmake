bo_test(placement bo_mem SOURCES dice.c random_placement.c FAIL_ALLOC)
bo_test(inject bo_mem SOURCES dice.c random_placement.c LIBS m FAIL_ALLOC)
