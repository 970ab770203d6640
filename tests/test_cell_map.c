/* Measured cells: files, packing, and how the banks of a machine lie on them. */
#include "base/npy.h"
#include "base/rng.h"
#include "dice.h"
#include "fail_alloc.h"
#include "silicon/cell_map.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  MAX_ROWS = 40,
};

static char npz_path[64];

static bo_cell_rates empty_rates(uint32_t voltages, bo_cell_shape shape) {
  bo_cell_rates rates;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_new(&rates, voltages, &shape, NULL), BO_OK);
  for (uint32_t v = 0; v < voltages; v++) {
    rates.vdd_ratio[v] = 0.7 + 0.05 * v;
  }
  return rates;
}

/* Half of the cells never fail, the others always, sometimes or both ways; fewer at more voltage.
 */
static bo_cell_rates random_rates(dice *d, uint32_t voltages, bo_cell_shape shape) {
  bo_cell_rates rates = empty_rates(voltages, shape);
  const size_t cells = bo_cell_count(&shape);
  for (size_t i = 0; i < cells; i++) {
    const uint32_t kind = roll(d, 0, 7);
    const float p = (float)roll(d, 1, 99) / 100;
    for (uint32_t v = 0; v < voltages; v++) {
      const float here = kind == 6 ? 1 : p / (float)(v + 1);
      rates.p[0][v * cells + i] = kind == 4 || kind >= 6 ? here : 0;
      rates.p[1][v * cells + i] = kind == 5 || kind == 7 ? here : 0;
    }
  }
  return rates;
}

static bo_cell_map *packed(const bo_cell_rates *rates) {
  bo_cell_map *map = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_cell_map_new(&map, rates, NULL), BO_OK);
  return map;
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* What a cell with these rates makes of a bit. */
static bo_fault_word slow_bit(bool persistent_only, double to_1, double to_0, double u,
                              uint64_t bit) {
  const bool one = persistent_only ? to_1 >= 0.9 : u < to_1;
  const bool zero = persistent_only ? to_0 >= 0.9 : u < to_0;
  bo_fault_word fault = {.and_mask = UINT64_MAX};
  if (one && zero) {
    fault.xor_mask = bit;
  } else if (one) {
    fault.or_mask = bit;
  } else if (zero) {
    fault.and_mask = ~bit;
  }
  return fault;
}

/* Bit by bit along the sequence, as the header says it. */
static void slow_faults(const bo_map_view *view, const bo_cell_rates *rates, uint32_t bank,
                        uint32_t rows, uint32_t width, bool persistent_only, bo_fault_word *fault) {
  const size_t cells = bo_cell_count(&rates->shape);
  for (uint32_t row = 0; row < rows; row++) {
    fault[row] = (bo_fault_word){.and_mask = UINT64_MAX};
    for (uint32_t column = 0; column < width; column++) {
      const uint64_t place = (uint64_t)bank * rows * width + (uint64_t)row * width + column;
      const size_t cell = view->voltage * cells + (view->first_cell + place) % cells;
      const uint32_t counter[3] = {bank, row, column};
      const double u =
          (double)bo_rng_draw(view->seed, BO_RNG_CELL_READ, counter).word[1] / 4294967296.0;
      const bo_fault_word bit = slow_bit(persistent_only, (double)rates->p[0][cell],
                                         (double)rates->p[1][cell], u, (uint64_t)1 << column);
      fault[row].xor_mask |= bit.xor_mask;
      fault[row].or_mask |= bit.or_mask;
      fault[row].and_mask &= bit.and_mask;
    }
  }
}

