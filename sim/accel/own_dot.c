#include "accel/own_dot.h"

#include "base/simd.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Plain C and VNNI: eight places by two registers of AVX-512. */
enum {
  PLACES = 8,
  OUTPUTS = 32,
};

BO_SIMD_CLONES
static void run_plain(const bo_dot_block *block, int32_t *acc, size_t stride) {
  int32_t sum[PLACES][OUTPUTS] = {{0}};
  const int8_t *weight = block->weights;
  for (size_t quad = 0; quad < block->quads; quad++) {
    for (size_t input = 0; input < BO_DOT_QUAD; input++) {
      for (size_t place = 0; place < PLACES; place++) {
        const int16_t x = block->place[place][block->offset[quad] + input];
        for (size_t n = 0; n < OUTPUTS; n++) {
          sum[place][n] += (int16_t)(x * weight[n]); /* 255 * -128 fits 16 bits */
        }
      }
      weight += OUTPUTS;
    }
  }
  for (size_t place = 0; place < PLACES; place++) {
    memcpy(acc + place * stride, sum[place], sizeof sum[place]);
  }
}

static const bo_dot plain = {
    .run = run_plain,
    .name = "own",
    .places = PLACES,
    .outputs = OUTPUTS,
    .largest_weight = 128,
    .output_step = 1,
    .input_offset = {0, OUTPUTS, OUTPUTS *(size_t)2, OUTPUTS *(size_t)3},
};

const bo_dot *bo_dot_plain(void) {
  return &plain;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vnni"))) static void run_vnni(const bo_dot_block *block,
                                                                   int32_t *acc, size_t stride) {
  __m512i low[PLACES];
  __m512i high[PLACES];
  for (size_t place = 0; place < PLACES; place++) {
    low[place] = _mm512_setzero_si512();
    high[place] = _mm512_setzero_si512();
  }
  const int8_t *weights = block->weights;
  for (size_t quad = 0; quad < block->quads; quad++) {
    const __m512i weights_low = _mm512_loadu_si512(weights);
    const __m512i weights_high = _mm512_loadu_si512(weights + 64);
    const size_t offset = block->offset[quad];
#pragma GCC unroll 8
    for (size_t place = 0; place < PLACES; place++) {
      int32_t four;
      memcpy(&four, block->place[place] + offset, sizeof four);
      const __m512i inputs = _mm512_set1_epi32(four);
      low[place] = _mm512_dpbusd_epi32(low[place], inputs, weights_low);
      high[place] = _mm512_dpbusd_epi32(high[place], inputs, weights_high);
    }
    weights += (size_t)BO_DOT_QUAD * OUTPUTS;
  }
#pragma GCC unroll 8
  for (size_t place = 0; place < PLACES; place++) {
    _mm512_storeu_si512(acc + place * stride, low[place]);
    _mm512_storeu_si512(acc + place * stride + 16, high[place]);
  }
}

static const bo_dot vnni = {
    .run = run_vnni,
    .name = "own avx512_vnni",
    .places = PLACES,
    .outputs = OUTPUTS,
    .largest_weight = 128,
    .output_step = BO_DOT_QUAD,
    .input_offset = {0, 1, 2, 3},
};

/* AVX2: two registers of sums a place leave four of sixteen for the operands. */
enum {
  WIDE_PLACES = 6,
  WIDE_OUTPUTS = 16,
};

/*
 * sum + inputs * weights, two products to each of 32 bits. In this order: compilers would first
 * make all products, for which there are no registers.
 */
__attribute__((target("avx2"))) static inline __m256i add_products(__m256i sum, __m256i inputs,
                                                                   __m256i weights) {
  __m256i products;
  __asm__ volatile("vpmaddwd %[weights], %[inputs], %[products]\n\t"
                   "vpaddd %[products], %[sum], %[sum]"
                   : [sum] "+x"(sum), [products] "=&x"(products)
                   : [inputs] "x"(inputs), [weights] "x"(weights));
  return sum;
}

/* Operands of 16 bits: two products add up in 32 bits without saturating. */
__attribute__((target("avx2"))) static void run_wide(const bo_dot_block *block, int32_t *acc,
                                                     size_t stride) {
  __m256i sum[WIDE_PLACES][2];
  for (size_t i = 0; i < WIDE_PLACES; i++) {
    sum[i][0] = _mm256_setzero_si256();
    sum[i][1] = _mm256_setzero_si256();
  }
  const __m256i *weights = block->weights;
  for (size_t quad = 0; quad < block->quads; quad++) {
    const size_t offset = block->offset[quad];
#pragma GCC unroll 2
    for (size_t pair = 0; pair < 2; pair++) {
      const __m256i low = _mm256_loadu_si256(weights++);
      const __m256i high = _mm256_loadu_si256(weights++);
#pragma GCC unroll 6
      for (size_t i = 0; i < WIDE_PLACES; i++) {
        int32_t two;
        memcpy(&two, block->place[i] + offset + pair * sizeof two, sizeof two);
        const __m256i inputs = _mm256_set1_epi32(two);
        sum[i][0] = add_products(sum[i][0], inputs, low);
        sum[i][1] = add_products(sum[i][1], inputs, high);
      }
    }
  }
#pragma GCC unroll 6
  for (size_t i = 0; i < WIDE_PLACES; i++) {
    __m256i *const to = (__m256i *)(acc + i * stride);
    _mm256_storeu_si256(to, sum[i][0]);
    _mm256_storeu_si256(to + 1, sum[i][1]);
  }
}

