#include "accel/tile_ctrl.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The registers that are not of the fetch, once: name in C and RTL, the largest value. */
#define BO_TILE_CTRL_REGISTERS(X)                                                                  \
  X(load_busy_q, 1)                                                                                \
  X(loaded_q, 1)                                                                                   \
  X(load_k_q, config->rows)                                                                        \
  X(load_n_q, config->cols)                                                                        \
  X(load_m_q, config->accumulator_depth)                                                           \
  X(load_accumulate_q, 1)                                                                          \
  X(load_last_q, 1)                                                                                \
  X(shifts_q, config->rows)                   /* rows of weights that went into the array */       \
  X(stream_left_q, config->accumulator_depth) /* vectors still to enter; 0: idle */                \
  X(stream_addr_q, config->accumulator_depth)                                                      \
  X(stream_k_q, config->rows)                                                                      \
  X(stream_accumulate_q, 1)                                                                        \
  X(stream_last_q, 1)

typedef struct ctrl_registers {
#define BO_MEMBER(name, max) uint32_t name;
  BO_TILE_CTRL_REGISTERS(BO_MEMBER)
#undef BO_MEMBER
} ctrl_registers;

/* A token on its way to the accumulators: token_valid_q and so on. */
typedef struct token_in_flight {
  uint32_t valid, addr, accumulate, last;
} token_in_flight;

struct bo_tile_ctrl {
  bo_tile_ctrl_config config;
  uint32_t rows; /* of the config */
  ctrl_registers q;
  bo_weight_fetch *fetch;
  const uint32_t *q_words, *token_words; /* q and token, for probes */
  token_in_flight token[];               /* [rows - 1] and one that nobody reads */
};

bo_status bo_tile_ctrl_new(bo_tile_ctrl **out, const bo_tile_ctrl_config *config, bo_diag *diag) {
  bo_tile_ctrl *const ctrl = calloc(1, sizeof *ctrl + config->rows * sizeof *ctrl->token);
  *out = NULL;
  if (ctrl == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "tile control: out of memory");
  }
  ctrl->config = *config;
  ctrl->rows = config->rows;
  ctrl->q_words = (const uint32_t *)&ctrl->q;
  ctrl->token_words = (const uint32_t *)ctrl->token;
  const bo_weight_fetch_config fetch = {config->sram, config->read_words,
                                        config->rows * config->cols};
  const bo_status status = bo_weight_fetch_new(&ctrl->fetch, &fetch, diag);
  if (status != BO_OK) {
    bo_tile_ctrl_free(ctrl);
    return status;
  }
  *out = ctrl;
  return BO_OK;
}

void bo_tile_ctrl_free(bo_tile_ctrl *ctrl) {
  if (ctrl != NULL) {
    bo_weight_fetch_free(ctrl->fetch);
    free(ctrl);
  }
}

void bo_tile_ctrl_reset(bo_tile_ctrl *ctrl) {
  ctrl->q = (ctrl_registers){0};
  bo_weight_fetch_reset(ctrl->fetch);
  memset(ctrl->token, 0, ctrl->rows * sizeof *ctrl->token);
}

/* --- what happens in a cycle --- */

/* The token of the vector that enters in this cycle, if one does. */
static bo_accumulate entering_token(const bo_tile_ctrl *ctrl, bool start) {
  const ctrl_registers *const q = &ctrl->q;
  return (bo_accumulate){
      .valid = start || q->stream_left_q != 0,
      .accumulate = (start ? q->load_accumulate_q : q->stream_accumulate_q) != 0,
      .last = (start ? q->load_last_q : q->stream_last_q) != 0,
      .addr = start ? 0 : q->stream_addr_q,
  };
}

bo_tile_ctrl_out bo_tile_ctrl_look(const bo_tile_ctrl *ctrl, const bo_weight_buffer *buffer) {
  const ctrl_registers *const q = &ctrl->q;
  const uint32_t rows = ctrl->rows;
  const bool start = q->loaded_q != 0 && q->stream_left_q == 0;
  const bool is_unused_row = q->shifts_q < rows - q->load_k_q;
  const bool shift =
      q->load_busy_q != 0 && (is_unused_row || bo_weight_fetch_row_ready(ctrl->fetch, buffer));
  bo_tile_ctrl_out out = {
      .tile_ready = start || (q->load_busy_q == 0 && q->loaded_q == 0),
      .start = start,
      .streaming = start || q->stream_left_q != 0,
      .shift = shift,
      .take = shift && !is_unused_row,
      .load = shift && q->shifts_q == rows - 1,
      .stream_k = start ? q->load_k_q : q->stream_k_q,
      .token = entering_token(ctrl, start),
  };
  if (rows > 1) {
    const token_in_flight *const token = &ctrl->token[rows - 2];
    out.token =
        (bo_accumulate){token->valid != 0, token->accumulate != 0, token->last != 0, token->addr};
  }
  return out;
}

