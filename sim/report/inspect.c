#include "report/inspect.h"

#include "accel/schedule.h"
#include "energy/energy.h"
#include "report/json.h"
#include "report/text.h"

#include <inttypes.h>
#include <stdio.h>

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
  bo_schedule_layer(&workload->arch, net, workload->placement, index, &view.events);
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
                " KiB), rows interleaved over %u%s,\n             %" PRIu64 " pass%s%s\n",
                bo_placement_policy_name(config->policy), count_bits(workload->net),
                bo_placement_banks(workload->placement), config->bank_rows, config->bank_width_bits,
                capacity_bits / 8 / 1024, config->interleave,
                config->rotate ? ", bytes rotated" : "", bo_placement_passes(workload->placement),
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
                "fill and drain %.1f %%,\n             waiting for weights %.1f %%, for a bank "
                "%.1f %%, for DRAM %.1f %%; MAC utilisation %.1f %%\n",
                e->cycles, workload->arch.clock_mhz,
                (double)e->cycles / workload->arch.clock_mhz / 1000,
                percent(e->compute_cycles, e->cycles), percent(e->stall_fill_drain, e->cycles),
                percent(e->stall_weights, e->cycles), percent(e->stall_bank_conflict, e->cycles),
                percent(e->stall_dram, e->cycles), utilisation_pct(&workload->arch, e));
  (void)fprintf(out,
                "energy       at Vmin, uJ an inference (modelled): weight SRAM %.3f, activation "
                "SRAM %.3f,\n             accumulator %.3f, MAC %.3f, DRAM %.3f, leakage %.3f, "
                "total %.3f\n",
                j->weight_sram_pj * 1e-6, j->activation_sram_pj * 1e-6, j->accumulator_pj * 1e-6,
                j->mac_pj * 1e-6, j->dram_pj * 1e-6, j->leakage_pj * 1e-6, j->total_pj * 1e-6);
}

bo_status bo_report_inspect_text(bo_bytes *out, const bo_workload *workload, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_net *const net = workload->net;
  (void)fprintf(text.out, "%s: input %ux%ux%u (CxHxW), %u classes, array %ux%u\n\n", net->name,
                net->input.c, net->input.h, net->input.w, net->classes, workload->arch.array_rows,
                workload->arch.array_cols);
  (void)fprintf(text.out, "%-22s %-9s %-12s %-7s %-20s %11s %9s %6s %12s\n", "layer", "operator",
                "output CxHxW", "kernel", "weights x bits", "MACs", "cycles", "util %",
                "pJ at Vmin");
  for (uint32_t i = 0; i < net->layers; i++) {
    const layer_view view = view_layer(workload, i);
    print_layer(text.out, &workload->arch, &view);
  }
  (void)fputc('\n', text.out);
  print_totals(text.out, workload);
  return bo_text_close(&text, out, BO_OK, diag);
}

/* [c, h, w] */
static bo_json shape_json(bo_shape shape) {
  json_t *const value =
      json_pack("[I,I,I]", (json_int_t)shape.c, (json_int_t)shape.h, (json_int_t)shape.w);
  return (bo_json){value, value != NULL};
}

static bo_json events_json(const bo_events *e) {
  bo_json json = bo_json_object();
  bo_json_count(&json, "cycles", e->cycles);
  bo_json_count(&json, "compute_cycles", e->compute_cycles);
  bo_json_count(&json, "stall_fill_drain", e->stall_fill_drain);
  bo_json_count(&json, "stall_weights", e->stall_weights);
  bo_json_count(&json, "stall_bank_conflict", e->stall_bank_conflict);
  bo_json_count(&json, "stall_dram", e->stall_dram);
  bo_json_count(&json, "macs", e->macs);
  bo_json_count(&json, "weight_row_reads", e->weight_row_reads);
  bo_json_count(&json, "weight_row_writes", e->weight_row_writes);
  bo_json_count(&json, "activation_bytes_read", e->activation_bytes_read);
  bo_json_count(&json, "activation_bytes_written", e->activation_bytes_written);
  bo_json_count(&json, "accumulator_reads", e->accumulator_reads);
  bo_json_count(&json, "accumulator_writes", e->accumulator_writes);
  bo_json_count(&json, "dram_bytes_read", e->dram_bytes_read);
  bo_json_count(&json, "dram_bytes_written", e->dram_bytes_written);
  return json;
}

/* null for a layer without weights */
static bo_json weights_json(const layer_view *view) {
  if (view->weights == NULL) {
    return (bo_json){json_null(), true};
  }
  bo_json json = bo_json_object();
  bo_json_count(&json, "codes", view->codes);
  bo_json_count(&json, "bits", view->weights->bits);
  bo_json_text(&json, "storage", bo_storage_name(view->weights->storage));
  bo_json_count(&json, "groups", view->weights->groups);
  return json;
}

static bo_json layers_json(const bo_workload *workload) {
  bo_json layers = bo_json_array();
  for (uint32_t i = 0; i < workload->net->layers; i++) {
    const layer_view view = view_layer(workload, i);
    bo_json json = bo_json_object();
    bo_json_text(&json, "name", view.layer->name);
    bo_json_text(&json, "op", op_names[view.layer->op]);
    bo_json_put(&json, "input_chw", shape_json(view.layer->in));
    bo_json_put(&json, "output_chw", shape_json(view.layer->out));
    bo_json_put(&json, "weights", weights_json(&view));
    bo_json_put(&json, "events", events_json(&view.events));
    bo_json_put(&json, "energy_pj_per_inference_at_vmin", bo_json_energy(&view.energy));
    bo_json_append(&layers, json);
  }
  return layers;
}

static bo_json placement_json(const bo_workload *workload) {
  const bo_placement_config *const config = bo_placement_get_config(workload->placement);
  bo_json json = bo_json_object();
  bo_json_text(&json, "policy", bo_placement_policy_name(config->policy));
  bo_json_count(&json, "banks", bo_placement_banks(workload->placement));
  bo_json_count(&json, "bank_rows", config->bank_rows);
  bo_json_count(&json, "bank_width_bits", config->bank_width_bits);
  bo_json_count(&json, "interleave", config->interleave);
  bo_json_flag(&json, "rotate", config->rotate);
  bo_json_count(&json, "weight_bits", count_bits(workload->net));
  bo_json_count(&json, "passes", bo_placement_passes(workload->placement));
  return json;
}

bo_status bo_report_inspect_json(bo_bytes *out, const bo_workload *workload, bo_diag *diag) {
  bo_json json = bo_json_object();
  bo_json_text(&json, "model", workload->net->name);
  bo_json_put(&json, "input_chw", shape_json(workload->net->input));
  bo_json_count(&json, "classes", workload->net->classes);
  bo_json_put(&json, "layers", layers_json(workload));
  bo_json_put(&json, "placement", placement_json(workload));
  bo_json_put(&json, "total", events_json(&workload->events));
  bo_json_put(&json, "energy_pj_per_inference_at_vmin", bo_json_energy(&workload->energy_vmin));
  return bo_json_finish(&json, out, diag);
}
