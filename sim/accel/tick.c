#include "accel/tick.h"

#include "accel/pointwise.h"
#include "accel/tick_layer.h"
#include "mem/activation_sram.h"
#include "mem/dram.h"
#include "mem/inject.h"
#include "net/requant.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t max_column_codes = (uint64_t)1 << 28;
static const uint64_t max_sram_rows = (uint64_t)1 << 24;

struct bo_tick_engine {
  const bo_arch *arch;
  const bo_net *net;
  const bo_placement *placement;
  const bo_tick_dataflow *dataflow;
  void *state; /* of the dataflow */
  bo_tick_observer observer;
  const uint8_t **code; /* [weight_tensors], clean patterns */
  bo_fault_word *fault; /* of one bank */
  bool *is_here;        /* [1 + layers]: the value lies in the activation SRAM */
  uint8_t **value;      /* [1 + layers]: the input, then the codes of each layer */
  bo_tap *tap;          /* of the layer with the most inputs */
  int32_t *sum;         /* of the layer with the most sums */
  int32_t *pool_sum;    /* of the layer with the most channels */
  uint8_t *pool_row;    /* of the layer with the longest rows */
  bo_events *events;    /* [layers] */
};

static size_t max_size(size_t a, size_t b) {
  return a > b ? a : b;
}

/* --- making ------------------------------------------------------------------------------------
 */

/* What the largest layers need. */
typedef struct sizes {
  size_t taps, sums, channels, row;
  uint64_t column_codes;
} sizes;

static sizes largest_sizes(const bo_arch *arch, const bo_net *net) {
  sizes all = {1, 1, 1, 1, 1};
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *const layer = &net->layer[i];
    all.channels = max_size(all.channels, layer->in.c);
    all.row = max_size(all.row, (size_t)layer->in.w * layer->in.c);
    if (layer->op == BO_OP_CONV) {
      const bo_weights *const weights = &net->weights[layer->weights];
      const uint32_t n = weights->outputs < arch->array_cols ? weights->outputs : arch->array_cols;
      const uint64_t codes = (uint64_t)n * weights->inputs;
      all.taps = max_size(all.taps, weights->inputs);
      all.sums = max_size(all.sums, bo_shape_size(layer->out));
      all.column_codes = codes > all.column_codes ? codes : all.column_codes;
    }
  }
  return all;
}

static bool allocate(bo_tick_engine *engine, const sizes *need) {
  const bo_net *const net = engine->net;
  engine->code = calloc(net->weight_tensors + 1ULL, sizeof *engine->code);
  engine->fault = calloc(engine->arch->bank_rows, sizeof *engine->fault);
  engine->is_here = calloc(net->layers + 1ULL, sizeof *engine->is_here);
  engine->value = calloc(net->layers + 1ULL, sizeof *engine->value);
  engine->tap = calloc(need->taps, sizeof *engine->tap);
  engine->sum = calloc(need->sums, sizeof *engine->sum);
  engine->pool_sum = calloc(need->channels, sizeof *engine->pool_sum);
  engine->pool_row = calloc(need->row, sizeof *engine->pool_row);
  engine->events = calloc(net->layers + 1ULL, sizeof *engine->events);
  if (engine->code == NULL || engine->fault == NULL || engine->is_here == NULL ||
      engine->value == NULL || engine->tap == NULL || engine->sum == NULL ||
      engine->pool_sum == NULL || engine->pool_row == NULL || engine->events == NULL) {
    return false;
  }
  for (uint32_t i = 0; i <= net->layers; i++) {
    engine->value[i] =
        malloc(max_size(1, bo_shape_size(i == 0 ? net->input : net->layer[i - 1].out)));
    if (engine->value[i] == NULL) {
      return false;
    }
  }
  return true;
}

static bo_status build(bo_tick_engine *engine, bo_diag *diag) {
  const bo_net *const net = engine->net;
  const sizes need = largest_sizes(engine->arch, net);
  if (need.column_codes > max_column_codes) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %llu weights in an N-tile, got %llu",
                   net->name, (unsigned long long)max_column_codes,
                   (unsigned long long)need.column_codes);
  }
  if (bo_sram_rows(engine->placement) > max_sram_rows) {
    (void)bo_fail(
        diag, BO_E_INVALID,
        "weight_banks x bank_rows: expected at most %llu rows for the tick engine, got %llu",
        (unsigned long long)max_sram_rows, (unsigned long long)bo_sram_rows(engine->placement));
    return BO_E_INVALID;
  }
  if (!allocate(engine, &need)) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for the tick engine", net->name);
  }
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    engine->code[t] = net->weights[t].code;
  }
  const bo_tick_machine machine = {engine->arch, engine->placement, need.column_codes};
  return engine->dataflow->create(&engine->state, &machine, diag);
}

