/*
 * An archive of rates; what is accepted keeps its promises and can be packed. libzip is not
 * instrumented, so the fuzzer would never make up an archive: unless the first byte is 0, the input
 * becomes the three arrays of one, each with a type and a shape from it and the rest as their data.
 */
#include "base/npy.h"
#include "silicon/cell_map.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
  ARRAYS = 3,
  MAX_DATA = 4096, /* bytes of an array */
  MAX_ARCHIVE = 16384,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct source {
  const uint8_t *data;
  size_t size;
} source;

static uint8_t take(source *from) {
  if (from->size == 0) {
    return 0;
  }
  from->size--;
  return *from->data++;
}

/* Little-endian, low @p bytes. */
static size_t put(uint8_t *to, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) {
    to[i] = (uint8_t)value;
    value >>= 8;
  }
  return bytes;
}

/* A member, stored; the fields that local and central headers share: version needed to name's
 * length. */
typedef struct member {
  char name[16];
  uint8_t content[BO_NPY_HEADER_SIZE + MAX_DATA];
  uint32_t size;
  uint32_t offset; /* of the local header */
} member;

static size_t put_shared(uint8_t *to, const member *m) {
  size_t at = put(to, 20, 2);
  at += put(to + at, 0, 8); /* flags, method, time, date */
  at += put(to + at, crc32(0, m->content, m->size), 4);
  at += put(to + at, m->size, 4);
  at += put(to + at, m->size, 4);
  at += put(to + at, strlen(m->name), 2);
  return at + put(to + at, 0, 2);
}

static size_t put_name(uint8_t *to, const member *m) {
  memcpy(to, m->name, strlen(m->name));
  return strlen(m->name);
}

static size_t make_archive(uint8_t *to, member *m) {
  size_t at = 0;
  for (int i = 0; i < ARRAYS; i++) {
    m[i].offset = (uint32_t)at;
    at += put(to + at, 0x04034b50, 4);
    at += put_shared(to + at, &m[i]);
    at += put_name(to + at, &m[i]);
    memcpy(to + at, m[i].content, m[i].size);
    at += m[i].size;
  }
  const size_t directory = at;
  for (int i = 0; i < ARRAYS; i++) {
    at += put(to + at, 0x02014b50, 4);
    at += put(to + at, 20, 2);
    at += put_shared(to + at, &m[i]);
    at += put(to + at, 0, 10); /* comment, disk, attributes */
    at += put(to + at, m[i].offset, 4);
    at += put_name(to + at, &m[i]);
  }
  const size_t length = at - directory;
  at += put(to + at, 0x06054b50, 4);
  at += put(to + at, 0, 4);
  at += put(to + at, ARRAYS, 2);
  at += put(to + at, ARRAYS, 2);
  at += put(to + at, length, 4);
  at += put(to + at, directory, 4);
  return at + put(to + at, 0, 2);
}

/* A type, a rank, a shape of small sizes; as much data as these say, if there is room. */
static void fill(member *m, const char *name, source *from) {
  size_t shape[BO_NPY_MAX_RANK] = {0};
  const bo_npy_type type = (bo_npy_type)(take(from) % BO_NPY_TYPES);
  const uint32_t rank = take(from) % (BO_NPY_MAX_RANK + 1);
  size_t bytes = bo_npy_type_size(type);
  for (uint32_t i = 0; i < rank; i++) {
    shape[i] = take(from) % 8;
    bytes = bytes * shape[i] > MAX_DATA ? MAX_DATA : bytes * shape[i];
  }
  strcpy(m->name, name);
  bo_npy_header((char *)m->content, type, rank, shape);
  for (size_t i = 0; i < bytes; i++) {
    m->content[BO_NPY_HEADER_SIZE + i] = take(from);
  }
  m->size = (uint32_t)(BO_NPY_HEADER_SIZE + bytes);
}

static void read_archive(const void *data, size_t size) {
  bo_cell_rates rates;
  bo_cell_map *map = NULL;
  bo_diag diag;
  if (bo_cell_rates_parse(&rates, "rates", data, size, &diag) != BO_OK) {
    return;
  }
  if (bo_cell_rates_check(&rates, &diag) != BO_OK ||
      bo_cell_map_new(&map, &rates, &diag) != BO_OK) {
    abort();
  }
  bo_fault_word fault[64];
  const bo_map_view view = {.map = map, .voltage = rates.voltages - 1, .first_cell = 77};
  bo_cell_map_faults(&view, 3, 64, 61, false, fault);
  bo_cell_map_free(map);
  bo_cell_rates_free(&rates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  source from = {data, size};
  if (take(&from) == 0) {
    read_archive(from.data, from.size);
    return 0;
  }
  member m[ARRAYS];
  uint8_t archive[MAX_ARCHIVE];
  fill(&m[0], "vdd_ratio.npy", &from);
  fill(&m[1], "p_0to1.npy", &from);
  fill(&m[2], "p_1to0.npy", &from);
  read_archive(archive, make_archive(archive, m));
  return 0;
}
