#include "base/npy.h"
#include "fail_alloc.h"
#include "test_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#define GOLDEN(name) BO_SOURCE_DIR "/tests/golden/npz/" name

enum {
  MAX_BYTES = 1 << 20,
};

/* "\x93NUMPY", version 1.0, length of a header that ends with a newline. */
static bo_bytes make_npy(uint8_t version, const char *header, const void *data, size_t size) {
  static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  const size_t length = strlen(header);
  const size_t start = version == 1 ? 10 : 12;
  bo_bytes bytes = {malloc(start + length + size), start + length + size};
  if (bytes.data == NULL) {
    abort();
  }
  memset(bytes.data, 0, start);
  memcpy(bytes.data, magic, sizeof magic);
  bytes.data[6] = version;
  bytes.data[8] = (uint8_t)length;
  bytes.data[9] = (uint8_t)(length >> 8);
  for (size_t i = 0; i < length; i++) {
    bytes.data[start + i] = (uint8_t)header[i];
  }
  if (size > 0) {
    memcpy(bytes.data + start + length, data, size);
  }
  return bytes;
}

static void an_array_of_each_version_is_read(void) {
  const uint16_t data[6] = {1, 2, 3, 4, 5, 65535};
  for (uint8_t version = 1; version <= 3; version++) {
    bo_npy array;
    bo_bytes bytes = make_npy(
        version, "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }   \n", data, 12);
    CU_ASSERT_EQUAL_FATAL(bo_npy_take(&array, &bytes, "a.npy", NULL), BO_OK);
    CU_ASSERT_PTR_NULL(bytes.data);
    CU_ASSERT_EQUAL(array.type, BO_NPY_U16);
    CU_ASSERT_EQUAL(array.rank, 2);
    CU_ASSERT_EQUAL(array.shape[0], 2);
    CU_ASSERT_EQUAL(array.shape[1], 3);
    CU_ASSERT_EQUAL(array.count, 6);
    CU_ASSERT_EQUAL(memcmp(array.data, data, sizeof data), 0);
    bo_npy_free(&array);
    CU_ASSERT_PTR_NULL(array.data);
  }
}

static void keys_in_any_order_and_other_spacing_and_quotes_are_read(void) {
  const uint8_t data[3] = {7, 8, 9};
  bo_npy array;
  bo_bytes bytes =
      make_npy(1, "{\"shape\":(3,),\"fortran_order\":False,\"descr\":\"|u1\"}", data, 3);
  CU_ASSERT_EQUAL_FATAL(bo_npy_take(&array, &bytes, "a.npy", NULL), BO_OK);
  CU_ASSERT_EQUAL(array.rank, 1);
  CU_ASSERT_EQUAL(array.count, 3);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 2), 9);
  bo_npy_free(&array);
}

static void integers_of_every_type_are_widened(void) {
  static const struct {
    const char *descr;
    size_t size;
    uint64_t bits;
    int64_t value;
  } row[] = {
      {"|u1", 1, 0xFF, 255},
      {"|i1", 1, 0xFF, -1},
      {"<u2", 2, 0xFFFE, 65534},
      {"<i2", 2, 0xFFFE, -2},
      {"<u4", 4, 0xFFFFFFFF, 4294967295},
      {"<i4", 4, 0xFFFFFFFD, -3},
      {"<i8", 8, UINT64_MAX, -1},
      {"<u8", 8, UINT64_MAX, INT64_MAX},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char header[80];
    bo_npy array;
    (void)snprintf(header, sizeof header,
                   "{'descr': '%s', 'fortran_order': False, 'shape': (), }\n", row[i].descr);
    bo_bytes bytes = make_npy(1, header, &row[i].bits, row[i].size);
    CU_ASSERT_EQUAL_FATAL(bo_npy_take(&array, &bytes, "a.npy", NULL), BO_OK);
    CU_ASSERT_EQUAL(array.rank, 0);
    CU_ASSERT_EQUAL(array.count, 1);
    CU_ASSERT_TRUE(bo_npy_is_integer(array.type));
    CU_ASSERT_EQUAL(bo_npy_int(&array, 0), row[i].value);
    bo_npy_free(&array);
  }
}

