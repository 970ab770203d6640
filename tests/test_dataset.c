#include "base/file.h"
#include "fail_alloc.h"
#include "net/dataset.h"
#include "net/dataset_format.h"
#include "temp_dir.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GOLDEN(name) BO_SOURCE_DIR "/tests/golden/npz/" name

enum {
  PATH_SIZE = 256,
  CIFAR_PIXELS = 3072,
};

static void put(const temp_dir *temp, const char *name, const void *data, size_t size) {
  char path[PATH_SIZE];
  (void)snprintf(path, sizeof path, "%s/%s", temp->dir, name);
  CU_ASSERT_EQUAL_FATAL(bo_file_write(path, data, size, NULL), BO_OK);
}

static void put_gz(const temp_dir *temp, const char *name, const void *data, unsigned size) {
  char path[PATH_SIZE];
  (void)snprintf(path, sizeof path, "%s/%s", temp->dir, name);
  gzFile file = gzopen(path, "wb");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  CU_ASSERT_EQUAL_FATAL(gzwrite(file, data, size), (int)size);
  CU_ASSERT_EQUAL_FATAL(gzclose(file), Z_OK);
}

/* Two images of 2 x 3. */
static const uint8_t idx_images[] = {0, 0, 8,  3,  0,  0,  0,  2,  0,  0,  0,  2,  0,  0,
                                     0, 3, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25};
static const uint8_t idx_labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 9, 4};

static void check_idx(const bo_dataset *dataset) {
  CU_ASSERT_EQUAL(dataset->images, 2);
  CU_ASSERT_EQUAL(dataset->c, 1);
  CU_ASSERT_EQUAL(dataset->h, 2);
  CU_ASSERT_EQUAL(dataset->w, 3);
  CU_ASSERT_PTR_NULL(dataset->pixels_f32);
  CU_ASSERT_EQUAL(memcmp(dataset->pixels_u8, idx_images + 16, 12), 0);
  CU_ASSERT_EQUAL(dataset->label[0], 9);
  CU_ASSERT_EQUAL(dataset->label[1], 4);
}

static void idx_files_are_read_plain_and_compressed(void) {
  for (int is_gz = 0; is_gz < 2; is_gz++) {
    const temp_dir temp = temp_dir_make();
    bo_dataset *dataset = NULL;
    if (is_gz) {
      put_gz(&temp, "t10k-images-idx3-ubyte.gz", idx_images, sizeof idx_images);
    } else {
      put(&temp, "t10k-images-idx3-ubyte", idx_images, sizeof idx_images);
    }
    put_gz(&temp, "t10k-labels-idx1-ubyte.gz", idx_labels, sizeof idx_labels);
    CU_ASSERT_EQUAL_FATAL(bo_dataset_load(&dataset, "mnist", temp.dir, NULL), BO_OK);
    CU_ASSERT_STRING_EQUAL(dataset->name, "mnist");
    check_idx(dataset);
    bo_dataset_free(dataset);
    temp_dir_remove(&temp);
  }
}

