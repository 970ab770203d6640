/* Measured memories in every format: what is read, and what is refused with which words. */
#include "fail_alloc.h"
#include "silicon/import_private.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t bram_rows = 1024;

#define LOG "array,row,column,voltage,reads,fails_0to1,fails_1to0\n"

static temp_dir folder;

/* A file in the folder, by its name; the path is good until the next call. */
static const char *path_of(const char *name) {
  (void)snprintf(folder.file, sizeof folder.file, "%s/%s", folder.dir, name);
  return folder.file;
}

static void write_text(const char *name, const char *text) {
  CU_ASSERT_EQUAL_FATAL(bo_file_write(path_of(name), text, strlen(text), NULL), BO_OK);
}

static void write_npy(const char *name, bo_npy_type type, uint32_t rank, const size_t *shape,
                      const void *data) {
  char file[BO_NPY_HEADER_SIZE + 256];
  size_t bytes = bo_npy_type_size(type);
  for (uint32_t i = 0; i < rank; i++) {
    bytes *= shape[i];
  }
  CU_ASSERT_FATAL(bytes <= 256);
  bo_npy_header(file, type, rank, shape);
  memcpy(file + BO_NPY_HEADER_SIZE, data, bytes);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(path_of(name), file, BO_NPY_HEADER_SIZE + bytes, NULL),
                        BO_OK);
}

static bo_rates_options of(bo_rates_format format) {
  return (bo_rates_options){.format = format};
}