static void refuses(const char *text, bo_bytes bytes) {
  bo_diag diag = {{0}};
  bo_npy array;
  CU_ASSERT_EQUAL(bo_npy_take(&array, &bytes, "a.npy", &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(array.data);
  CU_ASSERT_PTR_NULL(bytes.data);
  CU_ASSERT(same_text(diag.text, text));
}

static void refuses_header(const char *text, const char *header) {
  refuses(text, make_npy(1, header, "12345678", 8));
}

static void broken_headers_are_refused_in_one_line(void) {
  const char *dictionary =
      "a.npy: header: expected a dictionary of descr, fortran_order and shape (at most 8 "
      "dimensions)";
  refuses_header(dictionary, "");
  refuses_header(dictionary, "{}");
  refuses_header(dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)");
  refuses_header(dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)} x");
  refuses_header(dictionary, "{'descr': '|u1', 'descr': '|u1', 'shape': (8,)}");
  refuses_header(dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (-8,)}");
  refuses_header(dictionary, "{'descr': '|u1', 'fortran_order': False, 'shape': (8}");
  refuses_header(dictionary, "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (8,)}");
  refuses_header(dictionary, "{'descr': '|u1', 'fortran_order': 0, 'shape': (8,)}");
  refuses_header(dictionary,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,8)}");
  refuses_header(dictionary,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551616,)}");
}

static void arrays_that_are_not_supported_or_do_not_fit_are_refused_in_one_line(void) {
  const char *type = "a.npy: element type: expected a little-endian integer, float32 or float64, "
                     "got '>i4'";
  refuses_header(type, "{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}");
  refuses_header("a.npy: fortran_order: expected False, got True",
                 "{'descr': '|u1', 'fortran_order': True, 'shape': (8,)}");
  refuses_header("a.npy: data: expected 7 bytes, got 8",
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (7,)}");
  refuses_header("a.npy: data: expected 12 bytes, got 8",
                 "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}");
  refuses_header("a.npy: shape: more elements than memory can hold",
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}");
  refuses_header("a.npy: shape: more elements than memory can hold",
                 "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,)}");
}

static void files_that_are_not_npy_or_cut_short_are_refused_in_one_line(void) {
  bo_bytes bytes = make_npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", "", 0);
  bytes.size = 11;
  refuses("a.npy: expected an NPY array, got something else", bytes);
  bytes = make_npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", "", 0);
  bytes.data[1] = 'X';
  refuses("a.npy: expected an NPY array, got something else", bytes);
  bytes = make_npy(4, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", "", 0);
  refuses("a.npy: NPY version: expected 1, 2 or 3, got 4", bytes);
  bytes = make_npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", "", 0);
  bytes.size -= 5;
  refuses("a.npy: header: expected 55 bytes, got 50", bytes);
  bytes = make_npy(2, "{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", "", 0);
  bytes.data[11] = 0xFF;
  refuses("a.npy: header: expected 4278190135 bytes, got 55", bytes);
}

static void compressed_archive_of_numpy_is_read(void) {
  bo_npz *npz = NULL;
  bo_npy array;
  CU_ASSERT_EQUAL_FATAL(bo_npz_open(&npz, GOLDEN("arrays_deflated.npz"), NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, "images", MAX_BYTES, NULL), BO_OK);
  CU_ASSERT_EQUAL(array.type, BO_NPY_U8);
  CU_ASSERT_EQUAL(array.rank, 3);
  CU_ASSERT_EQUAL(array.shape[2], 4);
  CU_ASSERT_EQUAL_FATAL(array.count, 24);
  for (size_t i = 0; i < 24; i++) {
    CU_ASSERT_EQUAL(bo_npy_int(&array, i), (int64_t)i);
  }
  bo_npy_free(&array);
  CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, "labels", MAX_BYTES, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 0), 7);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 1), -1);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 2), 300);
  bo_npy_free(&array);
  CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, "map", MAX_BYTES, NULL), BO_OK);
  CU_ASSERT_FALSE(bo_npy_is_integer(array.type));
  CU_ASSERT_EQUAL(((const float *)array.data)[0], 0.5F);
  CU_ASSERT_EQUAL(((const float *)array.data)[1], -2.0F);
  bo_npy_free(&array);
  bo_npz_close(npz);
}

