#include "accel/scalesim_cfg.h"

#include "base/file.h"
#include "base/span.h"

#include <stdbool.h>

#define MAX_BYTES ((size_t)64 << 10)

/* A file that is being read. */
typedef struct cfg {
  const char *file;
  size_t number;   /* of the line */
  bo_span section; /* data is NULL above the first one */
  bool has_key;    /* in this section */
  size_t indent;   /* of the last key; what is indented further continues its value */
  bo_scalesim_array array;
  unsigned seen; /* bit i: key i is there */
} cfg;

/* --- the keys -------------------------------------------------------------------------------- */

static bo_status read_side(const cfg *file, const char *key, bo_span value, uint32_t *side,
                           bo_diag *diag) {
  uint64_t count = 0;
  if (!bo_span_count(&count, value) || count < 1 || count > BO_SCALESIM_MAX_SIDE) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected 1..%d, got '%.*s'", file->file,
                   file->number, key, BO_SCALESIM_MAX_SIDE, bo_span_shown(value), value.data);
  }
  *side = (uint32_t)count;
  return BO_OK;
}

static bo_status take_height(cfg *file, const char *key, bo_span value, bo_diag *diag) {
  return read_side(file, key, value, &file->array.rows, diag);
}

static bo_status take_width(cfg *file, const char *key, bo_span value, bo_diag *diag) {
  return read_side(file, key, value, &file->array.cols, diag);
}

static bo_status take_dataflow(cfg *file, const char *key, bo_span value, bo_diag *diag) {
  for (int i = 0; i < BO_SCALESIM_DATAFLOWS; i++) {
    if (bo_span_is(value, bo_scalesim_dataflow_name((bo_scalesim_dataflow)i))) {
      file->array.dataflow = (bo_scalesim_dataflow)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected ws, os or is, got '%.*s'",
                 file->file, file->number, key, bo_span_shown(value), value.data);
}

static bo_status take_sparsity(cfg *file, const char *key, bo_span value, bo_diag *diag) {
  return !bo_span_is_word(value, "true")
             ? BO_OK
             : bo_fail(diag, BO_E_INVALID,
                       "%.300s:%zu: %s: expected false (sparse layers are not counted), got true",
                       file->file, file->number, key);
}

typedef struct key_rule {
  const char *section, *name;
  bool must_be_there;
  bo_status (*take)(cfg *file, const char *key, bo_span value, bo_diag *diag);
} key_rule;

static const key_rule keys[] = {
    {"architecture_presets", "ArrayHeight", true, take_height},
    {"architecture_presets", "ArrayWidth", true, take_width},
    {"architecture_presets", "Dataflow", true, take_dataflow},
    {"sparsity", "SparsitySupport", false, take_sparsity},
};
enum {
  KEYS = sizeof keys / sizeof keys[0],
};

static bo_status take_key(cfg *file, bo_span key, bo_span value, bo_diag *diag) {
  for (unsigned i = 0; i < KEYS; i++) {
    if (!bo_span_is(file->section, keys[i].section) || !bo_span_is_word(key, keys[i].name)) {
      continue;
    }
    if ((file->seen & 1U << i) != 0) {
      return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected once, got it again", file->file,
                     file->number, keys[i].name);
    }
    file->seen |= 1U << i;
    return keys[i].take(file, keys[i].name, value, diag);
  }
  return BO_OK; /* SCALE-Sim's, but of no effect here */
}

/* --- lines ----------------------------------------------------------------------------------- */

static bool has_our_keys(bo_span section) {
  for (unsigned i = 0; i < KEYS; i++) {
    if (section.data != NULL && bo_span_is(section, keys[i].section)) {
      return true;
    }
  }
  return false;
}

static bo_status refuse_line(const cfg *file, const char *expected, bo_span text, bo_diag *diag) {
  return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected %s, got '%.*s'", file->file,
                 file->number, expected, bo_span_shown(text), text.data);
}

static bo_status read_section(cfg *file, bo_span text, bo_diag *diag) {
  bo_span rest = {text.data + 1, text.size - 1};
  bo_span name;
  (void)bo_span_cut(&rest, ']', &name);
  if (rest.data == NULL) {
    return refuse_line(file, "[section]", text, diag);
  }
  file->section = name;
  file->has_key = false;
  return BO_OK;
}

static bo_status read_key(cfg *file, bo_span text, size_t indent, bo_diag *diag) {
  if (file->has_key && indent > file->indent) {
    return refuse_line(file, "a key no further right than the one above (it would continue that)",
                       text, diag);
  }
  size_t end = 0;
  while (end < text.size && text.data[end] != ':' && text.data[end] != '=') {
    end++;
  }
  if (end == text.size) {
    return refuse_line(file, "KEY : VALUE", text, diag);
  }
  file->has_key = true;
  file->indent = indent;
  const bo_span key = {text.data, end};
  const bo_span value = {text.data + end + 1, text.size - end - 1};
  return take_key(file, bo_span_trim(key), bo_span_trim(value), diag);
}

static bo_status read_line(cfg *file, bo_span line, bo_diag *diag) {
  const bo_span text = bo_span_trim(line);
  if (text.size == 0 || text.data[0] == '#' || text.data[0] == ';') {
    return BO_OK;
  }
  if (text.data[0] == '[') {
    return read_section(file, text, diag);
  }
  return has_our_keys(file->section) ? read_key(file, text, (size_t)(text.data - line.data), diag)
                                     : BO_OK;
}

bo_status bo_scalesim_cfg_parse(bo_scalesim_array *array, const char *name, const char *text,
                                size_t size, bo_diag *diag) {
  cfg file = {.file = name, .array = *array};
  bo_span rest = {text, size};
  bo_span line;
  while (bo_span_cut(&rest, '\n', &line)) {
    file.number++;
    const bo_status status = read_line(&file, line, diag);
    if (status != BO_OK) {
      return status;
    }
  }
  for (unsigned i = 0; i < KEYS; i++) {
    if (keys[i].must_be_there && (file.seen & 1U << i) == 0) {
      return bo_fail(diag, BO_E_INVALID, "%.300s: [%s]: expected %s, got none", name,
                     keys[i].section, keys[i].name);
    }
  }
  *array = file.array;
  return BO_OK;
}

bo_status bo_scalesim_cfg_load(bo_scalesim_array *array, const char *path, bo_diag *diag) {
  bo_bytes text;
  bo_status status = bo_file_read(&text, path, MAX_BYTES, diag);
  if (status == BO_OK) {
    status = bo_scalesim_cfg_parse(array, path, (const char *)text.data, text.size, diag);
    bo_bytes_free(&text);
  }
  return status;
}
