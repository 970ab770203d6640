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

static const bo_dot plain = {.run = run_plain, .output_step = 1, .input_step = BO_DOT_OUTPUTS};

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

static const bo_dot vnni = {.run = run_vnni, .output_step = BO_DOT_QUAD, .input_step = 1};

const bo_dot *bo_dot_best(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni") ? &vnni : &plain;
}
#else
const bo_dot *bo_dot_best(void) {
  return &plain;
}
#endif
