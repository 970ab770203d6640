#include "net/onnx_names.h"

#include "base/file.h"

#include <string.h>

size_t bo_onnx_names_slots(size_t values) {
  size_t slots = 16;
  while (slots < 2 * values) {
    slots *= 2;
  }
  return slots;
}

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *slot_of(const bo_onnx_names *names, const bo_onnx_value *value, const char *name) {
  size_t at = (size_t)bo_hash(name, strlen(name));
  for (;; at++) {
    uint32_t *slot = &names->slot[at & (names->slots - 1)];
    if (*slot == 0 || strcmp(value[*slot - 1].name, name) == 0) {
      return slot;
    }
  }
}

uint32_t bo_onnx_names_find(const bo_onnx_names *names, const bo_onnx_value *value,
                            const char *name) {
  const uint32_t *slot = slot_of(names, value, name);
  return *slot == 0 ? BO_ONNX_NONE : *slot - 1;
}

void bo_onnx_names_add(bo_onnx_names *names, const bo_onnx_value *value, uint32_t index) {
  *slot_of(names, value, value[index].name) = index + 1;
}
