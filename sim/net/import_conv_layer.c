#include "net/import_layer.h"

#include <math.h>
#include <stdlib.h>

/* Real value of one step of the accumulator after gain, in steps of the output. */
static float multiplier_of(const bo_meaning *acc, uint32_t n, float out_scale) {
  const float unit = acc->conv->unit[n];
  if (acc->gain[n] == 1.0) {
    return unit / out_scale; /* float32, in the order of QLinearConv */
  }
  return (float)((double)unit * acc->gain[n] / (double)out_scale);
}

/* Largest |sum| of clean weights for codes that differ from the zero-point by at most 255. */
static double largest_sum(const bo_weights *weights, uint32_t n) {
  const uint8_t *code = weights->code + (size_t)n * weights->inputs;
  double sum = 0.0;
  for (uint32_t k = 0; k < weights->inputs; k++) {
    sum += fabs((double)bo_weights_decode(weights, code[k]) - weights->zero_point[n]);
  }
  return 255.0 * sum;
}

/*
 * A channel that batch norm all but switches off: its offset is worth more steps of the
 * accumulator than an int32 holds. The largest bias and a multiplier that makes it the offset
 * leave the sum at most half a code of influence, else the channel is refused.
 */
static bo_status bias_of_dead_channel(bo_layer *layer, const bo_weights *weights, uint32_t n,
                                      double offset, int64_t most, bo_diag *diag) {
  const float multiplier = (float)(fabs(offset) / (double)most);
  if (!(largest_sum(weights, n) * (double)multiplier <= 0.5)) {
    return bo_fail(diag, BO_E_INVALID,
                   "channel %u: its bias is beyond int32 in steps of its accumulator", n);
  }
  layer->bias[n] = (int32_t)(offset < 0.0 ? -most : most);
  layer->multiplier[n] = multiplier;
  return BO_OK;
}

static bo_status fill_channel(bo_layer *layer, const bo_weights *weights, const bo_meaning *acc,
                              uint32_t n, float out_scale, int64_t most, bo_diag *diag) {
  const double step = (double)acc->conv->unit[n] * acc->gain[n];
  const double offset = acc->offset[n];
  const double bias = acc->conv->base[n] + (offset == 0.0 ? 0.0 : rint(offset / step));
  layer->multiplier[n] = multiplier_of(acc, n, out_scale);
  if (fabs(bias) <= (double)most) {
    layer->bias[n] = (int32_t)bias;
    return BO_OK;
  }
  const double whole = acc->conv->base[n] * step + offset;
  return bias_of_dead_channel(layer, weights, n, whole / (double)out_scale, most, diag);
}

bo_status bo_import_conv_layer(bo_layer **out, bo_import *import, const bo_meaning *acc,
                               float out_scale, bo_diag *diag) {
  const bo_conv_draft *conv = acc->conv;
  const bo_weights *weights = &import->net->weights[conv->weights];
  /* What bo_net_check leaves to the bias. */
  const int64_t most = INT32_MAX - (int64_t)weights->inputs * 255 * 255;
  if (most < 0) {
    return bo_fail(diag, BO_E_INVALID, "a sum of %u products can leave int32", weights->inputs);
  }
  bo_layer *layer = NULL;
  bo_status status = bo_import_layer_new(&layer, import, conv->name, BO_OP_CONV, diag);
  if (status != BO_OK) {
    return status;
  }
  layer->input[0] = conv->input;
  layer->in_quant[0] = conv->in_quant;
  layer->in = conv->in;
  layer->out = conv->out;
  layer->window = conv->window;
  layer->weights = conv->weights;
  layer->bias = calloc(conv->out.c, sizeof *layer->bias);
  layer->multiplier = calloc(conv->out.c, sizeof *layer->multiplier);
  if (layer->bias == NULL || layer->multiplier == NULL) {
    return bo_import_no_memory(diag);
  }
  for (uint32_t n = 0; n < conv->out.c && status == BO_OK; n++) {
    status = fill_channel(layer, weights, acc, n, out_scale, most, diag);
  }
  *out = layer;
  return status;
}
