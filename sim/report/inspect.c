#include "report/inspect.h"

#include "accel/schedule.h"
#include "energy/energy.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const op_names[] = {
    [BO_OP_CONV] = "conv",         [BO_OP_ADD] = "add",     [BO_OP_MAX_POOL] = "max pool",
    [BO_OP_AVG_POOL] = "avg pool", [BO_OP_TABLE] = "table",
};

/* What a line of the table needs to know of a layer. */
typedef struct layer_view {
  const bo_layer *layer;
  const bo_weights *weights; /* NULL: the layer has none */
  uint64_t codes;
  bo_events events;
  bo_energy energy; /* at Vmin */
} layer_view;

static layer_view view_layer(const bo_workload *workload, uint32_t index) {
  const bo_net *const net = workload->net;
  layer_view view = {.layer = &net->layer[index]};
  if (view.layer->op == BO_OP_CONV) {
    view.weights = &net->weights[view.layer->weights];
    view.codes = bo_weights_count(view.weights);
  }
  bo_schedule_layer(&workload->arch, net, index, &view.events);
  view.energy = bo_energy_of(&workload->energy_table, &workload->arch, workload->arch.weight_banks,
                             &view.events, 1.0);
  return view;
}

static uint64_t count_bits(const bo_net *net) {
  uint64_t bits = 0;
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    const bo_weights *const w = &net->weights[t];
    bits += bo_weights_count(w) * w->bits;
  }
  return bits;
}

static double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

/* MACs over what the array could have done in the cycles, in per cent. */
static double utilisation_pct(const bo_arch *arch, const bo_events *events) {
  const uint64_t offered = events->cycles * arch->array_rows * arch->array_cols;
  return percent(events->macs, offered);
}

static void print_layer(FILE *out, const bo_arch *arch, const layer_view *view) {
  const bo_layer *const layer = view->layer;
  char shape[48];
  char kernel[24] = "-";
  char codes[40] = "-";
  (void)snprintf(shape, sizeof shape, "%ux%ux%u", layer->out.c, layer->out.h, layer->out.w);
  if (layer->op != BO_OP_ADD && layer->op != BO_OP_TABLE) {
    (void)snprintf(kernel, sizeof kernel, "%ux%u/%u", layer->window.kernel_h,
                   layer->window.kernel_w, layer->window.stride_h);
  }
  if (view->weights != NULL) {
    (void)snprintf(codes, sizeof codes, "%" PRIu64 " x %u %s", view->codes, view->weights->bits,
                   view->weights->storage == BO_STORAGE_TWOS_COMPLEMENT ? "signed" : "unsigned");
  }
  (void)fprintf(out, "%-22.22s %-9s %-12s %-7s %-20s %11" PRIu64 " %9" PRIu64 " %6.1f %12.0f\n",
                layer->name, op_names[layer->op], shape, kernel, codes, view->events.macs,
                view->events.cycles, utilisation_pct(arch, &view->events), view->energy.total_pj);
}

static void print_placement(FILE *out, const bo_workload *workload) {
  const bo_placement_config *const config = bo_placement_get_config(workload->placement);
  const uint64_t capacity_bits = (uint64_t)bo_placement_banks(workload->placement) *
                                 config->bank_rows * config->bank_width_bits;
  (void)fprintf(out,
                "placement    %s, %" PRIu64 " weight bits in %u banks of %u x %u bits (%" PRIu64
                " KiB), %" PRIu64 " pass%s%s\n",
                bo_placement_policy_name(config->policy), count_bits(workload->net),
                bo_placement_banks(workload->placement), config->bank_rows, config->bank_width_bits,
                capacity_bits / 8 / 1024, bo_placement_passes(workload->placement),
                bo_placement_passes(workload->placement) == 1 ? "" : "es",
                bo_placement_passes(workload->placement) == 1
                    ? ""
                    : ": the network streams through, a bad cell hits several weights");
}

static void print_totals(FILE *out, const bo_workload *workload) {
  const bo_events *const e = &workload->events;
  const bo_energy *const j = &workload->energy_vmin;
  print_placement(out, workload);
  (void)fprintf(out,
                "cycles       %" PRIu64 " at %u MHz = %.3f ms an inference; computing %.1f %%, "
                "fill and drain %.1f %%,\n             waiting for weights %.1f %%, for DRAM "
                "%.1f %%; MAC utilisation %.1f %%\n",
                e->cycles, workload->arch.clock_mhz,
                (double)e->cycles / workload->arch.clock_mhz / 1000,
                percent(e->compute_cycles, e->cycles), percent(e->stall_fill_drain, e->cycles),
                percent(e->stall_weights, e->cycles), percent(e->stall_dram, e->cycles),
                utilisation_pct(&workload->arch, e));
  (void)fprintf(out,
                "energy       at Vmin, uJ an inference (modelled): weight SRAM %.3f, activation "
                "SRAM %.3f,\n             accumulator %.3f, MAC %.3f, DRAM %.3f, leakage %.3f, "
                "total %.3f\n",
                j->weight_sram_pj * 1e-6, j->activation_sram_pj * 1e-6, j->accumulator_pj * 1e-6,
                j->mac_pj * 1e-6, j->dram_pj * 1e-6, j->leakage_pj * 1e-6, j->total_pj * 1e-6);
}

