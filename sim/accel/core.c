#include "accel/core.h"

#include "arch/arch.h"
#include "array/accumulator.h"
#include "array/array.h"
#include "array/mesh.h"

#include <stdio.h>
#include <stdlib.h>

struct bo_core {
  bo_core_config config;
  bo_weight_sram *sram;
  bo_weight_buffer *buffer;
  bo_tile_ctrl *ctrl;
  bo_mesh *mesh;
  bo_accumulator *accumulator;
  bo_tile_ctrl_out out; /* of this cycle */
};

static bo_status check_config(const bo_core_config *config, bo_diag *diag) {
  const struct {
    const char *name;
    uint32_t value, min, max;
  } range[] = {
      {"array_rows", config->rows, 1, BO_ARRAY_MAX_SIDE},
      {"array_cols", config->cols, 1, BO_ARRAY_MAX_SIDE},
      {"accumulator_depth", config->accumulator_depth, 1, 1U << 24},
      {"weight_banks", config->weight_banks, 1, UINT32_MAX},
      {"bank_rows", config->bank_rows, 1, 65536},
      {"bank_width_bits", config->bank_width_bits, 8, 64},
      {"weight_read_latency_cycles", config->read_latency_cycles, 1, 8},
      {"read_words", config->read_words, 1, 256},
  };
  for (size_t i = 0; i < sizeof range / sizeof range[0]; i++) {
    if (range[i].value < range[i].min || range[i].value > range[i].max) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected %u..%u, got %u", range[i].name, range[i].min,
                     range[i].max, range[i].value);
    }
  }
  return BO_OK;
}

static bo_status make_parts(bo_core *core, bo_diag *diag) {
  const bo_core_config *const config = &core->config;
  const bo_weight_sram_config sram = {config->weight_banks, config->bank_rows,
                                      config->bank_width_bits, config->read_latency_cycles};
  const bo_tile_ctrl_config ctrl = {config->rows, config->cols, config->accumulator_depth, sram,
                                    config->read_words};
  bo_status status = bo_weight_sram_new(&core->sram, &sram, diag);
  if (status == BO_OK) {
    status = bo_weight_buffer_new(
        &core->buffer, config->rows * config->cols + config->bank_width_bits, config->cols, diag);
  }
  if (status == BO_OK) {
    status = bo_tile_ctrl_new(&core->ctrl, &ctrl, diag);
  }
  if (status == BO_OK) {
    status =
        bo_mesh_new(&core->mesh, BO_DATAFLOW_WEIGHT_STATIONARY, config->rows, config->cols, diag);
  }
  if (status == BO_OK) {
    status = bo_accumulator_new(&core->accumulator, config->cols, config->accumulator_depth, diag);
  }
  return status;
}

bo_status bo_core_new(bo_core **out, const bo_core_config *config, bo_diag *diag) {
  *out = NULL;
  bo_status status = check_config(config, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_core *const core = calloc(1, sizeof *core);
  if (core == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "core of %ux%u: out of memory", config->rows, config->cols);
  }
  core->config = *config;
  status = make_parts(core, diag);
  if (status != BO_OK) {
    bo_core_free(core);
    return status;
  }
  core->out = bo_tile_ctrl_look(core->ctrl, core->buffer);
  *out = core;
  return BO_OK;
}

void bo_core_free(bo_core *core) {
  if (core != NULL) {
    bo_weight_sram_free(core->sram);
    bo_weight_buffer_free(core->buffer);
    bo_tile_ctrl_free(core->ctrl);
    bo_mesh_free(core->mesh);
    bo_accumulator_free(core->accumulator);
    free(core);
  }
}

void bo_core_reset(bo_core *core) {
  bo_weight_sram_reset(core->sram);
  bo_weight_buffer_reset(core->buffer);
  bo_tile_ctrl_reset(core->ctrl);
  bo_mesh_reset(core->mesh);
  bo_accumulator_reset(core->accumulator);
  core->out = bo_tile_ctrl_look(core->ctrl, core->buffer);
}

bo_weight_sram *bo_core_weights(bo_core *core) {
  return core->sram;
}

const bo_tile_ctrl_out *bo_core_look(const bo_core *core) {
  return &core->out;
}

/* The row of weights that shifts in, and the tokens of the columns. */
static void column_lanes(const bo_core *core, const int32_t *weight_zero, bo_lane *lane) {
  const bo_tile_ctrl_out *const out = &core->out;
  const bo_weight_fetch *const fetch = bo_tile_ctrl_fetch(core->ctrl);
  const uint32_t used = out->take ? bo_weight_fetch_words(fetch)->n : 0;
  const uint32_t tokens = (out->shift ? BO_LANE_SHIFT : 0U) | (out->load ? BO_LANE_LOAD : 0U);
  for (uint32_t c = 0; c < core->config.cols; c++) {
    const int32_t weight =
        c < used ? bo_weight_fetch_weight(fetch, core->buffer, c) - weight_zero[c] : 0;
    lane[c] = bo_lane_pack(weight, tokens);
  }
}

static void row_lanes(const bo_core *core, const bo_core_in *in, bo_lane *lane) {
  const bo_tile_ctrl_out *const out = &core->out;
  const uint32_t tokens = out->start ? BO_LANE_FIRST : 0U;
  for (uint32_t r = 0; r < core->config.rows; r++) {
    const bool used = out->streaming && r < out->stream_k;
    lane[r] = bo_lane_pack(used ? in->act[r] - in->act_zero : 0, tokens);
  }
}

void bo_core_tick(bo_core *core, const bo_core_in *in) {
  bo_lane row[BO_ARRAY_MAX_SIDE];
  bo_lane col[BO_ARRAY_MAX_SIDE];
  row_lanes(core, in, row);
  column_lanes(core, in->weight_zero, col);
  bo_accumulator_tick(core->accumulator, core->out.token, bo_mesh_sums(core->mesh));
  bo_mesh_tick(core->mesh, row, col);
  bo_tile_ctrl_tick(core->ctrl, &core->out, in->tile, core->sram, core->buffer);
  bo_weight_sram_tick(core->sram);
  core->out = bo_tile_ctrl_look(core->ctrl, core->buffer);
}

bool bo_core_any_sum(const bo_core *core) {
  return bo_accumulator_any_out(core->accumulator);
}

bool bo_core_sum(const bo_core *core, uint32_t c, int32_t *sum) {
  return bo_accumulator_out(core->accumulator, c, sum);
}

bo_status bo_core_probes(const bo_core *core, const bo_probe_visitor *visitor, bool memories) {
  char scope[BO_PROBE_SCOPE_SIZE];
  const bo_probe_visitor inner = {visitor->visit, visitor->context, scope};
  bo_status status = bo_weight_sram_probes(core->sram, visitor);
  (void)snprintf(scope, sizeof scope, "%s.u_tile_ctrl", visitor->scope);
  status = status == BO_OK ? bo_tile_ctrl_probes(core->ctrl, &inner) : status;
  (void)snprintf(scope, sizeof scope, "%s.u_weight_buffer", visitor->scope);
  status = status == BO_OK ? bo_weight_buffer_probes(core->buffer, &inner) : status;
  (void)snprintf(scope, sizeof scope, "%s.u_mesh", visitor->scope);
  status = status == BO_OK ? bo_mesh_probes(core->mesh, &inner) : status;
  (void)snprintf(scope, sizeof scope, "%s.u_accumulator", visitor->scope);
  status = status == BO_OK ? bo_accumulator_probes(core->accumulator, &inner) : status;
  if (status == BO_OK && memories) {
    status = bo_accumulator_memory_probes(core->accumulator, &inner);
  }
  return status;
}