bo_status bo_tick_engine_new(bo_tick_engine **out, const bo_arch *arch, const bo_net *net,
                             const bo_placement *placement, bo_diag *diag) {
  *out = NULL;
  if (arch->timing != BO_TIMING_NATIVE) {
    return bo_fail(
        diag, BO_E_INVALID,
        "timing: expected native for the tick engine, got scalesim, which has no machine");
  }
  bo_tick_engine *const engine = calloc(1, sizeof *engine);
  if (engine == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory for the tick engine", net->name);
  }
  engine->arch = arch;
  engine->net = net;
  engine->placement = placement;
  engine->dataflow = arch->dataflow == BO_DATAFLOW_WEIGHT_STATIONARY ? &bo_tick_ws : &bo_tick_os;
  const bo_status status = build(engine, diag);
  if (status != BO_OK) {
    bo_tick_engine_free(engine);
    return status;
  }
  bo_weight_sram_stream(engine->dataflow->weights(engine->state), placement, engine->code);
  bo_tick_engine_set_chip(engine, NULL);
  *out = engine;
  return BO_OK;
}

void bo_tick_engine_free(bo_tick_engine *engine) {
  if (engine == NULL) {
    return;
  }
  engine->dataflow->destroy(engine->state);
  for (uint32_t i = 0; engine->value != NULL && i <= engine->net->layers; i++) {
    free(engine->value[i]);
  }
  free(engine->code);
  free(engine->fault);
  free(engine->is_here);
  free(engine->value);
  free(engine->tap);
  free(engine->sum);
  free(engine->pool_sum);
  free(engine->pool_row);
  free(engine->events);
  free(engine);
}

void bo_tick_engine_observe(bo_tick_engine *engine, bo_tick_observer observer) {
  engine->observer = observer;
}

void bo_tick_engine_set_chip(bo_tick_engine *engine, const bo_chip *chip) {
  const uint32_t rows = engine->arch->bank_rows;
  for (uint32_t row = 0; row < rows; row++) {
    engine->fault[row] = (bo_fault_word){.and_mask = UINT64_MAX};
  }
  for (uint32_t bank = 0; bank < bo_placement_banks(engine->placement); bank++) {
    if (chip != NULL) {
      bo_chip_bank_faults(chip, bank, rows, engine->arch->bank_width_bits, engine->fault);
    }
    for (uint32_t row = 0; chip != NULL && row < rows; row++) {
      engine->fault[row] = bo_placed_faults(engine->placement, row, engine->fault[row]);
    }
    bo_weight_sram_set_faults(engine->dataflow->weights(engine->state), bank, engine->fault);
  }
}

/* --- a layer ------------------------------------------------------------------------------------
 */

/* DRAM moves its bytes beside the work of the layer; what it takes longer is a stall. */
static void run_dram(const bo_arch *arch, bo_events *events) {
  const uint64_t bytes = events->dram_bytes_read + events->dram_bytes_written;
  bo_dram dram = bo_dram_begin(bytes, arch->dram_latency_cycles, arch->dram_bytes_per_cycle);
  for (uint64_t cycle = 0; cycle < events->cycles; cycle++) {
    bo_dram_tick(&dram);
  }
  while (bo_dram_busy(&dram)) {
    bo_dram_tick(&dram);
    events->stall_dram++;
  }
  events->cycles += events->stall_dram;
}

/* Sums of a convolution, with bias, to codes or to float logits. */
static void requantise(const bo_tick_engine *engine, uint32_t index, uint8_t *code, float *logits) {
  const bo_layer *const layer = &engine->net->layer[index];
  const size_t count = bo_shape_size(layer->out);
  for (size_t i = 0; i < count; i++) {
    const uint32_t n = (uint32_t)(i % layer->out.c);
    const int32_t acc = (int32_t)((uint32_t)engine->sum[i] + (uint32_t)layer->bias[n]);
    if (logits != NULL) {
      logits[i] = (float)acc * layer->multiplier[n];
    } else {
      code[i] = (uint8_t)bo_requant(acc, layer->multiplier[n], layer->out_quant.zero_point,
                                    layer->lo, layer->hi);
    }
  }
}

static void run_conv(bo_tick_engine *engine, uint32_t index, const uint8_t *in, uint8_t *out,
                     float *logits) {
  const bo_layer *const layer = &engine->net->layer[index];
  bo_weight_sram *const sram = engine->dataflow->weights(engine->state);
  const bo_tick_layer job = {
      .layer = layer,
      .weights = &engine->net->weights[layer->weights],
      .tiling = bo_tiling_of(engine->arch, engine->net, engine->placement, index),
      .tap = engine->tap,
      .input = in,
      .sum = engine->sum,
      .events = &engine->events[index],
      .observer = &engine->observer,
  };
  bo_taps_fill(engine->tap, layer, job.tiling.inputs);
  /* A network that fits stays in the SRAM; of another, nothing is there when a layer begins. */
  const bool streams = bo_placement_passes(engine->placement) > 1;
  if (streams) {
    bo_weight_sram_forget(sram);
    bo_weight_sram_reuse(sram, !bo_tiling_refetches(&job.tiling));
  }
  const bo_weight_sram_counts before = bo_weight_sram_get_counts(sram);
  engine->dataflow->run(engine->state, &job);
  const bo_weight_sram_counts after = bo_weight_sram_get_counts(sram);
  job.events->weight_row_reads = after.reads - before.reads;
  job.events->weight_row_writes = streams ? after.brought_in - before.brought_in : 0;
  requantise(engine, index, out, logits);
}

