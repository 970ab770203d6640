#include "base/rng.h"
#include "net/quant.h"
#include "test_suite.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  GOLDEN_WEIGHTS = 8,
  RANDOM_WEIGHTS = 1000,
};

static const float golden[GOLDEN_WEIGHTS] = {-0.30F, -0.11F, -0.02F, 0.0F,
                                             0.003F, 0.07F,  0.25F,  0.5F};

static const bo_scheme all_schemes[BO_SCHEMES] = {
    BO_SCHEME_GLOBAL, BO_SCHEME_NORMAL, BO_SCHEME_ASYMMETRIC, BO_SCHEME_UNSIGNED, BO_SCHEME_RQUANT};

static bo_quant_range fit(bo_scheme scheme, uint32_t bits, const float *w, size_t count) {
  bo_diag diag = {{0}};
  bo_quant_range range = {0};
  const bo_status status = bo_quant_fit(&range, scheme, bits, 1.0F, w, count, &diag);
  if (status != BO_OK) {
    (void)printf("%s %u bits: %s\n", bo_scheme_name(scheme), bits, diag.text);
  }
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  return range;
}

/*
 * Codes of the published evaluation's formulas, worked out in float32 with NumPy; the signed
 * asymmetric row by hand: N / step with N = 2 (w + 0.3) / 0.8 - 1 and step = 1.001 / 127.
 */
static void golden_weights_get_the_published_codes(void) {
  static const struct {
    bo_scheme scheme;
    uint32_t bits;
    int32_t code[GOLDEN_WEIGHTS];
  } row[] = {
      {BO_SCHEME_RQUANT, 8, {1, 61, 90, 96, 97, 118, 176, 255}},
      {BO_SCHEME_UNSIGNED, 8, {1, 61, 89, 96, 97, 118, 175, 254}},
      {BO_SCHEME_RQUANT, 4, {1, 4, 6, 6, 6, 7, 11, 15}},
      {BO_SCHEME_UNSIGNED, 4, {1, 4, 5, 6, 6, 7, 10, 14}},
      {BO_SCHEME_RQUANT, 3, {1, 2, 3, 3, 3, 4, 5, 7}},
      {BO_SCHEME_RQUANT, 2, {1, 1, 2, 2, 2, 2, 2, 3}},
      {BO_SCHEME_NORMAL, 8, {-76, -27, -5, 0, 0, 17, 63, 126}},
      {BO_SCHEME_GLOBAL, 8, {-38, -13, -2, 0, 0, 8, 31, 63}},
      {BO_SCHEME_ASYMMETRIC, 8, {-126, -66, -38, -31, -30, -9, 47, 126}},
  };
  for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
    const bo_quant_range range = fit(row[r].scheme, row[r].bits, golden, GOLDEN_WEIGHTS);
    int32_t code[GOLDEN_WEIGHTS];
    bo_quantize(&range, golden, GOLDEN_WEIGHTS, code);
    for (size_t i = 0; i < GOLDEN_WEIGHTS; i++) {
      if (code[i] != row[r].code[i]) {
        (void)printf("%s %u bits, weight %g: expected %d, got %d\n", bo_scheme_name(row[r].scheme),
                     row[r].bits, (double)golden[i], row[r].code[i], code[i]);
      }
      CU_ASSERT_EQUAL(code[i], row[r].code[i]);
    }
  }
}

