#include "stored_net.h"

#include <stdlib.h>

static void *zeroed(uint64_t count, size_t size) {
  void *const memory = calloc(count, size);
  if (memory == NULL) {
    abort();
  }
  return memory;
}

/* About one bit in eight. */
static uint64_t draw_few(dice *d) {
  uint64_t bits = UINT64_MAX;
  for (uint32_t i = 0; i < 3; i++) {
    bits &= (uint64_t)roll(d, 0, UINT32_MAX) << 32 | roll(d, 0, UINT32_MAX);
  }
  return bits;
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
    net.fault[i] = (bo_fault_word){~draw_few(d), draw_few(d), draw_few(d)};
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

bo_weight_sram *stored_net_sram(const stored_net *net, uint32_t read_latency_cycles) {
  const bo_weight_sram_config config = {net->banks, net->bank_rows, read_latency_cycles};
  bo_weight_sram *sram = NULL;
  if (bo_weight_sram_new(&sram, &config, NULL) != BO_OK) {
    abort();
  }
  for (uint32_t bank = 0; bank < net->banks; bank++) {
    bo_weight_sram_set_faults(sram, bank, net->fault + (size_t)bank * net->bank_rows);
  }
  bo_weight_sram_stream(sram, net->placement, (const uint8_t *const *)net->codes);
  return sram;
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
