#include "net/onnx_read.h"

#include <onnx.pb-c.h>

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static bo_status no_memory(bo_diag *diag) {
  return bo_fail(diag, BO_E_NOMEM, "out of memory");
}

static bo_status read_attrs(bo_onnx_reader *r, bo_onnx_node *node, const Onnx__NodeProto *proto,
                            bo_diag *diag) {
  node->attr = bo_arena_alloc(r->arena, proto->n_attribute, sizeof *node->attr);
  if (node->attr == NULL) {
    return no_memory(diag);
  }
  for (size_t i = 0; i < proto->n_attribute; i++) {
    bo_onnx_attr *attr = &node->attr[node->attrs++]; /* counted first: a tensor in it is freed */
    const bo_status status = bo_onnx_read_attr(attr, r->arena, proto->attribute[i], diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return BO_OK;
}

static bo_status define_outputs(bo_onnx_reader *r, bo_onnx_node *node, const Onnx__NodeProto *proto,
                                bo_diag *diag) {
  for (uint32_t i = 0; i < node->outputs; i++) {
    node->output[i] = BO_ONNX_NONE;
    const bo_status status = proto->output[i][0] == '\0'
                                 ? BO_OK
                                 : bo_onnx_add_value(r, &node->output[i], proto->output[i], diag);
    if (status != BO_OK) {
      return status;
    }
  }
  return BO_OK;
}

static bo_status read_body(bo_onnx_reader *r, bo_onnx_node *node, const Onnx__NodeProto *proto,
                           bo_diag *diag) {
  node->inputs = (uint32_t)proto->n_input; /* all counts are below BO_WIRE_MAX_FIELDS */
  node->outputs = (uint32_t)proto->n_output;
  node->input = bo_arena_alloc(r->arena, node->inputs, sizeof *node->input);
  node->output = bo_arena_alloc(r->arena, node->outputs, sizeof *node->output);
  if (node->input == NULL || node->output == NULL) {
    return no_memory(diag);
  }
  const bo_status status = define_outputs(r, node, proto, diag);
  return status == BO_OK ? read_attrs(r, node, proto, diag) : status;
}

static bo_status read_node_names(bo_onnx_reader *r, bo_onnx_node *node,
                                 const Onnx__NodeProto *proto, bo_diag *diag) {
  const bool named = proto->name != NULL && proto->name[0] != '\0';
  const char *first = proto->n_output > 0 ? proto->output[0] : "";
  bo_status status = bo_onnx_read_text(&node->name, r->arena, named ? proto->name : first, diag);
  status = status == BO_OK ? bo_onnx_read_text(&node->op, r->arena, proto->op_type, diag) : status;
  status =
      status == BO_OK ? bo_onnx_read_text(&node->domain, r->arena, proto->domain, diag) : status;
  if (status == BO_OK && strcmp(node->domain, "ai.onnx") == 0) {
    node->domain = "";
  }
  return status;
}

/* Puts the node in front of what happened to it. */
static bo_status node_failed(const bo_onnx_node *node, bo_status status, const bo_diag *inner,
                             bo_diag *diag) {
  return bo_fail(diag, status, "node '%s' (%s): %s", node->name, node->op, inner->text);
}

bo_status bo_onnx_read_node(bo_onnx_reader *r, bo_onnx_node *node, const Onnx__NodeProto *proto,
                            bo_diag *diag) {
  bo_diag inner = {{0}};
  bo_status status = read_node_names(r, node, proto, diag);
  if (status != BO_OK) {
    return status;
  }
  status = read_body(r, node, proto, &inner);
  return status == BO_OK ? BO_OK : node_failed(node, status, &inner, diag);
}

static bo_status number_tensor(bo_tensor *out, bo_dtype dtype, const void *numbers, size_t count,
                               uint32_t rank, bo_diag *diag) {
  const int64_t dims[1] = {(int64_t)count};
  const bo_status status = bo_tensor_init(out, dtype, rank, dims, diag);
  if (status == BO_OK && count > 0) {
    memcpy(out->data, numbers, count * bo_dtype_size(dtype));
  }
  return status;
}

static bo_status constant_value(bo_tensor *out, bo_onnx_attr *attr, bo_diag *diag) {
  if (strcmp(attr->name, "value") == 0 && attr->type == BO_ONNX_ATTR_TENSOR) {
    *out = attr->tensor; /* moved: the node goes away */
    attr->tensor = (bo_tensor){0};
    return BO_OK;
  }
  if (strcmp(attr->name, "value_float") == 0 && attr->type == BO_ONNX_ATTR_FLOAT) {
    return number_tensor(out, BO_F32, &attr->f, 1, 0, diag);
  }
  if (strcmp(attr->name, "value_int") == 0 && attr->type == BO_ONNX_ATTR_INT) {
    return number_tensor(out, BO_I64, &attr->i, 1, 0, diag);
  }
  if (strcmp(attr->name, "value_floats") == 0 && attr->type == BO_ONNX_ATTR_FLOATS) {
    return number_tensor(out, BO_F32, attr->floats, attr->count, 1, diag);
  }
  if (strcmp(attr->name, "value_ints") == 0 && attr->type == BO_ONNX_ATTR_INTS) {
    return number_tensor(out, BO_I64, attr->ints, attr->count, 1, diag);
  }
  return bo_fail(diag, BO_E_INVALID,
                 "attribute '%s': expected value, value_float(s) or value_int(s)", attr->name);
}

bool bo_onnx_is_constant(const bo_onnx_node *node) {
  return strcmp(node->op, "Constant") == 0 && node->domain[0] == '\0';
}

static bo_status fold(bo_onnx_reader *r, bo_onnx_node *node, bo_diag *diag) {
  if (node->inputs != 0 || node->outputs != 1 || node->output[0] == BO_ONNX_NONE ||
      node->attrs != 1) {
    return bo_fail(diag, BO_E_INVALID, "expected no input, one output and one attribute");
  }
  bo_onnx_value *value = &r->model->value[node->output[0]];
  const bo_status status = constant_value(&value->tensor, &node->attr[0], diag);
  value->is_constant = status == BO_OK;
  return status;
}

bo_status bo_onnx_fold_constant(bo_onnx_reader *r, bo_onnx_node *node, bo_diag *diag) {
  bo_diag inner = {{0}};
  const bo_status status = bo_onnx_is_constant(node) ? fold(r, node, &inner) : BO_OK;
  return status == BO_OK ? BO_OK : node_failed(node, status, &inner, diag);
}

static bo_status find_input(bo_onnx_reader *r, uint32_t *value, const char *name, bo_diag *diag) {
  *value = name[0] == '\0' ? BO_ONNX_NONE : bo_onnx_names_find(&r->names, r->model->value, name);
  if (name[0] == '\0' || *value != BO_ONNX_NONE) {
    return BO_OK;
  }
  const char *printable = NULL;
  const bo_status status = bo_onnx_read_text(&printable, r->arena, name, diag);
  return status == BO_OK ? bo_fail(diag, BO_E_INVALID, "input '%s' is never defined", printable)
                         : status;
}

bo_status bo_onnx_link_node(bo_onnx_reader *r, bo_onnx_node *node, const Onnx__NodeProto *proto,
                            bo_diag *diag) {
  bo_diag inner = {{0}};
  bo_status status = BO_OK;
  for (uint32_t i = 0; i < node->inputs && status == BO_OK; i++) {
    status = find_input(r, &node->input[i], proto->input[i], &inner);
  }
  return status == BO_OK ? BO_OK : node_failed(node, status, &inner, diag);
}
