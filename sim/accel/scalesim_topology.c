#include "accel/scalesim_topology.h"

#include "base/file.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_FIELDS = 9,
};

/* The two kinds of file. The last field may be missing. */
typedef struct format_rule {
  size_t fields; /* that a line must have */
  const char *column[MAX_FIELDS];
} format_rule;

static const format_rule rules[] = {
    [BO_SCALESIM_CONV] = {8,
                          {"layer name", "IFMAP height", "IFMAP width", "filter height",
                           "filter width", "channels", "filters", "stride", "stride of the width"}},
    [BO_SCALESIM_GEMM] = {4, {"layer name", "M", "N", "K", "sparsity"}},
};

/* A line that is being read. */
typedef struct row {
  const char *file;
  size_t number;
  const format_rule *rule;
  bo_span field[MAX_FIELDS + 1]; /* trimmed; those beyond are only counted */
  size_t fields;
  bool ends_in_comma;
} row;

static void split(row *line, bo_span text) {
  bo_span part;
  line->fields = 0;
  while (bo_span_cut(&text, ',', &part)) {
    part = bo_span_trim(part);
    if (line->fields <= MAX_FIELDS) {
      line->field[line->fields] = part;
    }
    line->fields++;
    line->ends_in_comma = part.size == 0;
  }
  if (line->ends_in_comma || line->fields > line->rule->fields) {
    line->fields--; /* behind the last comma is no field */
  }
}

/* --- the layers ------------------------------------------------------------------------------ */

static bo_status append(bo_scalesim_topology *topology, bo_scalesim_layer layer, bo_diag *diag) {
  if (topology->layers == topology->capacity) {
    const size_t capacity = topology->capacity == 0 ? 32 : 2 * topology->capacity;
    bo_scalesim_layer *const grown = realloc(topology->layer, capacity * sizeof *grown);
    if (grown == NULL) {
      free(layer.name);
      return bo_fail(diag, BO_E_NOMEM, "out of memory");
    }
    topology->layer = grown;
    topology->capacity = capacity;
  }
  topology->layer[topology->layers++] = layer;
  return BO_OK;
}

/* Appends @p layer, which has no name yet, as the name and, if there is one, its channel. */
static bo_status append_named(bo_scalesim_topology *topology, bo_scalesim_layer layer, bo_span name,
                              const char *channel, bo_diag *diag) {
  const size_t size = name.size + strlen(channel) + 1;
  layer.name = malloc(size);
  if (layer.name == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  (void)snprintf(layer.name, size, "%.*s%s", (int)name.size, name.data, channel);
  return append(topology, layer, diag);
}

void bo_scalesim_topology_free(bo_scalesim_topology *topology) {
  for (size_t i = 0; i < topology->layers; i++) {
    free(topology->layer[i].name);
  }
  free(topology->layer);
  *topology = (bo_scalesim_topology){0};
}

/* --- one line -------------------------------------------------------------------------------- */

static bo_status read_number(const row *line, size_t column, uint64_t *value, bo_diag *diag) {
  const bo_span field = line->field[column];
  if (!bo_span_count(value, field) || *value < 1 || *value > BO_SCALESIM_MAX_FIELD) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: %s: expected 1..%d, got '%.*s'", line->file,
                   line->number, line->rule->column[column], BO_SCALESIM_MAX_FIELD,
                   bo_span_shown(field), field.data);
  }
  return BO_OK;
}

static bool is_sparsity(bo_span field) {
  bo_span n;
  bo_span m = field;
  uint64_t value = 0;
  return bo_span_cut(&m, ':', &n) && m.data != NULL && bo_span_count(&value, n) &&
         bo_span_count(&value, m);
}

