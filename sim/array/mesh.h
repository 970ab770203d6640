/**
 * @file mesh.h
 * The array with the skews at its edges: inputs of one vector go in together. RTL twin:
 * rtl/bo_mesh.sv.
 *
 * Weight-stationary: a vector that enters in cycle e has its sum of column c in bo_mesh_sums()[c]
 * in cycle e + R + c. Output-stationary: with the last vector of a tile in cycle T and load in
 * cycle T + R, the results of column c are there in cycles T + R + c + 1 (row R-1) … T + 2R + c
 * (row 0).
 */
#ifndef BO_ARRAY_MESH_H
#define BO_ARRAY_MESH_H

#include "array/lane.h"
#include "base/probe.h"
#include "base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bo_mesh bo_mesh;

/** As bo_array_new. */
bo_status bo_mesh_new(bo_mesh **out, uint32_t dataflow, uint32_t rows, uint32_t cols,
                      bo_diag *diag);
void bo_mesh_free(bo_mesh *mesh);

/** All registers to zero. */
void bo_mesh_reset(bo_mesh *mesh);

/** One clock edge with what enters in this cycle: @p row [rows], @p col [cols], not skewed. */
void bo_mesh_tick(bo_mesh *mesh, const bo_lane *row, const bo_lane *col);

/** What leaves at the bottom in this cycle, [cols], skewed by column. Valid until the next tick. */
const int32_t *bo_mesh_sums(const bo_mesh *mesh);

/** Hands every register to @p visitor: first those of the skews. BO_OK, or what it returned. */
bo_status bo_mesh_probes(const bo_mesh *mesh, const bo_probe_visitor *visitor);

#ifdef __cplusplus
}
#endif

#endif