/* Some places of the block: 32-bit sums, 16-bit sums and operands fill the registers. */
enum {
  FEW_PLACES = 3,
};

/* The sums of one pass over the window. */
typedef struct few_sums {
  __m256i sum[FEW_PLACES][2];
} few_sums;

/*
 * Adds quads (a constant, 1 ... 4) whose products fit a sum of 16 bits. Each gives every sum two
 * products, at most 2 * 255 * the largest weight.
 */
__attribute__((target("avx2"), always_inline)) static inline void
add_quads(few_sums *all, const uint8_t *const place[FEW_PLACES], const uint32_t *offset,
          const __m256i *weights, size_t quads) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i small[FEW_PLACES][2];
#pragma GCC unroll 4
  for (size_t quad = 0; quad < quads; quad++) {
    const __m256i low = _mm256_loadu_si256(weights + 2 * quad);
    const __m256i high = _mm256_loadu_si256(weights + 2 * quad + 1);
#pragma GCC unroll 3
    for (size_t i = 0; i < FEW_PLACES; i++) {
      int32_t four;
      memcpy(&four, place[i] + offset[quad], sizeof four);
      const __m256i inputs = _mm256_set1_epi32(four);
      const __m256i first = _mm256_maddubs_epi16(inputs, low);
      const __m256i second = _mm256_maddubs_epi16(inputs, high);
      small[i][0] = quad == 0 ? first : _mm256_add_epi16(small[i][0], first);
      small[i][1] = quad == 0 ? second : _mm256_add_epi16(small[i][1], second);
      /* Now, not after all products of the block: see add_products. */
      __asm__ volatile("" : "+x"(small[i][0]), "+x"(small[i][1]));
    }
  }
#pragma GCC unroll 3
  for (size_t i = 0; i < FEW_PLACES; i++) {
    for (size_t half = 0; half < 2; half++) {
      all->sum[i][half] =
          _mm256_add_epi32(all->sum[i][half], _mm256_madd_epi16(small[i][half], ones));
    }
  }
}

/* Inputs and weights of 8 bits; step: quads that share sums of 16 bits, a constant. */
__attribute__((target("avx2"), always_inline)) static inline void
run_narrow(const bo_dot_block *block, int32_t *acc, size_t stride, size_t step) {
  for (size_t first = 0; first < WIDE_PLACES; first += FEW_PLACES) {
    const uint8_t *const place[FEW_PLACES] = {block->place[first], block->place[first + 1],
                                              block->place[first + 2]};
    const __m256i *weights = block->weights;
    few_sums all;
    for (size_t i = 0; i < FEW_PLACES; i++) {
      all.sum[i][0] = all.sum[i][1] = _mm256_setzero_si256();
    }
    size_t quad = 0;
    for (; quad + step <= block->quads; quad += step) {
      add_quads(&all, place, block->offset + quad, weights + 2 * quad, step);
    }
    for (; quad < block->quads; quad++) {
      add_quads(&all, place, block->offset + quad, weights + 2 * quad, 1);
    }
#pragma GCC unroll 3
    for (size_t i = 0; i < FEW_PLACES; i++) {
      __m256i *const to = (__m256i *)(acc + (first + i) * stride);
      _mm256_storeu_si256(to, all.sum[i][0]);
      _mm256_storeu_si256(to + 1, all.sum[i][1]);
    }
  }
}

__attribute__((target("avx2"))) static void run_narrow_1(const bo_dot_block *block, int32_t *acc,
                                                         size_t stride) {
  run_narrow(block, acc, stride, 1);
}

__attribute__((target("avx2"))) static void run_narrow_2(const bo_dot_block *block, int32_t *acc,
                                                         size_t stride) {
  run_narrow(block, acc, stride, 2);
}

__attribute__((target("avx2"))) static void run_narrow_4(const bo_dot_block *block, int32_t *acc,
                                                         size_t stride) {
  run_narrow(block, acc, stride, 4);
}

/* 255 * 2 * step * largest weight = 32640 fits 16 bits. */
#define NARROW(step)                                                                               \
  {                                                                                                \
    .run = run_narrow_##step, .name = "own avx2", .places = WIDE_PLACES, .outputs = WIDE_OUTPUTS,  \
    .largest_weight = 64 / (step), .output_step = BO_DOT_QUAD, .input_offset = {0, 1, 2, 3},       \
  }

/* Fastest first; the last is exact for all weights. */
static const bo_dot avx2[] = {
    NARROW(4),
    NARROW(2),
    NARROW(1),
    {
        .run = run_wide,
        .name = "own avx2",
        .places = WIDE_PLACES,
        .outputs = WIDE_OUTPUTS,
        .largest_weight = 128,
        .is_wide = true,
        .output_step = 2,
        .input_offset = {0, 1, WIDE_OUTPUTS *(size_t)2, WIDE_OUTPUTS *(size_t)2 + 1},
    },
};

const bo_dot *bo_dot_best(int largest_weight) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni")) {
    return &vnni;
  }
  if (!__builtin_cpu_supports("avx2")) {
    return &plain;
  }
  const bo_dot *dot = avx2;
  while (dot->largest_weight < largest_weight) {
    dot++;
  }
  return dot;
}
#else
const bo_dot *bo_dot_best(int largest_weight) {
  (void)largest_weight;
  return &plain;
}
#endif
