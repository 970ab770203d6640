#include "accel/schedule.h"

#include <stdbool.h>
#include <stddef.h>

static uint64_t divide_up(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

static uint64_t at_least_zero(uint64_t a, uint64_t minus) {
  return a > minus ? a - minus : 0;
}

static uint64_t elements(bo_shape shape) {
  return (uint64_t)shape.h * shape.w * shape.c;
}

/* --- weights ------------------------------------------------------------------------------- */

static uint64_t codes_per_row(const bo_arch *arch, const bo_weights *weights) {
  return arch->bank_width_bits / weights->bits;
}

/* Rows of the weight SRAM that a tensor lies in. */
static uint64_t tensor_rows(const bo_arch *arch, const bo_weights *weights) {
  const uint64_t codes = (uint64_t)weights->groups * weights->outputs * weights->inputs;
  return divide_up(codes, codes_per_row(arch, weights));
}

static bool network_stays_in_sram(const bo_arch *arch, const bo_net *net) {
  uint64_t rows = 0;
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    rows += tensor_rows(arch, &net->weights[t]);
  }
  return arch->weight_banks == 0 || rows <= (uint64_t)arch->weight_banks * arch->bank_rows;
}

/* --- a convolution on the array -------------------------------------------------------------- */

/* One axis cut into pieces: whole of size, and one of rest if that is not 0. */
typedef struct cut {
  uint64_t whole, size, rest;
} cut;

static cut cut_axis(uint64_t length, uint64_t size) {
  return (cut){length / size, size, length % size};
}

static uint64_t pieces(cut axis) {
  return axis.whole + (axis.rest != 0);
}

/* Number of pieces of the kind i (0: whole ones, 1: the rest), and their size in size. */
static uint64_t pieces_of_kind(cut axis, int i, uint64_t *size) {
  *size = i == 0 ? axis.size : axis.rest;
  return i == 0 ? axis.whole : axis.rest != 0;
}

typedef struct product {
  const bo_arch *arch;
  uint64_t groups;
  uint64_t row_codes;
  uint64_t read_banks;
  cut k, n, m;
} product;

static product product_of(const bo_arch *arch, const bo_layer *layer, const bo_weights *weights) {
  const uint64_t sums = (uint64_t)arch->accumulator_sram_kib * 1024 / sizeof(int32_t);
  const uint64_t places = (uint64_t)layer->out.h * layer->out.w;
  const bool few_banks = arch->weight_banks != 0 && arch->weight_banks < arch->weight_read_banks;
  return (product){
      .arch = arch,
      .groups = weights->groups,
      .row_codes = codes_per_row(arch, weights),
      .read_banks = few_banks ? arch->weight_banks : arch->weight_read_banks,
      .k = cut_axis(weights->inputs, arch->array_rows),
      .n = cut_axis(weights->outputs, arch->array_cols),
      .m = cut_axis(places, sums / arch->array_cols),
  };
}

static uint64_t rows_of_tile(const product *matrix, uint64_t k, uint64_t n) {
  return divide_up(k * n, matrix->row_codes);
}

static uint64_t load_cycles(const product *matrix, uint64_t k, uint64_t n) {
  const uint64_t fetch = divide_up(rows_of_tile(matrix, k, n), matrix->read_banks);
  return fetch > matrix->arch->array_rows ? fetch : matrix->arch->array_rows;
}

/* First piece of an axis: a whole one if there is any. */
static uint64_t first_piece(cut axis) {
  return axis.whole > 0 ? axis.size : axis.rest;
}

static uint64_t last_piece(cut axis) {
  return axis.rest != 0 ? axis.rest : axis.size;
}

