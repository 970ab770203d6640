#include "accel/scalesim.h"

static uint64_t add(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t multiply(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t multiply3(uint64_t a, uint64_t b, uint64_t c) {
  return multiply(multiply(a, b), c);
}

static uint64_t divide_up(uint64_t a, uint64_t b) {
  return a / b + (a % b != 0);
}

const char *bo_scalesim_dataflow_name(bo_scalesim_dataflow dataflow) {
  static const char *const names[BO_SCALESIM_DATAFLOWS] = {"ws", "os", "is"};
  return names[dataflow];
}

/* A product on the array: Sr, Sc and T of the header, and how often the array is laid over them. */
typedef struct mapping {
  uint64_t rows, cols, streams;
  uint64_t row_folds, col_folds;
} mapping;

static mapping map_product(const bo_scalesim_array *array, const bo_scalesim_product *product) {
  mapping map = {.rows = product->k, .cols = product->n, .streams = product->m};
  if (array->dataflow == BO_SCALESIM_OS) {
    map = (mapping){.rows = product->m, .cols = product->n, .streams = product->k};
  } else if (array->dataflow == BO_SCALESIM_IS) {
    map = (mapping){.rows = product->k, .cols = product->m, .streams = product->n};
  }
  map.row_folds = divide_up(map.rows, array->rows);
  map.col_folds = divide_up(map.cols, array->cols);
  return map;
}

static void count_accesses(const bo_scalesim_array *array, const mapping *map,
                           bo_scalesim_counts *out) {
  const uint64_t stays = multiply(map->rows, map->cols);
  const uint64_t along_rows = multiply3(map->rows, map->streams, map->col_folds);
  const uint64_t along_cols = multiply3(map->cols, map->streams, map->row_folds);
  const uint64_t extra =
      multiply3(map->row_folds, map->col_folds, (uint64_t)array->rows + array->cols);
  switch (array->dataflow) {
  case BO_SCALESIM_OS:
    out->sram_ifmap_reads = along_rows;
    out->sram_filter_reads = along_cols;
    out->sram_ofmap_writes = add(stays, array->os_ofmap_quirk ? extra : 0);
    break;
  case BO_SCALESIM_IS:
    out->sram_ifmap_reads = stays;
    out->sram_filter_reads = along_rows;
    out->sram_ofmap_writes = along_cols;
    break;
  default:
    out->sram_ifmap_reads = along_rows;
    out->sram_filter_reads = stays;
    out->sram_ofmap_writes = along_cols;
    break;
  }
}

static uint64_t fold_cycles(const bo_scalesim_array *array, const mapping *map) {
  const uint64_t load = array->dataflow == BO_SCALESIM_OS ? 0 : array->rows;
  return add(load + array->rows + array->cols - 2, map->streams);
}

void bo_scalesim_count(const bo_scalesim_array *array, const bo_scalesim_product *product,
                       uint64_t repeats, bo_scalesim_counts *out) {
  const mapping map = map_product(array, product);
  const uint64_t cycles = multiply3(map.row_folds, map.col_folds, fold_cycles(array, &map));
  count_accesses(array, &map, out);
  out->cycles = multiply(cycles, repeats);
  out->total_cycles = multiply(cycles - 1, repeats);
  out->sram_ifmap_reads = multiply(out->sram_ifmap_reads, repeats);
  out->sram_filter_reads = multiply(out->sram_filter_reads, repeats);
  out->sram_ofmap_writes = multiply(out->sram_ofmap_writes, repeats);
  out->macs = multiply(multiply3(product->m, product->k, product->n), repeats);
}

void bo_scalesim_add(bo_scalesim_counts *sum, const bo_scalesim_counts *one) {
  sum->cycles = add(sum->cycles, one->cycles);
  sum->total_cycles = add(sum->total_cycles, one->total_cycles);
  sum->sram_ifmap_reads = add(sum->sram_ifmap_reads, one->sram_ifmap_reads);
  sum->sram_filter_reads = add(sum->sram_filter_reads, one->sram_filter_reads);
  sum->sram_ofmap_writes = add(sum->sram_ofmap_writes, one->sram_ofmap_writes);
  sum->macs = add(sum->macs, one->macs);
}