/* Facts of the published test set: 1000 images of each class, the first an ankle boot (9). */
static void fashion_mnist_of_debian_has_ten_thousand_balanced_images(void) {
  bo_dataset *dataset = NULL;
  bo_diag diag = {{0}};
  const bo_status status = bo_dataset_load(&dataset, "fmnist", NULL, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
  CU_ASSERT_EQUAL_FATAL(dataset->images, 10000);
  CU_ASSERT_EQUAL(dataset->h, 28);
  CU_ASSERT_EQUAL(dataset->w, 28);
  CU_ASSERT_EQUAL(dataset->label[0], 9);
  unsigned count[10] = {0};
  for (size_t i = 0; i < dataset->images; i++) {
    count[dataset->label[i]]++;
  }
  for (size_t i = 0; i < 10; i++) {
    CU_ASSERT_EQUAL(count[i], 1000);
  }
  bo_dataset_free(dataset);
}

/* Record @p i: labels, then pixels i, i + 1, ... modulo 256. */
static void fill_record(uint8_t *record, size_t i, size_t label_bytes) {
  for (size_t k = 0; k < CIFAR_PIXELS; k++) {
    record[label_bytes + k] = (uint8_t)(i + k);
  }
}

static void check_cifar(const char *name, const char *file, size_t label_bytes) {
  enum {
    RECORDS = 3,
  };
  static uint8_t data[RECORDS * (CIFAR_PIXELS + 2)];
  const temp_dir temp = temp_dir_make();
  bo_dataset *dataset = NULL;
  const size_t size = CIFAR_PIXELS + label_bytes;
  for (size_t i = 0; i < RECORDS; i++) {
    data[i * size] = 100; /* the coarse label, or overwritten */
    data[i * size + label_bytes - 1] = (uint8_t)(7 + i);
    fill_record(data + i * size, i, label_bytes);
  }
  put(&temp, file, data, RECORDS * size);
  CU_ASSERT_EQUAL_FATAL(bo_dataset_load(&dataset, name, temp.dir, NULL), BO_OK);
  CU_ASSERT_EQUAL(dataset->images, RECORDS);
  CU_ASSERT_EQUAL(dataset->c, 3);
  CU_ASSERT_EQUAL(dataset->h, 32);
  CU_ASSERT_EQUAL(dataset->w, 32);
  for (size_t i = 0; i < RECORDS; i++) {
    CU_ASSERT_EQUAL(dataset->label[i], 7 + i);
    for (size_t k = 0; k < CIFAR_PIXELS; k++) {
      CU_ASSERT_EQUAL_FATAL(dataset->pixels_u8[i * CIFAR_PIXELS + k], (uint8_t)(i + k));
    }
  }
  bo_dataset_free(dataset);
  temp_dir_remove(&temp);
}

static void cifar10_records_are_read(void) {
  check_cifar("cifar10", "test_batch.bin", 1);
}

static void cifar100_records_are_read_with_the_fine_label(void) {
  check_cifar("cifar100", "test.bin", 2);
}

static void npz_of_bytes_without_channels_is_read(void) {
  bo_dataset *dataset = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_dataset_load(&dataset, GOLDEN("dataset_u8.npz"), NULL, NULL), BO_OK);
  CU_ASSERT_STRING_EQUAL(dataset->name, "dataset_u8");
  CU_ASSERT_EQUAL(dataset->images, 2);
  CU_ASSERT_EQUAL(dataset->c, 1);
  CU_ASSERT_EQUAL(dataset->h, 3);
  CU_ASSERT_EQUAL(dataset->w, 4);
  CU_ASSERT_PTR_NULL(dataset->pixels_f32);
  CU_ASSERT_EQUAL(dataset->pixels_u8[23], 23);
  CU_ASSERT_EQUAL(dataset->label[0], 7);
  CU_ASSERT_EQUAL(dataset->label[1], 300);
  bo_dataset_free(dataset);
}

static void npz_of_floats_with_channels_is_read(void) {
  bo_dataset *dataset = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_dataset_load(&dataset, GOLDEN("dataset_f32.npz"), NULL, NULL), BO_OK);
  CU_ASSERT_EQUAL(dataset->c, 3);
  CU_ASSERT_EQUAL(dataset->h, 2);
  CU_ASSERT_EQUAL(dataset->w, 2);
  CU_ASSERT_PTR_NULL(dataset->pixels_u8);
  CU_ASSERT_EQUAL(dataset->pixels_f32[23], 23.0F / 32.0F);
  CU_ASSERT_EQUAL(dataset->label[0], 1);
  CU_ASSERT_EQUAL(dataset->label[1], 0);
  bo_dataset_free(dataset);
}

/* The diagnostic is the file (with its folder) followed by @p text. */
static void refuses(bo_status expected, const char *text, const char *name, const char *dir) {
  bo_diag diag = {{0}};
  bo_dataset *dataset = NULL;
  const bo_status status = bo_dataset_load(&dataset, name, dir, &diag);
  const size_t folder_length = dir == NULL ? 0 : strlen(dir) + 1;
  const char *found = strlen(diag.text) < folder_length ? diag.text : diag.text + folder_length;
  CU_ASSERT_EQUAL(status, expected);
  CU_ASSERT(same_text(found, text));
  CU_ASSERT_PTR_NULL(dataset);
}

