#include "net/dataset_format.h"

#include <math.h>

/* Enough for int64 labels of the largest dataset and a header. */
#define MAX_LABEL_BYTES (8 * BO_DATASET_MAX_IMAGES + 65536)

static bo_status check_finite(const bo_npy *images, const char *file, bo_diag *diag) {
  const float *pixel = images->data;
  for (size_t i = 0; i < images->count; i++) {
    if (!isfinite(pixel[i])) {
      return bo_fail(diag, BO_E_INVALID,
                     "%s: images: element %zu: expected a finite number, got %g", file, i,
                     (double)pixel[i]);
    }
  }
  return BO_OK;
}

/* Moves the array's memory into the dataset. */
static bo_status take_images(bo_dataset *dataset, const char *file, bo_npy *images, bo_diag *diag) {
  if (images->rank != 3 && images->rank != 4) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: images: expected [N][H][W] or [N][C][H][W], got %u dimensions", file,
                   images->rank);
  }
  const size_t *shape = images->shape;
  const size_t chw[3] = {images->rank == 4 ? shape[1] : 1, shape[images->rank - 2],
                         shape[images->rank - 1]};
  bo_status status = bo_dataset_set_shape(dataset, file, shape[0], chw, diag);
  if (status != BO_OK) {
    return status;
  }
  if (images->type == BO_NPY_U8) {
    dataset->pixels_u8 = images->data;
  } else if (images->type == BO_NPY_F32) {
    status = check_finite(images, file, diag);
    if (status != BO_OK) {
      return status;
    }
    dataset->pixels_f32 = images->data;
  } else {
    return bo_fail(diag, BO_E_INVALID, "%s: images: expected uint8 or float32, got %s", file,
                   bo_npy_type_name(images->type));
  }
  *images = (bo_npy){0};
  return BO_OK;
}

static bo_status read_labels(bo_dataset *dataset, const char *file, const bo_npy *labels,
                             bo_diag *diag) {
  if (labels->rank != 1 || labels->count != dataset->images) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: labels: expected one dimension of %zu, one an image, got %u of %zu in all",
                   file, dataset->images, labels->rank, labels->count);
  }
  if (!bo_npy_is_integer(labels->type)) {
    return bo_fail(diag, BO_E_INVALID, "%s: labels: expected integers, got %s", file,
                   bo_npy_type_name(labels->type));
  }
  const bo_status status = bo_dataset_new_labels(dataset, file, diag);
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < dataset->images; i++) {
    const int64_t label = bo_npy_int(labels, i);
    if (label < 0 || label > UINT16_MAX) {
      return bo_fail(diag, BO_E_INVALID, "%s: label %zu: expected 0..%d, got %lld", file, i,
                     UINT16_MAX, (long long)label);
    }
    dataset->label[i] = (uint16_t)label;
  }
  return BO_OK;
}

bo_status bo_dataset_from_npz(bo_dataset *dataset, const char *name, bo_npz *npz, bo_diag *diag) {
  bo_npy images = {0};
  bo_npy labels = {0};
  bo_status status = bo_npz_read(&images, npz, "images", BO_DATASET_MAX_BYTES, diag);
  if (status == BO_OK) {
    status = take_images(dataset, name, &images, diag);
  }
  if (status == BO_OK) {
    status = bo_npz_read(&labels, npz, "labels", MAX_LABEL_BYTES, diag);
  }
  if (status == BO_OK) {
    status = read_labels(dataset, name, &labels, diag);
  }
  bo_npy_free(&images);
  bo_npy_free(&labels);
  return status;
}
