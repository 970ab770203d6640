#include "base/npy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "arrays are used as they lie in the file, which is little-endian"
#endif

static const struct {
  const char *descr; /* as in the file's header */
  const char *name;
  size_t size;
} type_row[BO_NPY_TYPES] = {
    [BO_NPY_U8] = {"|u1", "uint8", 1},    [BO_NPY_I8] = {"|i1", "int8", 1},
    [BO_NPY_U16] = {"<u2", "uint16", 2},  [BO_NPY_I16] = {"<i2", "int16", 2},
    [BO_NPY_U32] = {"<u4", "uint32", 4},  [BO_NPY_I32] = {"<i4", "int32", 4},
    [BO_NPY_U64] = {"<u8", "uint64", 8},  [BO_NPY_I64] = {"<i8", "int64", 8},
    [BO_NPY_F32] = {"<f4", "float32", 4}, [BO_NPY_F64] = {"<f8", "float64", 8},
};

const char *bo_npy_type_name(bo_npy_type type) {
  assert((unsigned)type < BO_NPY_TYPES);
  return type_row[type].name;
}

size_t bo_npy_type_size(bo_npy_type type) {
  assert((unsigned)type < BO_NPY_TYPES);
  return type_row[type].size;
}

bool bo_npy_is_integer(bo_npy_type type) {
  return type != BO_NPY_F32 && type != BO_NPY_F64;
}

int64_t bo_npy_int(const bo_npy *array, size_t i) {
  switch (array->type) {
  case BO_NPY_U8:
    return ((const uint8_t *)array->data)[i];
  case BO_NPY_I8:
    return ((const int8_t *)array->data)[i];
  case BO_NPY_U16:
    return ((const uint16_t *)array->data)[i];
  case BO_NPY_I16:
    return ((const int16_t *)array->data)[i];
  case BO_NPY_U32:
    return ((const uint32_t *)array->data)[i];
  case BO_NPY_I32:
    return ((const int32_t *)array->data)[i];
  case BO_NPY_U64: {
    const uint64_t value = ((const uint64_t *)array->data)[i];
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
  }
  case BO_NPY_I64:
    return ((const int64_t *)array->data)[i];
  default:
    assert(false && "not an integer array");
    return 0;
  }
}

void bo_npy_free(bo_npy *array) {
  free(array->data);
  *array = (bo_npy){0};
}

/* The header: a Python dictionary of three keys. */
typedef struct npy_header {
  char descr[16];
  bool has_descr, has_order, has_shape;
  bool fortran_order;
  uint32_t rank;
  size_t shape[BO_NPY_MAX_RANK];
} npy_header;

typedef struct cursor {
  const char *at, *end;
} cursor;

static void skip_space(cursor *text) {
  while (text->at < text->end && strchr(" \t\r\n", *text->at) != NULL && *text->at != '\0') {
    text->at++;
  }
}

static bool take_word(cursor *text, const char *word) {
  const size_t length = strlen(word);
  skip_space(text);
  if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0) {
    return false;
  }
  text->at += length;
  return true;
}

static bool take_string(cursor *text, char *out, size_t size) {
  skip_space(text);
  if (text->at == text->end || (*text->at != '\'' && *text->at != '"')) {
    return false;
  }
  const char quote = *text->at++;
  const char *close = memchr(text->at, quote, (size_t)(text->end - text->at));
  if (close == NULL || (size_t)(close - text->at) >= size) {
    return false;
  }
  const size_t length = (size_t)(close - text->at);
  memcpy(out, text->at, length);
  out[length] = '\0';
  text->at = close + 1;
  return memchr(out, '\0', length) == NULL;
}

static bool take_size(cursor *text, size_t *out) {
  skip_space(text);
  const char *start = text->at;
  size_t value = 0;
  while (text->at < text->end && *text->at >= '0' && *text->at <= '9') {
    const size_t digit = (size_t)(*text->at - '0');
    if (value > (SIZE_MAX - digit) / 10) {
      return false;
    }
    value = value * 10 + digit;
    text->at++;
  }
  *out = value;
  return text->at > start;
}

/* "()", "(3,)" or "(3, 4)"; false also for more dimensions than there is room for. */
static bool take_shape(cursor *text, npy_header *header) {
  if (!take_word(text, "(")) {
    return false;
  }
  while (!take_word(text, ")")) {
    if (header->rank == BO_NPY_MAX_RANK || !take_size(text, &header->shape[header->rank])) {
      return false;
    }
    header->rank++;
    if (!take_word(text, ",")) {
      return take_word(text, ")");
    }
  }
  return true;
}

static bool take_entry(cursor *text, npy_header *header) {
  char key[16];
  if (!take_string(text, key, sizeof key) || !take_word(text, ":")) {
    return false;
  }
  if (strcmp(key, "descr") == 0 && !header->has_descr) {
    header->has_descr = true;
    return take_string(text, header->descr, sizeof header->descr);
  }
  if (strcmp(key, "fortran_order") == 0 && !header->has_order) {
    header->has_order = true;
    header->fortran_order = take_word(text, "True");
    return header->fortran_order || take_word(text, "False");
  }
  if (strcmp(key, "shape") == 0 && !header->has_shape) {
    header->has_shape = true;
    return take_shape(text, header);
  }
  return false;
}