/* Good files except for the byte at @p at and the size of one of them. */
static void refuses_idx(const char *text, bool is_labels, size_t at, uint8_t value, size_t size) {
  const temp_dir temp = temp_dir_make();
  uint8_t images[sizeof idx_images];
  uint8_t labels[sizeof idx_labels];
  memcpy(images, idx_images, sizeof images);
  memcpy(labels, idx_labels, sizeof labels);
  (is_labels ? labels : images)[at] = value;
  put(&temp, "t10k-images-idx3-ubyte", images, is_labels ? sizeof images : size);
  put(&temp, "t10k-labels-idx1-ubyte", labels, is_labels ? size : sizeof labels);
  refuses(BO_E_INVALID, text, "mnist", temp.dir);
  temp_dir_remove(&temp);
}

static void broken_idx_files_are_refused_in_one_line(void) {
  refuses_idx("t10k-images-idx3-ubyte: expected an IDX header of 16 bytes, got 15", false, 0, 0,
              15);
  refuses_idx("t10k-images-idx3-ubyte: IDX magic number: expected 0x00000803, got 0x00000d03",
              false, 2, 13, sizeof idx_images);
  refuses_idx("t10k-images-idx3-ubyte: expected 28 bytes as its header says, got 27", false, 0, 0,
              27);
  refuses_idx("t10k-images-idx3-ubyte: expected 34 bytes as its header says, got 28", false, 7, 3,
              28);
  refuses_idx("t10k-images-idx3-ubyte: images: expected 1..1048576, got 4278190082", false, 4, 255,
              28);
  refuses_idx("t10k-images-idx3-ubyte: height: expected 1..65535, got 16777218", false, 8, 1, 28);
  refuses_idx("t10k-images-idx3-ubyte: width: expected 1..65535, got 0", false, 15, 0, 28);
  refuses_idx("t10k-labels-idx1-ubyte: IDX magic number: expected 0x00000801, got 0x00000803", true,
              3, 3, sizeof idx_labels);
  refuses_idx("t10k-labels-idx1-ubyte: expected 2 labels, one an image, got 3", true, 7, 3,
              sizeof idx_labels);
  refuses_idx("t10k-labels-idx1-ubyte: expected 10 bytes as its header says, got 9", true, 0, 0, 9);
  refuses_idx("t10k-labels-idx1-ubyte: label 1: expected 0..9, got 10", true, 9, 10,
              sizeof idx_labels);
}

static void more_pixels_than_the_bound_are_refused(void) {
  bo_diag diag = {{0}};
  bo_dataset dataset = {0};
  const size_t chw[3] = {1, 65535, 32768};
  CU_ASSERT_EQUAL(bo_dataset_set_shape(&dataset, "a", 1, chw, &diag), BO_OK);
  CU_ASSERT_EQUAL(bo_dataset_set_shape(&dataset, "a", 2, chw, &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "a: expected at most 2147483648 pixels"));
}

static void broken_cifar_files_are_refused_in_one_line(void) {
  static uint8_t record[CIFAR_PIXELS + 2];
  const temp_dir temp = temp_dir_make();
  put(&temp, "test_batch.bin", record, CIFAR_PIXELS);
  refuses(BO_E_INVALID, "test_batch.bin: expected a multiple of 3073 bytes, got 3072", "cifar10",
          temp.dir);
  put(&temp, "test_batch.bin", record, 0);
  refuses(BO_E_INVALID, "test_batch.bin: expected a multiple of 3073 bytes, got 0", "cifar10",
          temp.dir);
  record[0] = 10;
  put(&temp, "test_batch.bin", record, CIFAR_PIXELS + 1);
  refuses(BO_E_INVALID, "test_batch.bin: label 0: expected 0..9, got 10", "cifar10", temp.dir);
  record[1] = 100;
  put(&temp, "test.bin", record, CIFAR_PIXELS + 2);
  refuses(BO_E_INVALID, "test.bin: label 0: expected 0..99, got 100", "cifar100", temp.dir);
  temp_dir_remove(&temp);
}

