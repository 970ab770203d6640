#include "net/dataset.h"

#include "net/dataset_format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where Debian's package dataset-fashion-mnist puts its files. */
static const char fashion_mnist_dir[] = "/usr/share/datasets/fashion-mnist";

typedef struct dataset_row {
  const char *name;
  const char *default_dir; /* NULL: the caller must name one */
  const char *images;      /* IDX images, or the one CIFAR file */
  const char *labels;      /* IDX labels; NULL: a CIFAR file */
  size_t label_bytes;      /* of a CIFAR record */
  uint16_t classes;
} dataset_row;

static const dataset_row datasets[] = {
    {"fmnist", fashion_mnist_dir, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 0, 10},
    {"mnist", NULL, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 0, 10},
    {"cifar10", NULL, "test_batch.bin", NULL, 1, 10},
    {"cifar100", NULL, "test.bin", NULL, 2, 100},
};

void bo_dataset_free(bo_dataset *dataset) {
  if (dataset != NULL) {
    free(dataset->pixels_u8);
    free(dataset->pixels_f32);
    free(dataset->label);
    free(dataset);
  }
}

bo_status bo_dataset_set_shape(bo_dataset *dataset, const char *file, size_t images,
                               const size_t chw[3], bo_diag *diag) {
  static const char *const axis[3] = {"channels", "height", "width"};
  if (images == 0 || images > BO_DATASET_MAX_IMAGES) {
    return bo_fail(diag, BO_E_INVALID, "%s: images: expected 1..%zu, got %zu", file,
                   BO_DATASET_MAX_IMAGES, images);
  }
  for (size_t i = 0; i < 3; i++) {
    if (chw[i] == 0 || chw[i] > BO_DATASET_MAX_SIDE) {
      return bo_fail(diag, BO_E_INVALID, "%s: %s: expected 1..%d, got %zu", file, axis[i],
                     BO_DATASET_MAX_SIDE, chw[i]);
    }
  }
  /* At most 2^48 pixels an image and 2^20 images: the product needs a division. */
  if (chw[0] * chw[1] * chw[2] > BO_DATASET_MAX_BYTES / images) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected at most %zu pixels", file,
                   BO_DATASET_MAX_BYTES);
  }
  dataset->images = images;
  dataset->c = (uint32_t)chw[0];
  dataset->h = (uint32_t)chw[1];
  dataset->w = (uint32_t)chw[2];
  return BO_OK;
}

bo_status bo_dataset_new_labels(bo_dataset *dataset, const char *file, bo_diag *diag) {
  dataset->label = malloc(dataset->images * sizeof *dataset->label);
  if (dataset->label == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "%s: out of memory", file);
  }
  return BO_OK;
}

/* Labels decide which logit counts as right, so none may lie beyond the classes. */
static bo_status check_labels(const bo_dataset *dataset, uint16_t classes, const char *file,
                              bo_diag *diag) {
  for (size_t i = 0; i < dataset->images; i++) {
    if (dataset->label[i] >= classes) {
      return bo_fail(diag, BO_E_INVALID, "%s: label %zu: expected 0..%d, got %u", file, i,
                     classes - 1, dataset->label[i]);
    }
  }
  return BO_OK;
}

/* dir/file, or dir/file.gz if only that is there. */
static bo_status find_file(char path[PATH_MAX], const char *dir, const char *file, bo_diag *diag) {
  const int length = snprintf(path, PATH_MAX, "%s/%s.gz", dir, file);
  if (length < 0 || length >= PATH_MAX) {
    return bo_fail(diag, BO_E_INVALID, "folder: expected a path of less than %d characters",
                   PATH_MAX);
  }
  const size_t plain_length = (size_t)length - strlen(".gz");
  path[plain_length] = '\0';
  if (access(path, F_OK) != 0) {
    path[plain_length] = '.';
    if (access(path, F_OK) != 0) {
      path[plain_length] = '\0'; /* the error of reading names the plain file */
    }
  }
  return BO_OK;
}

