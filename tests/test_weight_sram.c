/* The banks together: the host's rows and those of a network, read side by side, with faults. */
#include "dice.h"
#include "fail_alloc.h"
#include "mem/weight_sram.h"
#include "probe_list.h"
#include "random_placement.h"
#include "stored_net.h"
#include "test_suite.h"

#include <stdlib.h>

static bo_weight_sram *new_sram(uint32_t banks, uint32_t bank_rows, uint32_t latency) {
  const bo_weight_sram_config config = {banks, bank_rows, 64, latency};
  bo_weight_sram *sram = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_weight_sram_new(&sram, &config, NULL), BO_OK);
  return sram;
}

static bo_status probes_of(const void *sram, const bo_probe_visitor *visitor) {
  return bo_weight_sram_probes(sram, visitor);
}

/* The word that a read of the row gives, with latency 1. */
static uint64_t read_row(bo_weight_sram *sram, uint64_t stream_row) {
  const uint32_t bank = bo_weight_sram_place(sram, stream_row).bank;
  bo_weight_sram_read(sram, stream_row);
  bo_weight_sram_tick(sram);
  return bo_weight_sram_rdata(sram, bank);
}

static void rows_of_the_host_fill_bank_after_bank_and_wrap(void) {
  bo_weight_sram *sram = new_sram(3, 4, 1);
  for (uint32_t i = 0; i < 12; i++) {
    bo_weight_sram_write(sram, i / 4, i % 4, 1000 + i);
  }
  for (uint32_t i = 0; i < 30; i++) {
    const bo_bit_place place = bo_weight_sram_place(sram, i);
    CU_ASSERT_EQUAL(place.bank, i % 12 / 4);
    CU_ASSERT_EQUAL(place.row, i % 4);
    CU_ASSERT_EQUAL(place.column, 0);
    CU_ASSERT_EQUAL(read_row(sram, i), 1000 + i % 12);
  }
  bo_weight_sram_free(sram);
}

static void faults_are_those_of_their_bank_and_row(void) {
  bo_weight_sram *sram = new_sram(2, 3, 1);
  const bo_fault_word fault[] = {{UINT64_MAX, 0, 0}, {UINT64_MAX, 0, 0x10}, {UINT64_MAX, 0x1, 0}};
  bo_weight_sram_set_faults(sram, 1, fault);
  static const uint64_t expected[] = {0, 0, 0, 0, 0x10, 0x1};
  for (uint32_t i = 0; i < 6; i++) {
    CU_ASSERT_EQUAL(read_row(sram, i), expected[i]);
  }
  bo_weight_sram_free(sram);
}

/* Six rows of one code through four rows of SRAM: rows 4 and 5 lie where 0 and 1 did, and back. */
static void a_row_that_another_pass_lay_over_is_brought_in_again(void) {
  const bo_weight_shape shape = {1, 1, 6, 8};
  const bo_placement_config config = {.banks = 2, .bank_rows = 2, .bank_width_bits = 8};
  static const uint8_t codes[] = {10, 11, 12, 13, 14, 15};
  const uint8_t *const tensors[] = {codes};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, &shape, 1, NULL), BO_OK);
  bo_weight_sram *sram = new_sram(2, 2, 1);
  bo_weight_sram_write(sram, 0, 0, 99); /* the host's: gone with the network */
  bo_weight_sram_stream(sram, placement, tensors);
  static const uint32_t order[] = {0, 1, 2, 3, 4, 5, 0, 1, 0, 4, 4, 2};
  for (uint32_t i = 0; i < sizeof order / sizeof order[0]; i++) {
    CU_ASSERT_EQUAL(bo_weight_sram_place(sram, order[i]).bank, order[i] % 4 / 2);
    CU_ASSERT_EQUAL(bo_weight_sram_place(sram, order[i]).row, order[i] % 2);
    CU_ASSERT_EQUAL(read_row(sram, order[i]), 10 + order[i]);
  }
  bo_weight_sram_free(sram);
  bo_placement_free(placement);
}

/* Reads count always; a word is brought in when another one, or after forget nothing, lies there.
 */
