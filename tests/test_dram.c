/* When the last byte of a transfer is there: a cycle earlier it is not. */
#include "dice.h"
#include "mem/dram.h"
#include "test_suite.h"

/* Cycles in which the channel is busy; gives up beyond @p limit. */
static uint64_t busy_cycles(uint64_t bytes, uint32_t latency, uint32_t bytes_per_cycle,
                            uint64_t limit) {
  bo_dram dram = bo_dram_begin(bytes, latency, bytes_per_cycle);
  uint64_t cycles = 0;
  while (bo_dram_busy(&dram) && cycles <= limit) {
    bo_dram_tick(&dram);
    cycles++;
  }
  return cycles;
}

static void a_transfer_takes_its_latency_and_then_so_many_bytes_a_cycle(void) {
  CU_ASSERT_EQUAL(busy_cycles(1, 0, 16, 99), 1);
  CU_ASSERT_EQUAL(busy_cycles(16, 0, 16, 99), 1);
  CU_ASSERT_EQUAL(busy_cycles(17, 0, 16, 99), 2);
  CU_ASSERT_EQUAL(busy_cycles(17, 5, 16, 99), 7);
  CU_ASSERT_EQUAL(busy_cycles(5, 3, 1, 99), 8);
  CU_ASSERT_EQUAL(busy_cycles(4096, 100, 4096, 999), 101);
  for (uint32_t i = 0; i < 500; i++) {
    dice d = {i, 0};
    const uint32_t bytes = roll(&d, 1, 2000);
    const uint32_t latency = roll(&d, 0, 200);
    const uint32_t rate = roll(&d, 1, 70);
    CU_ASSERT_EQUAL(busy_cycles(bytes, latency, rate, 3000),
                    latency + bytes / rate + (bytes % rate != 0));
  }
}

static void no_bytes_take_no_cycle(void) {
  CU_ASSERT_EQUAL(busy_cycles(0, 100, 16, 999), 0);
  bo_dram dram = bo_dram_begin(0, 0, 1);
  bo_dram_tick(&dram); /* a tick when all is done does nothing */
  CU_ASSERT_FALSE(bo_dram_busy(&dram));
}

static void no_byte_comes_before_the_latency_is_over(void) {
  bo_dram dram = bo_dram_begin(40, 3, 16);
  static const uint64_t left[] = {40, 40, 40, 40, 24, 8, 0, 0};
  for (uint32_t cycle = 0; cycle < sizeof left / sizeof left[0]; cycle++) {
    CU_ASSERT_EQUAL(dram.bytes_left, left[cycle]);
    bo_dram_tick(&dram);
  }
}

static void transfers_beyond_32_bits_are_counted_too(void) {
  /* 2^40 + 1 = 256 (2^32 - 1) + 257 */
  CU_ASSERT_EQUAL(busy_cycles(((uint64_t)1 << 40) + 1, 2, UINT32_MAX, 999), 2 + 257);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_transfer_takes_its_latency_and_then_so_many_bytes_a_cycle),
    BO_TEST(no_bytes_take_no_cycle),
    BO_TEST(no_byte_comes_before_the_latency_is_over),
    BO_TEST(transfers_beyond_32_bits_are_counted_too),
    CU_TEST_INFO_NULL,
};