static void golden_codes_get_the_published_weights(void) {
  static const struct {
    bo_scheme scheme;
    uint32_t bits;
    double w[GOLDEN_WEIGHTS];
  } row[] = {
      {BO_SCHEME_RQUANT,
       8,
       {-0.3, -0.111235, -0.019805, -0.000888, 0.002265, 0.068472, 0.251332, 0.5}},
      {BO_SCHEME_RQUANT, 4, {-0.3, -0.1288, -0.0144, -0.0144, -0.0144, 0.0428, 0.2716, 0.5}},
      {BO_SCHEME_RQUANT, 2, {-0.3, -0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5}},
      /* steps of 0.00394488 = 0.501 / 127 and of 0.00788189 = 1.001 / 127 */
      {BO_SCHEME_NORMAL,
       8,
       {-0.299811, -0.106512, -0.019724, 0.0, 0.0, 0.067063, 0.248527, 0.497055}},
      {BO_SCHEME_GLOBAL,
       8,
       {-0.299512, -0.102465, -0.015764, 0.0, 0.0, 0.063055, 0.244339, 0.496559}},
  };
  for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
    const bo_quant_range range = fit(row[r].scheme, row[r].bits, golden, GOLDEN_WEIGHTS);
    int32_t code[GOLDEN_WEIGHTS];
    float w[GOLDEN_WEIGHTS];
    bo_quantize(&range, golden, GOLDEN_WEIGHTS, code);
    bo_dequantize(&range, code, GOLDEN_WEIGHTS, w);
    for (size_t i = 0; i < GOLDEN_WEIGHTS; i++) {
      CU_ASSERT_DOUBLE_EQUAL((double)w[i], row[r].w[i], 1e-6);
    }
  }
}

static void unsigned_code_zero_is_no_clean_code_and_means_the_lower_end(void) {
  const bo_quant_range range = fit(BO_SCHEME_RQUANT, 8, golden, GOLDEN_WEIGHTS);
  const int32_t code = 0;
  float w = 0.0F;
  bo_dequantize(&range, &code, 1, &w);
  CU_ASSERT_EQUAL(w, -0.30F);
}

/* Random weights in a range that depends on @p trial; every third trial is one-sided. */
static void draw_weights(uint32_t trial, float *w) {
  const float shift = trial % 3 == 0 ? 0.75F : 0.0F;
  for (uint32_t i = 0; i < RANDOM_WEIGHTS; i++) {
    const uint32_t counter[3] = {trial, i, 0};
    const bo_rng_block block = bo_rng_draw(1, BO_RNG_TEST, counter);
    w[i] = ((float)bo_rng_unit(block.word[0]) - 0.5F + shift) * (0.01F + (float)trial);
  }
}

/* Width of a step in units of the weights, from the definition of each scheme. */
static double published_step(const bo_quant_range *range) {
  const double half = (double)((1 << (range->bits - 1)) - 1);
  if (range->scheme == BO_SCHEME_GLOBAL || range->scheme == BO_SCHEME_NORMAL) {
    return (double)range->qmax / half;
  }
  return ((double)range->qmax - (double)range->qmin) / 2.0 * 1.001 / half;
}

typedef struct error_bound {
  double worst, allowed;
} error_bound;

static double worst_error(const float *a, const float *b) {
  double worst = 0.0;
  for (size_t i = 0; i < RANDOM_WEIGHTS; i++) {
    worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
  }
  return worst;
}

static error_bound published_round_trip(bo_scheme scheme, uint32_t bits, const float *w) {
  int32_t code[RANDOM_WEIGHTS];
  float back[RANDOM_WEIGHTS];
  const bo_quant_range range = fit(scheme, bits, w, RANDOM_WEIGHTS);
  bo_quantize(&range, w, RANDOM_WEIGHTS, code);
  bo_dequantize(&range, code, RANDOM_WEIGHTS, back);
  const double step = published_step(&range);
  return (error_bound){worst_error(w, back), scheme == BO_SCHEME_RQUANT ? step / 2.0 : step};
}

static error_bound deployed_round_trip(bo_scheme scheme, uint32_t bits, const float *w) {
  int32_t code[RANDOM_WEIGHTS];
  float back[RANDOM_WEIGHTS];
  const bo_quant_range range = fit(scheme, bits, w, RANDOM_WEIGHTS);
  const bo_affine affine = bo_quant_deploy(&range);
  bo_affine_quantize(&affine, w, RANDOM_WEIGHTS, code);
  bo_affine_dequantize(&affine, code, RANDOM_WEIGHTS, back);
  for (size_t i = 0; i < RANDOM_WEIGHTS; i++) {
    CU_ASSERT_TRUE(code[i] >= affine.code_min && code[i] <= affine.code_max);
  }
  const double step = (double)affine.scale;
  return (error_bound){worst_error(w, back), affine.rounds ? step / 2.0 : step};
}

