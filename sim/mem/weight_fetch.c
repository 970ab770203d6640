#include "mem/weight_fetch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The registers, once: name in C and RTL, the largest value that it has room for. */
#define BO_WEIGHT_FETCH_REGISTERS(X)                                                               \
  X(load_bank_q, config->sram.banks - 1)                                                           \
  X(load_row_q, config->sram.bank_rows - 1)                                                        \
  X(load_slot_q, config->sram.bank_width_bits)                                                     \
  X(load_rows_q, config->max_codes)  /* words still to ask for */                                  \
  X(load_codes_q, config->max_codes) /* codes in them */                                           \
  X(load_codes_per_row_q, config->sram.bank_width_bits)                                            \
  X(load_bits_q, 8)                                                                                \
  X(load_signed_q, 1)

typedef struct fetch_registers {
#define BO_MEMBER(name, max) uint32_t name;
  BO_WEIGHT_FETCH_REGISTERS(BO_MEMBER)
#undef BO_MEMBER
} fetch_registers;

/* A word on its way from its bank: word_valid_q and so on. */
typedef struct word_in_flight {
  uint32_t valid, bank, slot, count;
} word_in_flight;

struct bo_weight_fetch {
  bo_weight_fetch_config config;
  uint32_t latency, read_words; /* of the config */
  fetch_registers q;
  bo_tile_words words;
  uint64_t stream_row; /* of the next word; load_bank_q and load_row_q follow from it */
  uint32_t runs_left;
  const uint32_t *q_words, *pipe_words; /* q and pipe, for probes */
  word_in_flight pipe[];                /* [latency][read_words] */
};

static size_t pipe_size(const bo_weight_fetch *fetch) {
  return (size_t)fetch->latency * fetch->read_words;
}

bo_status bo_weight_fetch_new(bo_weight_fetch **out, const bo_weight_fetch_config *config,
                              bo_diag *diag) {
  const size_t pipe = (size_t)config->sram.read_latency_cycles * config->read_words;
  bo_weight_fetch *const fetch = calloc(1, sizeof *fetch + pipe * sizeof *fetch->pipe);
  *out = fetch;
  if (fetch == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "weight fetch: out of memory");
  }
  fetch->config = *config;
  fetch->latency = config->sram.read_latency_cycles;
  fetch->read_words = config->read_words;
  fetch->q_words = (const uint32_t *)&fetch->q;
  fetch->pipe_words = (const uint32_t *)fetch->pipe;
  return BO_OK;
}

void bo_weight_fetch_free(bo_weight_fetch *fetch) {
  free(fetch);
}

void bo_weight_fetch_reset(bo_weight_fetch *fetch) {
  fetch->q = (fetch_registers){0};
  fetch->words = (bo_tile_words){0};
  fetch->runs_left = 0;
  memset(fetch->pipe, 0, pipe_size(fetch) * sizeof *fetch->pipe);
}

static void point_at(bo_weight_fetch *fetch, uint64_t stream_row, const bo_weight_sram *sram) {
  const bo_bit_place place = bo_weight_sram_place(sram, stream_row);
  fetch->stream_row = stream_row;
  fetch->q.load_bank_q = place.bank;
  fetch->q.load_row_q = place.row;
}

/* Points the registers at @p codes codes, the first one @p begin codes behind the tile's first row.
 */
static void begin_run(bo_weight_fetch *fetch, uint64_t begin, uint64_t codes,
                      const bo_weight_sram *sram) {
  fetch_registers *const q = &fetch->q;
  const uint32_t per_row = fetch->words.codes_per_row;
  q->load_slot_q = (uint32_t)(begin % per_row);
  q->load_codes_q = (uint32_t)codes;
  q->load_rows_q = (uint32_t)((q->load_slot_q + codes - 1) / per_row + 1);
  point_at(fetch, fetch->words.stream_row + begin / per_row, sram);
  fetch->runs_left--;
}

void bo_weight_fetch_begin(bo_weight_fetch *fetch, const bo_tile_words *words,
                           const bo_weight_sram *sram) {
  assert(fetch->q.load_rows_q == 0 && fetch->runs_left == 0);
  fetch->words = *words;
  fetch->q.load_codes_per_row_q = words->codes_per_row;
  fetch->q.load_bits_q = words->bits;
  fetch->q.load_signed_q = words->is_signed;
  const bool gathers = words->run_stride != 0;
  fetch->runs_left = gathers ? words->n : 1;
  begin_run(fetch, words->slot, gathers ? words->k : (uint64_t)words->k * words->n, sram);
}

/* What the banks give in this cycle goes into the buffer; all else moves on. */
static void move_words(bo_weight_fetch *fetch, const bo_weight_sram *sram,
                       bo_weight_buffer *buffer) {
  const size_t before_last = pipe_size(fetch) - fetch->read_words;
  for (uint32_t i = 0; i < fetch->read_words; i++) {
    const word_in_flight *const word = &fetch->pipe[before_last + i];
    if (word->valid != 0) {
      const bo_word_codes codes = {bo_weight_sram_rdata(sram, word->bank), fetch->words.bits,
                                   word->slot, word->count};
      bo_weight_buffer_write(buffer, &codes);
    }
  }
  memmove(fetch->pipe + fetch->read_words, fetch->pipe, before_last * sizeof *fetch->pipe);
  for (uint32_t i = 0; i < fetch->read_words; i++) {
    fetch->pipe[i].valid = 0;
  }
}

