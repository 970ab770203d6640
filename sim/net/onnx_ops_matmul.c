/* MatMul, MatMulInteger, QLinearMatMul, Gemm and QGemm: products of matrices [m][k] x [k][n]. */
#include "net/onnx_attr.h"
#include "net/onnx_op.h"
#include "net/requant.h"

#include <inttypes.h>
#include <string.h>

typedef struct matmul {
  const bo_tensor *a, *b;
  const bo_tensor *a_zero, *b_zero; /* NULL: 0 */
  size_t m, n, k;
  bool a_transposed, b_transposed; /* stored [k][m], [n][k] */
  bo_dims a_batch, b_batch, batch;
  bo_dims out;
} matmul;

/* The axes in front of the matrix; a vector is a matrix with one row or column. */
static bo_dims batch_of(const bo_tensor *t) {
  bo_dims batch = {.rank = t->rank > 2 ? t->rank - 2 : 0};
  memcpy(batch.dims, t->dims, batch.rank * sizeof *batch.dims);
  return batch;
}

static bo_status matmul_init(matmul *p, const bo_tensor *a, const bo_tensor *b, bo_diag *diag) {
  *p = (matmul){.a = a, .b = b, .a_batch = batch_of(a), .b_batch = batch_of(b)};
  if (a->rank == 0 || b->rank == 0) {
    return bo_fail(diag, BO_E_INVALID, "expected matrices, got a scalar");
  }
  const int64_t b_rows = b->dims[b->rank == 1 ? 0 : b->rank - 2];
  p->k = (size_t)a->dims[a->rank - 1];
  p->m = a->rank == 1 ? 1 : (size_t)a->dims[a->rank - 2];
  p->n = b->rank == 1 ? 1 : (size_t)b->dims[b->rank - 1];
  if ((size_t)b_rows != p->k) {
    return bo_fail(diag, BO_E_INVALID, "%zu columns do not fit %" PRId64 " rows", p->k, b_rows);
  }
  const bo_status status = bo_broadcast(&p->batch, &p->a_batch, &p->b_batch, diag);
  p->out = p->batch;
  if (a->rank > 1) {
    p->out.dims[p->out.rank++] = (int64_t)p->m;
  }
  if (b->rank > 1) {
    p->out.dims[p->out.rank++] = (int64_t)p->n;
  }
  return status;
}

/* Of an output element: there is one, so no axis of the output is empty. */
static size_t row_of(const matmul *p, size_t index) {
  return index / p->n % p->m; /* NOLINT(clang-analyzer-core.DivideZero): see above */
}

static size_t column_of(const matmul *p, size_t index) {
  return index % p->n; /* NOLINT(clang-analyzer-core.DivideZero): see above */
}

/* sum over k of (a - za) * (b - zb) for the output element @p index. */
static double matmul_sum(const matmul *p, size_t index) {
  const size_t row = row_of(p, index);
  const size_t column = column_of(p, index);
  const size_t batch = index / p->n / p->m;
  const size_t a_first = bo_broadcast_index(&p->batch, batch, &p->a_batch) * p->m * p->k;
  const size_t b_first = bo_broadcast_index(&p->batch, batch, &p->b_batch) * p->k * p->n;
  const double a_zero = bo_op_zero(p->a_zero, row);
  const double b_zero = bo_op_zero(p->b_zero, column);
  double sum = 0;
  for (size_t k = 0; k < p->k; k++) {
    const size_t a_at = p->a_transposed ? k * p->m + row : row * p->k + k;
    const size_t b_at = p->b_transposed ? column * p->k + k : k * p->n + column;
    sum += (bo_tensor_real(p->a, a_first + a_at) - a_zero) *
           (bo_tensor_real(p->b, b_first + b_at) - b_zero);
  }
  return sum;
}

static bo_status check_zeros(const matmul *p, bo_diag *diag) {
  bo_status status = bo_op_check_param(p->a_zero, p->m, "a zero point", diag);
  status = status == BO_OK ? bo_op_check_param(p->b_zero, p->n, "b zero point", diag) : status;
  status = status == BO_OK ? bo_op_check_zero(p->a_zero, p->a->dtype, "a", diag) : status;
  return status == BO_OK ? bo_op_check_zero(p->b_zero, p->b->dtype, "b", diag) : status;
}

