#include "net/onnx_order.h"
#include "net/onnx_read.h"
#include "net/onnx_tensor.h"

#include <onnx.pb-c.h>

#include <inttypes.h>
#include <stdbool.h>

static bo_status no_memory(bo_diag *diag) {
  return bo_fail(diag, BO_E_NOMEM, "out of memory");
}

bo_status bo_onnx_add_value(bo_onnx_reader *r, uint32_t *index, const char *name, bo_diag *diag) {
  const char *copy = NULL;
  const bo_status status = bo_onnx_read_text(&copy, r->arena, name, diag);
  if (status != BO_OK) {
    return status;
  }
  if (copy[0] == '\0') {
    return bo_fail(diag, BO_E_INVALID, "a value without a name");
  }
  if (bo_onnx_names_find(&r->names, r->model->value, copy) != BO_ONNX_NONE) {
    return bo_fail(diag, BO_E_INVALID, "'%s' is defined twice", copy);
  }
  *index = r->model->values++;
  r->model->value[*index].name = copy;
  bo_onnx_names_add(&r->names, r->model->value, *index);
  return BO_OK;
}

static bo_status read_initializer(bo_onnx_reader *r, const Onnx__TensorProto *proto,
                                  bo_diag *diag) {
  uint32_t index = 0;
  bo_diag inner = {{0}};
  bo_status status = bo_onnx_add_value(r, &index, proto->name, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_onnx_value *value = &r->model->value[index];
  status = bo_onnx_tensor_copy(&value->tensor, proto, &inner);
  if (status != BO_OK) {
    return bo_fail(diag, status, "initializer '%s': %s", value->name, inner.text);
  }
  value->is_constant = true;
  return BO_OK;
}

static bo_status read_shape(bo_onnx_value *value, const Onnx__TensorShapeProto *shape,
                            bo_diag *diag) {
  if (shape->n_dim > BO_TENSOR_MAX_RANK) {
    return bo_fail(diag, BO_E_INVALID, "rank: expected 0..%d, got %zu", BO_TENSOR_MAX_RANK,
                   shape->n_dim);
  }
  value->rank = (uint32_t)shape->n_dim;
  for (uint32_t d = 0; d < value->rank; d++) {
    const Onnx__TensorShapeProto__Dimension *dim = shape->dim[d];
    value->dims[d] = -1;
    if (dim->value_case != ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE) {
      continue;
    }
    if (dim->dim_value < 0 || (uint64_t)dim->dim_value > BO_TENSOR_MAX_ELEMENTS) {
      return bo_fail(diag, BO_E_INVALID, "dimension %" PRIu32 ": expected 0..%zu, got %" PRId64, d,
                     BO_TENSOR_MAX_ELEMENTS, dim->dim_value);
    }
    value->dims[d] = dim->dim_value;
  }
  return BO_OK;
}

static bo_status read_input_type(bo_onnx_value *value, const Onnx__TypeProto *type, bo_diag *diag) {
  if (type == NULL) {
    return BO_OK;
  }
  if (type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE) {
    return bo_fail(diag, BO_E_INVALID, "expected a tensor");
  }
  const bo_status status = bo_onnx_dtype(&value->dtype, type->tensor_type->elem_type, diag);
  if (status != BO_OK || type->tensor_type->shape == NULL) {
    return status;
  }
  return read_shape(value, type->tensor_type->shape, diag);
}

static bo_status read_input(bo_onnx_reader *r, const Onnx__ValueInfoProto *proto, bo_diag *diag) {
  const uint32_t known =
      bo_onnx_names_find(&r->names, r->model->value, proto->name != NULL ? proto->name : "");
  if (known != BO_ONNX_NONE && r->model->value[known].is_constant) {
    return BO_OK; /* before IR version 4 every initializer was listed as an input, too */
  }
  uint32_t index = 0;
  bo_diag inner = {{0}};
  bo_status status = bo_onnx_add_value(r, &index, proto->name, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_onnx_value *value = &r->model->value[index];
  value->is_input = true;
  r->model->input[r->model->inputs++] = index;
  status = read_input_type(value, proto->type, &inner);
  return status == BO_OK ? BO_OK : bo_fail(diag, status, "input '%s': %s", value->name, inner.text);
}

static bo_status read_nodes(bo_onnx_reader *r, const Onnx__GraphProto *graph, bo_diag *diag) {
  bo_onnx_model *model = r->model;
  bo_status status = BO_OK;
  for (size_t n = 0; n < graph->n_node && status == BO_OK; n++) {
    bo_onnx_node *node = &model->node[model->nodes++]; /* counted first: its attributes are freed */
    status = bo_onnx_read_node(r, node, graph->node[n], diag);
  }
  for (size_t n = 0; n < graph->n_node && status == BO_OK; n++) {
    status = bo_onnx_link_node(r, &model->node[n], graph->node[n], diag);
  }
  for (size_t n = 0; n < graph->n_node && status == BO_OK; n++) {
    status = bo_onnx_fold_constant(r, &model->node[n], diag);
  }
  return status;
}

static void drop_folded_nodes(bo_onnx_model *model) {
  uint32_t kept = 0;
  for (uint32_t n = 0; n < model->nodes; n++) {
    if (!bo_onnx_is_constant(&model->node[n])) {
      model->node[kept++] = model->node[n];
    }
  }
  model->nodes = kept;
}

static bo_status read_output(bo_onnx_reader *r, const Onnx__ValueInfoProto *proto, bo_diag *diag) {
  const char *name = NULL;
  const bo_status status = bo_onnx_read_text(&name, r->arena, proto->name, diag);
  if (status != BO_OK) {
    return status;
  }
  const uint32_t value = bo_onnx_names_find(&r->names, r->model->value, name);
  if (value == BO_ONNX_NONE) {
    return bo_fail(diag, BO_E_INVALID, "output '%s' is never defined", name);
  }
  r->model->output[r->model->outputs++] = value;
  return BO_OK;
}

static bo_status allocate(bo_onnx_reader *r, const Onnx__GraphProto *graph, bo_diag *diag) {
  /* All counts are below BO_WIRE_MAX_FIELDS, as is their sum. */
  size_t values = graph->n_initializer + graph->n_input;
  for (size_t n = 0; n < graph->n_node; n++) {
    values += graph->node[n]->n_output;
  }
  bo_onnx_model *model = r->model;
  r->names.slots = bo_onnx_names_slots(values);
  r->names.slot = bo_arena_alloc(r->arena, r->names.slots, sizeof *r->names.slot);
  model->value = bo_arena_alloc(r->arena, values, sizeof *model->value);
  model->node = bo_arena_alloc(r->arena, graph->n_node, sizeof *model->node);
  model->input = bo_arena_alloc(r->arena, graph->n_input, sizeof *model->input);
  model->output = bo_arena_alloc(r->arena, graph->n_output, sizeof *model->output);
  const bool complete = r->names.slot != NULL && model->value != NULL && model->node != NULL &&
                        model->input != NULL && model->output != NULL;
  return complete ? BO_OK : no_memory(diag);
}

bo_status bo_onnx_read_graph(bo_onnx_model *model, const Onnx__GraphProto *graph, bo_diag *diag) {
  bo_onnx_reader r = {.model = model, .arena = model->storage};
  bo_status status = allocate(&r, graph, diag);
  for (size_t i = 0; i < graph->n_initializer && status == BO_OK; i++) {
    status = read_initializer(&r, graph->initializer[i], diag);
  }
  if (status == BO_OK && graph->n_sparse_initializer > 0) {
    status = bo_fail(diag, BO_E_INVALID, "sparse initializers are not supported");
  }
  for (size_t i = 0; i < graph->n_input && status == BO_OK; i++) {
    status = read_input(&r, graph->input[i], diag);
  }
  status = status == BO_OK ? read_nodes(&r, graph, diag) : status;
  for (size_t i = 0; i < graph->n_output && status == BO_OK; i++) {
    status = read_output(&r, graph->output[i], diag);
  }
  if (status != BO_OK) {
    return status;
  }
  drop_folded_nodes(model);
  return bo_onnx_sort_nodes(model, diag);
}
