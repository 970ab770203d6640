#include "net/quant.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* What the published evaluation adds to a range, so that its ends stay inside after rounding. */
static const float range_margin = 0.001F;

/* Narrowest range: the step of its 255th part is still a normal float. */
static const float min_width = 1024.0F * FLT_MIN;

typedef struct scheme_row {
  const char *name;
  bool is_symmetric; /* range [-max|w|, max|w|], zero is code 0; else [min, max] */
  bool is_signed;
  bool rounds;
} scheme_row;

static const scheme_row schemes[BO_SCHEMES] = {
    [BO_SCHEME_GLOBAL] = {"global", true, true, false},
    [BO_SCHEME_NORMAL] = {"normal", true, true, false},
    [BO_SCHEME_ASYMMETRIC] = {"asymmetric", false, true, false},
    [BO_SCHEME_UNSIGNED] = {"unsigned", false, false, false},
    [BO_SCHEME_RQUANT] = {"rquant", false, false, true},
};

const char *bo_storage_name(bo_storage storage) {
  return storage == BO_STORAGE_TWOS_COMPLEMENT ? "twos_complement" : "offset_binary";
}

const char *bo_scheme_name(bo_scheme scheme) {
  assert((unsigned)scheme < BO_SCHEMES);
  return schemes[scheme].name;
}

bo_status bo_scheme_parse(bo_scheme *scheme, const char *name, bo_diag *diag) {
  for (unsigned i = 0; i < BO_SCHEMES; i++) {
    if (strcmp(name, schemes[i].name) == 0) {
      *scheme = (bo_scheme)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID,
                 "scheme: expected global, normal, asymmetric, unsigned or rquant, got '%.64s'",
                 name);
}

bool bo_scheme_is_signed(bo_scheme scheme) {
  assert((unsigned)scheme < BO_SCHEMES);
  return schemes[scheme].is_signed;
}

static int32_t lowest_code(const bo_quant_range *range) {
  return schemes[range->scheme].is_signed ? -(1 << (range->bits - 1)) : 0;
}

static int32_t highest_code(const bo_quant_range *range) {
  return lowest_code(range) + (1 << range->bits) - 1;
}

/* 2^(m-1) - 1: steps from the middle of the range to its upper end. */
static float half_steps(const bo_quant_range *range) {
  return (float)((1 << (range->bits - 1)) - 1);
}

static int32_t to_code(float x, bool rounds, int32_t lowest, int32_t highest) {
  const float integer = rounds ? rintf(x) : truncf(x);
  return (int32_t)fmaxf((float)lowest, fminf(integer, (float)highest));
}

bo_status bo_quant_fit(bo_quant_range *range, bo_scheme scheme, uint32_t bits, float global_range,
                       const float *w, size_t count, bo_diag *diag) {
  if ((unsigned)scheme >= BO_SCHEMES) {
    return bo_fail(diag, BO_E_INVALID, "scheme: expected 0..%d, got %d", BO_SCHEMES - 1,
                   (int)scheme);
  }
  if (bits < 2 || bits > 8) {
    return bo_fail(diag, BO_E_INVALID, "bits: expected 2..8, got %u", bits);
  }
  if (count == 0) {
    return bo_fail(diag, BO_E_INVALID, "weights: expected at least one, got none");
  }
  float low = w[0];
  float high = w[0];
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(w[i])) {
      return bo_fail(diag, BO_E_INVALID, "weight %zu: expected a finite number, got %g", i,
                     (double)w[i]);
    }
    low = fminf(low, w[i]);
    high = fmaxf(high, w[i]);
  }
  if (schemes[scheme].is_symmetric) {
    const float limit = scheme == BO_SCHEME_GLOBAL ? global_range : fmaxf(-low, high);
    high = limit + range_margin;
    low = -high;
  }
  const float width = high - low;
  if (!(width >= min_width && width <= FLT_MAX)) {
    return bo_fail(diag, BO_E_INVALID, "range: expected finite and not empty, got %g..%g",
                   (double)low, (double)high);
  }
  *range = (bo_quant_range){.scheme = scheme, .bits = bits, .qmin = low, .qmax = high};
  return BO_OK;
}