/*
 * The worst of 1000 random weights is also near the bound: a scheme with twice as many levels as
 * it should would fail. Weights beyond the range of GLOBAL saturate, so it has no bound here.
 */
static void check_round_trips(error_bound (*round_trip)(bo_scheme, uint32_t, const float *)) {
  float w[RANDOM_WEIGHTS];
  for (uint32_t trial = 0; trial < 20; trial++) {
    draw_weights(trial, w);
    for (size_t s = 0; s < BO_SCHEMES; s++) {
      for (uint32_t bits = 2; bits <= 8; bits++) {
        if (all_schemes[s] == BO_SCHEME_GLOBAL) {
          continue;
        }
        const error_bound error = round_trip(all_schemes[s], bits, w);
        const double slack = 1e-5 * (1.0 + (double)trial);
        if (error.worst > error.allowed + slack || error.worst < 0.8 * error.allowed - slack) {
          (void)printf("%s %u bits, trial %u: error %g, allowed %g\n",
                       bo_scheme_name(all_schemes[s]), bits, trial, error.worst, error.allowed);
        }
        CU_ASSERT_TRUE(error.worst <= error.allowed + slack);
        CU_ASSERT_TRUE(error.worst >= 0.8 * error.allowed - slack);
      }
    }
  }
}

static void published_error_is_one_step_truncating_and_half_a_step_rounding(void) {
  check_round_trips(published_round_trip);
}

static void deployed_error_is_one_step_truncating_and_half_a_step_rounding(void) {
  check_round_trips(deployed_round_trip);
}

static void deployed_zero_is_a_code_and_comes_back_as_zero(void) {
  float w[RANDOM_WEIGHTS];
  for (uint32_t trial = 0; trial < 20; trial++) {
    draw_weights(trial, w);
    for (size_t s = 0; s < BO_SCHEMES; s++) {
      for (uint32_t bits = 2; bits <= 8; bits++) {
        const bo_quant_range range = fit(all_schemes[s], bits, w, RANDOM_WEIGHTS);
        const bo_affine affine = bo_quant_deploy(&range);
        const float zero = 0.0F;
        int32_t code = -1000;
        float back = -1.0F;
        bo_affine_quantize(&affine, &zero, 1, &code);
        bo_affine_dequantize(&affine, &code, 1, &back);
        CU_ASSERT_EQUAL(code, affine.zero_point);
        CU_ASSERT_TRUE(back == 0.0F);
      }
    }
  }
}

/* By hand: range -0.3 … 0.5 in 255 (15) steps of 0.8 / 255 (0.8 / 15), zero at 95.6 (5.6). */
static void deployed_rquant_of_the_golden_weights_is_as_computed_by_hand(void) {
  static const int32_t expected_8[] = {0, 61, 90, 96, 97, 118, 176, 255};
  static const int32_t expected_4[] = {0, 4, 6, 6, 6, 7, 11, 15};
  int32_t code[GOLDEN_WEIGHTS];
  bo_quant_range range = fit(BO_SCHEME_RQUANT, 8, golden, GOLDEN_WEIGHTS);
  bo_affine affine = bo_quant_deploy(&range);
  CU_ASSERT_EQUAL(affine.zero_point, 96);
  CU_ASSERT_DOUBLE_EQUAL((double)affine.scale, 0.8 / 255.0, 1e-9);
  CU_ASSERT_EQUAL(affine.code_min, 0);
  CU_ASSERT_EQUAL(affine.code_max, 255);
  bo_affine_quantize(&affine, golden, GOLDEN_WEIGHTS, code);
  CU_ASSERT_EQUAL(memcmp(code, expected_8, sizeof code), 0);
  range = fit(BO_SCHEME_RQUANT, 4, golden, GOLDEN_WEIGHTS);
  affine = bo_quant_deploy(&range);
  CU_ASSERT_EQUAL(affine.zero_point, 6);
  bo_affine_quantize(&affine, golden, GOLDEN_WEIGHTS, code);
  CU_ASSERT_EQUAL(memcmp(code, expected_4, sizeof code), 0);
}

