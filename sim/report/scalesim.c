#include "report/scalesim.h"

#include "report/json.h"
#include "report/text.h"

#include <inttypes.h>
#include <stdio.h>

static bo_scalesim_counts count_layer(const bo_scalesim_view *view, size_t index) {
  const bo_scalesim_layer *const layer = &view->topology->layer[index];
  bo_scalesim_counts counts;
  bo_scalesim_count(&view->array, &layer->product, layer->groups, &counts);
  return counts;
}

static bo_scalesim_counts count_all(const bo_scalesim_view *view) {
  bo_scalesim_counts sum = {0};
  for (size_t i = 0; i < view->topology->layers; i++) {
    const bo_scalesim_counts counts = count_layer(view, i);
    bo_scalesim_add(&sum, &counts);
  }
  return sum;
}

/* --- text ------------------------------------------------------------------------------------ */

static void print_counts(FILE *out, const bo_scalesim_counts *counts) {
  (void)fprintf(
      out, " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %14" PRIu64 "\n",
      counts->cycles, counts->total_cycles, counts->sram_ifmap_reads, counts->sram_filter_reads,
      counts->sram_ofmap_writes, counts->macs);
}

static void print_legend(FILE *out, const bo_scalesim_array *array) {
  (void)fprintf(out,
                "\nM places of the output x K inputs under the window x N filters, once a group.\n"
                "total cycles: SCALE-Sim's \"Total Cycles\", the number of the last cycle from 0;\n"
                "cycles: how many there are, one more for each product. No stalls, no overlap.\n"
                "reads, writes: words of the ifmap, filter and ofmap SRAM.\n");
  if (array->dataflow == BO_SCALESIM_OS) {
    (void)fprintf(out, array->os_ofmap_quirk
                           ? "ofmap writes: as SCALE-Sim prints them, R + C a fold too many.\n"
                           : "ofmap writes: the true count; SCALE-Sim prints R + C a fold more\n"
                             "(--os-ofmap-quirk).\n");
  }
}

bo_status bo_report_scalesim_text(bo_bytes *out, const bo_scalesim_view *view, bo_diag *diag) {
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_scalesim_counts sum = count_all(view);
  (void)fprintf(text.out, "as SCALE-Sim counts: array %ux%u, dataflow %s, %zu layers\n\n",
                view->array.rows, view->array.cols, bo_scalesim_dataflow_name(view->array.dataflow),
                view->topology->layers);
  (void)fprintf(text.out, "%-22s %9s %9s %9s %6s %12s %12s %12s %12s %12s %14s\n", "layer", "M",
                "K", "N", "groups", "cycles", "total cycles", "ifmap reads", "filter reads",
                "ofmap writes", "MACs");
  for (size_t i = 0; i < view->topology->layers; i++) {
    const bo_scalesim_layer *const layer = &view->topology->layer[i];
    const bo_scalesim_counts counts = count_layer(view, i);
    (void)fprintf(text.out, "%-22.22s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %6u", layer->name,
                  layer->product.m, layer->product.k, layer->product.n, layer->groups);
    print_counts(text.out, &counts);
  }
  (void)fprintf(text.out, "%-22s %9s %9s %9s %6s", "total", "", "", "", "");
  print_counts(text.out, &sum);
  print_legend(text.out, &view->array);
  return bo_text_close(&text, out, BO_OK, diag);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_counts(bo_json *json, const bo_scalesim_counts *counts) {
  bo_json_count(json, "cycles", counts->cycles);
  bo_json_count(json, "scalesim_total_cycles", counts->total_cycles);
  bo_json_count(json, "sram_ifmap_reads", counts->sram_ifmap_reads);
  bo_json_count(json, "sram_filter_reads", counts->sram_filter_reads);
  bo_json_count(json, "sram_ofmap_writes", counts->sram_ofmap_writes);
  bo_json_count(json, "macs", counts->macs);
}

static bo_json layers_json(const bo_scalesim_view *view) {
  bo_json layers = bo_json_array();
  for (size_t i = 0; i < view->topology->layers; i++) {
    const bo_scalesim_layer *const layer = &view->topology->layer[i];
    const bo_scalesim_counts counts = count_layer(view, i);
    bo_json json = bo_json_object();
    bo_json_text(&json, "name", layer->name);
    bo_json_count(&json, "m", layer->product.m);
    bo_json_count(&json, "k", layer->product.k);
    bo_json_count(&json, "n", layer->product.n);
    bo_json_count(&json, "groups", layer->groups);
    put_counts(&json, &counts);
    bo_json_append(&layers, json);
  }
  return layers;
}

bo_status bo_report_scalesim_json(bo_bytes *out, const bo_scalesim_view *view, bo_diag *diag) {
  const bo_scalesim_counts sum = count_all(view);
  bo_json total = bo_json_object();
  put_counts(&total, &sum);
  bo_json json = bo_json_object();
  bo_json_text(&json, view->kind, view->name);
  bo_json_text(&json, "timing", "scalesim");
  bo_json_text(&json, "dataflow", bo_scalesim_dataflow_name(view->array.dataflow));
  bo_json_count(&json, "array_rows", view->array.rows);
  bo_json_count(&json, "array_cols", view->array.cols);
  bo_json_flag(&json, "os_ofmap_quirk", view->array.os_ofmap_quirk);
  bo_json_put(&json, "layers", layers_json(view));
  bo_json_put(&json, "total", total);
  return bo_json_finish(&json, out, diag);
}