static void a_bank_reads_the_cells_that_it_lies_on(void) {
  dice d = {.case_number = 4100};
  unsigned wrapped = 0;
  unsigned both = 0;
  for (unsigned i = 0; i < 400; i++) {
    const bo_cell_shape shape = {roll(&d, 1, 3), roll(&d, 1, 20), roll(&d, 1, 150)};
    bo_cell_rates rates = random_rates(&d, 2, shape);
    bo_cell_map *const map = packed(&rates);
    const uint32_t rows = roll(&d, 1, MAX_ROWS);
    const uint32_t width = roll(&d, 1, 64);
    const uint32_t bank = roll(&d, 0, 5);
    const bo_map_view view = {
        .map = map, .voltage = roll(&d, 0, 1), .first_cell = roll(&d, 0, 5000), .seed = i};
    const bool persistent_only = roll(&d, 0, 2) == 0;
    bo_fault_word got[MAX_ROWS];
    bo_fault_word expected[MAX_ROWS];
    bo_cell_map_faults(&view, bank, rows, width, persistent_only, got);
    slow_faults(&view, &rates, bank, rows, width, persistent_only, expected);
    CU_ASSERT_EQUAL(memcmp(got, expected, rows * sizeof *got), 0);
    wrapped += view.first_cell + (uint64_t)rows * width > bo_cell_count(&shape);
    for (uint32_t row = 0; row < rows; row++) {
      both += got[row].xor_mask != 0;
    }
    bo_cell_map_free(map);
    bo_cell_rates_free(&rates);
  }
  CU_ASSERT(wrapped > 100);
  CU_ASSERT(both > 100);
}

static void a_cell_between_0_and_1_fails_in_that_part_of_the_loads(void) {
  enum {
    LOADS = 4000
  };
  bo_cell_rates rates = empty_rates(1, (bo_cell_shape){1, 1, 64});
  rates.p[0][9] = 0.25F;
  bo_cell_map *const map = packed(&rates);
  unsigned fails = 0;
  for (uint64_t seed = 0; seed < LOADS; seed++) {
    const bo_map_view view = {.map = map, .seed = seed};
    bo_fault_word fault;
    bo_cell_map_faults(&view, 0, 1, 64, false, &fault);
    CU_ASSERT_EQUAL(fault.or_mask & ~((uint64_t)1 << 9), 0);
    CU_ASSERT_EQUAL(fault.and_mask, UINT64_MAX);
    fails += (unsigned)(fault.or_mask >> 9);
  }
  CU_ASSERT(fabs(fails - 0.25 * LOADS) < 5 * sqrt(0.25 * 0.75 * LOADS));
  bo_cell_map_free(map);
  bo_cell_rates_free(&rates);
}

static void failures_of_one_load_are_nested_over_voltage(void) {
  dice d = {.case_number = 4200};
  bo_cell_rates rates = random_rates(&d, 3, (bo_cell_shape){2, 30, 64});
  bo_cell_map *const map = packed(&rates);
  uint64_t fewer = 0;
  for (uint64_t seed = 0; seed < 10; seed++) {
    bo_fault_word low[30];
    bo_fault_word high[30];
    const bo_map_view at_low = {.map = map, .voltage = 0, .seed = seed};
    const bo_map_view at_high = {.map = map, .voltage = 2, .seed = seed};
    bo_cell_map_faults(&at_low, 1, 30, 64, false, low);
    bo_cell_map_faults(&at_high, 1, 30, 64, false, high);
    for (uint32_t row = 0; row < 30; row++) {
      CU_ASSERT_EQUAL(bo_fault_word_cells(high[row]) & ~bo_fault_word_cells(low[row]), 0);
      fewer += bo_fault_word_cells(high[row]) != bo_fault_word_cells(low[row]);
    }
  }
  CU_ASSERT(fewer > 100);
  bo_cell_map_free(map);
  bo_cell_rates_free(&rates);
}

static void the_mean_is_over_all_cells(void) {
  bo_cell_rates rates = empty_rates(2, (bo_cell_shape){1, 2, 4});
  rates.p[0][8] = 1;
  rates.p[0][15] = 0.5F;
  rates.p[1][9] = 0.25F;
  bo_cell_map *const map = packed(&rates);
  CU_ASSERT_EQUAL(bo_cell_map_mean(map, 0, BO_FAULT_0TO1), 0);
  CU_ASSERT_EQUAL(bo_cell_map_mean(map, 1, BO_FAULT_0TO1), 1.5 / 8);
  CU_ASSERT_EQUAL(bo_cell_map_mean(map, 1, BO_FAULT_1TO0), 0.25 / 8);
  bo_cell_map_free(map);
  bo_cell_rates_free(&rates);
}