/* Imports the file "list" in the folder; {0} if that was refused. */
static bo_cell_rates imported(bo_rates_facts *facts, const bo_rates_options *options) {
  bo_cell_rates rates;
  bo_diag diag = {""};
  const bo_status status = bo_rates_import(&rates, facts, path_of("list"), options, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  return rates;
}

/* "@" in what is expected stands for the folder. */
static void expect_refused(const bo_rates_options *options, const char *list,
                           const char *expected) {
  bo_cell_rates rates = {.voltages = 9};
  bo_rates_facts facts;
  bo_diag diag = {""};
  char message[1024] = "";
  size_t at = 0;
  for (const char *c = expected; *c != '\0' && at + 64 < sizeof message; c++) {
    at += (size_t)(*c == '@' ? snprintf(message + at, sizeof message - at, "%s/", folder.dir)
                             : snprintf(message + at, sizeof message - at, "%c", *c));
  }
  write_text("list", list);
  CU_ASSERT_EQUAL(bo_rates_import(&rates, &facts, path_of("list"), options, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, message));
  CU_ASSERT(rates.voltages == 0 && rates.p[0] == NULL && rates.p[1] == NULL);
}

static void expect_shape(const bo_cell_rates *rates, uint32_t voltages, bo_cell_shape shape) {
  CU_ASSERT_EQUAL_FATAL(rates->voltages, voltages);
  CU_ASSERT_EQUAL_FATAL(rates->shape.arrays, shape.arrays);
  CU_ASSERT_EQUAL_FATAL(rates->shape.rows, shape.rows);
  CU_ASSERT_EQUAL_FATAL(rates->shape.columns, shape.columns);
}

static void expect_rates(const bo_cell_rates *rates, int direction, const float *expected) {
  const size_t values = rates->voltages * bo_cell_count(&rates->shape);
  for (size_t i = 0; i < values; i++) {
    if (rates->p[direction][i] != expected[i]) {
      printf("direction %d, value %zu: expected %g, got %g\n", direction, i, (double)expected[i],
             (double)rates->p[direction][i]);
      CU_FAIL("a rate is not what was written");
    }
  }
}

/* --- lists ------------------------------------------------------------------------------------ */

static void voltages_rise_whatever_the_order_of_the_lines(void) {
  const bo_rates_options options = {.format = BO_RATES_CSV, .vmin_v = 0.5};
  bo_rates_facts facts;
  write_text("list", "voltage,1to0,0to1\r\n\n0.48, b1, b0\n0.45,a1,a0\n\n");
  write_text("a0", "0.5,0,1\n0.25,0,0\n");
  write_text("a1", "0,0.75,0\n0,0,0\n");
  write_text("b0", "\n0.125,0,1e0\r\n0.5,0,0\n");
  write_text("b1", "0,0,0\n0,0,0");
  bo_cell_rates rates = imported(&facts, &options);
  expect_shape(&rates, 2, (bo_cell_shape){1, 2, 3});
  CU_ASSERT_DOUBLE_EQUAL(rates.vdd_ratio[0], 0.9, 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(rates.vdd_ratio[1], 0.96, 1e-15);
  expect_rates(&rates, BO_FAULT_0TO1,
               (const float[]){0.5F, 0, 1, 0.25F, 0, 0, 0.125F, 0, 1, 0.5F, 0, 0});
  expect_rates(&rates, BO_FAULT_1TO0, (const float[]){0, 0.75F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CU_ASSERT_EQUAL(facts.rising_cells, 1); /* from 0.25 to 0.5 */
  CU_ASSERT_EQUAL(facts.copied_rows, 0);
  bo_cell_rates_free(&rates);
}

static void a_direction_without_a_column_never_fails(void) {
  const bo_rates_options options = of(BO_RATES_CSV);
  bo_rates_facts facts;
  char list[256];
  (void)snprintf(list, sizeof list, "voltage,1to0\n21/24,%s/a", folder.dir); /* a path from / */
  write_text("list", list);
  write_text("a", "0.5");
  bo_cell_rates rates = imported(&facts, &options);
  expect_shape(&rates, 1, (bo_cell_shape){1, 1, 1});
  CU_ASSERT_EQUAL(rates.vdd_ratio[0], 0.875);
  expect_rates(&rates, BO_FAULT_0TO1, (const float[]){0});
  expect_rates(&rates, BO_FAULT_1TO0, (const float[]){0.5F});
  bo_cell_rates_free(&rates);
}

static void a_bad_list_is_refused_by_its_line(void) {
  const bo_rates_options csv = of(BO_RATES_CSV);
  const bo_rates_options npz = of(BO_RATES_NPZ);
  const bo_rates_options volts = {.format = BO_RATES_CSV, .vmin_v = 0.5};
  expect_refused(&csv, "", "@list:1: expected a header voltage,0to1,1to0, got ''");
  expect_refused(&csv, "voltage\n", "@list:1: expected a header voltage,0to1,1to0, got 'voltage'");
  expect_refused(&csv, "voltage,0to1,0to1\n",
                 "@list:1: expected a header voltage,0to1,1to0, got 'voltage,0to1,0to1'");
  expect_refused(&csv, "0to1,voltage\n",
                 "@list:1: expected a header voltage,0to1,1to0, got '0to1,voltage'");
  expect_refused(&npz, "voltage,file,file\n",
                 "@list:1: expected a header voltage,file, got 'voltage,file,file'");
  expect_refused(&csv, "voltage,0to1\n\n", "@list: expected voltages below the header, got none");
  expect_refused(&csv, "voltage,0to1\n0.8\n", "@list:2: expected 2 fields as in the header, got 1");
  expect_refused(&csv, "voltage,0to1\n0.8,a,b,c\n",
                 "@list:2: expected 2 fields as in the header, got 4");
  expect_refused(&csv, "voltage,0to1\n,a\n",
                 "@list:2: voltage: expected above 0, at most 1.25 Vmin, got ''");
  expect_refused(&csv, "voltage,0to1\nnan,a\n",
                 "@list:2: voltage: expected above 0, at most 1.25 Vmin, got 'nan'");
  expect_refused(&csv, "voltage,0to1\n0,a\n",
                 "@list:2: voltage: expected above 0, at most 1.25 Vmin, got '0'");
  expect_refused(&volts, "voltage,0to1\n\n0.63,a\n",
                 "@list:3: voltage: expected above 0, at most 1.25 Vmin, got '0.63'");
  expect_refused(&csv, "voltage,0to1\n0.8,\n",
                 "@list:2: 0to1: expected the name of a file, got ''");
  expect_refused(&csv, "voltage,1to0\n0.8,a\x01\n",
                 "@list:2: 1to0: expected the name of a file, got 'a?'");
  expect_refused(&csv, "voltage,0to1\n0.8,a\n0.9,a\n8/10,b\n",
                 "@list:4: voltage: expected one that is not yet there, got that of line 2, 0.8 "
                 "Vmin");
}

static void the_64th_voltage_is_refused(void) {
  const bo_rates_options options = of(BO_RATES_CSV);
  char list[2048];
  size_t at = (size_t)snprintf(list, sizeof list, "voltage,0to1\n");
  for (int i = 1; i <= 64; i++) {
    at += (size_t)snprintf(list + at, sizeof list - at, "0.5%02d,a\n", i);
  }
  expect_refused(&options, list, "@list:65: expected at most 63 voltages, got more");
}

static void a_path_that_is_too_long_is_refused(void) {
  const bo_rates_options options = of(BO_RATES_CSV);
  char list[5000] = "voltage,0to1\n0.8,";
  char message[256];
  memset(list + strlen(list), 'x', sizeof list - strlen(list) - 1);
  (void)snprintf(message, sizeof message, "@list: expected paths of at most 4095 bytes");
  expect_refused(&options, list, message);
}

/* --- matrices ----------------------------------------------------------------------------------
 */

static void a_bad_matrix_is_refused_by_its_line_and_column(void) {
  static const char list[] = "voltage,0to1,1to0\n0.8,a,b\n";
  const bo_rates_options options = of(BO_RATES_CSV);
  write_text("b", "0,0\n");
  write_text("a", "\n\n");
  expect_refused(&options, list, "@a: expected 1..67108864 values, got 0");
  write_text("a", "0,0\n\n0\n");
  expect_refused(&options, list, "@a:3: expected 2 columns as in the first row, got 1");
  write_text("a", "0,0\n0,1.0001\n");
  expect_refused(&options, list, "@a:2: column 2: expected 0..1, got '1.0001'");
  write_text("a", "-1e-9,0\n");
  expect_refused(&options, list, "@a:1: column 1: expected 0..1, got '-1e-9'");
  write_text("a", "0,nan\n");
  expect_refused(&options, list, "@a:1: column 2: expected 0..1, got 'nan'");
  write_text("a", "0,,0\n");
  expect_refused(&options, list, "@a:1: column 2: expected 0..1, got ''");
  write_text("a", "0,0,0\n");
  expect_refused(&options, list,
                 "@b: expected 1 x 1 x 3 cells as in the file before, got 1 x 1 x 2");
}

static void an_array_of_arrays_is_read_in_either_precision(void) {
  static const float low[] = {1, 0, 0, 0.1F, 0, 0};
  static const double high[] = {0.5, 0, 0, 0.1, 0, 0};
  const bo_rates_options options = of(BO_RATES_NPY);
  bo_rates_facts facts;
  write_text("list", "voltage,0to1\n0.8,a\n0.9,b\n");
  write_npy("a", BO_NPY_F32, 3, (const size_t[]){3, 1, 2}, low);
  write_npy("b", BO_NPY_F64, 3, (const size_t[]){3, 1, 2}, high);
  bo_cell_rates rates = imported(&facts, &options);
  expect_shape(&rates, 2, (bo_cell_shape){3, 1, 2});
  expect_rates(&rates, BO_FAULT_0TO1, (const float[]){1, 0, 0, 0.1F, 0, 0, 0.5F, 0, 0, 0.1F, 0, 0});
  CU_ASSERT_EQUAL(facts.rising_cells, 0);
  bo_cell_rates_free(&rates);
}

static void a_bad_array_is_refused_by_its_index(void) {
  static const char list[] = "voltage,0to1\n0.8,a\n";
  const bo_rates_options options = of(BO_RATES_NPY);
  const double values[] = {0, 0.5, 1, 0, 0, NAN, 0, 0};
  write_npy("a", BO_NPY_F64, 3, (const size_t[]){2, 2, 2}, values);
  expect_refused(&options, list, "@a: [1][0][1]: expected 0..1, got nan");
  write_npy("a", BO_NPY_I32, 2, (const size_t[]){2, 2}, (const int32_t[]){0, 1, 0, 2});
  expect_refused(&options, list, "@a: [0][1][1]: expected 0..1, got 2");
  write_npy("a", BO_NPY_F64, 1, (const size_t[]){2}, values);
  expect_refused(&options, list,
                 "@a: expected 1..67108864 values, [rows][columns] or [arrays][rows][columns], got "
                 "2 of rank 1");
  write_npy("a", BO_NPY_F64, 2, (const size_t[]){0, 2}, values);
  expect_refused(&options, list,
                 "@a: expected 1..67108864 values, [rows][columns] or [arrays][rows][columns], got "
                 "0 of rank 2");
  write_text("a", "0,0\n");
  expect_refused(&options, list, "@a: expected an NPY array, got something else");
}

static void an_archive_has_both_directions(void) {
  static const float up[] = {0.5F, 0};
  static const float down[] = {0, 0.25F};
  static const size_t shape[] = {1, 2};
  static const char list[] = "voltage,file\n0.8,a\n";
  const bo_npz_array arrays[] = {{"p_0to1", BO_NPY_F32, 2, shape, up},
                                 {"p_1to0", BO_NPY_F32, 2, shape, down}};
  const bo_rates_options options = of(BO_RATES_NPZ);
  bo_rates_facts facts;
  write_text("list", list);
  CU_ASSERT_EQUAL_FATAL(bo_npz_write(path_of("a"), arrays, 2, NULL), BO_OK);
  bo_cell_rates rates = imported(&facts, &options);
  expect_shape(&rates, 1, (bo_cell_shape){1, 1, 2});
  expect_rates(&rates, BO_FAULT_0TO1, up);
  expect_rates(&rates, BO_FAULT_1TO0, down);
  bo_cell_rates_free(&rates);

  CU_ASSERT_EQUAL_FATAL(bo_npz_write(path_of("a"), arrays, 1, NULL), BO_OK);
  expect_refused(&options, list, "@a: expected an array 'p_1to0', got none");
  const float wrong[] = {0, 1.5F};
  const bo_npz_array bad[] = {arrays[0], {"p_1to0", BO_NPY_F32, 2, shape, wrong}};
  CU_ASSERT_EQUAL_FATAL(bo_npz_write(path_of("a"), bad, 2, NULL), BO_OK);
  expect_refused(&options, list, "@a: p_1to0: [0][0][1]: expected 0..1, got 1.5");
}

static void a_stuck_cell_fails_always_in_its_direction(void) {
  static const char list[] = "voltage,stuck_at_0,stuck_at_1\n0.8,a,b\n";
  const bo_rates_options options = of(BO_RATES_STUCK);
  bo_rates_facts facts;
  write_text("list", list);
  write_text("a", "0,1\n0,0\n");
  write_npy("b", BO_NPY_U8, 2, (const size_t[]){2, 2}, (const uint8_t[]){0, 0, 1, 0});
  bo_cell_rates rates = imported(&facts, &options);
  expect_rates(&rates, BO_FAULT_1TO0, (const float[]){0, 1, 0, 0});
  expect_rates(&rates, BO_FAULT_0TO1, (const float[]){0, 0, 1, 0});
  bo_cell_rates_free(&rates);
  write_text("a", "0,1\n0.5,0\n");
  expect_refused(&options, list, "@a: [0][1][0]: expected 0 or 1, got 0.5");
}

/* --- logs --------------------------------------------------------------------------------------
 */

static void a_log_gives_fails_over_reads_and_0_where_it_is_silent(void) {
  bo_rates_options options = {.format = BO_RATES_LOG, .vmin_v = 0.5, .shape = {0, 2, 0}};
  bo_rates_facts facts;
  write_text("list", LOG "1,0,2,0.45,8,2,0\n\n0,1,0,0.4,4,0,4\r\n0, 1,0,0.45,1000,0,500\n");
  bo_cell_rates rates = imported(&facts, &options);
  expect_shape(&rates, 2, (bo_cell_shape){2, 2, 3});
  CU_ASSERT_EQUAL(rates.vdd_ratio[0], 0.8);
  CU_ASSERT_EQUAL(rates.vdd_ratio[1], 0.9);
  expect_rates(&rates, BO_FAULT_0TO1, (const float[24]){[12 + 6 + 2] = 0.25F});
  expect_rates(&rates, BO_FAULT_1TO0, (const float[24]){[3] = 1, [12 + 3] = 0.5F});
  CU_ASSERT_EQUAL(facts.rising_cells, 1);
  bo_cell_rates_free(&rates);
}

static void a_bad_log_is_refused_by_its_line(void) {
  const bo_rates_options log = of(BO_RATES_LOG);
  const bo_rates_options sized = {.format = BO_RATES_LOG, .shape = {.rows = 4}};
  expect_refused(&log, "array,row\n",
                 "@list:1: expected the header "
                 "array,row,column,voltage,reads,fails_0to1,fails_1to0, got 'array,row'");
  expect_refused(&log, LOG, "@list: expected cells below the header, got none");
  expect_refused(&log, LOG "0,0,0,0.8,1,1\n", "@list:2: expected 7 fields, got 6");
  expect_refused(&log, LOG "0,0,0,0.8,1,1,0,0\n", "@list:2: expected 7 fields, got 8");
  expect_refused(&log, LOG "0,0,0,0.8,0,0,0\n", "@list:2: reads: expected 1..4294967295, got '0'");
  expect_refused(&log, LOG "0,0,0,0.8,9,10,0\n", "@list:2: fails_0to1: expected 0..9, got '10'");
  expect_refused(&log, LOG "0,0,0,0.8,9,0,10\n", "@list:2: fails_1to0: expected 0..9, got '10'");
  expect_refused(&log, LOG "0,0,0,0.8,9,-1,0\n", "@list:2: fails_0to1: expected 0..9, got '-1'");
  expect_refused(&log, LOG "0,0,67108864,0.8,9,1,0\n",
                 "@list:2: column: expected 0..67108863, got '67108864'");
  expect_refused(&sized, LOG "0,3,0,0.8,9,1,0\n0,4,0,0.8,9,1,0\n",
                 "@list:3: row: expected 0..3, got '4'");
  expect_refused(&log, LOG "0,0,0,1.26,9,1,0\n",
                 "@list:2: voltage: expected above 0, at most 1.25 Vmin, got '1.26'");
  expect_refused(&log, LOG "0,0,0,0.8,9,1,0\n0,0,1,0.8,9,1,0\n0,0,0,8/10,9,0,1\n",
                 "@list:4: expected each cell and voltage once, got array 0, row 0, column 0 at "
                 "0.8 Vmin again");
  expect_refused(&log, LOG "0,0,67108863,0.8,9,1,0\n0,1,0,0.8,9,1,0\n",
                 "@list: 1 voltages x 1 arrays x 2 rows x 67108864 columns: expected each at least "
                 "1, together at most 67108864");
}

/* --- BRAMs -------------------------------------------------------------------------------------
 */

/* A dump of two BRAMs without faults but in row 3 of the first and row 1023 of the second. */
static void write_dump(const char *name, const char *row_3, const char *last_row) {
  char dump[2 * 1024 * 4 + 1];
  memset(dump, 'f', sizeof dump - 1);
  dump[sizeof dump - 1] = '\0';
  memcpy(dump + 12, row_3, 4);
  memcpy(dump + sizeof dump - 5, last_row, 4);
  write_text(name, dump);
}

static double sum(const bo_cell_rates *rates, int direction) {
  double total = 0;
  for (size_t i = 0; i < rates->voltages * bo_cell_count(&rates->shape); i++) {
    total += (double)rates->p[direction][i];
  }
  return total;
}

static void a_zero_of_a_dump_is_a_failure_of_its_column(void) {
  const bo_rates_options options = of(BO_RATES_BRAM);
  bo_rates_facts facts;
  write_text("list", "voltage,file\n0.8,a\n0.9,b\n");
  write_dump("a", "FFFE", "7ffb");
  write_dump("b", "ffff", "7fff");
  bo_cell_rates rates = imported(&facts, &options);
  const size_t bram = bram_rows * 16;
  expect_shape(&rates, 2, (bo_cell_shape){2, 1024, 16});
  CU_ASSERT_EQUAL(sum(&rates, BO_FAULT_0TO1), 0);
  CU_ASSERT_EQUAL(sum(&rates, BO_FAULT_1TO0), 4);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][48], 1);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][2 * bram - 16 + 2], 1);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][2 * bram - 16 + 15], 1);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][4 * bram - 16 + 15], 1);
  CU_ASSERT_EQUAL(facts.copied_rows, 0);
  bo_cell_rates_free(&rates);
}

