/**
 * @file dataset.h
 * Labelled images: IDX (gzip or plain), CIFAR-10/100 binary, NPY/NPZ.
 */
#ifndef BO_NET_DATASET_H
#define BO_NET_DATASET_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Images NCHW. Exactly one of pixels_u8 (0 … 255 stands for 0 … 1) and pixels_f32 is set. */
typedef struct bo_dataset {
  char name[64];
  size_t images;
  uint32_t c, h, w;
  uint8_t *pixels_u8;
  float *pixels_f32;
  uint16_t *label; /**< [images] */
} bo_dataset;

/**
 * Loads the *test* split by name:
 *   fmnist, mnist   t10k-images-idx3-ubyte[.gz] and t10k-labels-idx1-ubyte[.gz] in @p dir
 *                   (dir NULL: fmnist from Debian's dataset-fashion-mnist)
 *   cifar10         test_batch.bin in @p dir
 *   cifar100        test.bin in @p dir, fine labels
 *   *.npz           a file with arrays "images" [N][C][H][W] (or [N][H][W]) uint8 or float32 and
 *                   "labels" [N], any integer type; @p dir is not used
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (file and what is wrong with it).
 */
bo_status bo_dataset_load(bo_dataset **out, const char *name, const char *dir, bo_diag *diag);
void bo_dataset_free(bo_dataset *dataset);

#ifdef __cplusplus
}
#endif

#endif