/* --- files --------------------------------------------------------------------------------------
 */

static void what_is_saved_is_what_is_loaded_and_the_same_bytes_again(void) {
  dice d = {.case_number = 4300};
  bo_cell_rates rates = random_rates(&d, 3, (bo_cell_shape){2, 5, 70});
  bo_cell_rates loaded;
  bo_bytes first;
  bo_bytes second;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(&rates, npz_path, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&first, npz_path, 1 << 20, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_load(&loaded, npz_path, NULL), BO_OK);
  CU_ASSERT_EQUAL(loaded.voltages, 3);
  CU_ASSERT_EQUAL(memcmp(&loaded.shape, &rates.shape, sizeof rates.shape), 0);
  for (uint32_t v = 0; v < loaded.voltages; v++) {
    CU_ASSERT_EQUAL(loaded.vdd_ratio[v], rates.vdd_ratio[v]);
  }
  const size_t values = loaded.voltages * bo_cell_count(&loaded.shape);
  size_t differing = 0;
  for (size_t i = 0; i < values; i++) {
    differing += loaded.p[0][i] != rates.p[0][i] || loaded.p[1][i] != rates.p[1][i];
  }
  CU_ASSERT_EQUAL(differing, 0);
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(&loaded, npz_path, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&second, npz_path, 1 << 20, NULL), BO_OK);
  CU_ASSERT(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
  bo_bytes_free(&first);
  bo_bytes_free(&second);
  bo_cell_rates_free(&loaded);
  bo_cell_rates_free(&rates);
}

