#include "net/import_layer.h"

#include <stdlib.h>

static bool can_clamp(const bo_layer *layer) {
  return layer->op == BO_OP_CONV || layer->op == BO_OP_ADD || layer->op == BO_OP_AVG_POOL;
}

/* Whether the table only narrows the codes that @p before writes, in the same scale. */
static bool is_clamp_of(const bo_layer *table, const bo_layer *before) {
  if (table->op != BO_OP_TABLE || !can_clamp(before) ||
      table->out_quant.scale != before->out_quant.scale ||
      table->out_quant.zero_point != before->out_quant.zero_point) {
    return false;
  }
  const uint8_t lo = table->table[before->lo];
  const uint8_t hi = table->table[before->hi];
  for (uint32_t code = before->lo; code <= before->hi; code++) {
    const uint32_t clamped = code < lo ? lo : code > hi ? hi : code;
    if (table->table[code] != clamped) {
      return false;
    }
  }
  return lo <= hi;
}

static void count_readers(const bo_net *net, uint32_t *readers) {
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *layer = &net->layer[i];
    for (uint32_t which = 0; which < (layer->op == BO_OP_ADD ? 2U : 1U); which++) {
      if (layer->input[which] != BO_NET_INPUT) {
        readers[layer->input[which]]++;
      }
    }
  }
}

bo_status bo_import_fold_clamps(bo_import *import, bo_diag *diag) {
  bo_net *net = import->net;
  uint32_t *readers = bo_import_alloc(import, net->layers, sizeof *readers);
  int32_t *place = bo_import_alloc(import, net->layers, sizeof *place);
  if (readers == NULL || place == NULL) {
    return bo_import_no_memory(diag);
  }
  count_readers(net, readers);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < net->layers; i++) {
    bo_layer layer = net->layer[i];
    for (uint32_t which = 0; which < 2; which++) {
      layer.input[which] =
          layer.input[which] == BO_NET_INPUT ? BO_NET_INPUT : place[layer.input[which]];
    }
    const int32_t before = layer.input[0];
    if (before != BO_NET_INPUT && readers[before] == 1 &&
        is_clamp_of(&layer, &net->layer[before])) {
      bo_layer *clamped = &net->layer[before];
      clamped->hi = layer.table[clamped->hi];
      clamped->lo = layer.table[clamped->lo];
      readers[before] = readers[i];
      place[i] = before;
      free(layer.name);
      continue;
    }
    readers[kept] = readers[i];
    place[i] = (int32_t)kept;
    net->layer[kept++] = layer;
  }
  net->layers = kept;
  return BO_OK;
}
