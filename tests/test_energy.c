/* Energies computed by hand, the published saving, and bad tables. */
#include "energy/energy.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const cmos14_path = BO_SOURCE_DIR "/profiles/energy/cmos14.yaml";

static bool near(const char *what, double got, double expected) {
  const bool good = fabs(got - expected) <= 1e-9 * fabs(expected);
  if (!good) {
    (void)printf("%s: got %.12g, expected %.12g\n", what, got, expected);
  }
  return good;
}

/* Round numbers, each different, so that a wrong pairing shows. */
static const bo_energy_table round_table = {
    .weight_sram_read_pj_per_bit = {.value = 0.5},
    .weight_sram_write_pj_per_bit = {.value = 0.25},
    .activation_sram_pj_per_byte = {.value = 3},
    .accumulator_sram_pj_per_access = {.value = 5},
    .mac_pj = {.value = 7},
    .dram_pj_per_byte = {.value = 11},
    .weight_sram_leakage_mw_per_kib = {.value = 2},
    .other_leakage_mw = {.value = 13},
};

static const bo_events some_events = {
    .cycles = 1000,
    .macs = 100,
    .weight_row_reads = 10,
    .weight_row_writes = 4,
    .activation_bytes_read = 20,
    .activation_bytes_written = 30,
    .accumulator_reads = 40,
    .accumulator_writes = 50,
    .dram_bytes_read = 60,
    .dram_bytes_written = 70,
};

static bo_arch some_arch(void) {
  bo_arch arch = bo_arch_default();
  arch.bank_rows = 128;
  arch.bank_width_bits = 64; /* a bank is 1 KiB */
  arch.clock_mhz = 500;      /* 1000 cycles are 2000 ns */
  return arch;
}

static void at_vmin_energy_is_events_times_table(void) {
  const bo_arch arch = some_arch();
  const bo_energy energy = bo_energy_of(&round_table, &arch, 8, &some_events, 1.0);
  CU_ASSERT(near("weights", energy.weight_sram_pj, 64 * (10 * 0.5 + 4 * 0.25)));
  CU_ASSERT(near("activations", energy.activation_sram_pj, 50 * 3));
  CU_ASSERT(near("accumulators", energy.accumulator_pj, 90 * 5));
  CU_ASSERT(near("macs", energy.mac_pj, 700));
  CU_ASSERT(near("dram", energy.dram_pj, 130 * 11));
  CU_ASSERT(near("leakage", energy.leakage_pj, (8 * 2 + 13) * 2000));
  CU_ASSERT(near("total", energy.total_pj, 384 + 150 + 450 + 700 + 1430 + 58000));
}

static void below_vmin_only_the_weight_sram_saves(void) {
  const bo_arch arch = some_arch();
  const bo_energy full = bo_energy_of(&round_table, &arch, 8, &some_events, 1.0);
  const bo_energy low = bo_energy_of(&round_table, &arch, 8, &some_events, 0.5);
  CU_ASSERT(near("weights", low.weight_sram_pj, full.weight_sram_pj / 4));
  CU_ASSERT(near("leakage", low.leakage_pj, (8 * 2 * 0.5 + 13) * 2000));
  CU_ASSERT_EQUAL(low.activation_sram_pj, full.activation_sram_pj);
  CU_ASSERT_EQUAL(low.accumulator_pj, full.accumulator_pj);
  CU_ASSERT_EQUAL(low.mac_pj, full.mac_pj);
  CU_ASSERT_EQUAL(low.dram_pj, full.dram_pj);
  CU_ASSERT(near("total", full.total_pj - low.total_pj, 384 * 0.75 + 16000));
}

static void the_published_thirty_per_cent_is_the_weight_sram_alone(void) {
  const bo_arch arch = bo_arch_default();
  const bo_energy full = bo_energy_of(&round_table, &arch, 32, &some_events, 1.0);
  const bo_energy low = bo_energy_of(&round_table, &arch, 32, &some_events, 0.835);
  const double saving_pct = 100 * (1 - low.weight_sram_pj / full.weight_sram_pj);
  CU_ASSERT(fabs(saving_pct - 30.3) < 0.05);
}

