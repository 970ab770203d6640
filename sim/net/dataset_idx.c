#include "net/dataset_format.h"

#include <string.h>

enum {
  IDX_UNSIGNED_BYTE = 0x08,
  IDX_MAX_RANK = 3,
};

static uint32_t big_endian_u32(const uint8_t *byte) {
  return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 |
         (uint32_t)byte[3];
}

/* Checks the magic number 0 0 8 rank and reads the sizes; data follow at 4 + 4 * rank. */
static bo_status read_header(size_t *size, uint8_t rank, bo_dataset_file file, bo_diag *diag) {
  const uint8_t *byte = file.bytes->data;
  const size_t header = 4 + 4 * (size_t)rank;
  if (file.bytes->size < header) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected an IDX header of %zu bytes, got %zu",
                   file.name, header, file.bytes->size);
  }
  const uint32_t expected = (uint32_t)IDX_UNSIGNED_BYTE << 8 | rank;
  const uint32_t magic = big_endian_u32(byte);
  if (magic != expected) {
    return bo_fail(diag, BO_E_INVALID, "%s: IDX magic number: expected 0x%08x, got 0x%08x",
                   file.name, expected, magic);
  }
  for (size_t i = 0; i < rank; i++) {
    size[i] = big_endian_u32(byte + 4 + 4 * i);
  }
  return BO_OK;
}

static bo_status check_size(bo_dataset_file file, size_t expected, bo_diag *diag) {
  if (file.bytes->size != expected) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected %zu bytes as its header says, got %zu",
                   file.name, expected, file.bytes->size);
  }
  return BO_OK;
}

static bo_status take_images(bo_dataset *dataset, bo_dataset_file file, bo_diag *diag) {
  size_t size[IDX_MAX_RANK] = {0};
  bo_status status = read_header(size, 3, file, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t chw[3] = {1, size[1], size[2]};
  status = bo_dataset_set_shape(dataset, file.name, size[0], chw, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t pixels = size[0] * size[1] * size[2];
  status = check_size(file, 16 + pixels, diag);
  if (status != BO_OK) {
    return status;
  }
  memmove(file.bytes->data, file.bytes->data + 16, pixels);
  dataset->pixels_u8 = file.bytes->data;
  *file.bytes = (bo_bytes){0};
  return BO_OK;
}

static bo_status read_labels(bo_dataset *dataset, bo_dataset_file file, bo_diag *diag) {
  size_t size[IDX_MAX_RANK] = {0};
  bo_status status = read_header(size, 1, file, diag);
  if (status != BO_OK) {
    return status;
  }
  if (size[0] != dataset->images) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected %zu labels, one an image, got %zu", file.name,
                   dataset->images, size[0]);
  }
  status = check_size(file, 8 + size[0], diag);
  if (status != BO_OK) {
    return status;
  }
  status = bo_dataset_new_labels(dataset, file.name, diag);
  if (status != BO_OK) {
    return status;
  }
  for (size_t i = 0; i < dataset->images; i++) {
    dataset->label[i] = file.bytes->data[8 + i];
  }
  return BO_OK;
}

bo_status bo_dataset_from_idx(bo_dataset *dataset, bo_dataset_file images, bo_dataset_file labels,
                              bo_diag *diag) {
  const bo_status status = take_images(dataset, images, diag);
  return status == BO_OK ? read_labels(dataset, labels, diag) : status;
}
