/* Codes of every width from every slot, in the order in which they came. */
#include "dice.h"
#include "fail_alloc.h"
#include "mem/weight_buffer.h"
#include "probe_list.h"
#include "test_suite.h"

#include <string.h>

enum {
  DEPTH = 100,
};

static bo_weight_buffer *new_buffer(uint32_t depth) {
  bo_weight_buffer *buffer = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_weight_buffer_new(&buffer, depth, depth, NULL), BO_OK);
  return buffer;
}

static bo_status probes_of(const void *buffer, const bo_probe_visitor *visitor) {
  return bo_weight_buffer_probes(buffer, visitor);
}

static void codes_come_from_the_slots_asked_for_lsb_first(void) {
  bo_weight_buffer *buffer = new_buffer(8);
  /* 5-bit codes, slot 0 first: 1, 2, 31, 16 */
  const uint64_t word = 1 | 2 << 5 | 31 << 10 | 16 << 15;
  bo_weight_buffer_write(buffer, &(bo_word_codes){word, 5, 1, 3});
  CU_ASSERT_EQUAL(bo_weight_buffer_written(buffer), 3);
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 0), 2);
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 1), 31);
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 2), 16);
  bo_weight_buffer_write(buffer, &(bo_word_codes){0xfedcba9876543210, 8, 7, 1});
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 3), 0xfe); /* the top of a word */
  bo_weight_buffer_take(buffer, 3);
  CU_ASSERT_EQUAL(bo_weight_buffer_taken(buffer), 3);
  CU_ASSERT_EQUAL(bo_weight_buffer_written(buffer), 4);
  bo_weight_buffer_clear(buffer);
  CU_ASSERT_EQUAL(bo_weight_buffer_written(buffer), 0);
  CU_ASSERT_EQUAL(bo_weight_buffer_taken(buffer), 0);
  bo_weight_buffer_write(buffer, &(bo_word_codes){1, 1, 0, 2});
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 0), 1);
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 1), 0);
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 2), 16); /* clear leaves the registers */
  bo_weight_buffer_free(buffer);
}

/* Code of a slot, bit by bit. */
static uint8_t code_of(uint64_t word, uint32_t bits, uint32_t slot) {
  uint32_t code = 0;
  for (uint32_t bit = 0; bit < bits; bit++) {
    code += (uint32_t)(word >> (slot * bits + bit) & 1) << bit;
  }
  return (uint8_t)code;
}

typedef struct expected_buffer {
  uint8_t code[DEPTH];
  uint32_t written, taken;
} expected_buffer;

static void write_random(dice *d, bo_weight_buffer *buffer, expected_buffer *expected) {
  const uint32_t bits = roll(d, 1, 8);
  const uint32_t slots = 64 / bits;
  const uint32_t slot = roll(d, 0, slots - 1);
  const uint32_t count = roll(d, 1, slots - slot);
  const uint64_t word = roll_word(d);
  if (count > DEPTH - expected->written) {
    bo_weight_buffer_clear(buffer);
    expected->written = 0;
    expected->taken = 0;
  }
  bo_weight_buffer_write(buffer, &(bo_word_codes){word, bits, slot, count});
  for (uint32_t i = 0; i < count; i++) {
    expected->code[expected->written++] = code_of(word, bits, slot + i);
  }
}

static void expect_registers(const probe_list *list, const expected_buffer *expected) {
  uint32_t wrong = 0;
  wrong += bo_probe_read(probe_find(list, "t.write_q")) != expected->written;
  wrong += bo_probe_read(probe_find(list, "t.read_q")) != expected->taken;
  for (uint32_t i = 0; i < DEPTH; i++) {
    const bo_probe *const code = probe_find(list, "t.code_q[%u]", i);
    wrong += code->width_bits != 8 || bo_probe_read(code) != expected->code[i];
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static void every_register_is_as_codes_come_and_go(void) {
  bo_weight_buffer *buffer = new_buffer(DEPTH);
  probe_list list = probe_list_new(probes_of, buffer, "t");
  CU_ASSERT_EQUAL(list.count, DEPTH + 2);
  CU_ASSERT_TRUE(probe_names_are_unique(&list));
  expected_buffer expected = {{0}, 0, 0};
  for (uint32_t i = 0; i < 1000; i++) {
    dice d = {i, 0};
    write_random(&d, buffer, &expected);
    const uint32_t cols = roll(&d, 0, expected.written - expected.taken);
    bo_weight_buffer_take(buffer, cols);
    expected.taken += cols;
    expect_registers(&list, &expected);
    if (i == 500) {
      bo_weight_buffer_reset(buffer);
      CU_ASSERT_TRUE(probes_are_zero(&list));
      memset(&expected, 0, sizeof expected);
    }
  }
  probe_list_free(&list);
  bo_weight_buffer_free(buffer);
}

static void a_buffer_fills_to_its_last_code(void) {
  bo_weight_buffer *buffer = new_buffer(5);
  bo_weight_buffer_write(buffer, &(bo_word_codes){0x0302010000, 8, 0, 5});
  CU_ASSERT_EQUAL(bo_weight_buffer_code(buffer, 4), 3);
  bo_weight_buffer_take(buffer, 5);
  CU_ASSERT_EQUAL(bo_weight_buffer_taken(buffer), 5);
  CU_ASSERT_TRUE(probe_visit_ends_on_failure(probes_of, buffer));
  bo_weight_buffer_free(buffer);
}

/* As $clog2(depth + cols + 1) of the RTL: on both sides of a power of two. */
static void counts_have_room_for_a_full_buffer_and_a_row(void) {
  static const struct {
    uint32_t depth, cols, width_bits;
  } expected[] = {{1, 1, 2}, {100, 27, 7}, {100, 28, 8}, {65600, 256, 17}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    bo_weight_buffer *buffer = NULL;
    CU_ASSERT_EQUAL_FATAL(bo_weight_buffer_new(&buffer, expected[i].depth, expected[i].cols, NULL),
                          BO_OK);
    probe_list list = probe_list_new(probes_of, buffer, "t");
    CU_ASSERT_EQUAL(probe_find(&list, "t.write_q")->width_bits, expected[i].width_bits);
    CU_ASSERT_EQUAL(probe_find(&list, "t.read_q")->width_bits, expected[i].width_bits);
    probe_list_free(&list);
    bo_weight_buffer_free(buffer);
  }
}

static void a_failed_allocation_is_reported(void) {
  bo_weight_buffer *buffer = (bo_weight_buffer *)&buffer;
  bo_diag diag = {""};
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_weight_buffer_new(&buffer, 80, 4, &diag), BO_E_NOMEM);
  CU_ASSERT_TRUE(fail_alloc_disarm());
  CU_ASSERT_PTR_NULL(buffer);
  CU_ASSERT(same_text(diag.text, "weight buffer of 80 codes: out of memory"));
  fail_alloc_arm(1);
  CU_ASSERT_EQUAL(bo_weight_buffer_new(&buffer, 80, 4, &diag), BO_OK);
  CU_ASSERT_FALSE(fail_alloc_disarm());
  bo_weight_buffer_free(buffer);
  bo_weight_buffer_free(NULL);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(codes_come_from_the_slots_asked_for_lsb_first),
    BO_TEST(every_register_is_as_codes_come_and_go),
    BO_TEST(a_buffer_fills_to_its_last_code),
    BO_TEST(counts_have_room_for_a_full_buffer_and_a_row),
    BO_TEST(a_failed_allocation_is_reported),
    CU_TEST_INFO_NULL,
};
