#include "accel/vectors.h"

#include "accel/taps.h"
#include "accel/tiles.h"
#include "array/array.h"

#include <inttypes.h>
#include <stdlib.h>

struct bo_vectors {
  bo_vectors_config config;
  const bo_layer *layer;
  bo_core_config core_config;
  bo_core *core;
  uint64_t *word; /* [weight_banks * bank_rows], by bank and row */
  bo_tap *tap;    /* [inputs] */
  bo_tiling tiling;
  bool more;        /* `offered` has not been taken */
  bool has_loading; /* a tile was taken and has not started */
  bo_tile_job offered, loading, streaming;
  bo_tile tile;     /* of `offered`, by the row that its first word lies in */
  uint64_t vectors; /* of `streaming` that have entered */
  uint32_t at_rest; /* cycles since the last vector entered */
  uint8_t act[BO_ARRAY_MAX_SIDE];
  int32_t weight_zero[BO_ARRAY_MAX_SIDE];
  uint8_t sum_valid[BO_ARRAY_MAX_SIDE];
  int32_t sum[BO_ARRAY_MAX_SIDE];
};

/* --- making ------------------------------------------------------------------------------------
 */

static bo_status check_machine(const bo_vectors_config *config, bo_diag *diag) {
  const bo_placement_config *const placement = bo_placement_get_config(config->placement);
  const uint32_t banks = bo_placement_banks(config->placement);
  if (config->arch->dataflow != BO_DATAFLOW_WEIGHT_STATIONARY) {
    return bo_fail(diag, BO_E_INVALID,
                   "dataflow: expected weight_stationary, as bo_core is, got output_stationary");
  }
  if (placement->policy != BO_PLACEMENT_TILE || placement->interleave != 1 || placement->rotate) {
    return bo_fail(diag, BO_E_INVALID,
                   "placement: expected tile, bank after bank, as bo_core reads it, got %s over "
                   "%" PRIu32 " banks%s",
                   bo_placement_policy_name(placement->policy), placement->interleave,
                   placement->rotate ? ", rotated" : "");
  }
  if (banks > BO_VECTORS_MAX_BANKS) {
    return bo_fail(diag, BO_E_INVALID, "banks: expected at most %d, as bo_core has, got %" PRIu32,
                   BO_VECTORS_MAX_BANKS, banks);
  }
  return BO_OK;
}

/* Rows of the stream that the layer's weights lie in. */
typedef struct row_range {
  uint64_t first, count;
} row_range;

static row_range rows_of_layer(const bo_vectors_config *config) {
  const bo_layer *const layer = &config->net->layer[config->layer];
  const uint64_t codes = bo_weights_count(&config->net->weights[layer->weights]);
  const uint64_t first = bo_placement_stream_place(config->placement, layer->weights, 0).row;
  const uint64_t last = bo_placement_stream_place(config->placement, layer->weights, codes - 1).row;
  return (row_range){first, last - first + 1};
}

static bo_status check_layer(const bo_vectors_config *config, bo_diag *diag) {
  const bo_layer *const layer = &config->net->layer[config->layer];
  if (layer->op != BO_OP_CONV) {
    return bo_fail(diag, BO_E_INVALID,
                   "layer %" PRIu32 " (%.128s): expected a convolution or fully connected layer",
                   config->layer, layer->name);
  }
  const uint64_t places = (uint64_t)layer->out.h * layer->out.w;
  if (config->first_place >= places) {
    return bo_fail(diag, BO_E_INVALID,
                   "layer %" PRIu32 " (%.128s): expected a first place of 0..%" PRIu64
                   ", got %" PRIu64,
                   config->layer, layer->name, places - 1, config->first_place);
  }
  const uint64_t rows = rows_of_layer(config).count;
  const uint64_t room = bo_sram_rows(config->placement);
  if (rows > room) {
    return bo_fail(diag, BO_E_INVALID,
                   "layer %" PRIu32 " (%.128s): expected at most %" PRIu64
                   " words of weights, which the banks hold, got %" PRIu64,
                   config->layer, layer->name, room, rows);
  }
  return BO_OK;
}

