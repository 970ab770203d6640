#include "net/onnx_attr.h"

#include <inttypes.h>
#include <string.h>

const bo_onnx_attr *bo_onnx_attr_find(const bo_onnx_node *node, const char *name) {
  for (uint32_t i = 0; i < node->attrs; i++) {
    if (strcmp(node->attr[i].name, name) == 0) {
      return &node->attr[i];
    }
  }
  return NULL;
}

bo_status bo_onnx_attr_int(int64_t *out, const bo_onnx_node *node, const char *name,
                           int64_t fallback, bo_diag *diag) {
  const bo_onnx_attr *attr = bo_onnx_attr_find(node, name);
  *out = fallback;
  if (attr == NULL) {
    return BO_OK;
  }
  if (attr->type != BO_ONNX_ATTR_INT) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected an integer", name);
  }
  *out = attr->i;
  return BO_OK;
}

bo_status bo_onnx_attr_float(float *out, const bo_onnx_node *node, const char *name, float fallback,
                             bo_diag *diag) {
  const bo_onnx_attr *attr = bo_onnx_attr_find(node, name);
  *out = fallback;
  if (attr == NULL) {
    return BO_OK;
  }
  if (attr->type != BO_ONNX_ATTR_FLOAT) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a float", name);
  }
  *out = attr->f;
  return BO_OK;
}

bo_status bo_onnx_attr_text(const char **out, const bo_onnx_node *node, const char *name,
                            const char *fallback, bo_diag *diag) {
  const bo_onnx_attr *attr = bo_onnx_attr_find(node, name);
  *out = fallback;
  if (attr == NULL) {
    return BO_OK;
  }
  if (attr->type != BO_ONNX_ATTR_STRING) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected a string", name);
  }
  *out = attr->s;
  return BO_OK;
}

bo_status bo_onnx_attr_ints(int64_t *out, size_t count, int64_t lo, int64_t hi,
                            const bo_onnx_node *node, const char *name, int64_t fallback,
                            bo_diag *diag) {
  const bo_onnx_attr *attr = bo_onnx_attr_find(node, name);
  for (size_t i = 0; i < count; i++) {
    out[i] = fallback;
  }
  if (attr == NULL) {
    return BO_OK;
  }
  if (attr->type != BO_ONNX_ATTR_INTS || attr->count != count) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected %zu integers", name, count);
  }
  for (size_t i = 0; i < count; i++) {
    if (attr->ints[i] < lo || attr->ints[i] > hi) {
      return bo_fail(diag, BO_E_INVALID, "%s: expected %" PRId64 "..%" PRId64 ", got %" PRId64,
                     name, lo, hi, attr->ints[i]);
    }
    out[i] = attr->ints[i];
  }
  return BO_OK;
}

/* Whether @p word is one of the words of @p list. */
static bool has_word(const char *list, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = list; length > 0 && (at = strstr(at, word)) != NULL; at++) {
    if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
      return true;
    }
  }
  return false;
}

bo_status bo_onnx_attrs_known(const bo_onnx_node *node, const char *known, bo_diag *diag) {
  for (uint32_t i = 0; i < node->attrs; i++) {
    if (!has_word(known, node->attr[i].name)) {
      return bo_fail(diag, BO_E_INVALID, "unknown attribute '%s'", node->attr[i].name);
    }
  }
  return BO_OK;
}