static void refuses_npz(const char *text, const char *path) {
  char expected[PATH_SIZE];
  (void)snprintf(expected, sizeof expected, "%s: %s", path, text);
  refuses(BO_E_INVALID, expected, path, NULL);
}

static void broken_npz_datasets_are_refused_in_one_line(void) {
  refuses_npz("labels: expected integers, got float32", GOLDEN("dataset_labels_float.npz"));
  refuses_npz("labels: expected one dimension of 2, one an image, got 1 of 1 in all",
              GOLDEN("dataset_labels_short.npz"));
  refuses_npz("label 1: expected 0..65535, got -1", GOLDEN("dataset_label_negative.npz"));
  refuses_npz("images: expected uint8 or float32, got float64", GOLDEN("dataset_images_f64.npz"));
  refuses_npz("images: expected [N][H][W] or [N][C][H][W], got 2 dimensions",
              GOLDEN("dataset_images_flat.npz"));
  refuses_npz("images: element 1: expected a finite number, got nan",
              GOLDEN("dataset_images_nan.npz"));
  refuses_npz("images: expected 1..1048576, got 0", GOLDEN("dataset_images_none.npz"));
  refuses_npz("expected an array 'images', got none", GOLDEN("arrays_stored.npz"));
}

static void datasets_that_are_not_there_are_refused_in_one_line(void) {
  refuses(BO_E_INVALID, "dataset cifar10: expected the folder of its files, got none", "cifar10",
          NULL);
  refuses(BO_E_INVALID,
          "dataset: expected fmnist, mnist, cifar10, cifar100 or a file *.npz, got 'imagenet'",
          "imagenet", NULL);
  refuses(BO_E_IO, "t10k-images-idx3-ubyte: cannot open: No such file or directory", "mnist",
          "/nowhere");
}

static unsigned failed_allocations(const char *name, const char *dir) {
  for (unsigned k = 0;; k++) {
    bo_dataset *dataset = NULL;
    fail_alloc_arm(k);
    const bo_status status = bo_dataset_load(&dataset, name, dir, NULL);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_dataset_free(dataset);
      return k;
    }
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(dataset);
  }
}

/* At least the dataset, its pixels and its labels are allocated. */
static void every_failed_allocation_is_reported_and_leaks_nothing(void) {
  static const uint8_t record[CIFAR_PIXELS + 1];
  const temp_dir temp = temp_dir_make();
  put_gz(&temp, "t10k-images-idx3-ubyte.gz", idx_images, sizeof idx_images);
  put(&temp, "t10k-labels-idx1-ubyte", idx_labels, sizeof idx_labels);
  put(&temp, "test_batch.bin", record, sizeof record);
  CU_ASSERT_TRUE(failed_allocations("mnist", temp.dir) >= 3);
  CU_ASSERT_TRUE(failed_allocations("cifar10", temp.dir) >= 3);
  CU_ASSERT_TRUE(failed_allocations(GOLDEN("dataset_f32.npz"), NULL) >= 3);
  temp_dir_remove(&temp);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(idx_files_are_read_plain_and_compressed),
    BO_TEST(fashion_mnist_of_debian_has_ten_thousand_balanced_images),
    BO_TEST(cifar10_records_are_read),
    BO_TEST(cifar100_records_are_read_with_the_fine_label),
    BO_TEST(npz_of_bytes_without_channels_is_read),
    BO_TEST(npz_of_floats_with_channels_is_read),
    BO_TEST(broken_idx_files_are_refused_in_one_line),
    BO_TEST(more_pixels_than_the_bound_are_refused),
    BO_TEST(broken_cifar_files_are_refused_in_one_line),
    BO_TEST(broken_npz_datasets_are_refused_in_one_line),
    BO_TEST(datasets_that_are_not_there_are_refused_in_one_line),
    BO_TEST(every_failed_allocation_is_reported_and_leaks_nothing),
    CU_TEST_INFO_NULL,
};
