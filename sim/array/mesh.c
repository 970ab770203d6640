#include "array/mesh.h"

#include "array/array.h"
#include "array/skew.h"

#include <stdio.h>
#include <stdlib.h>

struct bo_mesh {
  bo_array *array;
  bo_skew *act_skew, *weight_skew;
  bo_lane row[BO_ARRAY_MAX_SIDE], col[BO_ARRAY_MAX_SIDE]; /* skewed, of one cycle */
};

bo_status bo_mesh_new(bo_mesh **out, uint32_t dataflow, uint32_t rows, uint32_t cols,
                      bo_diag *diag) {
  *out = NULL;
  bo_mesh *const mesh = calloc(1, sizeof *mesh);
  if (mesh == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "mesh of %ux%u: out of memory", rows, cols);
  }
  bo_status status = bo_array_new(&mesh->array, dataflow, rows, cols, diag);
  status = status == BO_OK ? bo_skew_new(&mesh->act_skew, rows, diag) : status;
  status = status == BO_OK ? bo_skew_new(&mesh->weight_skew, cols, diag) : status;
  if (status != BO_OK) {
    bo_mesh_free(mesh);
    return status;
  }
  *out = mesh;
  return BO_OK;
}

void bo_mesh_free(bo_mesh *mesh) {
  if (mesh != NULL) {
    bo_array_free(mesh->array);
    bo_skew_free(mesh->act_skew);
    bo_skew_free(mesh->weight_skew);
    free(mesh);
  }
}

void bo_mesh_reset(bo_mesh *mesh) {
  bo_array_reset(mesh->array);
  bo_skew_reset(mesh->act_skew);
  bo_skew_reset(mesh->weight_skew);
}

void bo_mesh_tick(bo_mesh *mesh, const bo_lane *row, const bo_lane *col) {
  bo_skew_tick(mesh->act_skew, row, mesh->row);
  bo_skew_tick(mesh->weight_skew, col, mesh->col);
  bo_array_tick(mesh->array, mesh->row, mesh->col);
}

const int32_t *bo_mesh_sums(const bo_mesh *mesh) {
  return bo_array_sums(mesh->array);
}

bo_status bo_mesh_probes(const bo_mesh *mesh, const bo_probe_visitor *visitor) {
  char scope[BO_PROBE_SCOPE_SIZE];
  bo_probe_visitor inner = {visitor->visit, visitor->context, scope};
  (void)snprintf(scope, sizeof scope, "%s.u_act_skew", visitor->scope);
  bo_status status = bo_skew_probes(mesh->act_skew, &inner);
  if (status == BO_OK) {
    (void)snprintf(scope, sizeof scope, "%s.u_weight_skew", visitor->scope);
    status = bo_skew_probes(mesh->weight_skew, &inner);
  }
  if (status == BO_OK) {
    (void)snprintf(scope, sizeof scope, "%s.u_array", visitor->scope);
    status = bo_array_probes(mesh->array, &inner);
  }
  return status;
}
