/* One bank: what a row reads as, and in which cycle, pinned on both sides. */
#include "dice.h"
#include "fail_alloc.h"
#include "mem/sram_bank.h"
#include "probe_list.h"
#include "test_suite.h"

enum {
  ROWS = 5,
  CYCLES = 80,
};

static bo_sram_bank *new_bank(uint32_t rows, uint32_t latency) {
  bo_sram_bank *bank = NULL;
  const bo_sram_bank_config config = {rows, 64, latency};
  CU_ASSERT_EQUAL_FATAL(bo_sram_bank_new(&bank, &config, NULL), BO_OK);
  return bank;
}

static bo_status probes_of(const void *bank, const bo_probe_visitor *visitor) {
  return bo_sram_bank_probes(bank, visitor);
}

/* The word a read of the row gives, with latency 1. */
static uint64_t read_row(bo_sram_bank *bank, uint32_t row) {
  bo_sram_bank_tick(bank, true, row);
  return bo_sram_bank_rdata(bank);
}

static void a_new_bank_is_all_zero_and_without_faults(void) {
  bo_sram_bank *bank = new_bank(ROWS, 1);
  for (uint32_t row = 0; row < ROWS; row++) {
    CU_ASSERT_EQUAL(read_row(bank, row), 0);
    bo_sram_bank_write(bank, row, UINT64_MAX - row);
    CU_ASSERT_EQUAL(read_row(bank, row), UINT64_MAX - row);
  }
  CU_ASSERT_EQUAL(read_row(bank, 0), UINT64_MAX); /* the other rows stayed */
  bo_sram_bank_free(bank);
}

/* A column of each kind of cell: sound, stuck at 0, stuck at 1, flips, and each pair of them. */
static void weak_cells_clear_then_set_then_flip_on_read_alone(void) {
  bo_sram_bank *bank = new_bank(2, 1);
  const bo_fault_word fault = {.and_mask = ~(uint64_t)0xaa, .or_mask = 0xcc, .xor_mask = 0xf0};
  bo_sram_bank_write(bank, 1, 0x00);
  bo_sram_bank_set_fault(bank, 1, fault);
  /* column      7 6 5 4 3 2 1 0
   * and clears  x   x   x   x
   * or sets     x x     x x
   * xor flips   x x x x
   * read of 0   0 0 1 1 1 1 0 0      read of 1   0 0 1 0 1 1 0 1 */
  CU_ASSERT_EQUAL(read_row(bank, 1), 0x3c);
  bo_sram_bank_write(bank, 1, 0xff);
  CU_ASSERT_EQUAL(read_row(bank, 1), 0x2d);
  CU_ASSERT_EQUAL(read_row(bank, 1), 0x2d); /* reading changes nothing */
  CU_ASSERT_EQUAL(read_row(bank, 0), 0);
  bo_sram_bank_set_fault(bank, 1, (bo_fault_word){.and_mask = UINT64_MAX});
  CU_ASSERT_EQUAL(read_row(bank, 1), 0xff); /* memory was not touched */
  bo_sram_bank_free(bank);
}

static void a_read_shows_after_its_latency_and_not_a_cycle_earlier_and_stays(void) {
  for (uint32_t latency = 1; latency <= BO_SRAM_BANK_MAX_LATENCY; latency++) {
    bo_sram_bank *bank = new_bank(2, latency);
    bo_sram_bank_write(bank, 0, 0x1111);
    bo_sram_bank_write(bank, 1, 0x2222);
    for (uint32_t cycle = 0; cycle < 40; cycle++) {
      const uint64_t expected = cycle < 2 + latency ? 0 : cycle < 9 + latency ? 0x1111 : 0x2222;
      CU_ASSERT_EQUAL(bo_sram_bank_rdata(bank), expected);
      bo_sram_bank_tick(bank, cycle == 2 || cycle == 9, cycle == 9);
      if (cycle == 9) {
        bo_sram_bank_write(bank, 1, 0x3333); /* later: the read does not see it */
      }
    }
    bo_sram_bank_free(bank);
  }
}