/* Place of a row of the stream as a row of all banks in their order, which the core counts in. */
static uint64_t sram_row(const bo_vectors *vectors, uint64_t stream_row) {
  const bo_bit_place place = bo_placement_bank_row(vectors->config.placement, stream_row);
  return (uint64_t)place.bank * vectors->core_config.bank_rows + place.row;
}

static void fill_words(bo_vectors *vectors) {
  const bo_core_config *const core = &vectors->core_config;
  const row_range rows = rows_of_layer(&vectors->config);
  for (uint64_t r = rows.first; r < rows.first + rows.count; r++) {
    vectors->word[sram_row(vectors, r)] =
        bo_placement_word(vectors->config.placement, r, vectors->config.codes);
  }
  bo_weight_sram *const sram = bo_core_weights(vectors->core);
  for (uint32_t bank = 0; bank < core->weight_banks; bank++) {
    for (uint32_t row = 0; row < core->bank_rows; row++) {
      bo_weight_sram_write(sram, bank, row, bo_vectors_bank(vectors, bank)[row]);
    }
  }
}

static bo_status set_faults(bo_vectors *vectors, bo_diag *diag) {
  const bo_core_config *const core = &vectors->core_config;
  bo_fault_word *const fault = calloc(core->bank_rows, sizeof *fault);
  if (fault == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", vectors->layer->name);
  }
  for (uint32_t bank = 0; bank < core->weight_banks; bank++) {
    bo_chip_bank_faults(vectors->config.chip, bank, core->bank_rows, core->bank_width_bits, fault);
    bo_weight_sram_set_faults(bo_core_weights(vectors->core), bank, fault);
  }
  free(fault);
  return BO_OK;
}

static void offer(bo_vectors *vectors) {
  vectors->tile = vectors->offered.tile;
  vectors->tile.words.stream_row = sram_row(vectors, vectors->offered.tile.words.stream_row);
}

