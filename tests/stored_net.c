#include "stored_net.h"

#include <stdlib.h>

static void *zeroed(uint64_t count, size_t size) {
  void *const memory = calloc(count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

static void draw_codes(dice *d, stored_net *net, uint32_t tensor) {
  const bo_weight_shape *const shape = &net->drawn.shape[tensor];
  const uint64_t count = codes_of(shape);
  net->codes[tensor] = zeroed(count, sizeof(uint8_t));
  net->position[tensor] = zeroed(count, sizeof(uint64_t));
  for (uint64_t i = 0; i < count; i++) {
    net->codes[tensor][i] = (uint8_t)roll(d, 0, (1U << shape->bits) - 1);
    net->position[tensor][bo_placement_element(net->placement, tensor, i)] = i;
  }
}

stored_net stored_net_new(dice *d, const random_case *drawn) {
  stored_net net = {.drawn = *drawn, .bank_rows = drawn->config.bank_rows};
  if (bo_placement_new(&net.placement, &drawn->config, drawn->shape, drawn->tensors, NULL) !=
      BO_OK) {
    abort();
  }
  net.banks = bo_placement_banks(net.placement);
  const size_t rows = (size_t)net.banks * net.bank_rows;
  net.fault = zeroed(rows, sizeof *net.fault);
  for (size_t i = 0; i < rows; i++) {
    net.fault[i] = (bo_fault_word){~roll_few_bits(d), roll_few_bits(d), roll_few_bits(d)};
  }
  for (uint32_t t = 0; t < drawn->tensors; t++) {
    draw_codes(d, &net, t);
  }
  return net;
}

void stored_net_free(stored_net *net) {
  bo_placement_free(net->placement);
  free(net->fault);
  for (uint32_t t = 0; t < MAX_TENSORS; t++) {
    free(net->codes[t]);
    free(net->position[t]);
  }
}

void stored_net_fill(const stored_net *net, bo_weight_sram *sram) {
  for (uint32_t bank = 0; bank < net->banks; bank++) {
    bo_weight_sram_set_faults(sram, bank, net->fault + (size_t)bank * net->bank_rows);
  }
  bo_weight_sram_stream(sram, net->placement, (const uint8_t *const *)net->codes);
}

/* A stored bit as its cell gives it: forced to 0, then to 1, then flipped. */
static uint64_t read_cell(const stored_net *net, bo_bit_place place, uint64_t stored) {
  const bo_fault_word *const fault = &net->fault[(size_t)place.bank * net->bank_rows + place.row];
  const uint64_t cell = (uint64_t)1 << place.column;
  const uint64_t held = (fault->and_mask & cell) == 0 ? 0 : stored;
  const uint64_t forced = (fault->or_mask & cell) != 0 ? 1 : held;
  return (fault->xor_mask & cell) != 0 ? 1 - forced : forced;
}

uint8_t stored_net_read(const stored_net *net, uint32_t tensor, uint64_t element) {
  uint64_t code = 0;
  for (uint32_t bit = 0; bit < net->drawn.shape[tensor].bits; bit++) {
    const uint64_t stored = net->codes[tensor][element] >> bit & 1;
    const bo_bit_place place =
        bo_placement_locate(net->placement, (bo_weight_bit){tensor, bit, element});
    code |= read_cell(net, place, stored) << bit;
  }
  return (uint8_t)code;
}

uint64_t *stored_net_words(const stored_net *net) {
  const uint64_t rows = bo_placement_stream_rows(net->placement);
  uint64_t *const word = zeroed(rows, sizeof *word);
  for (uint32_t t = 0; t < net->drawn.tensors; t++) {
    for (uint64_t e = 0; e < codes_of(&net->drawn.shape[t]); e++) {
      const uint64_t row = bo_placement_stream_place(net->placement, t, net->position[t][e]).row;
      const bo_bit_place place = bo_placement_locate(net->placement, (bo_weight_bit){t, 0, e});
      word[row] |= (uint64_t)net->codes[t][e] << place.column;
    }
  }
  for (uint64_t row = 0; row < rows; row++) {
    const bo_bit_place place = bo_placement_bank_row(net->placement, row);
    const bo_fault_word *const fault = &net->fault[(size_t)place.bank * net->bank_rows + place.row];
    word[row] = ((word[row] & fault->and_mask) | fault->or_mask) ^ fault->xor_mask;
  }
  return word;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

net_tile net_tile_draw(dice *d, const stored_net *net, uint32_t max_k, uint32_t max_n) {
  net_tile tile = {.tensor = roll(d, 0, net->drawn.tensors - 1)};
  const bo_weight_shape *const shape = &net->drawn.shape[tile.tensor];
  const bo_placement_config *const config = &net->drawn.config;
  const bool gathers = config->policy == BO_PLACEMENT_LINEAR;
  const uint32_t n_tiles = (shape->outputs - 1) / config->tile_cols + 1;
  tile.group = roll(d, 0, shape->groups - 1);
  tile.k0 = roll(d, 0, shape->inputs - 1);
  tile.n0 = gathers ? roll(d, 0, shape->outputs - 1) : roll(d, 0, n_tiles - 1) * config->tile_cols;
  const uint32_t n_left = shape->outputs - tile.n0;
  const uint64_t first = net->position[tile.tensor][net_tile_element(net, &tile, 0, 0)];
  const bo_stream_place place = bo_placement_stream_place(net->placement, tile.tensor, first);
  tile.words = (bo_tile_words){
      .stream_row = place.row,
      .slot = place.slot,
      .codes_per_row = config->bank_width_bits / shape->bits,
      .bits = shape->bits,
      .is_signed = roll(d, 0, 1) == 1,
      .k = roll(d, 1, smaller(max_k, shape->inputs - tile.k0)),
      .n = gathers ? roll(d, 1, smaller(max_n, n_left)) : smaller(config->tile_cols, n_left),
      .run_stride = gathers ? shape->inputs : 0,
  };
  return tile;
}

uint64_t net_tile_element(const stored_net *net, const net_tile *tile, uint32_t k, uint32_t n) {
  const bo_weight_shape *const shape = &net->drawn.shape[tile->tensor];
  return ((uint64_t)tile->group * shape->outputs + tile->n0 + n) * shape->inputs + tile->k0 + k;
}

int32_t net_tile_weight(const stored_net *net, const net_tile *tile, uint32_t k, uint32_t n) {
  const uint8_t code = stored_net_read(net, tile->tensor, net_tile_element(net, tile, k, n));
  const int32_t half = 1 << (tile->words.bits - 1);
  return tile->words.is_signed && code >= half ? code - 2 * half : code;
}