/* stall_weights of one column of tiles, n wide: all chunks and K-tiles of one N-tile. */
static uint64_t column_stalls(const product *matrix, uint64_t n) {
  const uint64_t first_load = load_cycles(matrix, first_piece(matrix->k), n);
  /* The first K-tile loads behind the last one of the chunk before; the very first chunk of the
   * column behind the last chunk of the column before. */
  uint64_t stalls = (pieces(matrix->m) - 1) * at_least_zero(first_load, matrix->m.size) +
                    at_least_zero(first_load, last_piece(matrix->m));
  for (int k_kind = 0; k_kind < 2; k_kind++) {
    uint64_t k;
    uint64_t tiles = pieces_of_kind(matrix->k, k_kind, &k);
    if (tiles > 0 && k == first_piece(matrix->k)) {
      tiles--;
    }
    for (int m_kind = 0; m_kind < 2 && tiles > 0; m_kind++) {
      uint64_t m;
      const uint64_t chunks = pieces_of_kind(matrix->m, m_kind, &m);
      stalls += tiles * chunks * at_least_zero(load_cycles(matrix, k, n), m);
    }
  }
  return stalls;
}

static uint64_t column_rows(const product *matrix, uint64_t n) {
  uint64_t rows = 0;
  for (int k_kind = 0; k_kind < 2; k_kind++) {
    uint64_t k;
    const uint64_t tiles = pieces_of_kind(matrix->k, k_kind, &k);
    rows += tiles * rows_of_tile(matrix, k, n);
  }
  return rows * pieces(matrix->m);
}

static void schedule_conv(const bo_arch *arch, const bo_layer *layer, const bo_weights *weights,
                          bo_events *out) {
  const product matrix = product_of(arch, layer, weights);
  const uint64_t places = (uint64_t)layer->out.h * layer->out.w;
  const uint64_t sums = places * layer->out.c; /* M N G */
  const uint64_t streams = places * pieces(matrix.n) * matrix.groups;
  const uint64_t k_tiles = pieces(matrix.k);
  for (int n_kind = 0; n_kind < 2; n_kind++) {
    uint64_t n;
    const uint64_t columns = matrix.groups * pieces_of_kind(matrix.n, n_kind, &n);
    if (columns > 0) {
      out->weight_row_reads += columns * column_rows(&matrix, n);
      out->stall_weights += columns * column_stalls(&matrix, n);
    }
  }
  const uint64_t first_n = first_piece(matrix.n);
  const uint64_t first_load = load_cycles(&matrix, first_piece(matrix.k), first_n);
  out->stall_weights -= at_least_zero(first_load, last_piece(matrix.m)); /* nothing before it */
  out->stall_fill_drain = first_load + arch->array_rows + arch->array_cols - 1;
  out->compute_cycles = streams * k_tiles;
  out->macs = sums * weights->inputs;
  out->activation_bytes_read = streams * weights->inputs;
  out->accumulator_writes = sums * k_tiles;
  out->accumulator_reads = sums * k_tiles;
}

/* --- the other layers, and what lies in DRAM ------------------------------------------------- */

static void schedule_vector(const bo_arch *arch, const bo_layer *layer, bo_events *out) {
  uint64_t bytes = elements(layer->out);
  if (layer->op == BO_OP_ADD) {
    bytes *= 2;
  } else if (layer->op != BO_OP_TABLE) {
    bytes *= (uint64_t)layer->window.kernel_h * layer->window.kernel_w;
  }
  out->activation_bytes_read = bytes;
  out->compute_cycles = divide_up(bytes, arch->array_cols);
}

static bool lives_in_dram(const bo_arch *arch, bo_shape shape) {
  return elements(shape) > (uint64_t)arch->activation_sram_kib * 1024 / 2;
}

/* Whether an earlier layer has brought the network's input into the activation SRAM. */
static bool input_was_read(const bo_net *net, uint32_t index) {
  for (uint32_t i = 0; i < index; i++) {
    const bo_layer *layer = &net->layer[i];
    if (layer->input[0] == BO_NET_INPUT ||
        (layer->op == BO_OP_ADD && layer->input[1] == BO_NET_INPUT)) {
      return true;
    }
  }
  return false;
}

