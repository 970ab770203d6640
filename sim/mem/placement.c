#include "mem/placement.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
  MAX_BANKS = 65536,
  MAX_BANK_ROWS = 65536,
  MAX_CODE_BITS = 8,
  MIN_WIDTH_BITS = 8,
  MAX_WIDTH_BITS = 64,
  BYTE_BITS = 8,
};

/* Codes of all tensors together: keeps every sum and product below far from 2^64. */
static const uint64_t max_codes = (uint64_t)1 << 48;

/* Where a tensor lies in the stream of rows. */
typedef struct tensor_span {
  uint64_t first_row;
  uint64_t codes;
  uint32_t codes_per_row;
} tensor_span;

/* A policy is an order of the codes of a tensor: the n-th of the stream, and back. */
typedef struct code_order {
  const char *name;
  uint64_t (*element_at)(const bo_weight_shape *shape, uint32_t tile_cols, uint64_t position);
  uint64_t (*position_of)(const bo_weight_shape *shape, uint32_t tile_cols, uint64_t element);
} code_order;

struct bo_placement {
  bo_placement_config config;
  uint32_t banks;
  uint32_t tensors;
  uint64_t sram_rows;
  uint64_t stream_rows; /* > 0 */
  uint64_t start_row;   /* < sram_rows */
  uint64_t passes;
  const code_order *order;
  bo_weight_shape *shape; /* [tensors] */
  tensor_span *span;      /* [tensors] */
};

static uint64_t linear_same(const bo_weight_shape *shape, uint32_t tile_cols, uint64_t index) {
  (void)shape;
  (void)tile_cols;
  return index;
}

/*
 * Tiles of a group follow one another down K before the next tile_cols outputs begin, and a tile is
 * stored row by row. So the K-tiles of an N-tile join to one block of `inputs` rows, and the height
 * of a tile does not matter.
 */
static uint64_t tile_element_at(const bo_weight_shape *shape, uint32_t tile_cols,
                                uint64_t position) {
  const uint64_t group_codes = (uint64_t)shape->outputs * shape->inputs;
  const uint64_t block_codes = (uint64_t)tile_cols * shape->inputs;
  const uint64_t group = position / group_codes;
  const uint64_t in_group = position % group_codes;
  const uint64_t first_output = in_group / block_codes * tile_cols;
  const uint64_t in_block = in_group % block_codes;
  const uint64_t rest = shape->outputs - first_output;
  const uint64_t cols = rest < tile_cols ? rest : tile_cols;
  const uint64_t output = first_output + in_block % cols;
  return (group * shape->outputs + output) * shape->inputs + in_block / cols;
}

static uint64_t tile_position_of(const bo_weight_shape *shape, uint32_t tile_cols,
                                 uint64_t element) {
  const uint64_t input = element % shape->inputs;
  const uint64_t output = element / shape->inputs % shape->outputs;
  const uint64_t group = element / shape->inputs / shape->outputs;
  const uint64_t first_output = output / tile_cols * tile_cols;
  const uint64_t rest = shape->outputs - first_output;
  const uint64_t cols = rest < tile_cols ? rest : tile_cols;
  return (group * shape->outputs + first_output) * shape->inputs + input * cols +
         (output - first_output);
}

static const code_order orders[] = {
    [BO_PLACEMENT_LINEAR] = {"linear", linear_same, linear_same},
    [BO_PLACEMENT_TILE] = {"tile", tile_element_at, tile_position_of},
};

const char *bo_placement_policy_name(bo_placement_policy policy) {
  return orders[policy].name;
}

static bo_status check_range(const char *name, uint64_t value, uint64_t min, uint64_t max,
                             bo_diag *diag) {
  if (value < min || value > max) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected %" PRIu64 "..%" PRIu64 ", got %" PRIu64, name,
                   min, max, value);
  }
  return BO_OK;
}