bo_status bo_report_inspect_text(bo_bytes *out, const bo_workload *workload, bo_diag *diag) {
  char *text = NULL;
  size_t size = 0;
  *out = (bo_bytes){0};
  FILE *const stream = open_memstream(&text, &size);
  if (stream == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the report");
  }
  const bo_net *const net = workload->net;
  (void)fprintf(stream, "%s: input %ux%ux%u (CxHxW), %u classes, array %ux%u\n\n", net->name,
                net->input.c, net->input.h, net->input.w, net->classes, workload->arch.array_rows,
                workload->arch.array_cols);
  (void)fprintf(stream, "%-22s %-9s %-12s %-7s %-20s %11s %9s %6s %12s\n", "layer", "operator",
                "output CxHxW", "kernel", "weights x bits", "MACs", "cycles", "util %",
                "pJ at Vmin");
  for (uint32_t i = 0; i < net->layers; i++) {
    const layer_view view = view_layer(workload, i);
    print_layer(stream, &workload->arch, &view);
  }
  (void)fprintf(stream, "\n");
  print_totals(stream, workload);
  const bool failed = ferror(stream) != 0;
  if (fclose(stream) != 0 || failed) {
    free(text);
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the report");
  }
  *out = (bo_bytes){.data = (uint8_t *)text, .size = size};
  return BO_OK;
}

static json_t *shape_json(bo_shape shape) {
  return json_pack("[I,I,I]", (json_int_t)shape.c, (json_int_t)shape.h, (json_int_t)shape.w);
}

static json_t *events_json(const bo_events *e) {
  return json_pack(
      "{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "cycles", (json_int_t)e->cycles,
      "compute_cycles", (json_int_t)e->compute_cycles, "stall_fill_drain",
      (json_int_t)e->stall_fill_drain, "stall_weights", (json_int_t)e->stall_weights, "stall_dram",
      (json_int_t)e->stall_dram, "macs", (json_int_t)e->macs, "weight_row_reads",
      (json_int_t)e->weight_row_reads, "weight_row_writes", (json_int_t)e->weight_row_writes,
      "activation_bytes_read", (json_int_t)e->activation_bytes_read, "activation_bytes_written",
      (json_int_t)e->activation_bytes_written, "accumulator_reads",
      (json_int_t)e->accumulator_reads, "accumulator_writes", (json_int_t)e->accumulator_writes,
      "dram_bytes_read", (json_int_t)e->dram_bytes_read, "dram_bytes_written",
      (json_int_t)e->dram_bytes_written);
}

static json_t *energy_json(const bo_energy *j) {
  return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "weight_sram", j->weight_sram_pj,
                   "activation_sram", j->activation_sram_pj, "accumulator", j->accumulator_pj,
                   "mac", j->mac_pj, "dram", j->dram_pj, "leakage", j->leakage_pj, "total",
                   j->total_pj);
}

static json_t *weights_json(const layer_view *view) {
  if (view->weights == NULL) {
    return json_null();
  }
  return json_pack("{s:I,s:I,s:s,s:I}", "codes", (json_int_t)view->codes, "bits",
                   (json_int_t)view->weights->bits, "storage",
                   view->weights->storage == BO_STORAGE_TWOS_COMPLEMENT ? "twos_complement"
                                                                        : "offset_binary",
                   "groups", (json_int_t)view->weights->groups);
}

static json_t *layers_json(const bo_workload *workload) {
  json_t *const layers = json_array();
  for (uint32_t i = 0; i < workload->net->layers; i++) {
    const layer_view view = view_layer(workload, i);
    json_t *const layer = json_pack(
        "{s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "name", view.layer->name, "op", op_names[view.layer->op],
        "input_chw", shape_json(view.layer->in), "output_chw", shape_json(view.layer->out),
        "weights", weights_json(&view), "events", events_json(&view.events),
        "energy_pj_per_inference_at_vmin", energy_json(&view.energy));
    if (layer == NULL || json_array_append_new(layers, layer) != 0) {
      json_decref(layers);
      return NULL;
    }
  }
  return layers;
}

bo_status bo_report_inspect_json(bo_bytes *out, const bo_workload *workload, bo_diag *diag) {
  const bo_placement_config *const config = bo_placement_get_config(workload->placement);
  *out = (bo_bytes){0};
  json_t *const root = json_pack(
      "{s:s,s:o,s:I,s:o,s:{s:s,s:I,s:I,s:I,s:I,s:I},s:o,s:o}", "model", workload->net->name,
      "input_chw", shape_json(workload->net->input), "classes", (json_int_t)workload->net->classes,
      "layers", layers_json(workload), "placement", "policy",
      bo_placement_policy_name(config->policy), "banks",
      (json_int_t)bo_placement_banks(workload->placement), "bank_rows",
      (json_int_t)config->bank_rows, "bank_width_bits", (json_int_t)config->bank_width_bits,
      "weight_bits", (json_int_t)count_bits(workload->net), "passes",
      (json_int_t)bo_placement_passes(workload->placement), "total", events_json(&workload->events),
      "energy_pj_per_inference_at_vmin", energy_json(&workload->energy_vmin));
  char *const text =
      root == NULL ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
  json_decref(root);
  if (text == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the report");
  }
  const size_t size = strlen(text);
  char *const with_newline = realloc(text, size + 2);
  if (with_newline == NULL) {
    free(text);
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the report");
  }
  memcpy(with_newline + size, "\n", 2);
  *out = (bo_bytes){.data = (uint8_t *)with_newline, .size = size + 1};
  return BO_OK;
}
