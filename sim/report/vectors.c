#include "report/vectors.h"

#include "array/array.h"
#include "report/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_LINE_BITS = 32 * BO_ARRAY_MAX_SIDE, /* of a file: the sums of all columns */
  TILE_BITS = 144,
};

static const char *const file_names[BO_VECTOR_FILES] = {
    "tile", "act", "act_zero", "weight_zero", "ready", "sum_valid", "sum"};

struct bo_vector_text {
  bo_core_config core;
  bo_text text[BO_VECTOR_FILES];
  bool is_open[BO_VECTOR_FILES];
  bo_vector_count count;
  uint64_t max_cycles;
};

const char *bo_vector_file_name(bo_vector_file file) {
  return file_names[file];
}

static uint32_t line_bits(const bo_core_config *core, bo_vector_file file) {
  const uint32_t bits[BO_VECTOR_FILES] = {TILE_BITS,  8 * core->rows, 8, 9 * core->cols, 2,
                                          core->cols, 32 * core->cols};
  return bits[file];
}

/* --- a line ------------------------------------------------------------------------------------
 */

/* A word that grows from its lowest bit up. */
typedef struct line {
  uint8_t bit[MAX_LINE_BITS];
  uint32_t bits;
} line;

/* Appends the lowest @p width_bits bits of @p value above what is there. */
static void append(line *l, uint32_t width_bits, uint64_t value) {
  assert(l->bits + width_bits <= MAX_LINE_BITS);
  for (uint32_t i = 0; i < width_bits; i++) {
    l->bit[l->bits++] = value >> i & 1;
  }
}

/* Prints what was appended, and empties the line. */
static void print_line(FILE *out, line *l) {
  append(l, (4 - l->bits % 4) % 4, 0);
  for (uint32_t at = l->bits; at > 0; at -= 4) {
    const uint8_t *const bit = &l->bit[at - 4];
    (void)fputc("0123456789abcdef"[bit[3] << 3 | bit[2] << 2 | bit[1] << 1 | bit[0]], out);
  }
  (void)fputc('\n', out);
  l->bits = 0;
}

static void append_tile(line *l, const bo_vectors_ports *ports) {
  const bo_tile *const tile = ports->tile;
  if (tile == NULL) {
    for (uint32_t i = 0; i < TILE_BITS; i += 16) {
      append(l, 16, 0);
    }
    return;
  }
  const bo_tile_words *const words = &tile->words;
  const struct {
    uint32_t width_bits;
    uint64_t value;
  } field[] = {
      {32, tile->m},
      {12, words->n},
      {12, words->k},
      {16, ports->tile_place.row},
      {16, ports->tile_place.bank},
      {20, ports->tile_rows},
      {8, words->slot},
      {8, words->codes_per_row},
      {4, words->bits},
      {4, words->is_signed},
      {4, tile->accumulate},
      {4, tile->last},
      {4, 1},
  };
  for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
    append(l, field[i].width_bits, field[i].value);
  }
}

static void append_port(line *l, const bo_core_config *core, const bo_vectors_ports *ports,
                        bo_vector_file file) {
  const bool is_row = file == BO_VECTOR_ACT;
  const uint32_t lanes = is_row ? core->rows : core->cols;
  if (file == BO_VECTOR_TILE) {
    append_tile(l, ports);
    return;
  }
  if (file == BO_VECTOR_ACT_ZERO) {
    append(l, 8, ports->act_zero);
    return;
  }
  if (file == BO_VECTOR_READY) {
    append(l, 2, (ports->tile_ready ? 2U : 0U) | (ports->act_ready ? 1U : 0U));
    return;
  }
  for (uint32_t i = 0; i < lanes; i++) {
    if (is_row) {
      append(l, 8, ports->act[i]);
    } else if (file == BO_VECTOR_WEIGHT_ZERO) {
      append(l, 9, (uint64_t)ports->weight_zero[i]);
    } else if (file == BO_VECTOR_SUM_VALID) {
      append(l, 1, ports->sum_valid[i]);
    } else {
      append(l, 32, (uint64_t)ports->sum[i]);
    }
  }
}

