/**
 * @file random_net.h
 * Random networks that bo_net_check accepts, for property tests of whatever runs a bo_net: every
 * operation, odd windows (stride, dilation, uneven padding), groups and depthwise, 1 … 8 bits in
 * both storage formats, branches and sums, shared weights, negative multipliers, saturation.
 */
#ifndef BO_TESTS_RANDOM_NET_H
#define BO_TESTS_RANDOM_NET_H

#include "net/net.h"

/** Numbers for a test in sequence: the same seed gives the same sequence. */
typedef struct test_draws {
  uint64_t seed;
  uint32_t next;
} test_draws;

uint32_t test_draw(test_draws *draws);

/** Uniform in lo … hi. */
int32_t test_draw_in(test_draws *draws, int32_t lo, int32_t hi);

/** Uniform in [0, 1). */
double test_draw_unit(test_draws *draws);

void test_draw_bytes(test_draws *draws, uint8_t *bytes, size_t count);

/** Largest sizes to draw; each at least 1. */
typedef struct random_net_limits {
  uint32_t layers;
  uint32_t side;     /**< height and width of the input */
  uint32_t channels; /**< of any layer */
} random_net_limits;

/** A network, owned by the caller (bo_net_free). Aborts when memory is out, here and below. */
bo_net *random_net(uint64_t seed, random_net_limits limits);

/** Random storage patterns for every weight tensor; free with random_codes_free. */
uint8_t **random_codes(const bo_net *net, uint64_t seed);
void random_codes_free(const bo_net *net, uint8_t **codes);

#endif
