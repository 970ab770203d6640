#include "accel/schedule.h"

#include "accel/schedule_array.h"

#include <stdbool.h>
#include <stddef.h>

static uint64_t divide_up(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

static uint64_t at_least_zero(uint64_t a, uint64_t minus) {
  return a > minus ? a - minus : 0;
}

/* --- the other layers, and what lies in DRAM ------------------------------------------------- */

static void schedule_vector(const bo_arch *arch, const bo_layer *layer, bo_events *out) {
  uint64_t bytes = bo_shape_size(layer->out);
  if (layer->op == BO_OP_ADD) {
    bytes *= 2;
  } else if (layer->op != BO_OP_TABLE) {
    bytes *= (uint64_t)layer->window.kernel_h * layer->window.kernel_w;
  }
  out->activation_bytes_read = bytes;
  out->compute_cycles = divide_up(bytes, arch->array_cols);
}

static bool lives_in_dram(const bo_arch *arch, bo_shape shape) {
  return bo_shape_size(shape) > (uint64_t)arch->activation_sram_kib * 1024 / 2;
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
  return tensors * bo_shape_size(layer->in);
}

static uint64_t dram_output_bytes(const bo_arch *arch, const bo_net *net, uint32_t index) {
  const bo_layer *layer = &net->layer[index];
  if (index == net->layers - 1) {
    return bo_shape_size(layer->out) * (net->float_logits ? sizeof(float) : 1);
  }
  return lives_in_dram(arch, layer->out) ? bo_shape_size(layer->out) : 0;
}

void bo_schedule_layer(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index, bo_events *out) {
  const bo_layer *layer = &net->layer[index];
  const bool leaves_floats = net->float_logits && index == net->layers - 1;
  *out = (bo_events){0};
  if (layer->op == BO_OP_CONV) {
    bo_schedule_array(arch, net, placement, index, out);
  } else {
    schedule_vector(arch, layer, out);
  }
  out->activation_bytes_written = leaves_floats ? 0 : bo_shape_size(layer->out);
  out->dram_bytes_read = dram_input_bytes(arch, net, index);
  out->dram_bytes_written = dram_output_bytes(arch, net, index);
  out->dram_bytes_read += divide_up(out->weight_row_writes * arch->bank_width_bits, 8);
  const uint64_t busy =
      out->compute_cycles + out->stall_fill_drain + out->stall_weights + out->stall_bank_conflict;
  const uint64_t bytes = out->dram_bytes_read + out->dram_bytes_written;
  const uint64_t dram =
      bytes == 0 ? 0 : arch->dram_latency_cycles + divide_up(bytes, arch->dram_bytes_per_cycle);
  out->stall_dram = at_least_zero(dram, busy);
  out->cycles = busy + out->stall_dram;
}

static void add_saturating(uint64_t *sum, uint64_t value) {
  *sum = *sum > UINT64_MAX - value ? UINT64_MAX : *sum + value;
}

void bo_events_add(bo_events *sum, const bo_events *one) {
  add_saturating(&sum->cycles, one->cycles);
  add_saturating(&sum->compute_cycles, one->compute_cycles);
  add_saturating(&sum->stall_fill_drain, one->stall_fill_drain);
  add_saturating(&sum->stall_weights, one->stall_weights);
  add_saturating(&sum->stall_bank_conflict, one->stall_bank_conflict);
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

void bo_schedule_net(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                     bo_events *out) {
  *out = (bo_events){0};
  for (uint32_t i = 0; i < net->layers; i++) {
    bo_events one;
    bo_schedule_layer(arch, net, placement, i, &one);
    bo_events_add(out, &one);
  }
}