static uint64_t copies_of(const char *row_3, const char *last_row, bool keep, uint32_t columns) {
  const bo_rates_options options = {.format = BO_RATES_BRAM, .keep_copies = keep};
  bo_rates_facts facts;
  write_text("list", "voltage,file\n0.8,a\n0.9,b\n");
  write_dump("a", row_3, last_row);
  write_dump("b", "ffff", "ffff");
  bo_cell_rates rates = imported(&facts, &options);
  CU_ASSERT_EQUAL(rates.shape.columns, columns);
  bo_cell_rates_free(&rates);
  return facts.copied_rows;
}

static void copied_bytes_are_left_out_unless_one_row_says_otherwise(void) {
  CU_ASSERT_EQUAL(copies_of("7f7f", "fefe", false, 8), 2);
  CU_ASSERT_EQUAL(copies_of("7f7f", "0000", false, 8), 2);
  CU_ASSERT_EQUAL(copies_of("7f7f", "fefe", true, 16), 0);
  CU_ASSERT_EQUAL(copies_of("7f7f", "fffe", false, 16), 0);
  CU_ASSERT_EQUAL(copies_of("ffff", "0000", false, 16), 0); /* a dead row tells nothing */
  CU_ASSERT_EQUAL(copies_of("ffff", "ffff", false, 16), 0);
}

