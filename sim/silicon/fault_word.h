/**
 * @file fault_word.h
 * What the cells of one row of a bank make of the word that is stored there.
 */
#ifndef BO_SILICON_FAULT_WORD_H
#define BO_SILICON_FAULT_WORD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a row reads: ((stored & and_mask) | or_mask) ^ xor_mask. Bit c = column c. */
typedef struct bo_fault_word {
  uint64_t and_mask;
  uint64_t or_mask;
  uint64_t xor_mask;
} bo_fault_word;

/** The word that the array reads. The RTL twin is the read path of bo_weight_bank. */
static inline uint64_t bo_fault_word_read(bo_fault_word fault, uint64_t stored) {
  return ((stored & fault.and_mask) | fault.or_mask) ^ fault.xor_mask;
}

/** Cells of the row that are faulty, whatever is stored. */
static inline uint64_t bo_fault_word_cells(bo_fault_word fault) {
  return ~fault.and_mask | fault.or_mask | fault.xor_mask;
}

#ifdef __cplusplus
}
#endif

#endif
