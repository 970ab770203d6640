#include "campaign/classify.h"

size_t bo_image_size(const bo_net *net) {
  return bo_shape_size(net->input);
}

static uint16_t largest(const float *logits, uint32_t count) {
  uint32_t best = 0;
  for (uint32_t i = 1; i < count; i++) {
    if (logits[i] > logits[best]) {
      best = i;
    }
  }
  return (uint16_t)best;
}

static bo_status run_engine(bo_either_engine engine, const uint8_t *input, size_t count,
                            float *logits, bo_diag *diag) {
  if (engine.fast != NULL) {
    return bo_engine_run(engine.fast, input, count, logits, diag);
  }
  bo_tick_engine_run(engine.tick, input, count, logits);
  return BO_OK;
}

bo_status bo_classify(bo_either_engine engine, const bo_net *net, const uint8_t *input,
                      size_t images, float *logits, uint16_t *class_of, bo_stop stop,
                      bo_diag *diag) {
  const size_t pixels = bo_image_size(net);
  const size_t slice = engine.fast != NULL ? BO_CLASSIFY_SLICE : 1;
  for (size_t start = 0; start < images; start += slice) {
    const size_t left = images - start;
    const size_t count = left < slice ? left : slice;
    if (bo_stop_asked_for(stop)) {
      return bo_fail(diag, BO_E_INTERRUPTED, "interrupted");
    }
    const bo_status status = run_engine(engine, input + start * pixels, count, logits, diag);
    if (status != BO_OK) {
      return status;
    }
    for (size_t i = 0; i < count; i++) {
      class_of[start + i] = largest(logits + i * net->classes, net->classes);
    }
  }
  return BO_OK;
}