/* --- the clock edge --- */

static void move_tokens(bo_tile_ctrl *ctrl, bool start) {
  const bo_accumulate token = entering_token(ctrl, start);
  memmove(ctrl->token + 1, ctrl->token, (ctrl->rows - 1) * sizeof *ctrl->token);
  ctrl->token[0] = (token_in_flight){token.valid, token.addr, token.accumulate, token.last};
}

static void move_stream(ctrl_registers *q, bool start) {
  if (start) {
    q->stream_left_q = q->load_m_q - 1;
    q->stream_addr_q = 1;
    q->stream_k_q = q->load_k_q;
    q->stream_accumulate_q = q->load_accumulate_q;
    q->stream_last_q = q->load_last_q;
  } else if (q->stream_left_q != 0) {
    q->stream_left_q--;
    q->stream_addr_q++;
  }
}

static void accept(bo_tile_ctrl *ctrl, const bo_tile *tile, const bo_weight_sram *sram) {
  ctrl_registers *const q = &ctrl->q;
  const bo_tile_words *const words = &tile->words;
  assert(words->k >= 1 && words->k <= ctrl->rows && words->n >= 1 && tile->m >= 1);
  q->load_k_q = words->k;
  q->load_n_q = words->n;
  q->load_m_q = tile->m;
  q->load_accumulate_q = tile->accumulate;
  q->load_last_q = tile->last;
  q->load_busy_q = 1;
  q->loaded_q = 0;
  q->shifts_q = 0;
  bo_weight_fetch_begin(ctrl->fetch, words, sram);
}

void bo_tile_ctrl_tick(bo_tile_ctrl *ctrl, const bo_tile_ctrl_out *out, const bo_tile *tile,
                       bo_weight_sram *sram, bo_weight_buffer *buffer) {
  ctrl_registers *const q = &ctrl->q;
  bo_weight_fetch_tick(ctrl->fetch, sram, buffer);
  if (out->take) {
    bo_weight_buffer_take(buffer, q->load_n_q);
  }
  move_tokens(ctrl, out->start);
  move_stream(q, out->start);
  if (out->shift) {
    q->shifts_q++;
    q->load_busy_q = !out->load;
    q->loaded_q = out->load;
  }
  if (out->start) {
    q->loaded_q = 0;
  }
  if (out->tile_ready && tile != NULL) {
    accept(ctrl, tile, sram);
    bo_weight_buffer_clear(buffer);
  }
}

const bo_weight_fetch *bo_tile_ctrl_fetch(const bo_tile_ctrl *ctrl) {
  return ctrl->fetch;
}

/* --- probes --- */

static bo_status probe_tokens(const bo_tile_ctrl *ctrl, const bo_probe_visitor *visitor) {
  const struct {
    const char *name;
    uint32_t width_bits;
  } members[] = {{"token_valid_q", 1},
                 {"token_addr_q", bo_probe_width(ctrl->config.accumulator_depth)},
                 {"token_accumulate_q", 1},
                 {"token_last_q", 1}};
  enum {
    MEMBERS = sizeof members / sizeof members[0]
  };
  char scope[BO_PROBE_SCOPE_SIZE];
  (void)snprintf(scope, sizeof scope, "%s.gen_token_delay", visitor->scope);
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < (ctrl->rows - 1) * MEMBERS && status == BO_OK; i++) {
    char name[48];
    (void)snprintf(name, sizeof name, "%s[%u]", members[i % MEMBERS].name, i / MEMBERS);
    const bo_probe probe = {BO_PROBE_U32, members[i % MEMBERS].width_bits,
                            (const void *const *)&ctrl->token_words, i};
    status = visitor->visit(visitor->context, scope, name, &probe);
  }
  return status;
}

bo_status bo_tile_ctrl_probes(const bo_tile_ctrl *ctrl, const bo_probe_visitor *visitor) {
  const bo_tile_ctrl_config *const config = &ctrl->config;
  const struct {
    const char *name;
    uint32_t max;
  } registers[] = {
#define BO_ROW(name, max) {#name, max},
      BO_TILE_CTRL_REGISTERS(BO_ROW)
#undef BO_ROW
  };
  bo_status status = bo_weight_fetch_probes(ctrl->fetch, visitor);
  for (size_t i = 0; i < sizeof registers / sizeof registers[0] && status == BO_OK; i++) {
    const bo_probe probe = {BO_PROBE_U32, bo_probe_width(registers[i].max),
                            (const void *const *)&ctrl->q_words, i};
    status = visitor->visit(visitor->context, visitor->scope, registers[i].name, &probe);
  }
  return status == BO_OK ? probe_tokens(ctrl, visitor) : status;
}