static void reads_and_words_brought_in_are_counted(void) {
  const bo_weight_shape shape = {1, 1, 3, 8};
  const bo_placement_config config = {.banks = 1, .bank_rows = 2, .bank_width_bits = 8};
  static const uint8_t codes[] = {7, 8, 9};
  const uint8_t *const tensors[] = {codes};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, &shape, 1, NULL), BO_OK);
  bo_weight_sram *sram = new_sram(1, 2, 1);
  (void)read_row(sram, 0); /* the host's: nobody brings it in */
  bo_weight_sram_stream(sram, placement, tensors);
  static const uint64_t order[] = {0, 0, 1, 2, 1, 0, 0};
  static const uint64_t brought_in[] = {1, 1, 2, 3, 3, 4, 4};
  for (uint32_t i = 0; i < 7; i++) {
    CU_ASSERT_EQUAL(read_row(sram, order[i]), codes[order[i]]);
    CU_ASSERT_EQUAL(bo_weight_sram_get_counts(sram).reads, i + 2);
    CU_ASSERT_EQUAL(bo_weight_sram_get_counts(sram).brought_in, brought_in[i]);
  }
  bo_weight_sram_forget(sram);
  CU_ASSERT_EQUAL(read_row(sram, 0), 7);
  CU_ASSERT_EQUAL(bo_weight_sram_get_counts(sram).brought_in, 5);
  bo_weight_sram_free(sram);
  bo_placement_free(placement);
}

/* A second network over the first one: nothing of the first is taken for resident. */
static void another_network_takes_the_place_of_the_first(void) {
  const bo_weight_shape shape = {1, 1, 2, 8};
  const bo_placement_config config = {.banks = 1, .bank_rows = 2, .bank_width_bits = 8};
  static const uint8_t codes[2][2] = {{1, 2}, {3, 4}};
  bo_placement *placement = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_placement_new(&placement, &config, &shape, 1, NULL), BO_OK);
  bo_weight_sram *sram = new_sram(1, 2, 1);
  const uint8_t *const first[] = {codes[0]};
  bo_weight_sram_stream(sram, placement, first);
  CU_ASSERT_EQUAL(read_row(sram, 1), 2);
  const uint8_t *const second[] = {codes[1]};
  bo_weight_sram_stream(sram, placement, second);
  CU_ASSERT_EQUAL(read_row(sram, 1), 4);
  CU_ASSERT_EQUAL(read_row(sram, 0), 3);
  bo_weight_sram_free(sram);
  bo_placement_free(placement);
}

/* --- random networks: any rows in any cycle, all banks looked at in every cycle --- */

enum {
  CYCLES = 60,
  MAX_READS = 4, /* in one cycle */
};

typedef struct reads {
  uint32_t count, bank[MAX_READS];
  uint64_t word[MAX_READS];
} reads;

/* Reads of neighbouring rows of the stream, as many as lie in banks of their own, or none. */
static reads begin_reads(dice *d, const stored_net *net, const uint64_t *words,
                         bo_weight_sram *sram) {
  reads begun = {0};
  const uint64_t rows = bo_placement_stream_rows(net->placement);
  const uint64_t first = roll(d, 0, (uint32_t)rows - 1);
  const uint32_t wanted = roll(d, 0, MAX_READS);
  for (uint64_t row = first; begun.count < wanted && row < rows; row++) {
    const uint32_t bank = bo_placement_bank_row(net->placement, row).bank;
    for (uint32_t i = 0; i < begun.count; i++) {
      if (begun.bank[i] == bank) {
        return begun;
      }
    }
    bo_weight_sram_read(sram, row);
    begun.bank[begun.count] = bank;
    begun.word[begun.count++] = words[row];
  }
  return begun;
}