bo_status bo_op_matmul(const bo_onnx_call *call, bo_diag *diag) {
  matmul p;
  bo_status status = matmul_init(&p, call->input[0], call->input[1], diag);
  status = status == BO_OK ? bo_op_output(call, BO_F32, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    bo_op_store(&call->output[0], i, matmul_sum(&p, i));
  }
  return BO_OK;
}

bo_status bo_op_matmul_integer(const bo_onnx_call *call, bo_diag *diag) {
  matmul p;
  bo_status status = matmul_init(&p, call->input[0], call->input[1], diag);
  p.a_zero = bo_op_input(call, 2);
  p.b_zero = bo_op_input(call, 3);
  status = status == BO_OK ? check_zeros(&p, diag) : status;
  status = status == BO_OK ? bo_op_output(call, BO_I32, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    bo_tensor_set_int(&call->output[0], i, bo_op_wrap(matmul_sum(&p, i)));
  }
  return BO_OK;
}

bo_status bo_op_qlinear_matmul(const bo_onnx_call *call, bo_diag *diag) {
  matmul p;
  enum {
    A,
    A_SCALE,
    A_ZERO,
    B,
    B_SCALE,
    B_ZERO,
    Y_SCALE,
    Y_ZERO
  };
  const bo_tensor *const *in = call->input;
  bo_status status = matmul_init(&p, in[A], in[B], diag);
  p.a_zero = in[A_ZERO];
  p.b_zero = in[B_ZERO];
  status = status == BO_OK ? check_zeros(&p, diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[A_SCALE], p.m, "a scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[B_SCALE], p.n, "b scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[Y_SCALE], 1, "y scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[Y_ZERO], 1, "y zero point", diag) : status;
  status = status == BO_OK ? bo_op_output(call, in[Y_ZERO]->dtype, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bo_code_range codes = bo_op_codes(in[Y_ZERO]->dtype);
  for (size_t i = 0; i < call->output[0].count; i++) {
    const float scales =
        bo_op_scale(in[A_SCALE], row_of(&p, i)) * bo_op_scale(in[B_SCALE], column_of(&p, i));
    const int32_t code =
        bo_requant(bo_op_wrap(matmul_sum(&p, i)), scales / bo_op_scale(in[Y_SCALE], 0),
                   bo_op_zero(in[Y_ZERO], 0), codes.lo, codes.hi);
    bo_tensor_set_int(&call->output[0], i, code);
  }
  return BO_OK;
}

/* Operands of Gemm and QGemm: two matrices, each of which may be stored transposed. */
static bo_status gemm_init(matmul *p, const bo_onnx_call *call, const bo_tensor *a,
                           const bo_tensor *b, bo_diag *diag) {
  *p = (matmul){.a = a, .b = b};
  int64_t a_transposed = 0;
  int64_t b_transposed = 0;
  bo_status status = bo_onnx_attr_int(&a_transposed, call->node, "transA", 0, diag);
  if (status == BO_OK) {
    status = bo_onnx_attr_int(&b_transposed, call->node, "transB", 0, diag);
  }
  if (status != BO_OK) {
    return status;
  }
  p->a_transposed = a_transposed != 0;
  p->b_transposed = b_transposed != 0;
  if (a->rank != 2 || b->rank != 2) {
    return bo_fail(diag, BO_E_INVALID, "expected matrices of rank 2, got %" PRIu32 " and %" PRIu32,
                   a->rank, b->rank);
  }
  p->m = (size_t)a->dims[p->a_transposed ? 1 : 0];
  p->k = (size_t)a->dims[p->a_transposed ? 0 : 1];
  p->n = (size_t)b->dims[p->b_transposed ? 0 : 1];
  const size_t b_rows = (size_t)b->dims[p->b_transposed ? 1 : 0];
  if (b_rows != p->k) {
    return bo_fail(diag, BO_E_INVALID, "%zu columns do not fit %zu rows", p->k, b_rows);
  }
  p->out = (bo_dims){2, {(int64_t)p->m, (int64_t)p->n}};
  return BO_OK;
}

/* C is broadcast to [m][n], never the other way round. */
static bo_status check_addend(const matmul *p, const bo_tensor *c, bo_diag *diag) {
  if (c == NULL) {
    return BO_OK;
  }
  const bo_dims dims = bo_op_dims(c);
  bo_dims out;
  const bo_status status = bo_broadcast(&out, &p->out, &dims, diag);
  if (status == BO_OK &&
      (out.rank != 2 || out.dims[0] != p->out.dims[0] || out.dims[1] != p->out.dims[1])) {
    return bo_fail(diag, BO_E_INVALID, "C does not broadcast to %zu x %zu", p->m, p->n);
  }
  return status;
}

static double addend(const matmul *p, const bo_tensor *c, size_t index) {
  if (c == NULL) {
    return 0;
  }
  const bo_dims dims = bo_op_dims(c);
  return bo_tensor_real(c, bo_broadcast_index(&p->out, index, &dims));
}

bo_status bo_op_gemm(const bo_onnx_call *call, bo_diag *diag) {
  matmul p;
  float alpha = 1;
  float beta = 1;
  const bo_tensor *c = bo_op_input(call, 2);
  bo_status status = gemm_init(&p, call, call->input[0], call->input[1], diag);
  status = status == BO_OK ? bo_onnx_attr_float(&alpha, call->node, "alpha", 1, diag) : status;
  status = status == BO_OK ? bo_onnx_attr_float(&beta, call->node, "beta", 1, diag) : status;
  status = status == BO_OK ? check_addend(&p, c, diag) : status;
  status = status == BO_OK ? bo_op_output(call, BO_F32, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < call->output[0].count; i++) {
    const double sum = (double)alpha * matmul_sum(&p, i) + (double)beta * addend(&p, c, i);
    bo_op_store(&call->output[0], i, sum);
  }
  return BO_OK;
}

/* Inputs of QGemm. Without Y_SCALE the result stays float. */
enum {
  QA,
  QA_SCALE,
  QA_ZERO,
  QB,
  QB_SCALE,
  QB_ZERO,
  QC,
  QY_SCALE,
  QY_ZERO
};

static bo_status check_qgemm(const matmul *p, const bo_onnx_call *call, bo_diag *diag) {
  const bo_tensor *const *in = call->input;
  bo_status status = check_zeros(p, diag);
  status = status == BO_OK ? bo_op_check_param(in[QA_SCALE], 1, "a scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(in[QB_SCALE], p->n, "b scale", diag) : status;
  status =
      status == BO_OK ? bo_op_check_param(bo_op_input(call, QY_SCALE), 1, "y scale", diag) : status;
  status = status == BO_OK ? bo_op_check_param(bo_op_input(call, QY_ZERO), 1, "y zero point", diag)
                           : status;
  if (status == BO_OK &&
      (bo_op_input(call, QY_SCALE) == NULL) != (bo_op_input(call, QY_ZERO) == NULL)) {
    status = bo_fail(diag, BO_E_INVALID, "y scale and y zero point: expected both or none");
  }
  return status == BO_OK ? check_addend(p, bo_op_input(call, QC), diag) : status;
}

bo_status bo_op_qgemm(const bo_onnx_call *call, bo_diag *diag) {
  matmul p;
  float alpha = 1;
  const bo_tensor *const *in = call->input;
  bo_status status = gemm_init(&p, call, in[QA], in[QB], diag);
  p.a_zero = in[QA_ZERO];
  p.b_zero = in[QB_ZERO];
  status = status == BO_OK ? bo_onnx_attr_float(&alpha, call->node, "alpha", 1, diag) : status;
  status = status == BO_OK ? check_qgemm(&p, call, diag) : status;
  const bo_tensor *y_zero = bo_op_input(call, QY_ZERO);
  const bo_dtype dtype = y_zero == NULL ? BO_F32 : y_zero->dtype;
  status = status == BO_OK ? bo_op_output(call, dtype, &p.out, diag) : status;
  if (status != BO_OK) {
    return status;
  }
  const bo_code_range codes = bo_op_codes(dtype);
  for (size_t i = 0; i < call->output[0].count; i++) {
    const int32_t acc = bo_op_wrap(matmul_sum(&p, i) + addend(&p, bo_op_input(call, QC), i));
    const float scale =
        alpha * bo_op_scale(in[QA_SCALE], 0) * bo_op_scale(in[QB_SCALE], column_of(&p, i));
    if (y_zero == NULL) {
      bo_op_store(&call->output[0], i, (double)((float)acc * scale));
    } else {
      const float multiplier = scale / bo_op_scale(in[QY_SCALE], 0);
      bo_tensor_set_int(&call->output[0], i,
                        bo_requant(acc, multiplier, bo_op_zero(y_zero, 0), codes.lo, codes.hi));
    }
  }
  return BO_OK;
}