static void quantize_symmetric(const bo_quant_range *range, const float *w, size_t count,
                               int32_t *code) {
  const float step = range->qmax / half_steps(range);
  for (size_t i = 0; i < count; i++) {
    code[i] = to_code(w[i] / step, schemes[range->scheme].rounds, lowest_code(range),
                      highest_code(range));
  }
}

/* The step of the asymmetric schemes, which first map the range to [-1, 1]. */
static float unit_step(const bo_quant_range *range) {
  return (1.0F + range_margin) / half_steps(range);
}

/* What an unsigned code adds: 2^(m-1), the code of the middle of the range. */
static float middle_code(const bo_quant_range *range) {
  return schemes[range->scheme].is_signed ? 0.0F : (float)(1 << (range->bits - 1));
}

static void quantize_asymmetric(const bo_quant_range *range, const float *w, size_t count,
                                int32_t *code) {
  const float step = unit_step(range);
  const float middle = middle_code(range);
  for (size_t i = 0; i < count; i++) {
    const float unit = (w[i] - range->qmin) / (range->qmax - range->qmin) * 2.0F - 1.0F;
    code[i] = to_code(unit / step + middle, schemes[range->scheme].rounds, lowest_code(range),
                      highest_code(range));
  }
}

void bo_quantize(const bo_quant_range *range, const float *w, size_t count, int32_t *code) {
  if (schemes[range->scheme].is_symmetric) {
    quantize_symmetric(range, w, count, code);
  } else {
    quantize_asymmetric(range, w, count, code);
  }
}

static float clamp(float x, float low, float high) {
  return fmaxf(low, fminf(x, high));
}

void bo_dequantize(const bo_quant_range *range, const int32_t *code, size_t count, float *w) {
  if (schemes[range->scheme].is_symmetric) {
    const float step = range->qmax / half_steps(range);
    for (size_t i = 0; i < count; i++) {
      w[i] = step * (float)code[i];
    }
    return;
  }
  const float step = unit_step(range);
  const float middle = middle_code(range);
  for (size_t i = 0; i < count; i++) {
    const float unit = clamp(((float)code[i] - middle) * step, -1.0F, 1.0F);
    const float value = (unit + 1.0F) / 2.0F * (range->qmax - range->qmin) + range->qmin;
    w[i] = clamp(value, range->qmin, range->qmax);
  }
}

bo_affine bo_quant_deploy(const bo_quant_range *range) {
  const scheme_row *scheme = &schemes[range->scheme];
  if (scheme->is_symmetric) {
    const int32_t limit = (1 << (range->bits - 1)) - 1;
    return (bo_affine){.scale = range->qmax / (float)limit,
                       .zero_point = 0,
                       .code_min = -limit,
                       .code_max = limit,
                       .rounds = scheme->rounds};
  }
  const float low = fminf(range->qmin, 0.0F);
  const float high = fmaxf(range->qmax, 0.0F);
  const float scale = (high - low) / (float)((1 << range->bits) - 1);
  const int32_t lowest = lowest_code(range);
  const int32_t highest = highest_code(range);
  return (bo_affine){.scale = scale,
                     .zero_point = to_code((float)lowest - low / scale, true, lowest, highest),
                     .code_min = lowest,
                     .code_max = highest,
                     .rounds = scheme->rounds};
}

void bo_affine_quantize(const bo_affine *affine, const float *w, size_t count, int32_t *code) {
  for (size_t i = 0; i < count; i++) {
    const float steps = w[i] / affine->scale;
    /* Rounded before the zero-point is added, as ONNX QuantizeLinear does: ties go the same way. */
    const float shifted = (affine->rounds ? rintf(steps) : steps) + (float)affine->zero_point;
    code[i] = to_code(shifted, affine->rounds, affine->code_min, affine->code_max);
  }
}

void bo_affine_dequantize(const bo_affine *affine, const int32_t *code, size_t count, float *w) {
  for (size_t i = 0; i < count; i++) {
    w[i] = affine->scale * (float)(code[i] - affine->zero_point);
  }
}
