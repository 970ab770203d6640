#include "net/import_handlers.h"
#include "net/import_weights.h"
#include "net/onnx_attr.h"

static bool is_activation(const bo_meaning *meaning) {
  return meaning->kind != BO_MEANS_CONSTANT && meaning->kind != BO_MEANS_WEIGHTS;
}

/* The one-dimensional features of an image, in the same order. */
static bo_status flatten(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_meaning meaning = *bo_import_input(import, node, 0);
  if (!is_activation(&meaning)) {
    return bo_fail(diag, BO_E_INVALID, "expected an activation, got %s", bo_meaning_text(&meaning));
  }
  meaning.is_flat = true;
  bo_import_output(import, node, &meaning);
  return BO_OK;
}

bo_status bo_import_identity(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  (void)diag;
  bo_import_output(import, node, bo_import_input(import, node, 0));
  return BO_OK;
}

bo_status bo_import_dropout(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  if (bo_import_input(import, node, 2) != NULL) {
    const bo_tensor *training = bo_import_constant(import, node, 2, diag);
    if (training == NULL) {
      return BO_E_INVALID;
    }
    if (training->count != 1 || bo_tensor_real(training, 0) != 0.0) {
      return bo_fail(diag, BO_E_INVALID, "training_mode: expected false");
    }
  }
  return bo_import_identity(import, node, diag);
}

bo_status bo_import_cast(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  enum {
    ONNX_FLOAT = 1,
  };
  int64_t to = 0;
  const bo_status status = bo_onnx_attr_int(&to, node, "to", 0, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_meaning *meaning = bo_import_input(import, node, 0);
  if (to != ONNX_FLOAT || !is_activation(meaning) || meaning->kind == BO_MEANS_CODES) {
    return bo_fail(diag, BO_E_INVALID, "expected a cast of an accumulator to float, got %s to %lld",
                   bo_meaning_text(meaning), (long long)to);
  }
  return bo_import_identity(import, node, diag);
}

bo_status bo_import_flatten(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  int64_t axis = 0;
  const bo_status status = bo_onnx_attr_int(&axis, node, "axis", 1, diag);
  if (status != BO_OK) {
    return status;
  }
  const int64_t rank = bo_import_input(import, node, 0)->is_flat ? 2 : 4;
  if (axis != 1 && axis != 1 - rank) {
    return bo_fail(diag, BO_E_INVALID, "axis: expected 1, got %lld", (long long)axis);
  }
  return flatten(import, node, diag);
}

/* [N][features] with 0, -1 or 1 for the batch, -1 or the number for the features. */
bo_status bo_import_reshape(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  int64_t allow_zero = 0;
  const bo_tensor *shape = bo_import_constant(import, node, 1, diag);
  if (shape == NULL) {
    return BO_E_INVALID;
  }
  const bo_status status = bo_onnx_attr_int(&allow_zero, node, "allowzero", 0, diag);
  if (status != BO_OK) {
    return status;
  }
  const bo_shape image = bo_import_input(import, node, 0)->shape;
  const uint64_t features = (uint64_t)image.h * image.w * image.c;
  if (shape->dtype != BO_I64 || shape->count != 2 || allow_zero != 0) {
    return bo_fail(diag, BO_E_INVALID, "shape: expected two integers [N, features], got %zu",
                   shape->count);
  }
  const int64_t batch = bo_tensor_int(shape, 0);
  const int64_t width = bo_tensor_int(shape, 1);
  const bool fits = width > 0 && (uint64_t)width == features;
  if (batch < -1 || batch > 1 || (width != -1 && !fits) || (width == -1 && batch == -1)) {
    return bo_fail(diag, BO_E_INVALID, "shape: expected [-1, %llu], got [%lld, %lld]",
                   (unsigned long long)features, (long long)batch, (long long)width);
  }
  return flatten(import, node, diag);
}

/* Height and width of one: axes are an attribute before opset 13, an input since. */
bo_status bo_import_squeeze(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  const bo_meaning *meaning = bo_import_input(import, node, 0);
  int64_t axes[2] = {0, 0};
  bo_status status = BO_OK;
  if (import->model->opset < 13) {
    status = bo_onnx_attr_ints(axes, 2, -4, 3, node, "axes", 0, diag);
  } else {
    const bo_tensor *tensor = bo_import_constant(import, node, 1, diag);
    if (tensor == NULL) {
      return BO_E_INVALID;
    }
    for (size_t i = 0; tensor->dtype == BO_I64 && tensor->count == 2 && i < 2; i++) {
      axes[i] = bo_tensor_int(tensor, i);
    }
  }
  if (status != BO_OK) {
    return status;
  }
  const int64_t first = axes[0] < 0 ? axes[0] + 4 : axes[0];
  const int64_t second = axes[1] < 0 ? axes[1] + 4 : axes[1];
  const bool are_of_image = (first == 2 && second == 3) || (first == 3 && second == 2);
  if (meaning->is_flat || !are_of_image || meaning->shape.h != 1 || meaning->shape.w != 1) {
    return bo_fail(diag, BO_E_INVALID, "axes: expected height and width (2, 3), both of size 1");
  }
  return flatten(import, node, diag);
}

bo_status bo_import_transpose(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  if (is_activation(bo_import_input(import, node, 0))) {
    return bo_fail(diag, BO_E_INVALID, "only weights can be transposed");
  }
  return bo_import_const_transpose(import, node, diag);
}

/* Softmax, LogSoftmax, ArgMax over the classes: the largest stays the largest. */
bo_status bo_import_class_axis(bo_import *import, const bo_onnx_node *node, bo_diag *diag) {
  bo_meaning meaning = *bo_import_input(import, node, 0);
  int64_t axis = 0;
  const bool is_arg_max = node->op[0] == 'A';
  const int64_t fallback = is_arg_max ? 0 : import->model->opset < 13 ? 1 : -1;
  const bo_status status = bo_onnx_attr_int(&axis, node, "axis", fallback, diag);
  if (status != BO_OK) {
    return status;
  }
  const int64_t rank = meaning.is_flat ? 2 : 4;
  if (!is_activation(&meaning) || (axis != 1 && axis != 1 - rank)) {
    return bo_fail(diag, BO_E_INVALID, "axis: expected that of the classes, 1, got %lld",
                   (long long)axis);
  }
  meaning.at_end = true;
  bo_import_output(import, node, &meaning);
  return BO_OK;
}
