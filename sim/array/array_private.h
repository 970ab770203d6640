/**
 * @file array_private.h
 * What the dataflows share: one object, a table of functions a dataflow. Private to sim/array.
 *
 * A plane is one register of every PE: int32_t [rows][stride] with stride > cols, behind a row of
 * inputs from above. So the input of a row from the left has a place too, column -1, which is
 * behind the last column of the row before; and one loop goes over all PEs, across the ends of
 * rows. What is computed there counts for nothing, because weights there are zero.
 */
#ifndef BO_ARRAY_ARRAY_PRIVATE_H
#define BO_ARRAY_ARRAY_PRIVATE_H

#include "array/array.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
  BO_ARRAY_MAX_PLANES = 6,
  BO_ARRAY_LINE = 8, /* int32_t in a vector; strides are multiples of it */
  BO_ARRAY_TOKEN_WORDS = BO_ARRAY_MAX_SIDE / 64,
};

/*
 * Neighbouring PEs of a plane as one vector, of the width that every processor of today has:
 * written as plain loops, planes would have to be checked for overlaps in every row.
 */
typedef uint32_t bo_line __attribute__((vector_size(BO_ARRAY_LINE * sizeof(uint32_t))));

static inline void bo_line_load(bo_line *line, const int32_t *from) {
  memcpy(line, from, sizeof *line);
}

static inline void bo_line_store(int32_t *to, const bo_line *line) {
  memcpy(to, line, sizeof *line);
}

/* A one-bit register of every PE: bit c % 64 of word[r][c / 64]. */
typedef struct bo_token_plane {
  uint64_t (*word)[BO_ARRAY_TOKEN_WORDS]; /* [rows] */
} bo_token_plane;

/* A register as the dataflow names it. */
typedef struct bo_plane_name {
  const char *name;
  uint32_t width_bits;
} bo_plane_name;

typedef struct bo_dataflow {
  const char *name;
  uint32_t planes, tokens;
  bo_plane_name plane[BO_ARRAY_MAX_PLANES];
  const char *token[2];
  uint32_t output; /* plane whose bottom row leaves the array */
  void (*tick)(bo_array *array, const bo_lane *row, const bo_lane *col);
} bo_dataflow;

extern const bo_dataflow bo_dataflow_ws;
extern const bo_dataflow bo_dataflow_os;

struct bo_array {
  const bo_dataflow *dataflow;
  uint32_t rows, cols;
  size_t stride;
  int32_t *plane[BO_ARRAY_MAX_PLANES]; /* at row 0, column 0 */
  int32_t *act_spare;                  /* plane 0, the activations, is written here and swapped */
  bo_token_plane token[2];
  uint64_t last_columns; /* the columns that there are in the last word of tokens */
  uint32_t tokens_left;  /* ticks until no token is in the array */
  uint32_t drain_left;   /* output-stationary: ticks until drain_q is all zero */
  /* Column lanes of a cycle, unpacked, zero from cols on: operands, and all ones where a token is.
   */
  int32_t operand[BO_ARRAY_MAX_SIDE + BO_ARRAY_LINE];
  int32_t shift[BO_ARRAY_MAX_SIDE + BO_ARRAY_LINE], load[BO_ARRAY_MAX_SIDE + BO_ARRAY_LINE];
  void *memory; /* what all of these point into */
  size_t bytes;
};

static inline int32_t *bo_plane_row(const bo_array *array, int32_t *plane, uint32_t row) {
  return plane + row * array->stride;
}

/*
 * Moves token @p which of row @p r one PE to the right, @p in being the row's input. Afterwards a
 * PE has the token that arrived in this cycle, which is what it sees and what it holds from now on.
 * True if any PE has one.
 */
static inline bool bo_token_move(bo_array *array, uint32_t which, uint32_t r, bool in) {
  uint64_t *const word = array->token[which].word[r];
  const uint32_t last = (array->cols - 1) / 64;
  uint64_t carry = in;
  uint64_t any = 0;
  for (uint32_t i = 0; i < last; i++) {
    const uint64_t out = word[i] >> 63;
    word[i] = word[i] << 1 | carry;
    carry = out;
    any |= word[i];
  }
  word[last] = (word[last] << 1 | carry) & array->last_columns;
  return (any | word[last]) != 0;
}

/* Whether tokens are in the array or come in now (@p enters): else no PE sees one. */
static inline bool bo_tokens_are_moving(bo_array *array, bool enters) {
  if (enters) {
    array->tokens_left = array->cols + 1;
  } else if (array->tokens_left > 0) {
    array->tokens_left--;
  }
  return array->tokens_left > 0;
}

/* Copies those columns of a row that have token @p which. */
static inline void bo_token_copy(const bo_array *array, uint32_t which, uint32_t r,
                                 const int32_t *from, int32_t *to) {
  const uint64_t *const word = array->token[which].word[r];
  for (uint32_t w = 0; w < (array->cols + 63) / 64; w++) {
    for (uint64_t bits = word[w]; bits != 0; bits &= bits - 1) {
      const uint32_t c = w * 64 + (uint32_t)__builtin_ctzll(bits);
      to[c] = from[c];
    }
  }
}

/*
 * Puts the activations that enter in this cycle before column 0 of each row. The last row first: it
 * is the first one whose vectors read what was written here element by element.
 */
static inline void bo_array_enter_acts(const bo_array *array, const bo_lane *row) {
  int32_t *act = array->plane[0] + array->rows * array->stride - 1;
  for (uint32_t r = array->rows; r-- > 0;) {
    act -= array->stride;
    *act = bo_lane_operand(row[r]);
  }
}

/* The activations of the next cycle, which were written beside those of this one, take over. */
static inline void bo_array_swap_acts(bo_array *array) {
  int32_t *const spare = array->plane[0];
  array->plane[0] = array->act_spare;
  array->act_spare = spare;
}

#endif