static void the_low_byte_is_what_is_kept(void) {
  const bo_rates_options options = of(BO_RATES_BRAM);
  bo_rates_facts facts;
  write_text("list", "voltage,file\n0.8,a\n");
  write_dump("a", "7f7f", "fefe");
  bo_cell_rates rates = imported(&facts, &options);
  CU_ASSERT_EQUAL(sum(&rates, BO_FAULT_1TO0), 2);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][24 + 7], 1);
  CU_ASSERT_EQUAL(rates.p[BO_FAULT_1TO0][(2 * bram_rows - 1) * 8], 1);
  bo_cell_rates_free(&rates);
}

static void line_breaks_between_rows_change_nothing(void) {
  char text[1024 * 6 + 1];
  bo_rates_dump dump;
  for (size_t i = 0; i < bram_rows; i++) {
    (void)snprintf(text + i * 6, 7, "%s\r\n", i == 9 ? "1234" : "ffff");
  }
  const bo_span span = {text, strlen(text)};
  CU_ASSERT_EQUAL_FATAL(bo_rates_dump_parse(&dump, "d", span, NULL), BO_OK);
  CU_ASSERT_EQUAL(dump.brams, 1);
  CU_ASSERT_EQUAL(dump.row[8], 0xffff);
  CU_ASSERT_EQUAL(dump.row[9], 0x1234);
  free(dump.row);
}

