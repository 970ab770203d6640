bo_test(arch bo_arch FAIL_ALLOC)
bo_test(profile bo_silicon LIBS m FAIL_ALLOC)
bo_test(chip bo_silicon LIBS m)
