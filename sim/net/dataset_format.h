/**
 * @file dataset_format.h
 * The readers behind dataset.h, one a file format, from bytes in memory. Each fills an empty
 * dataset; on failure the caller frees what is there with bo_dataset_free.
 */
#ifndef BO_NET_DATASET_FORMAT_H
#define BO_NET_DATASET_FORMAT_H

#include "base/file.h"
#include "base/npy.h"
#include "net/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bound the memory that a file can ask for. */
#define BO_DATASET_MAX_IMAGES ((size_t)1 << 20)
#define BO_DATASET_MAX_BYTES  ((size_t)1 << 31)

enum {
  BO_DATASET_MAX_SIDE = 65535, /**< channels, height, width */
};

/** A file's bytes and the name that stands for it in diagnostics. */
typedef struct bo_dataset_file {
  const char *name;
  bo_bytes *bytes;
} bo_dataset_file;

/** Sets the shape. BO_E_INVALID ("file: images: ...") if it is empty or beyond the bounds. */
bo_status bo_dataset_set_shape(bo_dataset *dataset, const char *file, size_t images,
                               const size_t chw[3], bo_diag *diag);

/** Allocates the labels of dataset->images. BO_OK, BO_E_NOMEM. */
bo_status bo_dataset_new_labels(bo_dataset *dataset, const char *file, bo_diag *diag);

/**
 * IDX (LeCun's MNIST format): unsigned bytes [N][H][W] and [N], big-endian sizes. The buffer of
 * the images goes over to the dataset. BO_OK, BO_E_INVALID, BO_E_NOMEM.
 */
bo_status bo_dataset_from_idx(bo_dataset *dataset, bo_dataset_file images, bo_dataset_file labels,
                              bo_diag *diag);

/**
 * CIFAR binary: records of @p label_bytes (1: CIFAR-10; 2: CIFAR-100, coarse then fine, the fine
 * one counts) and 3 x 32 x 32 pixels; any number of records. The buffer goes over to the dataset.
 * BO_OK, BO_E_INVALID, BO_E_NOMEM.
 */
bo_status bo_dataset_from_cifar(bo_dataset *dataset, bo_dataset_file file, size_t label_bytes,
                                bo_diag *diag);

/** Arrays "images" and "labels" of an archive called @p name. As bo_npz_read, BO_E_INVALID. */
bo_status bo_dataset_from_npz(bo_dataset *dataset, const char *name, bo_npz *npz, bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
