#include "fail_alloc.h"
#include "net/tensor.h"
#include "test_suite.h"

static void a_tensor_is_zero_filled_and_knows_its_size(void) {
  const int64_t dims[] = {2, 3, 4};
  bo_tensor t;
  CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&t, BO_I32, 3, dims, NULL), BO_OK);
  CU_ASSERT_EQUAL(t.count, 24);
  CU_ASSERT_EQUAL(t.rank, 3);
  CU_ASSERT_EQUAL(t.dims[1], 3);
  for (size_t i = 0; i < t.count; i++) {
    CU_ASSERT_EQUAL(bo_tensor_int(&t, i), 0);
  }
  bo_tensor_free(&t);
  CU_ASSERT_PTR_NULL(t.data);
}

static void a_scalar_has_one_element_and_an_empty_tensor_still_has_data(void) {
  const int64_t empty[] = {4, 0, 5};
  bo_tensor t;
  CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&t, BO_F32, 0, NULL, NULL), BO_OK);
  CU_ASSERT_EQUAL(t.count, 1);
  bo_tensor_free(&t);
  CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&t, BO_F32, 3, empty, NULL), BO_OK);
  CU_ASSERT_EQUAL(t.count, 0);
  CU_ASSERT_PTR_NOT_NULL(t.data);
  bo_tensor_free(&t);
}

static void elements_wrap_to_their_type_and_read_back_with_their_sign(void) {
  static const struct {
    bo_dtype dtype;
    int64_t stored, read;
  } cases[] = {
      {BO_U8, 255, 255},
      {BO_U8, 256 + 7, 7},
      {BO_U8, -1, 255},
      {BO_I8, -128, -128},
      {BO_I8, 200, 200 - 256},
      {BO_I32, INT32_MIN, INT32_MIN},
      {BO_I32, (int64_t)INT32_MAX + 1, INT32_MIN},
      {BO_I64, INT64_MIN, INT64_MIN},
  };
  const int64_t dims[] = {3};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    bo_tensor t;
    CU_ASSERT_EQUAL_FATAL(bo_tensor_init(&t, cases[c].dtype, 1, dims, NULL), BO_OK);
    bo_tensor_set_int(&t, 1, cases[c].stored);
    CU_ASSERT_EQUAL(bo_tensor_int(&t, 1), cases[c].read);
    CU_ASSERT_EQUAL(bo_tensor_real(&t, 1), (double)cases[c].read);
    CU_ASSERT_EQUAL(bo_tensor_int(&t, 0), 0);
    CU_ASSERT_EQUAL(bo_tensor_int(&t, 2), 0);
    bo_tensor_free(&t);
  }
}

static void check_refused(uint32_t rank, const int64_t *dims, const char *text) {
  bo_diag diag = {{0}};
  bo_tensor t = {.count = 77};
  CU_ASSERT_EQUAL(bo_tensor_init(&t, BO_U8, rank, dims, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, text));
  CU_ASSERT_PTR_NULL(t.data);
  CU_ASSERT_EQUAL(t.count, 0);
}

static void shapes_out_of_range_are_refused_with_the_dimension(void) {
  const int64_t large = (int64_t)1 << 28;
  check_refused(9, (const int64_t[9]){0}, "rank: expected 0..8, got 9");
  check_refused(2, (const int64_t[]){3, -1}, "dimension 1: expected 0..268435456, got -1");
  check_refused(1, (const int64_t[]){large + 1},
                "dimension 0: expected 0..268435456, got 268435457");
  check_refused(2, (const int64_t[]){INT64_MAX, INT64_MAX},
                "dimension 0: expected 0..268435456, got 9223372036854775807");
  check_refused(3, (const int64_t[]){large, 2, 1}, "tensor has more than 268435456 elements");
  /* 2^28 three times is 2^84: it must not come out as 0, nor be hidden by a real 0. */
  check_refused(3, (const int64_t[]){large, large, large},
                "tensor has more than 268435456 elements");
  check_refused(4, (const int64_t[]){0, large, large, large},
                "tensor has more than 268435456 elements");
}

static void names_and_sizes_are_those_of_the_types(void) {
  CU_ASSERT_EQUAL(bo_dtype_size(BO_F32), sizeof(float));
  CU_ASSERT_EQUAL(bo_dtype_size(BO_U8), 1);
  CU_ASSERT_EQUAL(bo_dtype_size(BO_I8), 1);
  CU_ASSERT_EQUAL(bo_dtype_size(BO_I32), 4);
  CU_ASSERT_EQUAL(bo_dtype_size(BO_I64), 8);
  CU_ASSERT_STRING_EQUAL(bo_dtype_name(BO_F32), "float32");
  CU_ASSERT_STRING_EQUAL(bo_dtype_name(BO_I8), "int8");
}

static void out_of_memory_leaves_an_empty_tensor(void) {
  const int64_t dims[] = {5};
  bo_tensor t = {.count = 77};
  fail_alloc_arm(0);
  const bo_status status = bo_tensor_init(&t, BO_F32, 1, dims, NULL);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_EQUAL(status, BO_E_NOMEM);
  CU_ASSERT_PTR_NULL(t.data);
  CU_ASSERT_EQUAL(t.count, 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_tensor_is_zero_filled_and_knows_its_size),
    BO_TEST(a_scalar_has_one_element_and_an_empty_tensor_still_has_data),
    BO_TEST(elements_wrap_to_their_type_and_read_back_with_their_sign),
    BO_TEST(shapes_out_of_range_are_refused_with_the_dimension),
    BO_TEST(names_and_sizes_are_those_of_the_types),
    BO_TEST(out_of_memory_leaves_an_empty_tensor),
    CU_TEST_INFO_NULL,
};
