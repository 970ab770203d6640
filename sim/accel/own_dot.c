#include "accel/own_dot.h"

#include "base/simd.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

BO_SIMD_CLONES
static void run_plain(const bo_dot_block *block, int32_t acc[BO_DOT_PLACES][BO_DOT_OUTPUTS]) {
  memset(acc, 0, sizeof(int32_t) * BO_DOT_PLACES * BO_DOT_OUTPUTS);
  for (size_t quad = 0; quad < block->quads; quad++) {
    for (size_t input = 0; input < BO_DOT_QUAD; input++) {
      const int8_t *weight = block->weights + (quad * BO_DOT_QUAD + input) * BO_DOT_OUTPUTS;
      for (size_t place = 0; place < BO_DOT_PLACES; place++) {
        const int16_t x = block->place[place][block->offset[quad] + input];
        for (size_t n = 0; n < BO_DOT_OUTPUTS; n++) {
          acc[place][n] += (int16_t)(x * weight[n]); /* 255 * -128 fits 16 bits */
        }
      }
    }
  }
}

static const bo_dot plain = {
    .run = run_plain,
    .name = "own",
    .output_step = 1,
    .input_offset = {0, BO_DOT_OUTPUTS, BO_DOT_OUTPUTS *(size_t)2, BO_DOT_OUTPUTS *(size_t)3},
};

const bo_dot *bo_dot_plain(void) {
  return &plain;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vnni"))) static void
run_vnni(const bo_dot_block *block, int32_t acc[BO_DOT_PLACES][BO_DOT_OUTPUTS]) {
  __m512i low[BO_DOT_PLACES];
  __m512i high[BO_DOT_PLACES];
  for (size_t place = 0; place < BO_DOT_PLACES; place++) {
    low[place] = _mm512_setzero_si512();
    high[place] = _mm512_setzero_si512();
  }
  const int8_t *weights = block->weights;
  for (size_t quad = 0; quad < block->quads; quad++) {
    const __m512i weights_low = _mm512_loadu_si512(weights);
    const __m512i weights_high = _mm512_loadu_si512(weights + 64);
    const size_t offset = block->offset[quad];
#pragma GCC unroll 8
    for (size_t place = 0; place < BO_DOT_PLACES; place++) {
      int32_t four;
      memcpy(&four, block->place[place] + offset, sizeof four);
      const __m512i inputs = _mm512_set1_epi32(four);
      low[place] = _mm512_dpbusd_epi32(low[place], inputs, weights_low);
      high[place] = _mm512_dpbusd_epi32(high[place], inputs, weights_high);
    }
    weights += (size_t)BO_DOT_QUAD * BO_DOT_OUTPUTS;
  }
#pragma GCC unroll 8
  for (size_t place = 0; place < BO_DOT_PLACES; place++) {
    _mm512_storeu_si512(&acc[place][0], low[place]);
    _mm512_storeu_si512(&acc[place][16], high[place]);
  }
}

static const bo_dot vnni = {
    .run = run_vnni,
    .name = "own avx512_vnni",
    .output_step = BO_DOT_QUAD,
    .input_offset = {0, 1, 2, 3},
};

/* Some of the block: as many sums as there are registers for. */
enum {
  FEW_PLACES = 4,
  FEW_OUTPUTS = 16, /* two registers */
};

/* Inputs in pairs of 16 bits: two products add up in 32 bits without saturating. */
__attribute__((target("avx2"))) static void
run_avx2_few(const bo_dot_block *block, size_t first_place, size_t first_output,
             int32_t acc[BO_DOT_PLACES][BO_DOT_OUTPUTS]) {
  /* Bytes 0 and 1, or 2 and 3, of every 32 bits, each with a zero byte above it. */
  const __m256i first_pair = _mm256_set1_epi32((int32_t)0x80018000U);
  const __m256i second_pair = _mm256_set1_epi32((int32_t)0x80038002U);
  const int8_t *weights = block->weights + 2 * first_output;
  __m256i sum[FEW_PLACES][2];
  for (size_t i = 0; i < FEW_PLACES; i++) {
    sum[i][0] = _mm256_setzero_si256();
    sum[i][1] = _mm256_setzero_si256();
  }
  for (size_t quad = 0; quad < block->quads; quad++) {
    __m256i weight[2][2]; /* [pair][half of the outputs] */
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
      const int8_t *const from = weights + i / 2 * 2 * BO_DOT_OUTPUTS + i % 2 * FEW_OUTPUTS;
      weight[i / 2][i % 2] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
    }
    const size_t offset = block->offset[quad];
#pragma GCC unroll 4
    for (size_t i = 0; i < FEW_PLACES; i++) {
      int32_t four;
      memcpy(&four, block->place[first_place + i] + offset, sizeof four);
      const __m256i inputs = _mm256_set1_epi32(four);
      const __m256i first = _mm256_shuffle_epi8(inputs, first_pair);
      const __m256i second = _mm256_shuffle_epi8(inputs, second_pair);
#pragma GCC unroll 2
      for (size_t half = 0; half < 2; half++) {
        const __m256i products = _mm256_add_epi32(_mm256_madd_epi16(first, weight[0][half]),
                                                  _mm256_madd_epi16(second, weight[1][half]));
        sum[i][half] = _mm256_add_epi32(sum[i][half], products);
      }
    }
    weights += (size_t)BO_DOT_QUAD * BO_DOT_OUTPUTS;
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < FEW_PLACES; i++) {
    int32_t *const to = &acc[first_place + i][first_output];
    _mm256_storeu_si256((__m256i *)to, sum[i][0]);
    _mm256_storeu_si256((__m256i *)to + 1, sum[i][1]);
  }
}

static void run_avx2(const bo_dot_block *block, int32_t acc[BO_DOT_PLACES][BO_DOT_OUTPUTS]) {
  for (size_t place = 0; place < BO_DOT_PLACES; place += FEW_PLACES) {
    for (size_t output = 0; output < BO_DOT_OUTPUTS; output += FEW_OUTPUTS) {
      run_avx2_few(block, place, output, acc);
    }
  }
}

static const bo_dot avx2 = {
    .run = run_avx2,
    .name = "own avx2",
    .output_step = 2,
    .input_offset = {0, 1, BO_DOT_OUTPUTS *(size_t)2, BO_DOT_OUTPUTS *(size_t)2 + 1},
};

const bo_dot *bo_dot_best(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni")) {
    return &vnni;
  }
  return __builtin_cpu_supports("avx2") ? &avx2 : &plain;
}
#else
const bo_dot *bo_dot_best(void) {
  return &plain;
}
#endif
