/**
 * @file scalesim_topology.h
 * The layers of a network as SCALE-Sim sees them: from its topology file, or from our own network.
 *
 * The file is text, one layer a line, below a header line (skipped, as there). Fields are separated
 * by commas, blanks around them do not count, empty lines are skipped. A convolution has
 *
 *   name, IFMAP height, IFMAP width, filter height, filter width, channels, filters, stride [, x],
 *
 * where x is a stride of the width (v2; otherwise that of the height) or a sparsity N:M (v3; it has
 * no effect, since nothing is sparse unless the .cfg says so, which scalesim_cfg.h refuses). A
 * matrix product (SCALE-Sim's option "-i gemm") has
 *
 *   name, M, N, K [, N:M],
 *
 * What stands behind a line's last comma is no field to SCALE-Sim: a line without a comma at its
 * end silently loses its last field. Here too (people write remarks there), unless the line would
 * be short of the stride, or of K, without it: such a line is what it looks like.
 *
 * There is no padding: an output has ceil((ifmap - filter + stride) / stride) rows. This rounds up
 * where a stride does not divide, so there is a row more than in other tools: of 34 with a filter
 * of 3 and stride 2 it makes 17, of 224 with 11 and 4 it makes 55. To compare with other tools,
 * give sizes with the padding in and without what a stride leaves over: 229, not 224, for the first
 * layer of ResNet-18 (7 x 7, stride 2, padding 3).
 *
 * A convolution with "DP" anywhere in its name is depthwise to SCALE-Sim: it becomes one layer for
 * each channel, with all of its filters, called <name>Channel_0 and so on. So it does here.
 */
#ifndef BO_ACCEL_SCALESIM_TOPOLOGY_H
#define BO_ACCEL_SCALESIM_TOPOLOGY_H

#include "accel/scalesim.h"
#include "base/status.h"
#include "net/net.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bounds of a file. */
#define BO_SCALESIM_MAX_BYTES ((size_t)1 << 20)
#define BO_SCALESIM_MAX_MACS  ((uint64_t)1 << 60) /**< of a layer */

enum {
  BO_SCALESIM_MAX_FIELD = 1 << 24, /**< every number of a topology is 1 … this */
  BO_SCALESIM_MAX_LAYERS = 65536,  /**< depthwise channels count each */
  BO_SCALESIM_MAX_NAME = 128,      /**< bytes */
};

typedef struct bo_scalesim_layer {
  char *name;
  bo_scalesim_product product;
  uint32_t groups; /**< such products, one after the other; 1 in a topology file */
} bo_scalesim_layer;

/** {0} is empty; free with bo_scalesim_topology_free. */
typedef struct bo_scalesim_topology {
  bo_scalesim_layer *layer;
  size_t layers;
  size_t capacity; /**< layers that there is room for */
} bo_scalesim_topology;

typedef enum bo_scalesim_format {
  BO_SCALESIM_CONV,
  BO_SCALESIM_GEMM,
} bo_scalesim_format;

/**
 * Reads a topology file into @p out; on failure @p out is empty.
 *
 * @return BO_OK; BO_E_IO; BO_E_NOMEM; BO_E_INVALID, "file:line: what, expected, got".
 */
bo_status bo_scalesim_topology_load(bo_scalesim_topology *out, const char *path,
                                    bo_scalesim_format format, bo_diag *diag);

/** The same from memory; @p name stands for the file in diagnostics. */
bo_status bo_scalesim_topology_parse(bo_scalesim_topology *out, const char *name, const char *text,
                                     size_t size, bo_scalesim_format format, bo_diag *diag);

/**
 * The CONV layers of @p net, which has passed its check, with the shapes that they really have:
 * padding, dilation and groups included. Layers without weights do not exist for SCALE-Sim.
 *
 * @return BO_OK, BO_E_NOMEM.
 */
bo_status bo_scalesim_topology_of_net(bo_scalesim_topology *out, const bo_net *net, bo_diag *diag);

void bo_scalesim_topology_free(bo_scalesim_topology *topology);

#ifdef __cplusplus
}
#endif

#endif