static bo_status check_config(const bo_placement_config *config, bo_diag *diag) {
  const bool is_tile = config->policy == BO_PLACEMENT_TILE;
  const struct {
    const char *name;
    uint64_t value, min, max;
  } range[] = {
      {"policy", config->policy, 0, BO_PLACEMENT_POLICIES - 1},
      {"tile_cols", config->tile_cols, is_tile, UINT32_MAX},
      {"banks", config->banks, 0, MAX_BANKS},
      {"bank_rows", config->bank_rows, 1, MAX_BANK_ROWS},
      {"bank_width_bits", config->bank_width_bits, MIN_WIDTH_BITS, MAX_WIDTH_BITS},
      {"interleave", config->interleave, 0, config->banks == 0 ? MAX_BANKS : config->banks},
  };
  for (size_t i = 0; i < sizeof range / sizeof range[0]; i++) {
    const bo_status status =
        check_range(range[i].name, range[i].value, range[i].min, range[i].max, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  if (config->rotate && config->bank_width_bits % BYTE_BITS != 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "bank_width_bits: expected a multiple of 8 to rotate bytes, got %u",
                   config->bank_width_bits);
  }
  if (config->interleave != 0 && config->banks % config->interleave != 0) {
    return bo_fail(diag, BO_E_INVALID, "interleave: expected a divisor of the %u banks, got %u",
                   config->banks, config->interleave);
  }
  return BO_OK;
}

/* Codes of a tensor; 0 if it has none, is not 1 … 8 bits wide or has too many. */
static uint64_t count_codes(const bo_weight_shape *shape) {
  if (shape->bits < 1 || shape->bits > MAX_CODE_BITS || shape->inputs == 0 || shape->outputs == 0) {
    return 0;
  }
  const uint64_t group_codes = (uint64_t)shape->outputs * shape->inputs;
  return shape->groups <= max_codes / group_codes ? shape->groups * group_codes : 0;
}

static bo_status lay_out(bo_placement *placement, bo_diag *diag) {
  uint64_t total = 0;
  for (uint32_t t = 0; t < placement->tensors; t++) {
    const bo_weight_shape *shape = &placement->shape[t];
    const uint64_t codes = count_codes(shape);
    total += codes;
    if (codes == 0 || total > max_codes) {
      return bo_fail(diag, BO_E_INVALID,
                     "weight tensor %u: expected 1..2^48 codes of 1..8 bits, all tensors together, "
                     "got %u x %u x %u of %u bits",
                     t, shape->groups, shape->outputs, shape->inputs, shape->bits);
    }
    const uint32_t codes_per_row = placement->config.bank_width_bits / shape->bits;
    placement->span[t] = (tensor_span){placement->stream_rows, codes, codes_per_row};
    placement->stream_rows += (codes - 1) / codes_per_row + 1;
  }
  return BO_OK;
}

static bo_status fold_into_banks(bo_placement *placement, bo_diag *diag) {
  const bo_placement_config *config = &placement->config;
  const uint64_t round = (uint64_t)config->interleave * config->bank_rows;
  const uint64_t needed = ((placement->stream_rows - 1) / round + 1) * config->interleave;
  const uint64_t banks = config->banks == 0 ? needed : config->banks;
  if (banks > UINT32_MAX) {
    return bo_fail(diag, BO_E_INVALID,
                   "bank_rows: expected enough for all weights in 2^32 - 1 banks, got %u",
                   config->bank_rows);
  }
  placement->banks = (uint32_t)banks;
  placement->sram_rows = banks * config->bank_rows;
  placement->start_row = config->start_row % placement->sram_rows;
  placement->passes = (placement->stream_rows - 1) / placement->sram_rows + 1;
  return BO_OK;
}

static bo_status copy_shapes(bo_placement *placement, const bo_weight_shape *tensors,
                             bo_diag *diag) {
  placement->shape = calloc(placement->tensors, sizeof *placement->shape);
  placement->span = calloc(placement->tensors, sizeof *placement->span);
  if (placement->shape == NULL || placement->span == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "placement of %u weight tensors: out of memory",
                   placement->tensors);
  }
  for (uint32_t t = 0; t < placement->tensors; t++) {
    placement->shape[t] = tensors[t];
  }
  return BO_OK;
}

