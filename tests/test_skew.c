/* Each lane is late by its number, pinned on both sides, and every register is where it should be.
 */
#include "array/skew.h"
#include "fail_alloc.h"
#include "probe_list.h"
#include "test_suite.h"

static bo_skew *new_skew(uint32_t lanes) {
  bo_skew *skew = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_skew_new(&skew, lanes, NULL), BO_OK);
  return skew;
}

static bo_status probes_of(const void *skew, const bo_probe_visitor *visitor) {
  return bo_skew_probes(skew, visitor);
}

/* What goes into a lane in a cycle: 11 bits, differs from all of the 1638 cycles around. */
static bo_lane value(int32_t cycle, int32_t lane) {
  return cycle < 0 ? 0 : (bo_lane)((5 * (cycle + 1) + 77 * lane) % 2048);
}

static void tick(bo_skew *skew, uint32_t lanes, int32_t cycle, bo_lane *out) {
  bo_lane in[256];
  for (uint32_t i = 0; i < lanes; i++) {
    in[i] = value(cycle, (int32_t)i);
  }
  bo_skew_tick(skew, in, out);
}

static const uint32_t sizes[] = {1, 2, 3, 17, 256};

enum {
  SIZES = sizeof sizes / sizeof sizes[0],
};

static void lane_i_comes_out_i_cycles_late(void) {
  for (uint32_t s = 0; s < SIZES; s++) {
    bo_skew *skew = new_skew(sizes[s]);
    uint32_t wrong = 0;
    for (int32_t cycle = 0; cycle < 600; cycle++) {
      bo_lane out[256];
      tick(skew, sizes[s], cycle, out);
      for (uint32_t i = 0; i < sizes[s]; i++) {
        wrong += out[i] != value(cycle - (int32_t)i, (int32_t)i);
      }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    bo_skew_free(skew);
  }
}

static void a_pulse_is_seen_in_one_cycle_and_not_before_or_after(void) {
  enum {
    LANES = 5,
    PULSE = 3
  };
  bo_skew *skew = new_skew(LANES);
  for (uint32_t cycle = 0; cycle < 20; cycle++) {
    bo_lane in[LANES] = {0};
    bo_lane out[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
      in[i] = (bo_lane)(cycle == PULSE ? 0x7f0 + i : 0);
    }
    bo_skew_tick(skew, in, out);
    for (uint32_t i = 0; i < LANES; i++) {
      CU_ASSERT_EQUAL(out[i], cycle == PULSE + i ? 0x7f0 + i : 0);
    }
  }
  bo_skew_free(skew);
}

/* Bursts between idle times of every length around that in which the last value leaves. */
static void a_skew_that_was_idle_goes_on_as_if_it_had_not_been(void) {
  static const uint32_t small[] = {1, 2, 7};
  for (uint32_t s = 0; s < 3; s++) {
    const uint32_t lanes = small[s];
    bo_lane in[600][8] = {{0}};
    bo_skew *skew = new_skew(lanes);
    probe_list list = probe_list_new(probes_of, skew, "t");
    uint32_t next_burst = 8;
    uint32_t idle = 0;
    for (uint32_t cycle = 8; cycle < 600; cycle++) { /* the first 8 are before time */
      if (cycle == next_burst) {
        in[cycle][idle % lanes] = value((int32_t)cycle, 1) | 1; /* one lane is enough */
        next_burst += ++idle % (2 * lanes + 4) + 1;
      }
      bo_lane out[8];
      bo_skew_tick(skew, in[cycle], out);
      for (uint32_t i = 0; i < lanes; i++) {
        CU_ASSERT_EQUAL(out[i], in[cycle - i][i]);
        for (uint32_t stage = 0; stage < i; stage++) {
          CU_ASSERT_EQUAL(bo_probe_read(probe_find(&list, "t.gen_lane[%u].delay_q[%u]", i, stage)),
                          in[cycle - stage][i]);
        }
      }
    }
    probe_list_free(&list);
    bo_skew_free(skew);
  }
}

/* delay_q[s] of a lane holds, after an edge, what went in s edges before. */
static void every_register_holds_what_went_in_so_many_cycles_before(void) {
  static const uint32_t small[] = {1, 2, 9};
  for (uint32_t s = 0; s < 3; s++) {
    const uint32_t lanes = small[s];
    bo_skew *skew = new_skew(lanes);
    probe_list list = probe_list_new(probes_of, skew, "t.u_skew");
    CU_ASSERT_EQUAL(list.count, lanes * (lanes - 1) / 2);
    CU_ASSERT_TRUE(probe_names_are_unique(&list));
    for (int32_t cycle = 0; cycle < 40; cycle++) {
      bo_lane out[256];
      tick(skew, lanes, cycle, out);
      for (uint32_t lane = 1; lane < lanes; lane++) {
        for (uint32_t stage = 0; stage < lane; stage++) {
          const bo_probe *const probe =
              probe_find(&list, "t.u_skew.gen_lane[%u].delay_q[%u]", lane, stage);
          CU_ASSERT_EQUAL(probe->width_bits, 11);
          CU_ASSERT_EQUAL(bo_probe_read(probe), value(cycle - (int32_t)stage, (int32_t)lane));
        }
      }
    }
    probe_list_free(&list);
    bo_skew_free(skew);
  }
}

static void reset_zeroes_every_register_at_any_time(void) {
  const uint32_t lanes = 4;
  for (int32_t cycles = 0; cycles < 12; cycles++) {
    bo_skew *skew = new_skew(lanes);
    bo_lane out[256];
    for (int32_t cycle = 0; cycle < cycles; cycle++) {
      tick(skew, lanes, cycle, out);
    }
    bo_skew_reset(skew);
    probe_list list = probe_list_new(probes_of, skew, "t");
    CU_ASSERT_TRUE(probes_are_zero(&list));
    for (int32_t cycle = 0; cycle < 12; cycle++) {
      tick(skew, lanes, cycle, out);
      for (uint32_t i = 0; i < lanes; i++) {
        CU_ASSERT_EQUAL(out[i], value(cycle - (int32_t)i, (int32_t)i));
      }
    }
    probe_list_free(&list);
    bo_skew_free(skew);
  }
}

static void a_visitor_that_fails_ends_the_visit(void) {
  bo_skew *skew = new_skew(4);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, skew));
  bo_skew_free(skew);
}

static void a_failed_allocation_is_reported(void) {
  bo_skew *skew = (bo_skew *)&sizes;
  bo_diag diag = {""};
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_skew_new(&skew, 7, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_PTR_NULL(skew);
  CU_ASSERT(same_text(diag.text, "skew of 7 lanes: out of memory"));
  fail_alloc_arm(1);
  CU_ASSERT_EQUAL(bo_skew_new(&skew, 7, &diag), BO_OK);
  CU_ASSERT_FALSE(fail_alloc_disarm());
  bo_skew_free(skew);
  bo_skew_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(lane_i_comes_out_i_cycles_late),
    BO_TEST(a_pulse_is_seen_in_one_cycle_and_not_before_or_after),
    BO_TEST(a_skew_that_was_idle_goes_on_as_if_it_had_not_been),
    BO_TEST(every_register_holds_what_went_in_so_many_cycles_before),
    BO_TEST(reset_zeroes_every_register_at_any_time),
    BO_TEST(a_visitor_that_fails_ends_the_visit),
    BO_TEST(a_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