/* Reads all numbers of the line into value[column]; the stride is that of the width as well. */
static bo_status read_numbers(const row *line, uint64_t *value, bo_diag *diag) {
  const size_t needed = line->rule->fields;
  for (size_t column = 1; column < needed; column++) {
    const bo_status status = read_number(line, column, &value[column], diag);
    if (status != BO_OK) {
      return status;
    }
  }
  value[needed] = value[needed - 1];
  if (line->fields == needed || is_sparsity(line->field[needed])) {
    return BO_OK;
  }
  if (line->rule == &rules[BO_SCALESIM_CONV]) {
    return read_number(line, needed, &value[needed], diag);
  }
  return bo_fail(diag, BO_E_INVALID,
                 "%.300s:%zu: field behind K: expected a sparsity N:M, got "
                 "'%.*s'",
                 line->file, line->number, bo_span_shown(line->field[needed]),
                 line->field[needed].data);
}

static bo_status check_fields(const row *line, bo_diag *diag) {
  const size_t needed = line->rule->fields;
  if (line->fields != needed && line->fields != needed + 1) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: expected %zu or %zu fields (%s, ... %s), got %zu", line->file,
                   line->number, needed, needed + 1, line->rule->column[0],
                   line->rule->column[needed - 1], line->fields);
  }
  const bo_span name = line->field[0];
  if (name.size < 1 || name.size > BO_SCALESIM_MAX_NAME || !bo_span_is_printable(name)) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: layer name: expected 1..%d bytes of printable text, got '%.*s'",
                   line->file, line->number, BO_SCALESIM_MAX_NAME, bo_span_shown(name), name.data);
  }
  return BO_OK;
}

/* Rows (or columns) of the output, with SCALE-Sim's rounding. 0: the filter does not fit. */
static uint64_t output_side(uint64_t ifmap, uint64_t filter, uint64_t stride) {
  return filter > ifmap ? 0 : (ifmap - filter + stride + stride - 1) / stride;
}

static bo_status conv_product(const row *line, const uint64_t *value, bo_scalesim_product *product,
                              bo_diag *diag) {
  const uint64_t out_h = output_side(value[1], value[3], value[7]);
  const uint64_t out_w = output_side(value[2], value[4], value[8]);
  if (out_h == 0 || out_w == 0) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: filter: expected at most the IFMAP, %ju x %ju, got %ju x %ju",
                   line->file, line->number, (uintmax_t)value[1], (uintmax_t)value[2],
                   (uintmax_t)value[3], (uintmax_t)value[4]);
  }
  /* At most 2^72: the window is bounded first. */
  const uint64_t window = value[3] * value[4];
  const uint64_t k = window > BO_SCALESIM_MAX_MACS / value[5] ? UINT64_MAX : window * value[5];
  *product = (bo_scalesim_product){.m = out_h * out_w, .k = k, .n = value[6]};
  return BO_OK;
}

static bool macs_fit(const bo_scalesim_product *product) {
  const bo_scalesim_array array = {.dataflow = BO_SCALESIM_WS, .rows = 1, .cols = 1};
  bo_scalesim_counts counts;
  bo_scalesim_count(&array, product, 1, &counts);
  return counts.macs <= BO_SCALESIM_MAX_MACS;
}

static bool contains_dp(bo_span name) {
  for (size_t i = 0; i + 1 < name.size; i++) {
    if (name.data[i] == 'D' && name.data[i + 1] == 'P') {
      return true;
    }
  }
  return false;
}

/* One layer a channel. @p layer has all channels under its window. */
static bo_status append_depthwise(bo_scalesim_topology *topology, bo_scalesim_layer layer,
                                  bo_span name, uint64_t channels, bo_diag *diag) {
  layer.product.k /= channels;
  bo_status status = BO_OK;
  for (uint64_t c = 0; c < channels && status == BO_OK; c++) {
    char channel[32];
    (void)snprintf(channel, sizeof channel, "Channel_%ju", (uintmax_t)c);
    status = append_named(topology, layer, name, channel, diag);
  }
  return status;
}

