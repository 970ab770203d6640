/** @file classify.h  From images to classes through an engine. Private to sim/campaign. */
#ifndef BO_CAMPAIGN_CLASSIFY_H
#define BO_CAMPAIGN_CLASSIFY_H

#include "accel/engine.h"
#include "accel/tick.h"
#include "base/status.h"
#include "base/stop.h"
#include "net/net.h"

#include <stddef.h>
#include <stdint.h>

enum {
  BO_CLASSIFY_SLICE = 256, /**< images that go through the engine at once: bounds the logits */
};

/** The engine that runs: one of the two, the other one NULL. */
typedef struct bo_either_engine {
  bo_engine *fast;
  bo_tick_engine *tick;
} bo_either_engine;

/** Codes of one image. */
size_t bo_image_size(const bo_net *net);

/**
 * Classes of @p images images with the codes that are loaded in @p engine.
 *
 * @param input   [images][h][w][c]
 * @param logits  scratch, [BO_CLASSIFY_SLICE][classes]
 * @param class_of [images]: index of the largest logit, the first one in a tie
 * @param stop    asked between slices, of the tick engine between images
 * @return BO_E_INTERRUPTED, what the engine returns.
 */
bo_status bo_classify(bo_either_engine engine, const bo_net *net, const uint8_t *input,
                      size_t images, float *logits, uint16_t *class_of, bo_stop stop,
                      bo_diag *diag);

#endif
