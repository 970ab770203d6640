/* What a cell model is fitted to; what is accepted is within what a fit may be asked for. */
#include "silicon/targets.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds) {
  if (!holds) {
    abort();
  }
}

static void check_segment(const bo_target_segment *segment) {
  const uint64_t cells = (uint64_t)segment->arrays * segment->rows;
  require(cells >= 1 && segment->columns >= 1);
  require(cells <= BO_TARGETS_MAX_CELLS / segment->columns);
  require(segment->segments >= 2 && segment->segments <= 1000);
  require(segment->mean_pct > 0.0 && segment->mean_pct <= 50.0);
  require(segment->lower_mean_pct == 0.0 ||
          (segment->lower_mean_pct >= segment->mean_pct && segment->lower_mean_pct <= 50.0));
  require(segment->faulty_above >= 0.0 && segment->faulty_above <= 1.0);
  for (uint32_t i = 0; i < segment->values_count; i++) {
    require((unsigned)segment->values[i].statistic < BO_MAP_STATS);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_targets *targets = NULL;
  bo_diag diag;
  if (bo_targets_parse(&targets, "targets", data, size, &diag) != BO_OK) {
    require(targets == NULL);
    return 0;
  }
  const bo_target_model *const start = &targets->start;
  require(start->array + start->column + start->row + start->read <= 0.95 + 1e-9);
  require(targets->free_count <= BO_TARGETS_MAX && targets->chips_count <= BO_TARGETS_MAX &&
          targets->segments_count <= BO_TARGETS_MAX);
  for (uint32_t i = 0; i < targets->segments_count; i++) {
    check_segment(&targets->segments[i]);
  }
  bo_targets_free(targets);
  return 0;
}