static bo_status read_row(bo_scalesim_topology *topology, const row *line, bo_diag *diag) {
  const bool is_conv = line->rule == &rules[BO_SCALESIM_CONV];
  uint64_t value[MAX_FIELDS] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  bo_scalesim_layer layer = {.groups = 1};
  bo_status status = check_fields(line, diag);
  if (status == BO_OK) {
    status = read_numbers(line, value, diag);
  }
  if (status == BO_OK && is_conv) {
    status = conv_product(line, value, &layer.product, diag);
  } else if (status == BO_OK) {
    layer.product = (bo_scalesim_product){.m = value[1], .n = value[2], .k = value[3]};
  }
  if (status != BO_OK) {
    return status;
  }
  if (!macs_fit(&layer.product)) {
    return bo_fail(diag, BO_E_INVALID, "%.300s:%zu: expected at most 2^60 MACs, got more",
                   line->file, line->number);
  }
  const bool is_depthwise = is_conv && contains_dp(line->field[0]);
  const uint64_t new_layers = is_depthwise ? value[5] : 1;
  if (new_layers > BO_SCALESIM_MAX_LAYERS - topology->layers) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: expected at most %d layers (a DP layer is one a channel), got more",
                   line->file, line->number, BO_SCALESIM_MAX_LAYERS);
  }
  return is_depthwise ? append_depthwise(topology, layer, line->field[0], new_layers, diag)
                      : append_named(topology, layer, line->field[0], "", diag);
}

/* --- the file -------------------------------------------------------------------------------- */

/* A file without a header would lose its first layer without a word. */
static bo_status check_header(const row *line, bo_diag *diag) {
  uint64_t value = 0;
  if (line->fields >= 2 && bo_span_count(&value, line->field[1])) {
    return bo_fail(diag, BO_E_INVALID,
                   "%.300s:%zu: expected a header (it is skipped), got a layer: '%.*s'", line->file,
                   line->number, bo_span_shown(line->field[0]), line->field[0].data);
  }
  return BO_OK;
}

bo_status bo_scalesim_topology_parse(bo_scalesim_topology *out, const char *name, const char *text,
                                     size_t size, bo_scalesim_format format, bo_diag *diag) {
  bo_span rest = {text, size};
  bo_span text_line;
  row line = {.file = name, .rule = &rules[format]};
  bo_status status = BO_OK;
  *out = (bo_scalesim_topology){0};
  while (status == BO_OK && bo_span_cut(&rest, '\n', &text_line)) {
    line.number++;
    text_line = bo_span_trim(text_line);
    split(&line, text_line);
    if (line.number == 1) {
      status = check_header(&line, diag);
    } else if (text_line.size > 0) {
      status = read_row(out, &line, diag);
    }
  }
  if (status == BO_OK && out->layers == 0) {
    status = bo_fail(diag, BO_E_INVALID, "%.300s: expected layers below a header, got none", name);
  }
  if (status != BO_OK) {
    bo_scalesim_topology_free(out);
  }
  return status;
}

bo_status bo_scalesim_topology_load(bo_scalesim_topology *out, const char *path,
                                    bo_scalesim_format format, bo_diag *diag) {
  bo_bytes text;
  *out = (bo_scalesim_topology){0};
  bo_status status = bo_file_read(&text, path, BO_SCALESIM_MAX_BYTES, diag);
  if (status == BO_OK) {
    status =
        bo_scalesim_topology_parse(out, path, (const char *)text.data, text.size, format, diag);
    bo_bytes_free(&text);
  }
  return status;
}

bo_status bo_scalesim_topology_of_net(bo_scalesim_topology *out, const bo_net *net, bo_diag *diag) {
  *out = (bo_scalesim_topology){0};
  for (uint32_t i = 0; i < net->layers; i++) {
    const bo_layer *const layer = &net->layer[i];
    if (layer->op != BO_OP_CONV) {
      continue;
    }
    const bo_weights *const weights = &net->weights[layer->weights];
    const bo_scalesim_layer one = {
        .product = {(uint64_t)layer->out.h * layer->out.w, weights->inputs, weights->outputs},
        .groups = weights->groups,
    };
    const bo_span name = {layer->name, strlen(layer->name)};
    const bo_status status = append_named(out, one, name, "", diag);
    if (status != BO_OK) {
      bo_scalesim_topology_free(out);
      return status;
    }
  }
  return BO_OK;
}
