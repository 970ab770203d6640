/**
 * @file onnx_builder.h
 * Builds valid ONNX models in memory through protobuf-c, a line a node:
 *
 *   onnx_builder *b = onnx_builder_new(13);
 *   onnx_builder_input(b, "x", BO_F32, "-1 3 8 8");
 *   onnx_builder_f32(b, "scale", "", (const float[]){0.5F});
 *   onnx_builder_node(b, "Conv", "conv1", "x w", "y", "pads=1,1,1,1 group=3");
 *   onnx_builder_output(b, "y");
 *   bo_onnx_model *model = onnx_builder_model(b);
 *
 * Aborts when memory is out or what it makes is refused by the reader.
 */
#ifndef BO_TESTS_ONNX_BUILDER_H
#define BO_TESTS_ONNX_BUILDER_H

#include "base/file.h"
#include "net/onnx_model.h"

typedef struct onnx_builder onnx_builder;

onnx_builder *onnx_builder_new(int64_t opset);
void onnx_builder_free(onnx_builder *builder);

/** @p dims: integers separated by spaces, "" is a scalar; -1 is the symbolic dimension. */
void onnx_builder_input(onnx_builder *builder, const char *name, bo_dtype dtype, const char *dims);
void onnx_builder_output(onnx_builder *builder, const char *name);

/** Initialisers; the data is copied. */
void onnx_builder_tensor(onnx_builder *builder, const char *name, bo_dtype dtype, const char *dims,
                         const void *data);
void onnx_builder_f32(onnx_builder *builder, const char *name, const char *dims, const float *data);
/** A scalar of an integer type or float32. */
void onnx_builder_scalar(onnx_builder *builder, const char *name, bo_dtype dtype, double value);

/** The same as the output of a Constant node. */
void onnx_builder_constant(onnx_builder *builder, const char *name, bo_dtype dtype,
                           const char *dims, const void *data);

/**
 * @param op          "Conv", or "com.microsoft.QLinearAdd" for one of another domain
 * @param inputs      names separated by spaces, "-" for one that is left out; outputs likewise
 * @param attributes  "name=value" separated by spaces: 3 is an integer, 1,2 are integers, 0.5 is a
 *                    float, anything else text
 */
void onnx_builder_node(onnx_builder *builder, const char *op, const char *name, const char *inputs,
                       const char *outputs, const char *attributes);

/** The file; owned by the caller (bo_bytes_free). */
bo_bytes onnx_builder_bytes(const onnx_builder *builder);

/** The file as the reader sees it; owned by the caller. */
bo_onnx_model *onnx_builder_model(const onnx_builder *builder);

#endif