/* --- the files ---------------------------------------------------------------------------------
 */

/* What a cycle adds to all files. */
static uint64_t cycle_bytes(const bo_core_config *core) {
  uint64_t bytes = 0;
  for (int i = 0; i < BO_VECTOR_FILES; i++) {
    bytes += (line_bits(core, (bo_vector_file)i) + 3) / 4 + 1;
  }
  return bytes;
}

bo_status bo_vector_text_new(bo_vector_text **out, const bo_core_config *core, uint64_t max_bytes,
                             bo_diag *diag) {
  *out = NULL;
  bo_vector_text *const text = calloc(1, sizeof *text);
  if (text == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory for the vectors");
  }
  text->core = *core;
  text->max_cycles = max_bytes / cycle_bytes(core);
  for (int i = 0; i < BO_VECTOR_FILES; i++) {
    const bo_status status = bo_text_open(&text->text[i], diag);
    if (status != BO_OK) {
      bo_vector_text_free(text);
      return status;
    }
    text->is_open[i] = true;
    (void)fprintf(text->text[i].out, "// %s, a line a cycle: %" PRIu32 " bits\n", file_names[i],
                  line_bits(core, (bo_vector_file)i));
  }
  *out = text;
  return BO_OK;
}

void bo_vector_text_free(bo_vector_text *text) {
  for (int i = 0; text != NULL && i < BO_VECTOR_FILES; i++) {
    if (text->is_open[i]) {
      bo_bytes unused = {0};
      (void)bo_text_close(&text->text[i], &unused, BO_E_INVALID, NULL);
    }
  }
  free(text);
}

bo_status bo_vector_text_add(bo_vector_text *text, const bo_vectors_ports *ports, bo_diag *diag) {
  line l = {.bits = 0};
  if (text->count.cycles >= text->max_cycles) {
    return bo_fail(diag, BO_E_INVALID,
                   "expected at most %" PRIu64 " cycles, got more: take fewer places",
                   text->max_cycles);
  }
  for (int i = 0; i < BO_VECTOR_FILES; i++) {
    append_port(&l, &text->core, ports, (bo_vector_file)i);
    print_line(text->text[i].out, &l);
  }
  text->count.cycles++;
  text->count.tiles += ports->tile != NULL && ports->tile_ready;
  for (uint32_t c = 0; c < text->core.cols; c++) {
    text->count.sums += ports->sum_valid[c];
    text->count.sums_not_zero += ports->sum_valid[c] != 0 && ports->sum[c] != 0;
  }
  return BO_OK;
}

bo_vector_count bo_vector_text_count(const bo_vector_text *text) {
  return text->count;
}

bo_status bo_vector_text_take(bo_vector_text *text, bo_vector_file file, bo_bytes *out,
                              bo_diag *diag) {
  text->is_open[file] = false;
  return bo_text_close(&text->text[file], out, BO_OK, diag);
}

bo_status bo_report_vectors_vh(bo_bytes *out, const bo_core_config *core,
                               const bo_vector_count *count, const char *what, bo_diag *diag) {
  const struct {
    const char *name;
    uint64_t value;
  } row[] = {
      {"ArrayRows", core->rows},
      {"ArrayCols", core->cols},
      {"WeightBanks", core->weight_banks},
      {"BankRows", core->bank_rows},
      {"BankWidth", core->bank_width_bits},
      {"WeightReadLatencyCycles", core->read_latency_cycles},
      {"AccDepth", core->accumulator_depth},
      {"Cycles", count->cycles},
      {"Tiles", count->tiles},
      {"Sums", count->sums},
  };
  bo_text text;
  *out = (bo_bytes){0};
  const bo_status status = bo_text_open(&text, diag);
  if (status != BO_OK) {
    return status;
  }
  (void)fprintf(text.out, "// ");
  bo_text_line(text.out, what);
  (void)fprintf(text.out, "\n");
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    (void)fprintf(text.out, "localparam %s = %" PRIu64 ";\n", row[i].name, row[i].value);
  }
  return bo_text_close(&text, out, status, diag);
}