static void deployed_normal_has_the_published_codes_and_zero_point_zero(void) {
  float w[RANDOM_WEIGHTS];
  int32_t published[RANDOM_WEIGHTS];
  int32_t deployed[RANDOM_WEIGHTS];
  draw_weights(7, w);
  for (uint32_t bits = 2; bits <= 8; bits++) {
    const bo_quant_range range = fit(BO_SCHEME_NORMAL, bits, w, RANDOM_WEIGHTS);
    const bo_affine affine = bo_quant_deploy(&range);
    CU_ASSERT_EQUAL(affine.zero_point, 0);
    bo_quantize(&range, w, RANDOM_WEIGHTS, published);
    bo_affine_quantize(&affine, w, RANDOM_WEIGHTS, deployed);
    CU_ASSERT_EQUAL(memcmp(published, deployed, sizeof published), 0);
  }
}

/* ONNX QuantizeLinear rounds w / scale to even and only then adds an odd zero-point. */
static void deployed_ties_go_to_even_before_the_zero_point_is_added(void) {
  const bo_affine affine = {
      .scale = 1.0F, .zero_point = 3, .code_min = 0, .code_max = 255, .rounds = true};
  const float w[] = {0.5F, 1.5F, -0.5F, 2.5F};
  int32_t code[4];
  bo_affine_quantize(&affine, w, 4, code);
  CU_ASSERT_EQUAL(code[0], 3);
  CU_ASSERT_EQUAL(code[1], 5);
  CU_ASSERT_EQUAL(code[2], 3);
  CU_ASSERT_EQUAL(code[3], 5);
}

static void deployed_codes_saturate_beyond_the_range(void) {
  const float far[] = {-1e30F, 1e30F};
  for (size_t s = 0; s < BO_SCHEMES; s++) {
    const bo_quant_range range = fit(all_schemes[s], 8, golden, GOLDEN_WEIGHTS);
    const bo_affine affine = bo_quant_deploy(&range);
    int32_t code[2];
    bo_affine_quantize(&affine, far, 2, code);
    CU_ASSERT_EQUAL(code[0], affine.code_min);
    CU_ASSERT_EQUAL(code[1], affine.code_max);
  }
}

/* Sign-extends the low @p bits of @p pattern. */
static int32_t sign_extend(int32_t pattern, uint32_t bits) {
  const int32_t sign = 1 << (bits - 1);
  return ((pattern & (2 * sign - 1)) ^ sign) - sign;
}

/*
 * A signed code s stored in two's complement and s + 2^(m-1) stored in offset binary name the same
 * weight after any XOR mask; all codes and all masks.
 */
static void xor_errors_do_the_same_in_offset_binary_and_in_twos_complement(void) {
  for (uint32_t bits = 2; bits <= 8; bits++) {
    const bo_quant_range range = fit(BO_SCHEME_ASYMMETRIC, bits, golden, GOLDEN_WEIGHTS);
    bo_quant_range shifted = range;
    shifted.scheme = BO_SCHEME_UNSIGNED;
    const int32_t half = 1 << (bits - 1);
    for (int32_t code = -half; code < half; code++) {
      for (int32_t mask = 0; mask < 2 * half; mask++) {
        const int32_t twos_complement = sign_extend(code ^ mask, bits);
        const int32_t offset_binary = (code + half) ^ mask;
        float a = 0.0F;
        float b = 1.0F;
        bo_dequantize(&range, &twos_complement, 1, &a);
        bo_dequantize(&shifted, &offset_binary, 1, &b);
        CU_ASSERT_EQUAL(a, b);
      }
    }
  }
}

