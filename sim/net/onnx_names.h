/**
 * @file onnx_names.h
 * Finds the value of a graph by name: a hash table of indices into the caller's array.
 */
#ifndef BO_NET_ONNX_NAMES_H
#define BO_NET_ONNX_NAMES_H

#include "net/onnx_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** {0} is empty; slots come from the caller's memory and are not freed here. */
typedef struct bo_onnx_names {
  uint32_t *slot; /**< value index + 1; 0: free */
  size_t slots;   /**< power of two */
} bo_onnx_names;

/** Slots for @p values names that a table should have. */
size_t bo_onnx_names_slots(size_t values);

/** Index of the value called @p name, or BO_ONNX_NONE. */
uint32_t bo_onnx_names_find(const bo_onnx_names *names, const bo_onnx_value *value,
                            const char *name);

/** Enters value[index] under its name; preconditions: not there yet, a slot is free. */
void bo_onnx_names_add(bo_onnx_names *names, const bo_onnx_value *value, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
