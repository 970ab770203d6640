#include "cli/trace.h"

#include "accel/tick.h"
#include "base/file.h"
#include "base/number.h"
#include "base/vcd.h"
#include "silicon/chip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bo_status bo_trace_parse(bo_trace_cycles *cycles, const char *text, bo_diag *diag) {
  char first[24] = "";
  const char *const colon = strchr(text, ':');
  const size_t length = colon == NULL ? 0 : (size_t)(colon - text);
  if (length > 0 && length < sizeof first) {
    memcpy(first, text, length);
    if (bo_number_count(&cycles->first, first) && bo_number_count(&cycles->last, colon + 1) &&
        cycles->first <= cycles->last) {
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "--trace-cycles: expected A:B with A <= B, got '%.64s'", text);
}

/* A waveform that is being drawn, as the engine's observer. */
typedef struct drawing {
  bo_vcd *vcd;
  bo_trace_cycles cycles;
  uint64_t edges; /* of the clock so far */
  bo_status status;
  bo_diag diag;
} drawing;

static void draw_cycle(drawing *d) {
  if (d->status == BO_OK && d->edges >= d->cycles.first && d->edges <= d->cycles.last) {
    d->status = bo_vcd_cycle(d->vcd, d->edges, &d->diag);
  }
}

static void draw_edge(void *context) {
  drawing *const d = context;
  d->edges++;
  draw_cycle(d);
}

/* Runs the image; the waveform's header is written. */
static bo_status draw_image(drawing *d, bo_tick_engine *engine, const bo_workload *workload,
                            bo_diag *diag) {
  float *const logits = calloc(workload->net->classes, sizeof *logits);
  if (logits == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the logits");
  }
  draw_cycle(d); /* of a machine after reset */
  bo_tick_engine_observe(engine, (bo_tick_observer){draw_edge, d});
  bo_tick_engine_run(engine, workload->input, 1, logits);
  free(logits);
  if (d->status != BO_OK) {
    return bo_fail(diag, d->status, "%s", d->diag.text);
  }
  if (d->edges < d->cycles.first) {
    return bo_fail(diag, BO_E_INVALID,
                   "--trace-cycles: expected a first cycle in 0..%" PRIu64 ", got %" PRIu64,
                   d->edges, d->cycles.first);
  }
  return bo_vcd_end(d->vcd, diag);
}

static bo_status draw(FILE *file, bo_tick_engine *engine, const bo_workload *workload,
                      bo_trace_cycles cycles, bo_diag *diag) {
  const uint32_t ps_per_us = 1000000;
  const char *const top = "bo_core";
  const bo_vcd_config config = {file, ps_per_us / workload->arch.clock_mhz, top};
  drawing d = {.cycles = cycles, .status = BO_OK};
  bo_status status = bo_vcd_new(&d.vcd, &config, diag);
  if (status == BO_OK) {
    const bo_probe_visitor visitor = {bo_vcd_add, d.vcd, top};
    status = bo_tick_engine_probes(engine, &visitor);
    status = status == BO_OK ? status : bo_fail(diag, status, "out of memory for the waveform");
  }
  if (status == BO_OK) {
    status = bo_vcd_begin(d.vcd, diag);
  }
  if (status == BO_OK) {
    status = draw_image(&d, engine, workload, diag);
  }
  bo_vcd_free(d.vcd);
  return status;
}

static bo_status draw_file(const char *path, bo_tick_engine *engine, const bo_workload *workload,
                           bo_trace_cycles cycles, bo_diag *diag) {
  bo_file_writer *writer = NULL;
  bo_status status = bo_file_begin(&writer, path, diag);
  if (status == BO_OK) {
    status = draw(bo_file_stream(writer), engine, workload, cycles, diag);
  }
  if (status == BO_OK) {
    return bo_file_commit(writer, diag);
  }
  bo_file_abort(writer);
  return status;
}

bo_status bo_trace_write(const char *path, const bo_workload *workload, double vdd_ratio,
                         uint64_t seed, bo_trace_cycles cycles, bo_diag *diag) {
  bo_chip chip;
  bo_tick_engine *engine = NULL;
  bo_status status = bo_chip_at(&chip, &workload->profile, seed, vdd_ratio, diag);
  if (status == BO_OK) {
    status = bo_tick_engine_new(&engine, &workload->arch, workload->net, workload->placement, diag);
  }
  if (status == BO_OK) {
    bo_tick_engine_set_chip(engine, &chip);
    status = draw_file(path, engine, workload, cycles, diag);
  }
  bo_tick_engine_free(engine);
  return status;
}