static bo_status build(bo_vectors *vectors, bo_diag *diag) {
  const bo_vectors_config *const config = &vectors->config;
  const bo_arch *const arch = config->arch;
  vectors->core_config = (bo_core_config){
      .rows = arch->array_rows,
      .cols = arch->array_cols,
      .accumulator_depth = bo_accumulator_depth(arch),
      .weight_banks = bo_placement_banks(config->placement),
      .bank_rows = arch->bank_rows,
      .bank_width_bits = arch->bank_width_bits,
      .read_latency_cycles = arch->weight_read_latency_cycles,
      .read_words = 1,
  };
  vectors->tiling = bo_tiling_of(arch, config->net, config->placement, config->layer);
  vectors->tiling.places -= config->first_place;
  if (config->places > 0 && config->places < vectors->tiling.places) {
    vectors->tiling.places = config->places;
  }
  vectors->word = calloc(bo_sram_rows(config->placement), sizeof *vectors->word);
  vectors->tap = calloc(vectors->tiling.inputs, sizeof *vectors->tap);
  if (vectors->word == NULL || vectors->tap == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", vectors->layer->name);
  }
  const bo_status status = bo_core_new(&vectors->core, &vectors->core_config, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_taps_fill(vectors->tap, vectors->layer, vectors->tiling.inputs);
  fill_words(vectors);
  vectors->offered = bo_tiling_first(&vectors->tiling);
  vectors->more = true;
  offer(vectors);
  return set_faults(vectors, diag);
}

bo_status bo_vectors_new(bo_vectors **out, const bo_vectors_config *config, bo_diag *diag) {
  *out = NULL;
  bo_status status = check_machine(config, diag);
  if (status == BO_OK) {
    status = check_layer(config, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  bo_vectors *const vectors = calloc(1, sizeof *vectors);
  if (vectors == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  vectors->config = *config;
  vectors->layer = &config->net->layer[config->layer];
  status = build(vectors, diag);
  if (status != BO_OK) {
    bo_vectors_free(vectors);
    return status;
  }
  *out = vectors;
  return BO_OK;
}

void bo_vectors_free(bo_vectors *vectors) {
  if (vectors != NULL) {
    bo_core_free(vectors->core);
    free(vectors->word);
    free(vectors->tap);
    free(vectors);
  }
}

const bo_core_config *bo_vectors_core_config(const bo_vectors *vectors) {
  return &vectors->core_config;
}

const uint64_t *bo_vectors_bank(const bo_vectors *vectors, uint32_t bank) {
  return &vectors->word[(size_t)bank * vectors->core_config.bank_rows];
}

bo_status bo_vectors_probes(const bo_vectors *vectors, const bo_probe_visitor *visitor) {
  return bo_core_probes(vectors->core, visitor, false);
}

/* --- a cycle -----------------------------------------------------------------------------------
 */

/* Row r of the array takes input k-1-r. */
static void find_codes(bo_vectors *vectors, const bo_tile_job *job, uint64_t vector) {
  const uint32_t channels = vectors->layer->in.c / vectors->tiling.groups;
  const uint64_t place = vectors->config.first_place + job->first_m + vector;
  const bo_tap_origin origin = bo_tap_origin_of(vectors->layer, place, job->group * channels);
  for (uint32_t r = 0; r < job->tile.words.k; r++) {
    const bo_tap tap = vectors->tap[job->first_k + job->tile.words.k - 1 - r];
    vectors->act[r] = bo_tap_code(vectors->layer, vectors->config.input, origin, tap);
  }
}

static uint32_t words_of(const bo_tile_words *words) {
  return (words->slot + words->k * words->n - 1) / words->codes_per_row + 1;
}

bool bo_vectors_look(bo_vectors *vectors, bo_vectors_ports *ports) {
  const bo_core_config *const core = &vectors->core_config;
  const bo_tile_ctrl_out *const look = bo_core_look(vectors->core);
  /* The last sum shows rows + cols cycles after its vector; one more shows that it was the last. */
  if (!vectors->more && !vectors->has_loading && vectors->at_rest > core->rows + core->cols + 1) {
    return false;
  }
  for (uint32_t r = 0; r < core->rows; r++) {
    vectors->act[r] = 0;
  }
  if (look->streaming) {
    find_codes(vectors, look->start ? &vectors->loading : &vectors->streaming,
               look->start ? 0 : vectors->vectors);
  }
  for (uint32_t c = 0; c < core->cols; c++) {
    vectors->sum_valid[c] = bo_core_sum(vectors->core, c, &vectors->sum[c]);
  }
  *ports = (bo_vectors_ports){
      .tile = vectors->more ? &vectors->tile : NULL,
      .tile_place = {.bank = (uint32_t)(vectors->tile.words.stream_row / core->bank_rows),
                     .row = (uint32_t)(vectors->tile.words.stream_row % core->bank_rows)},
      .tile_rows = words_of(&vectors->tile.words),
      .act = vectors->act,
      .act_zero = vectors->layer->in_quant[0].zero_point,
      .weight_zero = vectors->weight_zero,
      .tile_ready = look->tile_ready,
      .act_ready = look->streaming,
      .sum_valid = vectors->sum_valid,
      .sum = vectors->sum,
  };
  return true;
}

static void take_tile(bo_vectors *vectors) {
  const bo_tile_job *const job = &vectors->offered;
  const int32_t *const zero_point =
      &vectors->config.net->weights[vectors->layer->weights]
           .zero_point[(size_t)job->group * vectors->tiling.outputs + job->first_n];
  for (uint32_t c = 0; c < vectors->core_config.cols; c++) {
    vectors->weight_zero[c] = c < job->tile.words.n ? zero_point[c] : 0;
  }
  vectors->loading = *job;
  vectors->has_loading = true;
  vectors->more = bo_tiling_next(&vectors->tiling, &vectors->offered);
  offer(vectors);
}

void bo_vectors_tick(bo_vectors *vectors) {
  const bo_tile_ctrl_out look = *bo_core_look(vectors->core);
  const bo_core_in in = {
      .tile = vectors->more ? &vectors->tile : NULL,
      .act = vectors->act,
      .act_zero = vectors->layer->in_quant[0].zero_point,
      .weight_zero = vectors->weight_zero,
  };
  bo_core_tick(vectors->core, &in);
  if (look.start) {
    vectors->streaming = vectors->loading;
    vectors->has_loading = false;
    vectors->vectors = 0;
  }
  if (look.streaming) {
    vectors->vectors++;
    vectors->at_rest = 0;
  } else {
    vectors->at_rest++;
  }
  if (look.tile_ready && vectors->more) {
    take_tile(vectors);
  }
}