static void expect_refused(const bo_npz_array *arrays, uint32_t count, const char *reason) {
  bo_cell_rates rates = {.voltages = 5};
  bo_diag diag = {""};
  char message[512];
  CU_ASSERT_EQUAL_FATAL(bo_npz_write(npz_path, arrays, count, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_cell_rates_load(&rates, npz_path, &diag), BO_E_INVALID);
  (void)snprintf(message, sizeof message, "%s: %s", npz_path, reason);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT(rates.voltages == 0 && rates.vdd_ratio == NULL && rates.p[0] == NULL);
}

/* Two voltages of one array of 2 x 3 cells; what is changed in it. */
typedef struct file_case {
  double vdd_ratio[2];
  float p[BO_FAULT_DIRECTIONS][12];
  size_t shape[BO_FAULT_DIRECTIONS][4];
  bo_npy_type type[3];
  uint32_t arrays;
} file_case;

static file_case good_file(void) {
  return (file_case){.vdd_ratio = {0.8, 0.9},
                     .shape = {{2, 1, 2, 3}, {2, 1, 2, 3}},
                     .type = {BO_NPY_F64, BO_NPY_F32, BO_NPY_F32},
                     .arrays = 3};
}

static void expect_file_refused(const file_case *c, const char *reason) {
  const size_t two = 2;
  const bo_npz_array arrays[] = {{"vdd_ratio", c->type[0], 1, &two, c->vdd_ratio},
                                 {"p_0to1", c->type[1], 4, c->shape[0], c->p[0]},
                                 {"p_1to0", c->type[2], 4, c->shape[1], c->p[1]}};
  expect_refused(arrays, c->arrays, reason);
}

static void a_bad_archive_is_refused_by_array_and_index(void) {
  file_case c = good_file();
  c.p[0][7] = NAN;
  expect_file_refused(&c, "p_0to1[1][0][0][1]: expected 0..1, got nan");
  c = good_file();
  c.p[1][5] = 1.5F;
  expect_file_refused(&c, "p_1to0[0][0][1][2]: expected 0..1, got 1.5");
  c = good_file();
  c.p[1][0] = -0.25F;
  expect_file_refused(&c, "p_1to0[0][0][0][0]: expected 0..1, got -0.25");
  c = good_file();
  c.vdd_ratio[1] = 0.8;
  expect_file_refused(&c, "vdd_ratio[1]: expected above 0.800002, at most 1.25, got 0.8");
  c.vdd_ratio[1] = 0.8000015; /* would be found under the name of the other one */
  expect_file_refused(&c, "vdd_ratio[1]: expected above 0.800002, at most 1.25, got 0.8000015");
  c = good_file();
  c.vdd_ratio[0] = NAN;
  expect_file_refused(&c, "vdd_ratio[0]: expected above 0, at most 1.25, got nan");
  c = good_file();
  c.arrays = 2;
  expect_file_refused(&c, "expected an array 'p_1to0', got none");
  c = good_file();
  c.shape[1][2] = 1;
  c.shape[1][3] = 6;
  expect_file_refused(&c,
                      "p_1to0: expected the shape of p_0to1, [1][2][3] a voltage, got [1][1][6]");
  c = good_file();
  c.shape[0][0] = 1;
  c.shape[0][1] = 2;
  expect_file_refused(&c, "p_0to1: expected float32 [2][arrays][rows][columns] as vdd_ratio has "
                          "values, got float32 of rank 4 with 1 first");
  c = good_file();
  c.type[1] = BO_NPY_I32;
  expect_file_refused(&c, "p_0to1: expected float32 [2][arrays][rows][columns] as vdd_ratio has "
                          "values, got int32 of rank 4 with 2 first");
  c = good_file();
  c.type[0] = BO_NPY_I64;
  expect_file_refused(&c,
                      "vdd_ratio: expected float64 of rank 1, got int64 of rank 1 with 2 values");
}

static void a_file_called_like_an_array_is_named_all_the_same(void) {
  bo_cell_rates bad = empty_rates(1, (bo_cell_shape){1, 1, 1});
  bo_cell_rates rates;
  bo_diag diag = {""};
  bo_bytes bytes;
  bad.p[0][0] = 2;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(&bad, npz_path, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, npz_path, 1 << 20, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_cell_rates_parse(&rates, "p_", bytes.data, bytes.size, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "p_: p_0to1[0][0][0][0]: expected 0..1, got 2"));
  bo_bytes_free(&bytes);
  bo_cell_rates_free(&bad);
}

/* More voltages than a map may have, and an array of rates that is larger than its archive says. */
static void arrays_beyond_their_bounds_are_refused(void) {
  static double many[1000];
  const size_t shape[] = {64, 1, 1, 1};
  const size_t length = 1000;
  for (size_t i = 0; i < length; i++) {
    many[i] = 0.5 + 1e-4 * (double)i;
  }
  const bo_npz_array too_many[] = {{"vdd_ratio", BO_NPY_F64, 1, shape, many},
                                   {"p_0to1", BO_NPY_F32, 4, shape, many},
                                   {"p_1to0", BO_NPY_F32, 4, shape, many}};
  expect_refused(too_many, 3, "voltages: expected at most 63, got 64");
  const bo_npz_array longest[] = {{"vdd_ratio", BO_NPY_F64, 1, &length, many}};
  expect_refused(longest, 1, "vdd_ratio.npy: expected at most 4600 bytes, got 8384");
  const size_t none = 0;
  const bo_npz_array empty[] = {{"vdd_ratio", BO_NPY_F64, 1, &none, many}};
  expect_refused(empty, 1,
                 "vdd_ratio: expected float64 of rank 1, got float64 of rank 1 with 0 values");
  const size_t flat[] = {1, 1, 0, 1};
  const bo_npz_array no_cells[] = {{"vdd_ratio", BO_NPY_F64, 1, flat, many},
                                   {"p_0to1", BO_NPY_F32, 4, flat, many}};
  expect_refused(no_cells, 2,
                 "1 voltages x 1 arrays x 0 rows x 1 columns: expected each at least 1, together "
                 "at most 67108864");
  const size_t deep[] = {1, 1, 1, 1, 2};
  const bo_npz_array rank_5[] = {{"vdd_ratio", BO_NPY_F64, 1, deep, many},
                                 {"p_0to1", BO_NPY_F32, 5, deep, many}};
  expect_refused(rank_5, 2,
                 "p_0to1: expected float32 [1][arrays][rows][columns] as vdd_ratio has values, got "
                 "float32 of rank 5 with 1 first");
  const bo_npz_array scalar[] = {{"vdd_ratio", BO_NPY_F64, 1, flat, many},
                                 {"p_0to1", BO_NPY_F32, 0, NULL, many}};
  expect_refused(scalar, 2,
                 "p_0to1: expected float32 [1][arrays][rows][columns] as vdd_ratio has values, got "
                 "float32 of rank 0 with 0 first");
}

static void no_archive_and_a_truncated_one_are_refused(void) {
  bo_cell_rates rates;
  bo_diag diag = {""};
  bo_bytes bytes;
  CU_ASSERT_EQUAL(bo_cell_rates_load(&rates, "/no/such/map.npz", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/such/map.npz"));
  bo_cell_rates whole = empty_rates(1, (bo_cell_shape){1, 8, 8});
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(&whole, npz_path, NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, npz_path, 1 << 20, NULL), BO_OK);
  for (size_t size = 0; size < bytes.size; size += 13) {
    CU_ASSERT_EQUAL(bo_cell_rates_parse(&rates, "m.npz", bytes.data, size, &diag), BO_E_INVALID);
    CU_ASSERT(has_text(diag.text, "m.npz: "));
  }
  bo_bytes_free(&bytes);
  bo_cell_rates_free(&whole);
}

static void sizes_without_bound_are_refused(void) {
  bo_cell_rates rates;
  bo_diag diag = {""};
  const bo_cell_shape huge = {1U << 31, 1U << 31, 1U << 31};
  const bo_cell_shape none = {1, 0, 8};
  CU_ASSERT_EQUAL(bo_cell_rates_new(&rates, 2, &huge, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "2 voltages x 2147483648 arrays x 2147483648 rows x 2147483648 "
                                 "columns: expected each at least 1, together at most 67108864"));
  CU_ASSERT_EQUAL(bo_cell_rates_new(&rates, 2, &none, &diag), BO_E_INVALID);
  CU_ASSERT_EQUAL(bo_cell_rates_new(&rates, 64, &(bo_cell_shape){1, 1, 1}, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "voltages: expected at most 63, got 64"));
}

static void each_failed_allocation_is_reported(void) {
  bo_cell_rates whole = empty_rates(2, (bo_cell_shape){1, 8, 8});
  whole.p[0][3] = 0.5F;
  CU_ASSERT_EQUAL_FATAL(bo_cell_rates_save(&whole, npz_path, NULL), BO_OK);
  bo_cell_rates_free(&whole);
  for (unsigned k = 0;; k++) {
    bo_cell_rates rates;
    bo_cell_map *map = NULL;
    fail_alloc_arm(k);
    bo_status status = bo_cell_rates_load(&rates, npz_path, NULL);
    if (status == BO_OK) {
      status = bo_cell_map_new(&map, &rates, NULL);
    }
    const bool reached = fail_alloc_disarm();
    bo_cell_rates_free(&rates);
    bo_cell_map_free(map);
    CU_ASSERT_EQUAL(status, reached ? BO_E_NOMEM : BO_OK);
    if (!reached) {
      CU_ASSERT(k > 8);
      break;
    }
  }
}

static void remove_file(void) {
  (void)unlink(npz_path);
}

static void a_place_for_files(void) {
  (void)snprintf(npz_path, sizeof npz_path, "/tmp/brownout-cell-map-%ld.npz", (long)getpid());
  CU_ASSERT_EQUAL(atexit(remove_file), 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_place_for_files),
    BO_TEST(a_bank_reads_the_cells_that_it_lies_on),
    BO_TEST(a_cell_between_0_and_1_fails_in_that_part_of_the_loads),
    BO_TEST(failures_of_one_load_are_nested_over_voltage),
    BO_TEST(the_mean_is_over_all_cells),
    BO_TEST(what_is_saved_is_what_is_loaded_and_the_same_bytes_again),
    BO_TEST(a_bad_archive_is_refused_by_array_and_index),
    BO_TEST(a_file_called_like_an_array_is_named_all_the_same),
    BO_TEST(arrays_beyond_their_bounds_are_refused),
    BO_TEST(no_archive_and_a_truncated_one_are_refused),
    BO_TEST(sizes_without_bound_are_refused),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