static void expect_dump_refused(const char *text, const char *expected) {
  bo_rates_dump dump = {.brams = 7};
  bo_diag diag = {""};
  const bo_span span = {text, strlen(text)};
  CU_ASSERT_EQUAL(bo_rates_dump_parse(&dump, "d", span, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, expected));
  CU_ASSERT(dump.brams == 0 && dump.row == NULL);
}

static void a_bad_dump_is_refused_by_its_place(void) {
  static const char list[] = "voltage,file\n0.8,a\n0.9,b\n";
  const bo_rates_options options = of(BO_RATES_BRAM);
  expect_dump_refused("", "d: expected whole BRAMs of 4096 digits, got 0 and 0 digits");
  expect_dump_refused("ffff\nffff", "d: expected whole BRAMs of 4096 digits, got 0 and 8 digits");
  expect_dump_refused("ffff\nffgf", "d:2: character 3: expected a hexadecimal digit, got 0x67");
  expect_dump_refused("ffff\nff\nff", "d:2: character 3: expected a hexadecimal digit, got 0x0a");
  expect_dump_refused("0xff", "d:1: character 2: expected a hexadecimal digit, got 0x78");
  expect_dump_refused("ffff \n", "d:1: character 5: expected a hexadecimal digit, got 0x20");
  write_dump("a", "7f7f", "ffff");
  char one[1024 * 4 + 1];
  memset(one, 'f', sizeof one - 1);
  one[sizeof one - 1] = '\0';
  write_text("b", one);
  expect_refused(&options, list,
                 "@list:3: dump: expected as many BRAMs at each of 2 voltages, at most 4096, got 1 "
                 "after 2");
}