static void the_shipped_table_loads_and_every_number_has_a_source(void) {
  bo_energy_table table;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL_FATAL(bo_energy_table_load(&table, cmos14_path, &diag), BO_OK);
  CU_ASSERT_STRING_EQUAL(table.name, "cmos14");
  CU_ASSERT(near("read", table.weight_sram_read_pj_per_bit.value, 0.0124));
  CU_ASSERT(near("dram", table.dram_pj_per_byte.value, 64));
  CU_ASSERT(near("other", table.other_leakage_mw.value, 0.33));
  CU_ASSERT(strstr(table.mac_pj.source, "Jouppi") != NULL);
  CU_ASSERT(strstr(table.weight_sram_leakage_mw_per_kib.source, "CACTI") != NULL);
  CU_ASSERT(table.hash != 0);
}

/* --- bad tables --- */

static const char *const good_start = "name: t\n"
                                      "technology: x\n"
                                      "weight_sram_read_pj_per_bit: {value: 1, source: s}\n"
                                      "weight_sram_write_pj_per_bit: {value: 1, source: s}\n"
                                      "activation_sram_pj_per_byte: {value: 1, source: s}\n"
                                      "accumulator_sram_pj_per_access: {value: 1, source: s}\n"
                                      "mac_pj: {value: 1, source: s}\n"
                                      "dram_pj_per_byte: {value: 1, source: s}\n"
                                      "weight_sram_leakage_mw_per_kib: {value: 1, source: s}\n";

static bo_status parse(bo_energy_table *table, const char *end, bo_diag *diag) {
  char text[2048];
  (void)snprintf(text, sizeof text, "%s%s", good_start, end);
  return bo_energy_table_parse(table, "t.yaml", text, strlen(text), diag);
}

static void refuses(const char *end, const char *message) {
  bo_energy_table table;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(parse(&table, end, &diag), BO_E_INVALID);
  CU_ASSERT(has_text(diag.text, message));
}

static void bad_tables_are_refused_by_item(void) {
  bo_energy_table table;
  CU_ASSERT_EQUAL(parse(&table, "other_leakage_mw: {value: 1, source: s}\n", NULL), BO_OK);
  refuses("other_leakage_mw: {value: -1, source: s}\n",
          "t.yaml: other_leakage_mw: expected 0..1e+06, got -1");
  refuses("other_leakage_mw: {value: 1e9, source: s}\n",
          "t.yaml: other_leakage_mw: expected 0..1e+06, got 1e+09");
  refuses("other_leakage_mw: {value: nan, source: s}\n", "t.yaml:10: value");
  refuses("other_leakage_mw: {value: 1}\n", "source");
  refuses("other_leakage_mw: {value: 1, source: s, unit: mW}\n", "unit");
  refuses("other_leakage_mw: 1\n", "t.yaml:10");
  refuses("", "other_leakage_mw");
}

static void a_missing_file_is_an_input_output_error(void) {
  bo_energy_table table;
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_energy_table_load(&table, "/no/such/table.yaml", &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/no/such/table.yaml"));
}

static void every_failing_allocation_is_noticed(void) {
  unsigned k = 0;
  for (;; k++) {
    bo_energy_table table;
    fail_alloc_arm(k);
    const bo_status status = bo_energy_table_load(&table, cmos14_path, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
  }
  CU_ASSERT(k > 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(at_vmin_energy_is_events_times_table),
    BO_TEST(below_vmin_only_the_weight_sram_saves),
    BO_TEST(the_published_thirty_per_cent_is_the_weight_sram_alone),
    BO_TEST(the_shipped_table_loads_and_every_number_has_a_source),
    BO_TEST(bad_tables_are_refused_by_item),
    BO_TEST(a_missing_file_is_an_input_output_error),
    BO_TEST(every_failing_allocation_is_noticed),
    CU_TEST_INFO_NULL,
};