static void ask_for_word(bo_weight_fetch *fetch, word_in_flight *word, bo_weight_sram *sram) {
  fetch_registers *const q = &fetch->q;
  const uint32_t in_row = q->load_codes_per_row_q - q->load_slot_q;
  const uint32_t count = in_row < q->load_codes_q ? in_row : q->load_codes_q;
  *word = (word_in_flight){1, q->load_bank_q, q->load_slot_q, count};
  bo_weight_sram_read(sram, fetch->stream_row);
  q->load_codes_q -= count;
  q->load_slot_q = 0;
  q->load_rows_q--;
  point_at(fetch, fetch->stream_row + 1, sram);
}

void bo_weight_fetch_tick(bo_weight_fetch *fetch, bo_weight_sram *sram, bo_weight_buffer *buffer) {
  fetch_registers *const q = &fetch->q;
  move_words(fetch, sram, buffer);
  if (q->load_rows_q == 0) {
    return;
  }
  uint32_t asked = 0;
  do {
    ask_for_word(fetch, &fetch->pipe[asked++], sram);
  } while (asked < fetch->read_words && q->load_rows_q > 0 &&
           q->load_bank_q % fetch->read_words != 0);
  if (q->load_rows_q == 0 && fetch->runs_left > 0) {
    const bo_tile_words *const words = &fetch->words;
    const uint64_t run = words->n - fetch->runs_left;
    begin_run(fetch, words->slot + run * words->run_stride, words->k, sram);
  }
}

const bo_tile_words *bo_weight_fetch_words(const bo_weight_fetch *fetch) {
  return &fetch->words;
}

bool bo_weight_fetch_row_ready(const bo_weight_fetch *fetch, const bo_weight_buffer *buffer) {
  const bo_tile_words *const words = &fetch->words;
  const uint32_t written = bo_weight_buffer_written(buffer);
  return words->run_stride != 0 ? written == words->k * words->n
                                : written >= bo_weight_buffer_taken(buffer) + words->n;
}

int32_t bo_weight_fetch_weight(const bo_weight_fetch *fetch, const bo_weight_buffer *buffer,
                               uint32_t column) {
  const bo_tile_words *const words = &fetch->words;
  const uint32_t taken = bo_weight_buffer_taken(buffer);
  const uint32_t index =
      words->run_stride != 0 ? column * words->k + taken / words->n : taken + column;
  const uint32_t sign = words->is_signed ? 1U << (words->bits - 1) : 0;
  return (int32_t)(bo_weight_buffer_code(buffer, index) ^ sign) - (int32_t)sign;
}

/* Member @p member of every word of the pipe, as name[0 … latency * read_words - 1]. */
static bo_status probe_pipe(const bo_weight_fetch *fetch, uint32_t member, const char *name,
                            uint32_t width_bits, const bo_probe_visitor *visitor) {
  const size_t word_members = sizeof *fetch->pipe / sizeof(uint32_t);
  bo_status status = BO_OK;
  for (size_t i = 0; i < pipe_size(fetch) && status == BO_OK; i++) {
    char text[48];
    (void)snprintf(text, sizeof text, "%s[%zu]", name, i);
    const bo_probe probe = {BO_PROBE_U32, width_bits, (const void *const *)&fetch->pipe_words,
                            i * word_members + member};
    status = visitor->visit(visitor->context, visitor->scope, text, &probe);
  }
  return status;
}

bo_status bo_weight_fetch_probes(const bo_weight_fetch *fetch, const bo_probe_visitor *visitor) {
  const bo_weight_fetch_config *const config = &fetch->config;
  const struct {
    const char *name;
    uint32_t max;
  } registers[] =
      {
#define BO_ROW(name, max) {#name, max},
          BO_WEIGHT_FETCH_REGISTERS(BO_ROW)
#undef BO_ROW
      },
    pipe[] = {{"word_valid_q", 1},
              {"word_bank_q", config->sram.banks - 1},
              {"word_slot_q", config->sram.bank_width_bits},
              {"word_count_q", config->sram.bank_width_bits}};
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < sizeof registers / sizeof registers[0] && status == BO_OK; i++) {
    const bo_probe probe = {BO_PROBE_U32, bo_probe_width(registers[i].max),
                            (const void *const *)&fetch->q_words, i};
    status = visitor->visit(visitor->context, visitor->scope, registers[i].name, &probe);
  }
  for (uint32_t i = 0; i < sizeof pipe / sizeof pipe[0] && status == BO_OK; i++) {
    status = probe_pipe(fetch, i, pipe[i].name, bo_probe_width(pipe[i].max), visitor);
  }
  return status;
}
