/**
 * @file compare.h
 * Comparing registers of the RTL with those of the C model, several at once.
 */
#ifndef BO_LOCKSTEP_COMPARE_H
#define BO_LOCKSTEP_COMPARE_H

#include "base/probe.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the fields of a run lie in the RTL. */
typedef enum bo_twin_form {
  BO_TWIN_SINGLE, /**< one, from bit shift of the 1, 2, 4 or 8 bytes at rtl */
  BO_TWIN_PACKED, /**< one behind the other from there, at most 64 bits, all in those bytes */
  BO_TWIN_LONG,   /**< each with 1, 2, 4 or 8 bytes of its own, upper bits zero; stride is 1 */
  BO_TWIN_FORMS
} bo_twin_form;

/**
 * count fields of the RTL and as many elements of an array of the model, stride apart. Long: rows
 * times that, the fields one behind the other, the elements row_step apart from row to row.
 */
typedef struct bo_twin_run {
  const unsigned char *rtl;
  const void *const *base; /**< of the model's array */
  uint32_t index;          /**< of the first element */
  uint32_t stride, count;
  uint32_t rows, row_step;
  uint32_t shift, width; /**< of a field in bits */
  uint64_t field_mask;   /**< a field at bit 0 */
  uint64_t rtl_mask;     /**< all packed fields, the first at bit 0 */
  uint64_t model_mask;   /**< what counts of an element */
} bo_twin_run;

enum {
  BO_TWIN_LONG_MIN = 4, /**< twins from which on a long run is faster than others */
};

/** Zero if nothing differs in the runs. */
typedef uint64_t (*bo_twin_compare)(const bo_twin_run *run, size_t runs);

/** For elements of @p kind and loads, or long fields, of @p rtl_bytes (1, 2, 4 or 8). */
bo_twin_compare bo_twin_choose_compare(bo_probe_kind kind, bo_twin_form form, uint32_t rtl_bytes);

#ifdef __cplusplus
}
#endif

#endif