bo_status bo_placement_new(bo_placement **out, const bo_placement_config *config,
                           const bo_weight_shape *tensors, uint32_t count, bo_diag *diag) {
  *out = NULL;
  bo_status status = check_config(config, diag);
  if (status == BO_OK) {
    status = check_range("weight tensors", count, 1, UINT32_MAX, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  bo_placement *placement = malloc(sizeof *placement);
  if (placement == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "placement: out of memory");
  }
  *placement =
      (bo_placement){.config = *config, .tensors = count, .order = &orders[config->policy]};
  placement->config.interleave = config->interleave == 0 ? 1 : config->interleave;
  status = copy_shapes(placement, tensors, diag);
  if (status == BO_OK) {
    status = lay_out(placement, diag);
  }
  if (status == BO_OK) {
    status = fold_into_banks(placement, diag);
  }
  if (status != BO_OK) {
    bo_placement_free(placement);
    return status;
  }
  *out = placement;
  return BO_OK;
}

void bo_placement_free(bo_placement *placement) {
  if (placement != NULL) {
    free(placement->shape);
    free(placement->span);
    free(placement);
  }
}

bo_stream_place bo_placement_stream_place(const bo_placement *placement, uint32_t tensor,
                                          uint64_t position) {
  assert(tensor < placement->tensors);
  const tensor_span *span = &placement->span[tensor];
  assert(position < span->codes);
  return (bo_stream_place){
      .row = span->first_row + position / span->codes_per_row,
      .slot = (uint32_t)(position % span->codes_per_row),
  };
}

uint64_t bo_placement_stream_rows(const bo_placement *placement) {
  return placement->stream_rows;
}

bo_bit_place bo_placement_bank_row(const bo_placement *placement, uint64_t stream_row) {
  const uint32_t interleave = placement->config.interleave;
  const uint64_t round = (uint64_t)interleave * placement->config.bank_rows;
  const uint64_t sram_row = (placement->start_row + stream_row) % placement->sram_rows;
  return (bo_bit_place){
      .bank = (uint32_t)(sram_row / round * interleave + sram_row % interleave),
      .row = (uint32_t)(sram_row % round / interleave),
  };
}

/* Column that bit @p bit of a row's word lies in. */
static uint32_t to_column(const bo_placement *placement, uint32_t row, uint32_t bit) {
  const uint32_t up = placement->config.rotate ? row : 0;
  return bit / BYTE_BITS * BYTE_BITS + (bit + up) % BYTE_BITS;
}

/* And back. */
static uint32_t from_column(const bo_placement *placement, uint32_t row, uint32_t column) {
  const uint32_t down = placement->config.rotate ? row % BYTE_BITS : 0;
  return column / BYTE_BITS * BYTE_BITS + (column + BYTE_BITS - down) % BYTE_BITS;
}

bo_bit_place bo_placement_locate(const bo_placement *placement, bo_weight_bit weight_bit) {
  assert(weight_bit.tensor < placement->tensors);
  const bo_weight_shape *shape = &placement->shape[weight_bit.tensor];
  assert(weight_bit.bit < shape->bits);
  const bo_stream_place stream = bo_placement_stream_place(
      placement, weight_bit.tensor,
      placement->order->position_of(shape, placement->config.tile_cols, weight_bit.element));
  bo_bit_place place = bo_placement_bank_row(placement, stream.row);
  place.column = to_column(placement, place.row, stream.slot * shape->bits + weight_bit.bit);
  return place;
}

uint64_t bo_placement_from_columns(const bo_placement *placement, uint32_t row, uint64_t word) {
  const uint32_t down = placement->config.rotate ? row % BYTE_BITS : 0;
  const uint64_t each_byte = 0x0101010101010101U;
  const uint64_t kept = each_byte * (0xffU >> down);
  return ((word >> down) & kept) | ((word << (BYTE_BITS - down)) & ~kept);
}

uint32_t bo_placement_banks(const bo_placement *placement) {
  return placement->banks;
}

uint64_t bo_placement_passes(const bo_placement *placement) {
  return placement->passes;
}

/* The last tensor that begins at or before the row. */
static uint32_t tensor_at(const bo_placement *placement, uint64_t stream_row) {
  uint32_t low = 0;
  uint32_t high = placement->tensors;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    if (placement->span[middle].first_row <= stream_row) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

bo_placed_row bo_placement_stream_row(const bo_placement *placement, uint64_t stream_row) {
  assert(stream_row < placement->stream_rows);
  const uint32_t tensor = tensor_at(placement, stream_row);
  const tensor_span *span = &placement->span[tensor];
  const uint64_t first = (stream_row - span->first_row) * span->codes_per_row;
  const uint64_t rest = span->codes - first;
  return (bo_placed_row){
      .tensor = tensor,
      .bits = placement->shape[tensor].bits,
      .codes = rest < span->codes_per_row ? (uint32_t)rest : span->codes_per_row,
      .first = first,
  };
}

uint64_t bo_placement_word(const bo_placement *placement, uint64_t stream_row,
                           const uint8_t *const *codes) {
  const bo_placed_row row = bo_placement_stream_row(placement, stream_row);
  uint64_t word = 0;
  for (uint32_t slot = 0; slot < row.codes; slot++) {
    const uint64_t element = bo_placement_element(placement, row.tensor, row.first + slot);
    word |= (uint64_t)codes[row.tensor][element] << (slot * row.bits);
  }
  return word;
}

bool bo_placement_row(const bo_placement *placement, uint32_t bank, uint32_t row, uint64_t pass,
                      bo_placed_row *out) {
  if (bank >= placement->banks || row >= placement->config.bank_rows || pass >= placement->passes) {
    return false;
  }
  const uint32_t interleave = placement->config.interleave;
  const uint64_t sram_row =
      (uint64_t)(bank / interleave) * interleave * placement->config.bank_rows +
      (uint64_t)row * interleave + bank % interleave;
  const uint64_t from_start = sram_row >= placement->start_row
                                  ? sram_row - placement->start_row
                                  : sram_row + placement->sram_rows - placement->start_row;
  const uint64_t stream_row = pass * placement->sram_rows + from_start;
  if (stream_row >= placement->stream_rows) {
    return false;
  }
  *out = bo_placement_stream_row(placement, stream_row);
  return true;
}

uint64_t bo_placement_element(const bo_placement *placement, uint32_t tensor, uint64_t position) {
  assert(tensor < placement->tensors && position < placement->span[tensor].codes);
  return placement->order->element_at(&placement->shape[tensor], placement->config.tile_cols,
                                      position);
}

bool bo_placement_resident(const bo_placement *placement, bo_bit_place place, uint64_t pass,
                           bo_weight_bit *out) {
  bo_placed_row row;
  const uint32_t bit = from_column(placement, place.row, place.column);
  if (!bo_placement_row(placement, place.bank, place.row, pass, &row) ||
      bit / row.bits >= row.codes) {
    return false;
  }
  *out = (bo_weight_bit){
      .tensor = row.tensor,
      .bit = bit % row.bits,
      .element = bo_placement_element(placement, row.tensor, row.first + bit / row.bits),
  };
  return true;
}

const bo_placement_config *bo_placement_get_config(const bo_placement *placement) {
  return &placement->config;
}

const bo_weight_shape *bo_placement_tensors(const bo_placement *placement, uint32_t *count) {
  *count = placement->tensors;
  return placement->shape;
}