static void scheme_names_round_trip_and_another_name_is_refused(void) {
  bo_diag diag = {{0}};
  bo_scheme scheme = BO_SCHEMES;
  for (size_t s = 0; s < BO_SCHEMES; s++) {
    CU_ASSERT_EQUAL(bo_scheme_parse(&scheme, bo_scheme_name(all_schemes[s]), &diag), BO_OK);
    CU_ASSERT_EQUAL(scheme, all_schemes[s]);
  }
  CU_ASSERT_EQUAL(bo_scheme_parse(&scheme, "robust", &diag), BO_E_INVALID);
  CU_ASSERT(same_text(
      diag.text, "scheme: expected global, normal, asymmetric, unsigned or rquant, got 'robust'"));
}

static void refuses(const char *text, bo_scheme scheme, uint32_t bits, float global_range,
                    const float *w, size_t count) {
  bo_diag diag = {{0}};
  bo_quant_range range = {0};
  CU_ASSERT_EQUAL(bo_quant_fit(&range, scheme, bits, global_range, w, count, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, text));
}

static void ranges_that_cannot_be_quantised_are_refused_in_one_line(void) {
  const float constant[] = {0.25F, 0.25F};
  const float infinite[] = {0.25F, INFINITY};
  const float undefined[] = {NAN};
  const float wide[] = {-FLT_MAX, FLT_MAX};
  refuses("bits: expected 2..8, got 1", BO_SCHEME_RQUANT, 1, 1.0F, golden, GOLDEN_WEIGHTS);
  refuses("bits: expected 2..8, got 9", BO_SCHEME_RQUANT, 9, 1.0F, golden, GOLDEN_WEIGHTS);
  refuses("weights: expected at least one, got none", BO_SCHEME_RQUANT, 8, 1.0F, golden, 0);
  refuses("weight 1: expected a finite number, got inf", BO_SCHEME_NORMAL, 8, 1.0F, infinite, 2);
  refuses("weight 0: expected a finite number, got nan", BO_SCHEME_NORMAL, 8, 1.0F, undefined, 1);
  refuses("range: expected finite and not empty, got 0.25..0.25", BO_SCHEME_RQUANT, 8, 1.0F,
          constant, 2);
  refuses("range: expected finite and not empty, got -3.40282e+38..3.40282e+38", BO_SCHEME_RQUANT,
          8, 1.0F, wide, 2);
  refuses("range: expected finite and not empty, got 0.999..-0.999", BO_SCHEME_GLOBAL, 8, -1.0F,
          golden, GOLDEN_WEIGHTS);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(golden_weights_get_the_published_codes),
    BO_TEST(golden_codes_get_the_published_weights),
    BO_TEST(unsigned_code_zero_is_no_clean_code_and_means_the_lower_end),
    BO_TEST(published_error_is_one_step_truncating_and_half_a_step_rounding),
    BO_TEST(deployed_error_is_one_step_truncating_and_half_a_step_rounding),
    BO_TEST(deployed_zero_is_a_code_and_comes_back_as_zero),
    BO_TEST(deployed_rquant_of_the_golden_weights_is_as_computed_by_hand),
    BO_TEST(deployed_normal_has_the_published_codes_and_zero_point_zero),
    BO_TEST(deployed_ties_go_to_even_before_the_zero_point_is_added),
    BO_TEST(deployed_codes_saturate_beyond_the_range),
    BO_TEST(xor_errors_do_the_same_in_offset_binary_and_in_twos_complement),
    BO_TEST(scheme_names_round_trip_and_another_name_is_refused),
    BO_TEST(ranges_that_cannot_be_quantised_are_refused_in_one_line),
    CU_TEST_INFO_NULL,
};