static bool parse_header(npy_header *header, cursor text) {
  if (!take_word(&text, "{")) {
    return false;
  }
  while (!take_word(&text, "}")) {
    if (!take_entry(&text, header)) {
      return false;
    }
    if (!take_word(&text, ",")) {
      if (!take_word(&text, "}")) {
        return false;
      }
      break;
    }
  }
  skip_space(&text);
  return text.at == text.end && header->has_descr && header->has_order && header->has_shape;
}

/* Splits the file into its header text and the offset of the data. */
static bo_status find_header(cursor *text, size_t *data_offset, const bo_bytes *bytes,
                             const char *name, bo_diag *diag) {
  static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  const uint8_t *byte = bytes->data;
  if (bytes->size < 12 || memcmp(byte, magic, sizeof magic) != 0) {
    return bo_fail(diag, BO_E_INVALID, "%s: expected an NPY array, got something else", name);
  }
  const uint8_t version = byte[6];
  if (version < 1 || version > 3) {
    return bo_fail(diag, BO_E_INVALID, "%s: NPY version: expected 1, 2 or 3, got %u", name,
                   version);
  }
  const size_t start = version == 1 ? 10 : 12;
  size_t length = (size_t)byte[8] | (size_t)byte[9] << 8;
  if (version > 1) {
    length |= (size_t)byte[10] << 16 | (size_t)byte[11] << 24;
  }
  if (length > bytes->size - start) {
    return bo_fail(diag, BO_E_INVALID, "%s: header: expected %zu bytes, got %zu", name, length,
                   bytes->size - start);
  }
  *text = (cursor){(const char *)byte + start, (const char *)byte + start + length};
  *data_offset = start + length;
  return BO_OK;
}

static bo_status find_type(bo_npy_type *type, const char *descr, const char *name, bo_diag *diag) {
  for (unsigned i = 0; i < BO_NPY_TYPES; i++) {
    if (strcmp(descr, type_row[i].descr) == 0) {
      *type = (bo_npy_type)i;
      return BO_OK;
    }
  }
  return bo_fail(diag, BO_E_INVALID,
                 "%s: element type: expected a little-endian integer, float32 or float64, got '%s'",
                 name, descr);
}

/* False if the product leaves size_t. */
static bool count_elements(const npy_header *header, size_t *count) {
  *count = 1;
  for (uint32_t i = 0; i < header->rank; i++) {
    if (header->shape[i] != 0 && *count > SIZE_MAX / header->shape[i]) {
      return false;
    }
    *count *= header->shape[i];
  }
  return true;
}

static bo_status describe(bo_npy *array, size_t *data_offset, const bo_bytes *bytes,
                          const char *name, bo_diag *diag) {
  cursor text = {NULL, NULL};
  bo_status status = find_header(&text, data_offset, bytes, name, diag);
  if (status != BO_OK) {
    return status;
  }
  npy_header header = {0};
  if (!parse_header(&header, text)) {
    return bo_fail(diag, BO_E_INVALID,
                   "%s: header: expected a dictionary of descr, fortran_order and shape (at most "
                   "%d dimensions)",
                   name, BO_NPY_MAX_RANK);
  }
  if (header.fortran_order) {
    return bo_fail(diag, BO_E_INVALID, "%s: fortran_order: expected False, got True", name);
  }
  status = find_type(&array->type, header.descr, name, diag);
  if (status != BO_OK) {
    return status;
  }
  const size_t size = bytes->size - *data_offset;
  const size_t element = type_row[array->type].size;
  size_t count = 0;
  if (!count_elements(&header, &count) || count > SIZE_MAX / element) {
    return bo_fail(diag, BO_E_INVALID, "%s: shape: more elements than memory can hold", name);
  }
  if (count * element != size) {
    return bo_fail(diag, BO_E_INVALID, "%s: data: expected %zu bytes, got %zu", name,
                   count * element, size);
  }
  array->rank = header.rank;
  memcpy(array->shape, header.shape, sizeof array->shape);
  array->count = count;
  return BO_OK;
}

bo_status bo_npy_take(bo_npy *out, bo_bytes *bytes, const char *name, bo_diag *diag) {
  size_t data_offset = 0;
  *out = (bo_npy){0};
  const bo_status status = describe(out, &data_offset, bytes, name, diag);
  if (status != BO_OK) {
    *out = (bo_npy){0};
    bo_bytes_free(bytes);
    return status;
  }
  /* To the front: the header's length need not keep the data aligned. */
  memmove(bytes->data, bytes->data + data_offset, bytes->size - data_offset);
  out->data = bytes->data;
  *bytes = (bo_bytes){0};
  return BO_OK;
}

void bo_npy_header(char header[BO_NPY_HEADER_SIZE], bo_npy_type type, uint32_t rank,
                   const size_t *shape) {
  assert((unsigned)type < BO_NPY_TYPES && rank <= BO_NPY_MAX_RANK);
  static const char magic[] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
  const uint16_t length = BO_NPY_HEADER_SIZE - sizeof magic - sizeof length;
  memset(header, ' ', BO_NPY_HEADER_SIZE);
  memcpy(header, magic, sizeof magic);
  memcpy(header + sizeof magic, &length, sizeof length);
  char text[BO_NPY_HEADER_SIZE]; /* a size has at most 20 digits */
  int at = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                    type_row[type].descr);
  for (uint32_t i = 0; i < rank; i++) {
    at += snprintf(text + at, sizeof text - (size_t)at, "%zu,", shape[i]);
  }
  at += snprintf(text + at, sizeof text - (size_t)at, "), }");
  memcpy(header + sizeof magic + sizeof length, text, (size_t)at);
  header[BO_NPY_HEADER_SIZE - 1] = '\n';
}
