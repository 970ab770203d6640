#include "net/onnx_model.h"

#include "base/file.h"
#include "net/onnx_proto.h"
#include "net/onnx_read.h"

#include <onnx.pb-c.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_OPSET = 19,
};

static bo_status read_opset(int64_t *opset, const Onnx__ModelProto *proto, bo_diag *diag) {
  *opset = 0;
  for (size_t i = 0; i < proto->n_opset_import; i++) {
    const char *domain = proto->opset_import[i]->domain;
    if (domain == NULL || domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0) {
      *opset = proto->opset_import[i]->version;
    }
  }
  if (*opset < 1 || *opset > MAX_OPSET) {
    return bo_fail(diag, BO_E_INVALID, "opset: expected 1..%d, got %" PRId64, MAX_OPSET, *opset);
  }
  return BO_OK;
}

static bo_status read_model(bo_onnx_model *model, const Onnx__ModelProto *proto, bo_diag *diag) {
  if (proto->graph == NULL) {
    return bo_fail(diag, BO_E_INVALID, "not a valid ONNX file: no graph");
  }
  if (proto->n_functions > 0) {
    return bo_fail(diag, BO_E_INVALID, "functions of the model's own are not supported");
  }
  const bo_status status = read_opset(&model->opset, proto, diag);
  return status == BO_OK ? bo_onnx_read_graph(model, proto->graph, diag) : status;
}

static bo_onnx_model *new_model(void) {
  bo_onnx_model *model = calloc(1, sizeof *model);
  bo_arena *arena = calloc(1, sizeof *arena);
  if (model == NULL || arena == NULL) {
    free(model);
    free(arena);
    return NULL;
  }
  model->storage = arena;
  return model;
}

static bo_status parse(bo_onnx_model **out, const void *data, size_t size, bo_diag *diag) {
  ProtobufCMessage *message = NULL;
  bo_status status = bo_onnx_unpack(&message, &onnx__model_proto__descriptor, data, size, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_onnx_model *model = new_model();
  status = model == NULL ? bo_fail(diag, BO_E_NOMEM, "out of memory")
                         : read_model(model, (const Onnx__ModelProto *)message, diag);
  bo_onnx_release(message);
  if (status != BO_OK) {
    bo_onnx_model_free(model);
    return status;
  }
  model->hash = bo_hash(data, size);
  *out = model;
  return BO_OK;
}

bo_status bo_onnx_model_parse(bo_onnx_model **out, const char *name, const void *data, size_t size,
                              bo_diag *diag) {
  *out = NULL;
  bo_diag inner = {{0}};
  const bo_status status = parse(out, data, size, &inner);
  return status == BO_OK ? BO_OK : bo_fail(diag, status, "%s: %s", name, inner.text);
}

bo_status bo_onnx_model_load(bo_onnx_model **out, const char *path, bo_diag *diag) {
  *out = NULL;
  bo_bytes bytes = {0};
  bo_status status = bo_file_read(&bytes, path, BO_ONNX_MAX_FILE_BYTES, diag);
  if (status == BO_OK) {
    status = bo_onnx_model_parse(out, path, bytes.data, bytes.size, diag);
  }
  bo_bytes_free(&bytes);
  return status;
}

void bo_onnx_model_free(bo_onnx_model *model) {
  if (model == NULL) {
    return;
  }
  for (uint32_t v = 0; v < model->values; v++) {
    bo_tensor_free(&model->value[v].tensor);
  }
  for (uint32_t n = 0; n < model->nodes; n++) {
    for (uint32_t a = 0; a < model->node[n].attrs; a++) {
      bo_tensor_free(&model->node[n].attr[a].tensor);
    }
  }
  bo_arena_free(model->storage);
  free(model->storage);
  free(model);
}