static bo_status load_idx(bo_dataset *dataset, const dataset_row *row, const char *dir,
                          bo_diag *diag) {
  char images_path[PATH_MAX];
  char labels_path[PATH_MAX];
  bo_bytes images = {0};
  bo_bytes labels = {0};
  bo_status status = find_file(images_path, dir, row->images, diag);
  if (status == BO_OK) {
    status = find_file(labels_path, dir, row->labels, diag);
  }
  if (status == BO_OK) {
    status = bo_file_read_gz(&images, images_path, BO_DATASET_MAX_BYTES, diag);
  }
  if (status == BO_OK) {
    status = bo_file_read_gz(&labels, labels_path, 2 * BO_DATASET_MAX_IMAGES, diag);
  }
  if (status == BO_OK) {
    status = bo_dataset_from_idx(dataset, (bo_dataset_file){images_path, &images},
                                 (bo_dataset_file){labels_path, &labels}, diag);
  }
  if (status == BO_OK) {
    status = check_labels(dataset, row->classes, labels_path, diag);
  }
  bo_bytes_free(&images);
  bo_bytes_free(&labels);
  return status;
}

static bo_status load_cifar(bo_dataset *dataset, const dataset_row *row, const char *dir,
                            bo_diag *diag) {
  char path[PATH_MAX];
  bo_bytes bytes = {0};
  bo_status status = find_file(path, dir, row->images, diag);
  if (status == BO_OK) {
    status = bo_file_read_gz(&bytes, path, BO_DATASET_MAX_BYTES, diag);
  }
  if (status == BO_OK) {
    status =
        bo_dataset_from_cifar(dataset, (bo_dataset_file){path, &bytes}, row->label_bytes, diag);
  }
  if (status == BO_OK) {
    status = check_labels(dataset, row->classes, path, diag);
  }
  bo_bytes_free(&bytes);
  return status;
}

static bo_status load_named(bo_dataset *dataset, const char *name, const char *dir, bo_diag *diag) {
  for (size_t i = 0; i < sizeof datasets / sizeof datasets[0]; i++) {
    const dataset_row *row = &datasets[i];
    if (strcmp(name, row->name) != 0) {
      continue;
    }
    const char *folder = dir != NULL ? dir : row->default_dir;
    if (folder == NULL) {
      return bo_fail(diag, BO_E_INVALID, "dataset %s: expected the folder of its files, got none",
                     name);
    }
    (void)snprintf(dataset->name, sizeof dataset->name, "%s", name);
    return row->labels != NULL ? load_idx(dataset, row, folder, diag)
                               : load_cifar(dataset, row, folder, diag);
  }
  return bo_fail(diag, BO_E_INVALID,
                 "dataset: expected fmnist, mnist, cifar10, cifar100 or a file *.npz, got '%.64s'",
                 name);
}

static bo_status load_npz(bo_dataset *dataset, const char *path, bo_diag *diag) {
  const char *slash = strrchr(path, '/');
  const char *base = slash != NULL ? slash + 1 : path;
  const int stem = (int)(strlen(base) - strlen(".npz"));
  (void)snprintf(dataset->name, sizeof dataset->name, "%.*s", stem, base);
  bo_npz *npz = NULL;
  bo_status status = bo_npz_open(&npz, path, diag);
  if (status == BO_OK) {
    status = bo_dataset_from_npz(dataset, path, npz, diag);
  }
  bo_npz_close(npz);
  return status;
}

static bool ends_with(const char *text, const char *end) {
  const size_t length = strlen(text);
  const size_t end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

bo_status bo_dataset_load(bo_dataset **out, const char *name, const char *dir, bo_diag *diag) {
  *out = NULL;
  bo_dataset *dataset = calloc(1, sizeof *dataset);
  if (dataset == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "dataset %.64s: out of memory", name);
  }
  const bo_status status = ends_with(name, ".npz") ? load_npz(dataset, name, diag)
                                                   : load_named(dataset, name, dir, diag);
  if (status != BO_OK) {
    bo_dataset_free(dataset);
    return status;
  }
  *out = dataset;
  return BO_OK;
}