static void refuses_entry(const char *text, bo_npz *npz, const char *key, size_t max_bytes) {
  bo_diag diag = {{0}};
  bo_npy array;
  CU_ASSERT_EQUAL(bo_npz_read(&array, npz, key, max_bytes, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(array.data);
  CU_ASSERT(has_text(diag.text, text));
}

static void stored_archive_of_numpy_is_read_except_for_other_layouts(void) {
  bo_npz *npz = NULL;
  bo_npy array;
  CU_ASSERT_EQUAL_FATAL(bo_npz_open(&npz, GOLDEN("arrays_stored.npz"), NULL), BO_OK);
  CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, "scalar", MAX_BYTES, NULL), BO_OK);
  CU_ASSERT_EQUAL(*(const double *)array.data, 0.25);
  bo_npy_free(&array);
  CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, "shorts", MAX_BYTES, NULL), BO_OK);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 0), -2);
  CU_ASSERT_EQUAL(bo_npy_int(&array, 1), 513);
  bo_npy_free(&array);
  refuses_entry("columns.npy: fortran_order: expected False, got True", npz, "columns", MAX_BYTES);
  refuses_entry("big.npy: element type: expected a little-endian integer, float32 or float64, got "
                "'>i4'",
                npz, "big", MAX_BYTES);
  refuses_entry("arrays_stored.npz: expected an array 'small', got none", npz, "small", MAX_BYTES);
  refuses_entry("scalar.npy: expected at most 135 bytes, got 136", npz, "scalar", 135);
  bo_npz_close(npz);
}

/* An archive of one entry a.npy in memory. */
static bo_bytes make_zip(bo_bytes entry, zip_int32_t method, zip_uint16_t encryption) {
  zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
  zip_source_keep(memory);
  zip_t *archive = zip_open_from_source(memory, ZIP_TRUNCATE, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL(archive);
  zip_source_t *source = zip_source_buffer(archive, entry.data, entry.size, 0);
  const zip_int64_t index = zip_file_add(archive, "a.npy", source, 0);
  CU_ASSERT_EQUAL_FATAL(index, 0);
  CU_ASSERT_EQUAL_FATAL(zip_set_file_compression(archive, 0, method, 0), 0);
  if (encryption != ZIP_EM_NONE) {
    CU_ASSERT_EQUAL_FATAL(zip_file_set_encryption(archive, 0, encryption, "secret"), 0);
  }
  CU_ASSERT_EQUAL_FATAL(zip_close(archive), 0);
  zip_stat_t stat;
  CU_ASSERT_EQUAL_FATAL(zip_source_stat(memory, &stat), 0);
  bo_bytes bytes = {malloc(stat.size), stat.size};
  CU_ASSERT_PTR_NOT_NULL_FATAL(bytes.data);
  CU_ASSERT_EQUAL_FATAL(zip_source_open(memory), 0);
  CU_ASSERT_EQUAL_FATAL(zip_source_read(memory, bytes.data, bytes.size), (zip_int64_t)bytes.size);
  CU_ASSERT_EQUAL_FATAL(zip_source_close(memory), 0);
  zip_source_free(memory);
  return bytes;
}

static void refuses_zip(const char *text, bo_bytes bytes) {
  bo_npz *npz = NULL;
  CU_ASSERT_EQUAL_FATAL(bo_npz_open_memory(&npz, "a.npz", bytes.data, bytes.size, NULL), BO_OK);
  refuses_entry(text, npz, "a", MAX_BYTES);
  bo_npz_close(npz);
  bo_bytes_free(&bytes);
}

static bo_bytes make_entry(void) {
  static const uint8_t zeros[4096];
  return make_npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4096,)}", zeros, 4096);
}