static uint64_t dram_input_bytes(const bo_arch *arch, const bo_net *net, uint32_t index) {
  const bo_layer *layer = &net->layer[index];
  const bool large = lives_in_dram(arch, layer->in);
  uint64_t tensors = 0;
  bool fetched = input_was_read(net, index);
  for (int which = 0; which < (layer->op == BO_OP_ADD ? 2 : 1); which++) {
    const bool is_image = layer->input[which] == BO_NET_INPUT;
    tensors += large || (is_image && !fetched);
    fetched = fetched || is_image;
  }
  return tensors * elements(layer->in);
}

static uint64_t dram_output_bytes(const bo_arch *arch, const bo_net *net, uint32_t index) {
  const bo_layer *layer = &net->layer[index];
  if (index == net->layers - 1) {
    return elements(layer->out) * (net->float_logits ? sizeof(float) : 1);
  }
  return lives_in_dram(arch, layer->out) ? elements(layer->out) : 0;
}

static void schedule_one(const bo_arch *arch, const bo_net *net, uint32_t index, bool stays,
                         bo_events *out) {
  const bo_layer *layer = &net->layer[index];
  const bool leaves_floats = net->float_logits && index == net->layers - 1;
  *out = (bo_events){0};
  if (layer->op == BO_OP_CONV) {
    const bo_weights *weights = &net->weights[layer->weights];
    schedule_conv(arch, layer, weights, out);
    out->weight_row_writes = stays ? 0 : tensor_rows(arch, weights);
  } else {
    schedule_vector(arch, layer, out);
  }
  out->activation_bytes_written = leaves_floats ? 0 : elements(layer->out);
  out->dram_bytes_read = divide_up(out->weight_row_writes * arch->bank_width_bits, 8) +
                         dram_input_bytes(arch, net, index);
  out->dram_bytes_written = dram_output_bytes(arch, net, index);
  const uint64_t busy = out->compute_cycles + out->stall_fill_drain + out->stall_weights;
  const uint64_t dram = out->dram_bytes_read + out->dram_bytes_written;
  out->stall_dram = at_least_zero(divide_up(dram, arch->dram_bytes_per_cycle), busy);
  out->cycles = busy + out->stall_dram;
}

void bo_schedule_layer(const bo_arch *arch, const bo_net *net, uint32_t index, bo_events *out) {
  schedule_one(arch, net, index, network_stays_in_sram(arch, net), out);
}

static void add_saturating(uint64_t *sum, uint64_t value) {
  *sum = *sum > UINT64_MAX - value ? UINT64_MAX : *sum + value;
}

static void add_events(bo_events *sum, const bo_events *one) {
  add_saturating(&sum->cycles, one->cycles);
  add_saturating(&sum->compute_cycles, one->compute_cycles);
  add_saturating(&sum->stall_fill_drain, one->stall_fill_drain);
  add_saturating(&sum->stall_weights, one->stall_weights);
  add_saturating(&sum->stall_dram, one->stall_dram);
  add_saturating(&sum->macs, one->macs);
  add_saturating(&sum->weight_row_reads, one->weight_row_reads);
  add_saturating(&sum->weight_row_writes, one->weight_row_writes);
  add_saturating(&sum->activation_bytes_read, one->activation_bytes_read);
  add_saturating(&sum->activation_bytes_written, one->activation_bytes_written);
  add_saturating(&sum->accumulator_reads, one->accumulator_reads);
  add_saturating(&sum->accumulator_writes, one->accumulator_writes);
  add_saturating(&sum->dram_bytes_read, one->dram_bytes_read);
  add_saturating(&sum->dram_bytes_written, one->dram_bytes_written);
}

void bo_schedule_net(const bo_arch *arch, const bo_net *net, bo_events *out) {
  const bool stays = network_stays_in_sram(arch, net);
  *out = (bo_events){0};
  for (uint32_t i = 0; i < net->layers; i++) {
    bo_events one;
    schedule_one(arch, net, i, stays, &one);
    add_events(out, &one);
  }
}
