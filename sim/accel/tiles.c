#include "accel/tiles.h"

static uint64_t least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

uint32_t bo_read_words(const bo_arch *arch, const bo_placement *placement) {
  const uint32_t interleave = bo_placement_get_config(placement)->interleave;
  uint32_t words = arch->weight_read_banks < interleave ? arch->weight_read_banks : interleave;
  while (interleave % words != 0) {
    words--;
  }
  return words;
}

uint32_t bo_read_words_without_conflict(const bo_arch *arch, const bo_placement *placement) {
  return (uint32_t)least(arch->weight_read_banks, bo_placement_banks(placement));
}

uint64_t bo_sram_rows(const bo_placement *placement) {
  return (uint64_t)bo_placement_banks(placement) * bo_placement_get_config(placement)->bank_rows;
}

bool bo_tiling_refetches(const bo_tiling *tiling) {
  const uint64_t codes = least(tiling->outputs, tiling->tile_n) * tiling->inputs;
  /* However the N-tile begins in its first word. */
  const uint64_t rows = (tiling->codes_per_row - 1 + codes - 1) / tiling->codes_per_row + 1;
  return tiling->is_gathered && rows > bo_sram_rows(tiling->placement);
}

uint32_t bo_accumulator_depth(const bo_arch *arch) {
  /* 1 KiB is 256 sums: enough for one place of the widest array. */
  return (uint32_t)((uint64_t)arch->accumulator_sram_kib * 1024 / sizeof(int32_t) /
                    arch->array_cols);
}

bo_tiling bo_tiling_of(const bo_arch *arch, const bo_net *net, const bo_placement *placement,
                       uint32_t index) {
  const bo_layer *const layer = &net->layer[index];
  const bo_weights *const weights = &net->weights[layer->weights];
  const bo_placement_config *const config = bo_placement_get_config(placement);
  const bool is_ws = arch->dataflow == BO_DATAFLOW_WEIGHT_STATIONARY;
  return (bo_tiling){
      .placement = placement,
      .tensor = layer->weights,
      .groups = weights->groups,
      .outputs = weights->outputs,
      .inputs = weights->inputs,
      .places = (uint64_t)layer->out.h * layer->out.w,
      .tile_k = is_ws ? arch->array_rows : weights->inputs,
      .tile_n = arch->array_cols,
      .tile_m = is_ws ? bo_accumulator_depth(arch) : arch->array_rows,
      .bits = weights->bits,
      .codes_per_row = config->bank_width_bits / weights->bits,
      .is_signed = weights->storage == BO_STORAGE_TWOS_COMPLEMENT,
      .is_gathered = config->policy == BO_PLACEMENT_LINEAR,
  };
}

/* Where the codes of the tile lie: its first_n, first_k, k and n are set. */
static void find_words(const bo_tiling *tiling, bo_tile_job *job) {
  bo_tile_words *const words = &job->tile.words;
  const uint64_t column = ((uint64_t)job->group * tiling->outputs + job->first_n) * tiling->inputs;
  /* Interleaved with its n - 1 neighbours, an output begins as many codes later. */
  const uint64_t position =
      column + (tiling->is_gathered ? job->first_k : (uint64_t)job->first_k * words->n);
  const bo_stream_place place =
      bo_placement_stream_place(tiling->placement, tiling->tensor, position);
  words->stream_row = place.row;
  words->slot = place.slot;
  words->codes_per_row = tiling->codes_per_row;
  words->bits = tiling->bits;
  words->is_signed = tiling->is_signed;
  words->run_stride = tiling->is_gathered ? tiling->inputs : 0;
}

/* Cuts the tile that begins at first_m, first_n and first_k. */
static void cut(const bo_tiling *tiling, bo_tile_job *job) {
  bo_tile *const tile = &job->tile;
  tile->words.k = (uint32_t)least(tiling->tile_k, tiling->inputs - job->first_k);
  tile->words.n = (uint32_t)least(tiling->tile_n, tiling->outputs - job->first_n);
  tile->m = (uint32_t)least(tiling->tile_m, tiling->places - job->first_m);
  tile->accumulate = job->first_k > 0;
  tile->last = job->first_k + tile->words.k == tiling->inputs;
  find_words(tiling, job);
}

bo_tile_job bo_tiling_first(const bo_tiling *tiling) {
  bo_tile_job job = {0};
  cut(tiling, &job);
  return job;
}

bool bo_tiling_next(const bo_tiling *tiling, bo_tile_job *job) {
  const bo_tile *const tile = &job->tile;
  bo_tile_job next = {.group = job->group, .first_n = job->first_n, .first_m = job->first_m};
  if (!tile->last) {
    next.first_k = job->first_k + tile->words.k;
  } else if (job->first_m + tile->m < tiling->places) {
    next.first_m = job->first_m + tile->m;
  } else if (job->first_n + tile->words.n < tiling->outputs) {
    next.first_m = 0;
    next.first_n = job->first_n + tile->words.n;
  } else if (job->group + 1 < tiling->groups) {
    next = (bo_tile_job){.group = job->group + 1};
  } else {
    return false;
  }
  cut(tiling, &next);
  *job = next;
  return true;
}