static void replace_u32(bo_bytes *bytes, const char *signature, size_t offset, uint32_t value) {
  for (size_t i = 0; i + 4 <= bytes->size; i++) {
    if (memcmp(bytes->data + i, signature, 4) == 0) {
      memcpy(bytes->data + i + offset, &value, 4);
      return;
    }
  }
  CU_FAIL_FATAL("signature not found");
}

static void hostile_archives_are_refused_in_one_line(void) {
  bo_bytes entry = make_entry();
  refuses_zip("a.npz: a.npy: expected no encryption",
              make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_AES_128));
  refuses_zip("a.npz: a.npy: compression: expected none or deflate, got method 12",
              make_zip(entry, ZIP_CM_BZIP2, ZIP_EM_NONE));
  /* Claims of the central directory: offset 16 is the checksum, 20 and 24 are the sizes. */
  bo_bytes bytes = make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_NONE);
  replace_u32(&bytes, "PK\1\2", 24, MAX_BYTES);
  refuses_zip(" compressed ones", bytes);
  bytes = make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_NONE);
  replace_u32(&bytes, "PK\1\2", 20, MAX_BYTES);
  refuses_zip("a.npz: a.npy: 1048576 compressed bytes do not fit into the archive", bytes);
  bytes = make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_NONE);
  replace_u32(&bytes, "PK\1\2", 24, MAX_BYTES + 1);
  refuses_zip("a.npz: a.npy: expected at most 1048576 bytes, got 1048577", bytes);
  bytes = make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_NONE);
  replace_u32(&bytes, "PK\1\2", 24, 5000);
  refuses_zip("a.npz: a.npy: broken or truncated data", bytes);
  bytes = make_zip(entry, ZIP_CM_DEFLATE, ZIP_EM_NONE);
  replace_u32(&bytes, "PK\1\2", 16, 0);
  refuses_zip("a.npz: a.npy: broken or truncated data", bytes);
  bo_bytes_free(&entry);
}

static void files_that_are_no_archive_are_refused_in_one_line(void) {
  bo_diag diag = {{0}};
  bo_npz *npz = NULL;
  CU_ASSERT_EQUAL(bo_npz_open(&npz, "/nowhere/a.npz", &diag), BO_E_IO);
  CU_ASSERT_PTR_NULL(npz);
  CU_ASSERT(same_text(diag.text, "/nowhere/a.npz: cannot open: No such file or directory"));
  CU_ASSERT_EQUAL(bo_npz_open(&npz, "/dev", &diag), BO_E_INVALID);
  CU_ASSERT(same_text(diag.text, "/dev: expected a regular file"));
  CU_ASSERT_EQUAL(bo_npz_open_memory(&npz, "a.npz", "PK no zip file", 14, &diag), BO_E_INVALID);
  CU_ASSERT_PTR_NULL(npz);
  CU_ASSERT(same_text(diag.text, "a.npz: Not a zip archive"));
}

static bo_status read_golden(bo_npy *array) {
  bo_npz *npz = NULL;
  bo_status status = bo_npz_open(&npz, GOLDEN("arrays_deflated.npz"), NULL);
  if (status == BO_OK) {
    status = bo_npz_read(array, npz, "images", MAX_BYTES, NULL);
  }
  bo_npz_close(npz);
  return status;
}

static void every_failed_allocation_is_reported_and_leaks_nothing(void) {
  unsigned failures = 0;
  for (unsigned k = 0;; k++) {
    bo_npy array = {0};
    fail_alloc_arm(k);
    const bo_status status = read_golden(&array);
    if (!fail_alloc_disarm()) {
      CU_ASSERT_EQUAL(status, BO_OK);
      bo_npy_free(&array);
      break;
    }
    failures++;
    CU_ASSERT_EQUAL(status, BO_E_NOMEM);
    CU_ASSERT_PTR_NULL(array.data);
  }
  CU_ASSERT_EQUAL(failures, 2); /* the handle and the array */
}