/* rdata_q[s] holds what the last read that began at least s + 1 cycles ago gave. */
static void every_read_register_is_one_cycle_later_than_the_one_before(void) {
  for (uint32_t latency = 1; latency <= BO_SRAM_BANK_MAX_LATENCY; latency++) {
    dice d = {latency, 0};
    bo_sram_bank *bank = new_bank(ROWS, latency);
    probe_list list = probe_list_new(probes_of, bank, "t.u_bank");
    CU_ASSERT_EQUAL(list.count, latency);
    for (uint32_t row = 0; row < ROWS; row++) {
      bo_sram_bank_write(bank, row, 0x8000000000000001 + row);
    }
    uint64_t shown[CYCLES] = {0}; /* by the newest read, cycle by cycle */
    for (uint32_t cycle = 1; cycle < CYCLES; cycle++) {
      const bool read = roll(&d, 0, 2) == 0;
      const uint32_t row = roll(&d, 0, ROWS - 1);
      shown[cycle] = read ? 0x8000000000000001 + row : shown[cycle - 1];
      bo_sram_bank_tick(bank, read, row);
      for (uint32_t s = 0; s < latency; s++) {
        const bo_probe *const probe = probe_find(&list, "t.u_bank.rdata_q[%u]", s);
        CU_ASSERT_EQUAL(probe->width_bits, 64);
        CU_ASSERT_EQUAL(bo_probe_read(probe), cycle >= s ? shown[cycle - s] : 0);
      }
    }
    probe_list_free(&list);
    bo_sram_bank_free(bank);
  }
}

static void reset_clears_the_read_registers_and_nothing_else(void) {
  bo_sram_bank *bank = new_bank(ROWS, 3);
  probe_list list = probe_list_new(probes_of, bank, "b");
  bo_sram_bank_write(bank, 2, 0xf0);
  bo_sram_bank_set_fault(bank, 2, (bo_fault_word){UINT64_MAX, 0, 1});
  for (uint32_t i = 0; i < 3; i++) {
    bo_sram_bank_tick(bank, true, 2);
  }
  CU_ASSERT_EQUAL(bo_sram_bank_rdata(bank), 0xf1);
  bo_sram_bank_reset(bank);
  CU_ASSERT_TRUE(probes_are_zero(&list));
  for (uint32_t i = 0; i < 3; i++) {
    CU_ASSERT_EQUAL(bo_sram_bank_rdata(bank), 0);
    bo_sram_bank_tick(bank, i == 0, 2);
  }
  CU_ASSERT_EQUAL(bo_sram_bank_rdata(bank), 0xf1);
  probe_list_free(&list);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, bank));
  bo_sram_bank_free(bank);
}

/* The RTL's rdata_q has the bits of a word, and no more. */
static void read_registers_are_as_wide_as_a_word(void) {
  for (uint32_t width_bits = 1; width_bits <= 64; width_bits++) {
    bo_sram_bank *bank = NULL;
    const bo_sram_bank_config config = {2, width_bits, 2};
    CU_ASSERT_EQUAL_FATAL(bo_sram_bank_new(&bank, &config, NULL), BO_OK);
    probe_list list = probe_list_new(probes_of, bank, "b");
    CU_ASSERT_EQUAL(probe_find(&list, "b.rdata_q[0]")->width_bits, width_bits);
    CU_ASSERT_EQUAL(probe_find(&list, "b.rdata_q[1]")->width_bits, width_bits);
    probe_list_free(&list);
    bo_sram_bank_free(bank);
  }
}

static void a_failed_allocation_is_reported(void) {
  const bo_sram_bank_config config = {12, 8, 1};
  bo_sram_bank *bank = (bo_sram_bank *)&bank;
  bo_diag diag = {""};
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_sram_bank_new(&bank, &config, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_PTR_NULL(bank);
  CU_ASSERT(same_text(diag.text, "weight bank of 12 rows: out of memory"));
  fail_alloc_arm(1);
  CU_ASSERT_EQUAL(bo_sram_bank_new(&bank, &config, &diag), BO_OK);
  CU_ASSERT_FALSE(fail_alloc_disarm());
  bo_sram_bank_free(bank);
  bo_sram_bank_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_new_bank_is_all_zero_and_without_faults),
    BO_TEST(weak_cells_clear_then_set_then_flip_on_read_alone),
    BO_TEST(a_read_shows_after_its_latency_and_not_a_cycle_earlier_and_stays),
    BO_TEST(every_read_register_is_one_cycle_later_than_the_one_before),
    BO_TEST(reset_clears_the_read_registers_and_nothing_else),
    BO_TEST(read_registers_are_as_wide_as_a_word),
    BO_TEST(a_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