static void dumps_beyond_the_bound_are_refused_at_the_first(void) {
  const bo_rates_options options = of(BO_RATES_BRAM);
  const size_t digits = 131 * bram_rows * 4; /* 63 x 131 x 1024 x 8 is above 2^26, 130 is not */
  char *const dump = malloc(digits + 1);
  char list[2048];
  size_t at = (size_t)snprintf(list, sizeof list, "voltage,file\n");
  if (dump == NULL) {
    abort();
  }
  memset(dump, 'f', digits);
  dump[digits] = '\0';
  write_text("a", dump);
  free(dump);
  for (int i = 10; i < 73; i++) {
    at += (size_t)snprintf(list + at, sizeof list - at, "0.%d,a\n", i);
  }
  expect_refused(&options, list,
                 "@list:2: dump: expected as many BRAMs at each of 63 voltages, at most 130, got "
                 "131 after 131");
}

/* --- files and memory --------------------------------------------------------------------------
 */

static void a_file_that_is_not_there_is_named(void) {
  const bo_rates_options options = of(BO_RATES_NPZ);
  bo_cell_rates rates;
  bo_rates_facts facts;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_rates_import(&rates, &facts, "/no/list", &options, &diag), BO_E_IO);
  CU_ASSERT(same_text(diag.text, "/no/list: cannot open: No such file or directory"));
  write_text("list", "voltage,file\n0.8,nowhere\n");
  CU_ASSERT_EQUAL(bo_rates_import(&rates, &facts, path_of("list"), &options, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/nowhere: cannot open: No such file or directory"));
  CU_ASSERT_EQUAL(rates.voltages, 0);
}

static void expect_each_failed_allocation_reported(bo_rates_format format, unsigned at_least) {
  const bo_rates_options options = of(format);
  for (unsigned k = 0;; k++) {
    bo_cell_rates rates;
    bo_rates_facts facts;
    fail_alloc_arm(k);
    const bo_status status = bo_rates_import(&rates, &facts, path_of("list"), &options, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT(k >= at_least);
      bo_cell_rates_free(&rates);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT(rates.voltages == 0 && rates.p[0] == NULL);
  }
}

static void each_failed_allocation_is_reported(void) {
  static const size_t shape[] = {1, 2};
  static const float values[] = {0.5F, 0};
  const bo_npz_array arrays[] = {{"p_0to1", BO_NPY_F32, 2, shape, values},
                                 {"p_1to0", BO_NPY_F32, 2, shape, values}};
  write_text("list", "voltage,0to1,1to0\n0.8,a,a\n");
  write_text("a", "0.5,0\n");
  expect_each_failed_allocation_reported(BO_RATES_CSV, 8); /* list, 2 x (file, matrix), rates */
  write_npy("a", BO_NPY_F32, 2, shape, values);
  expect_each_failed_allocation_reported(BO_RATES_NPY, 8);
  CU_ASSERT_EQUAL_FATAL(bo_npz_write(path_of("a"), arrays, 2, NULL), BO_OK);
  write_text("list", "voltage,file\n0.8,a\n");
  expect_each_failed_allocation_reported(BO_RATES_NPZ, 8);
  write_dump("a", "7f7f", "ffff");
  expect_each_failed_allocation_reported(BO_RATES_BRAM, 6); /* list, file, dump, rates */
  write_text("list", LOG "0,0,0,0.8,2,1,0\n");
  expect_each_failed_allocation_reported(BO_RATES_LOG, 5); /* file, rates, what is listed */
}

static void remove_folder(void) {
  temp_dir_remove(&folder);
}

static void a_place_for_files(void) {
  folder = temp_dir_make();
  CU_ASSERT_EQUAL(atexit(remove_folder), 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_place_for_files),
    BO_TEST(voltages_rise_whatever_the_order_of_the_lines),
    BO_TEST(a_direction_without_a_column_never_fails),
    BO_TEST(a_bad_list_is_refused_by_its_line),
    BO_TEST(the_64th_voltage_is_refused),
    BO_TEST(a_path_that_is_too_long_is_refused),
    BO_TEST(a_bad_matrix_is_refused_by_its_line_and_column),
    BO_TEST(an_array_of_arrays_is_read_in_either_precision),
    BO_TEST(a_bad_array_is_refused_by_its_index),
    BO_TEST(an_archive_has_both_directions),
    BO_TEST(a_stuck_cell_fails_always_in_its_direction),
    BO_TEST(a_log_gives_fails_over_reads_and_0_where_it_is_silent),
    BO_TEST(a_bad_log_is_refused_by_its_line),
    BO_TEST(a_zero_of_a_dump_is_a_failure_of_its_column),
    BO_TEST(copied_bytes_are_left_out_unless_one_row_says_otherwise),
    BO_TEST(the_low_byte_is_what_is_kept),
    BO_TEST(line_breaks_between_rows_change_nothing),
    BO_TEST(a_bad_dump_is_refused_by_its_place),
    BO_TEST(dumps_beyond_the_bound_are_refused_at_the_first),
    BO_TEST(a_file_that_is_not_there_is_named),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