/* --- writing ------------------------------------------------------------------------------------
 */

static char written[64];

/* One array of each type, of every rank; index i holds i + 1, as an integer or a float. */
static void write_one_of_each(const char *path) {
  static const size_t shape[BO_NPY_MAX_RANK] = {2, 1, 3, 1, 1, 2, 1, 1};
  static const char *const key[BO_NPY_TYPES] = {"u1", "i1", "u2", "i2", "u4",
                                                "i4", "u8", "i8", "f4", "f8"};
  static uint8_t data[BO_NPY_TYPES][12 * 8];
  bo_npz_array arrays[BO_NPY_TYPES];
  bo_diag diag = {""};
  for (uint32_t t = 0; t < BO_NPY_TYPES; t++) {
    for (size_t i = 0; i < 12; i++) {
      const uint64_t integer = i + 1;
      const float single = (float)integer;
      const double real = (double)integer;
      const size_t size = bo_npy_type_size((bo_npy_type)t);
      const void *const value = t == BO_NPY_F32   ? (const void *)&single
                                : t == BO_NPY_F64 ? (const void *)&real
                                                  : &integer;
      memcpy(data[t] + i * size, value, size);
    }
    arrays[t] = (bo_npz_array){key[t], (bo_npy_type)t, t % (BO_NPY_MAX_RANK + 1), shape, data[t]};
  }
  const bo_status status = bo_npz_write(path, arrays, BO_NPY_TYPES, &diag);
  CU_ASSERT(same_text(diag.text, ""));
  CU_ASSERT_EQUAL_FATAL(status, BO_OK);
}

static double element(const bo_npy *array, size_t i) {
  return array->type == BO_NPY_F32   ? (double)((const float *)array->data)[i]
         : array->type == BO_NPY_F64 ? ((const double *)array->data)[i]
                                     : (double)bo_npy_int(array, i);
}

static void what_is_written_is_read_in_every_type_and_rank(void) {
  static const size_t count[] = {1, 2, 2, 6, 6, 6, 12, 12, 12};
  bo_npz *npz = NULL;
  write_one_of_each(written);
  CU_ASSERT_EQUAL_FATAL(bo_npz_open(&npz, written, NULL), BO_OK);
  for (uint32_t t = 0; t < BO_NPY_TYPES; t++) {
    bo_npy array;
    const char key[] = {"uiuiuiuiff"[t], "1122448848"[t], '\0'};
    CU_ASSERT_EQUAL_FATAL(bo_npz_read(&array, npz, key, MAX_BYTES, NULL), BO_OK);
    CU_ASSERT_EQUAL(array.type, (bo_npy_type)t);
    CU_ASSERT_EQUAL(array.rank, t % 9);
    CU_ASSERT_EQUAL_FATAL(array.count, count[t % 9]);
    for (size_t i = 0; i < array.count; i++) {
      CU_ASSERT_EQUAL(element(&array, i), (double)(i + 1));
    }
    bo_npy_free(&array);
  }
  bo_npz_close(npz);
}

static void the_header_says_in_python_what_follows(void) {
  static const size_t largest[BO_NPY_MAX_RANK] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                                  SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  char header[BO_NPY_HEADER_SIZE];
  bo_npy_header(header, BO_NPY_F32, 1, (const size_t[]){7});
  CU_ASSERT_EQUAL(memcmp(header, "\x93NUMPY\1\0\x76\1", 10), 0); /* 384 - 10 = 0x176 */
  static const char text[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (7,), } ";
  CU_ASSERT_EQUAL(memcmp(header + 10, text, sizeof text - 1), 0);
  CU_ASSERT_EQUAL(header[BO_NPY_HEADER_SIZE - 1], '\n');
  bo_npy_header(header, BO_NPY_U8, BO_NPY_MAX_RANK, largest);
  CU_ASSERT_EQUAL(header[BO_NPY_HEADER_SIZE - 1], '\n');
  CU_ASSERT_PTR_NOT_NULL(memchr(header, '}', sizeof header));
}

