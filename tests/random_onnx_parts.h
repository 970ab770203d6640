/**
 * @file random_onnx_parts.h
 * What the blocks of a random ONNX graph are made of: quantisers, weights and biases in each of the
 * ways to write them, batch norm, activations. Internal to random_onnx.c.
 */
#ifndef BO_TESTS_RANDOM_ONNX_PARTS_H
#define BO_TESTS_RANDOM_ONNX_PARTS_H

#include "random_onnx.h"

#include <stdbool.h>

enum {
  NAME = 40,
};

/* A quantised activation: its codes and, in QDQ graphs, the float behind them. */
typedef struct value {
  char codes[NAME], real[NAME];
  char scale_name[NAME], zero_name[NAME];
  bool is_signed;
  float scale;
  uint32_t c, h, w;
} value;

typedef struct graph {
  test_draws draws;
  random_onnx_style style;
  onnx_builder *builder;
  uint32_t names;
  value current, kept; /* kept: an earlier value, for a residual connection */
} graph;

/* What part_weights made. */
typedef struct weights {
  char name[NAME]; /* codes; in QDQ graphs the float behind them */
  char scale_name[NAME], zero_name[NAME];
  float scale[64];
  bool is_per_channel;
  double span; /* standard deviation of w' - zw */
} weights;

bool part_one_in(graph *g, uint32_t n);
uint32_t part_in_range(graph *g, int32_t lo, int32_t hi);

/** A name that no other value has. */
void part_fresh(graph *g, char name[NAME], const char *prefix);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
part_format(char text[160], const char *pattern, ...);

/** Scale, about @p target_scale, and zero-point of activations, of shape [] or [1]. */
void part_quant_of(graph *g, value *v, double target_scale, bool is_signed);
void part_quant(graph *g, value *v, double target_scale);

/** Clip of codes, as narrower quantisers write it. */
void part_clip_codes(graph *g, value *v);
void part_dequantize(graph *g, value *v);

/** QuantizeLinear of the float @p real with v's scale, perhaps Clip, and DequantizeLinear. */
void part_quantize(graph *g, value *v, const char *real);

/** A weight tensor of @p dims, outputs along @p axis. */
void part_weights(graph *g, weights *w, const char *dims, uint32_t outputs, uint32_t count,
                  uint32_t axis);

/** Bias of a float operator, in whole steps of sx * sw up to half of @p spread. */
void part_float_bias(graph *g, char name[NAME], const weights *w, uint32_t outputs, double spread);

/** BatchNormalization of @p real, which becomes its result; likewise below. */
void part_batch_norm(graph *g, char real[NAME], const weights *w, uint32_t channels);
void part_relu(graph *g, char real[NAME]);

/** Relu, Clip at about @p bound, or nothing. */
void part_activation(graph *g, char real[NAME], double bound);

#endif