static uint32_t expect_reads(dice *d, const stored_net *net, uint32_t latency) {
  uint32_t side_by_side = 0;
  bo_weight_sram *sram = new_sram(net->banks, net->bank_rows, latency);
  stored_net_fill(net, sram);
  uint64_t *words = stored_net_words(net);
  uint64_t *shown = calloc(net->banks, sizeof *shown);
  if (shown == NULL) {
    abort();
  }
  reads begun[CYCLES];
  for (uint32_t cycle = 0; cycle < CYCLES; cycle++) {
    const reads *const due = cycle >= latency ? &begun[cycle - latency] : NULL;
    for (uint32_t i = 0; due != NULL && i < due->count; i++) {
      shown[due->bank[i]] = due->word[i];
    }
    for (uint32_t bank = 0; bank < net->banks; bank++) {
      CU_ASSERT_EQUAL(bo_weight_sram_rdata(sram, bank), shown[bank]);
    }
    begun[cycle] = begin_reads(d, net, words, sram);
    side_by_side += begun[cycle].count > 1;
    bo_weight_sram_tick(sram);
  }
  free(words);
  free(shown);
  bo_weight_sram_free(sram);
  return side_by_side;
}

static void every_row_reads_as_its_bits_do_cell_by_cell_latency_cycles_later(void) {
  uint32_t wrapped = 0;
  uint32_t side_by_side = 0;
  for (uint32_t i = 0; i < 150; i++) {
    dice d = {i, 0};
    random_case drawn = random_case_draw(&d, 9);
    drawn.config.rotate = false; /* words are in the order of the codes */
    drawn.config.bank_rows = roll(&d, 1, 10);
    stored_net net = stored_net_new(&d, &drawn);
    wrapped += bo_placement_passes(net.placement) > 1;
    side_by_side += expect_reads(&d, &net, i % 8 + 1);
    stored_net_free(&net);
  }
  CU_ASSERT_TRUE(wrapped > 40);
  CU_ASSERT_TRUE(side_by_side > 1000);
}

/* --- registers, reset, making --- */

static void every_bank_has_its_registers_once_and_reset_clears_them_alone(void) {
  bo_weight_sram *sram = new_sram(3, 2, 2);
  probe_list list = probe_list_new(probes_of, sram, "bo_core");
  CU_ASSERT_EQUAL(list.count, 6);
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  const bo_probe *const first = probe_find(&list, "bo_core.gen_bank[2].u_bank.rdata_q[0]");
  const bo_probe *const second = probe_find(&list, "bo_core.gen_bank[2].u_bank.rdata_q[1]");
  bo_weight_sram_write(sram, 2, 1, 55);
  bo_weight_sram_read(sram, 5);
  bo_weight_sram_tick(sram);
  CU_ASSERT_EQUAL(bo_probe_read(first), 55);
  CU_ASSERT_EQUAL(bo_probe_read(second), 0);
  bo_weight_sram_tick(sram);
  CU_ASSERT_EQUAL(bo_probe_read(second), 55);
  bo_weight_sram_read(sram, 4);
  bo_weight_sram_reset(sram); /* takes back the read, too */
  CU_ASSERT_TRUE(probes_are_zero(&list));
  bo_weight_sram_read(sram, 5);
  bo_weight_sram_tick(sram);
  bo_weight_sram_tick(sram);
  CU_ASSERT_EQUAL(bo_weight_sram_rdata(sram, 2), 55);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, sram));
  probe_list_free(&list);
  bo_weight_sram_free(sram);
}

static void each_failed_allocation_is_reported(void) {
  const bo_weight_sram_config config = {3, 4, 64, 1};
  for (unsigned k = 0;; k++) {
    bo_weight_sram *sram = NULL;
    bo_diag diag = {""};
    fail_alloc_arm(k);
    const bo_status status = bo_weight_sram_new(&sram, &config, &diag);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      CU_ASSERT_EQUAL(k, 7); /* itself, three tables, three banks */
      bo_weight_sram_free(sram);
      break;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(sram);
    CU_ASSERT(has_text(diag.text, "out of memory"));
  }
  bo_weight_sram_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(rows_of_the_host_fill_bank_after_bank_and_wrap),
    BO_TEST(faults_are_those_of_their_bank_and_row),
    BO_TEST(a_row_that_another_pass_lay_over_is_brought_in_again),
    BO_TEST(reads_and_words_brought_in_are_counted),
    BO_TEST(another_network_takes_the_place_of_the_first),
    BO_TEST(every_row_reads_as_its_bits_do_cell_by_cell_latency_cycles_later),
    BO_TEST(every_bank_has_its_registers_once_and_reset_clears_them_alone),
    BO_TEST(each_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
