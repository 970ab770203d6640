#include "net/onnx_run.h"

#include "net/onnx_ops.h"

#include <stdlib.h>
#include <string.h>

typedef struct run {
  const bo_onnx_model *model;
  bo_tensor *computed;      /* of each value; {0}: not yet, or used up */
  const bo_tensor **tensor; /* of each value: computed, constant or input */
  uint32_t *uses;           /* of each value: nodes and graph outputs that still need it */
  size_t live_bytes;
} run;

static size_t bytes_of(const bo_tensor *t) {
  return t->count * bo_dtype_size(t->dtype);
}

static void count_uses(run *r) {
  for (uint32_t n = 0; n < r->model->nodes; n++) {
    const bo_onnx_node *node = &r->model->node[n];
    for (uint32_t i = 0; i < node->inputs; i++) {
      r->uses[node->input[i] == BO_ONNX_NONE ? r->model->values : node->input[i]]++;
    }
  }
  for (uint32_t i = 0; i < r->model->outputs; i++) {
    r->uses[r->model->output[i]]++;
  }
}

static void place_given(run *r, const bo_tensor *inputs) {
  for (uint32_t v = 0; v < r->model->values; v++) {
    const bo_onnx_value *value = &r->model->value[v];
    r->tensor[v] = value->is_constant ? &value->tensor : &r->computed[v];
  }
  for (uint32_t i = 0; i < r->model->inputs; i++) {
    r->tensor[r->model->input[i]] = &inputs[i];
  }
}

static void release_if_unused(run *r, uint32_t value) {
  if (r->uses[value] == 0) {
    r->live_bytes -= bytes_of(&r->computed[value]);
    bo_tensor_free(&r->computed[value]);
  }
}

/* Hands the outputs over to their values and lets go of what nobody needs any more. */
static void settle(run *r, const bo_onnx_node *node, bo_tensor *outputs) {
  for (uint32_t i = 0; i < node->outputs; i++) {
    const uint32_t value = node->output[i];
    if (value == BO_ONNX_NONE) {
      bo_tensor_free(&outputs[i]);
      continue;
    }
    r->computed[value] = outputs[i];
    r->live_bytes += bytes_of(&outputs[i]);
    release_if_unused(r, value);
  }
  for (uint32_t i = 0; i < node->inputs; i++) {
    if (node->input[i] != BO_ONNX_NONE) {
      r->uses[node->input[i]]--;
      release_if_unused(r, node->input[i]);
    }
  }
}

static bo_status compute(run *r, const bo_onnx_node *node, const bo_tensor **inputs,
                         bo_tensor *outputs, bo_diag *diag) {
  for (uint32_t i = 0; i < node->inputs; i++) {
    inputs[i] = node->input[i] == BO_ONNX_NONE ? NULL : r->tensor[node->input[i]];
  }
  const bo_onnx_call call = {
      .node = node, .opset = r->model->opset, .input = inputs, .output = outputs};
  const bo_status status = bo_onnx_op_run(&call, diag);
  if (status != BO_OK) {
    return status;
  }
  settle(r, node, outputs);
  if (r->live_bytes > BO_ONNX_RUN_MAX_BYTES) {
    return bo_fail(diag, BO_E_INVALID, "node '%s' (%s): values of more than %zu bytes", node->name,
                   node->op, BO_ONNX_RUN_MAX_BYTES);
  }
  return BO_OK;
}

static bo_status run_node(run *r, const bo_onnx_node *node, bo_diag *diag) {
  /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers is meant */
  const bo_tensor **inputs = calloc((size_t)node->inputs + 1, sizeof *inputs);
  bo_tensor *outputs = calloc((size_t)node->outputs + 1, sizeof *outputs);
  const bo_status status = inputs != NULL && outputs != NULL
                               ? compute(r, node, inputs, outputs, diag)
                               : bo_fail(diag, BO_E_NOMEM, "out of memory");
  free(inputs);
  free(outputs);
  return status;
}

/* Outputs are copies: one value may be two outputs, and an input or a constant can be one. */
static bo_status copy_outputs(const run *r, bo_tensor *outputs, bo_diag *diag) {
  for (uint32_t i = 0; i < r->model->outputs; i++) {
    const bo_tensor *t = r->tensor[r->model->output[i]];
    const bo_status status = bo_tensor_init(&outputs[i], t->dtype, t->rank, t->dims, diag);
    if (status != BO_OK) {
      return status;
    }
    memcpy(outputs[i].data, t->data, bytes_of(t));
  }
  return BO_OK;
}

static bo_status run_model(run *r, const bo_tensor *inputs, bo_tensor *outputs, bo_diag *diag) {
  place_given(r, inputs);
  count_uses(r);
  bo_status status = BO_OK;
  for (uint32_t n = 0; n < r->model->nodes && status == BO_OK; n++) {
    status = run_node(r, &r->model->node[n], diag);
  }
  return status == BO_OK ? copy_outputs(r, outputs, diag) : status;
}

bo_status bo_onnx_run(const bo_onnx_model *model, const bo_tensor *inputs, bo_tensor *outputs,
                      bo_diag *diag) {
  for (uint32_t i = 0; i < model->outputs; i++) {
    outputs[i] = (bo_tensor){0};
  }
  /* One more than there are values: where inputs that are left out are counted. */
  const size_t values = (size_t)model->values + 1;
  run r = {.model = model,
           .computed = calloc(values, sizeof *r.computed),
           /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers is meant */
           .tensor = calloc(values, sizeof *r.tensor),
           .uses = calloc(values, sizeof *r.uses)};
  const bool complete = r.computed != NULL && r.tensor != NULL && r.uses != NULL;
  const bo_status status =
      complete ? run_model(&r, inputs, outputs, diag) : bo_fail(diag, BO_E_NOMEM, "out of memory");
  for (size_t v = 0; v < values && r.computed != NULL; v++) {
    bo_tensor_free(&r.computed[v]);
  }
  for (uint32_t i = 0; i < model->outputs && status != BO_OK; i++) {
    bo_tensor_free(&outputs[i]);
  }
  free(r.computed);
  free(r.tensor);
  free(r.uses);
  return status;
}