/* A layer on the vector unit: array_cols bytes of input a cycle, every byte of every window. */
static void run_vector(bo_tick_engine *engine, uint32_t index) {
  const bo_layer *const layer = &engine->net->layer[index];
  bo_events *const events = &engine->events[index];
  const uint8_t *const in = engine->value[layer->input[0] + 1];
  uint8_t *const out = engine->value[index + 1];
  uint64_t bytes = bo_shape_size(layer->out);
  switch (layer->op) {
  case BO_OP_ADD:
    bo_run_add(layer, 1, in, engine->value[layer->input[1] + 1], out);
    bytes *= 2;
    break;
  case BO_OP_MAX_POOL:
    bo_run_max_pool(layer, 1, in, out, engine->pool_row);
    bytes *= (uint64_t)layer->window.kernel_h * layer->window.kernel_w;
    break;
  case BO_OP_AVG_POOL:
    bo_run_avg_pool(layer, 1, in, out, engine->pool_sum);
    bytes *= (uint64_t)layer->window.kernel_h * layer->window.kernel_w;
    break;
  case BO_OP_TABLE:
    bo_run_table(layer, 1, in, out);
    break;
  case BO_OP_CONV:
    break; /* not here */
  }
  events->activation_bytes_read = bytes;
  for (uint64_t done = 0; done < bytes; done += engine->arch->array_cols) {
    events->compute_cycles++;
    events->cycles++;
  }
}

/* Brings in what the layer reads. */
static void fetch_inputs(const bo_tick_engine *engine, const bo_layer *layer,
                         bo_activation_sram *sram) {
  for (int which = 0; which < (layer->op == BO_OP_ADD ? 2 : 1); which++) {
    bool *const is_here = &engine->is_here[layer->input[which] + 1];
    *is_here = bo_activation_sram_fetch(sram, bo_shape_size(layer->in), *is_here);
  }
}

/* Puts away what the layer wrote: the network's output goes to DRAM, floats without a stop. */
static void store_output(const bo_tick_engine *engine, uint32_t index, bo_activation_sram *sram) {
  const bo_net *const net = engine->net;
  const uint64_t codes = bo_shape_size(net->layer[index].out);
  if (index != net->layers - 1) {
    engine->is_here[index + 1] = bo_activation_sram_store(sram, codes);
    return;
  }
  sram->bytes_written += net->float_logits ? 0 : codes;
  sram->dram_bytes_written += codes * (net->float_logits ? sizeof(float) : 1);
}

static void run_layer(bo_tick_engine *engine, uint32_t index, float *logits) {
  const bo_net *const net = engine->net;
  const bo_layer *const layer = &net->layer[index];
  const bool leaves_floats = net->float_logits && index == net->layers - 1;
  bo_events *const events = &engine->events[index];
  bo_activation_sram sram = bo_activation_sram_of(engine->arch->activation_sram_kib);
  *events = (bo_events){0};
  fetch_inputs(engine, layer, &sram);
  if (layer->op == BO_OP_CONV) {
    run_conv(engine, index, engine->value[layer->input[0] + 1], engine->value[index + 1],
             leaves_floats ? logits : NULL);
  } else {
    run_vector(engine, index);
  }
  store_output(engine, index, &sram);
  events->activation_bytes_written = sram.bytes_written;
  events->dram_bytes_written = sram.dram_bytes_written;
  events->dram_bytes_read =
      sram.dram_bytes_read + (events->weight_row_writes * engine->arch->bank_width_bits + 7) / 8;
  run_dram(engine->arch, events);
}

void bo_tick_engine_run(bo_tick_engine *engine, const uint8_t *input, size_t count, float *logits) {
  const bo_net *const net = engine->net;
  const bo_layer *const last = &net->layer[net->layers - 1];
  const size_t image = bo_shape_size(net->input);
  for (size_t i = 0; i < count; i++, logits += net->classes) {
    memcpy(engine->value[0], input + i * image, image);
    memset(engine->is_here, 0, (net->layers + 1ULL) * sizeof *engine->is_here);
    for (uint32_t layer = 0; layer < net->layers; layer++) {
      run_layer(engine, layer, logits);
    }
    for (uint32_t c = 0; c < net->classes && !net->float_logits; c++) {
      const int32_t level = engine->value[net->layers][c] - last->out_quant.zero_point;
      logits[c] = (float)level * last->out_quant.scale;
    }
  }
}

const bo_events *bo_tick_engine_events(const bo_tick_engine *engine, uint32_t index) {
  return &engine->events[index];
}

bo_status bo_tick_engine_probes(const bo_tick_engine *engine, const bo_probe_visitor *visitor) {
  return engine->dataflow->probes(engine->state, visitor);
}