/* Clock and time zone are no part of it. */
static void the_same_arrays_are_the_same_bytes_in_every_time_zone(void) {
  static const char *const zone[] = {"UTC0", "EST5", "JST-9", "NPT-5:45", "XXX12", "YYY-14"};
  bo_bytes first = {0};
  for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
    bo_bytes bytes;
    CU_ASSERT_EQUAL_FATAL(setenv("TZ", zone[i], 1), 0);
    tzset();
    write_one_of_each(written);
    CU_ASSERT_EQUAL_FATAL(bo_file_read(&bytes, written, MAX_BYTES, NULL), BO_OK);
    if (i == 0) {
      first = bytes;
    } else {
      CU_ASSERT(bytes.size == first.size && memcmp(bytes.data, first.data, first.size) == 0);
      bo_bytes_free(&bytes);
    }
  }
  CU_ASSERT_EQUAL(unsetenv("TZ"), 0);
  bo_bytes_free(&first);
}

static void a_file_that_cannot_be_written_is_reported_and_none_is_left(void) {
  const size_t one = 1;
  const uint8_t data = 5;
  const bo_npz_array array = {"a", BO_NPY_U8, 1, &one, &data};
  bo_diag diag = {""};
  CU_ASSERT_EQUAL(bo_npz_write("/nowhere/a.npz", &array, 1, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/nowhere/a.npz: cannot write: "));
  CU_ASSERT(has_text(diag.text, "No such file or directory"));
  CU_ASSERT_EQUAL(bo_npz_write("/tmp", &array, 1, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, "/tmp: cannot write: "));
  /* Two of one name: the second is refused when it is added, before anything is written. */
  const bo_npz_array twice[] = {array, array};
  (void)unlink(written);
  CU_ASSERT_EQUAL(bo_npz_write(written, twice, 2, &diag), BO_E_IO);
  CU_ASSERT(has_text(diag.text, ": cannot write: File already exists"));
  CU_ASSERT_NOT_EQUAL(access(written, F_OK), 0);
  fail_alloc_arm(0);
  CU_ASSERT_EQUAL(bo_npz_write(written, &array, 1, &diag), BO_E_NOMEM);
  CU_ASSERT(fail_alloc_disarm());
  CU_ASSERT_NOT_EQUAL(access(written, F_OK), 0);
}

static void remove_file(void) {
  (void)unlink(written);
}

static void a_place_for_files(void) {
  (void)snprintf(written, sizeof written, "/tmp/brownout-npy-%ld.npz", (long)getpid());
  CU_ASSERT_EQUAL(atexit(remove_file), 0);
}

CU_TestInfo suite_tests[] = {
    BO_TEST(a_place_for_files),
    BO_TEST(an_array_of_each_version_is_read),
    BO_TEST(keys_in_any_order_and_other_spacing_and_quotes_are_read),
    BO_TEST(integers_of_every_type_are_widened),
    BO_TEST(broken_headers_are_refused_in_one_line),
    BO_TEST(arrays_that_are_not_supported_or_do_not_fit_are_refused_in_one_line),
    BO_TEST(files_that_are_not_npy_or_cut_short_are_refused_in_one_line),
    BO_TEST(compressed_archive_of_numpy_is_read),
    BO_TEST(stored_archive_of_numpy_is_read_except_for_other_layouts),
    BO_TEST(hostile_archives_are_refused_in_one_line),
    BO_TEST(files_that_are_no_archive_are_refused_in_one_line),
    BO_TEST(every_failed_allocation_is_reported_and_leaks_nothing),
    BO_TEST(what_is_written_is_read_in_every_type_and_rank),
    BO_TEST(the_header_says_in_python_what_follows),
    BO_TEST(the_same_arrays_are_the_same_bytes_in_every_time_zone),
    BO_TEST(a_file_that_cannot_be_written_is_reported_and_none_is_left),
    CU_TEST_INFO_NULL,
};
