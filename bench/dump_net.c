#include "dump_net.h"

#include <stdio.h>
#include <stdlib.h>

/* One array on its way to the file. */
typedef struct array_view {
  const char *dtype; /* numpy's name */
  size_t item;       /* bytes */
  uint32_t dims[4];  /* 0: no more */
  const void *data;
} array_view;

static bool write_array(FILE *file, uint32_t layer, const char *name, array_view array) {
  size_t count = 1;
  bool good = layer == UINT32_MAX ? fprintf(file, "%s %s", name, array.dtype) > 0
                                  : fprintf(file, "%u.%s %s", layer, name, array.dtype) > 0;
  for (size_t d = 0; d < 4 && array.dims[d] != 0; d++) {
    good = good && fprintf(file, " %u", array.dims[d]) > 0;
    count *= array.dims[d];
  }
  return good && fputc('\n', file) != EOF && fwrite(array.data, array.item, count, file) == count;
}

static bool write_conv(FILE *file, const bo_net *net, uint32_t index) {
  const bo_layer *layer = &net->layer[index];
  const bo_weights *weights = &net->weights[layer->weights];
  const uint32_t n = layer->out.c;
  const size_t count = (size_t)n * weights->inputs;
  int16_t *levels = malloc(count * sizeof *levels);
  if (levels == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    levels[i] = (int16_t)(bo_weights_decode(weights, weights->code[i]) -
                          weights->zero_point[i / weights->inputs]);
  }
  const array_view weight = {
      "int16",
      sizeof *levels,
      {n, layer->in.c / weights->groups, layer->window.kernel_h, layer->window.kernel_w},
      levels};
  const bool good =
      write_array(file, index, "weight", weight) &&
      write_array(file, index, "weight_scale", (array_view){"float32", 4, {n}, weights->scale}) &&
      write_array(file, index, "bias", (array_view){"int32", 4, {n}, layer->bias}) &&
      write_array(file, index, "multiplier", (array_view){"float32", 4, {n}, layer->multiplier});
  free(levels);
  return good;
}

static bool write_layer(FILE *file, const bo_net *net, uint32_t index) {
  const bo_layer *layer = &net->layer[index];
  const int32_t op[] = {(int32_t)layer->op,
                        (int32_t)layer->window.kernel_h,
                        (int32_t)layer->window.stride_h,
                        (int32_t)layer->window.pad_top,
                        layer->in_quant[0].zero_point,
                        layer->out_quant.zero_point,
                        layer->lo,
                        layer->hi};
  const float scale[] = {layer->in_quant[0].scale, layer->out_quant.scale};
  return write_array(file, index, "op", (array_view){"int32", 4, {8}, op}) &&
         write_array(file, index, "scale", (array_view){"float32", 4, {2}, scale}) &&
         (layer->op != BO_OP_CONV || write_conv(file, net, index));
}

bool bench_dump_net(const char *path, const bo_net *net, const uint8_t *input, const float *logits,
                    uint32_t images) {
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    return false;
  }
  bool good = true;
  for (uint32_t i = 0; i < net->layers && good; i++) {
    good = write_layer(file, net, i);
  }
  const array_view codes = {"uint8", 1, {images, net->input.h, net->input.w, net->input.c}, input};
  good = good && write_array(file, UINT32_MAX, "input", codes) &&
         write_array(file, UINT32_MAX, "logits",
                     (array_view){"float32", 4, {images, net->classes}, logits});
  return fclose(file) == 0 && good;
}
