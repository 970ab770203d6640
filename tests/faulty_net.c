#include "faulty_net.h"

#include "accel/engine.h"
#include "accel/place_net.h"
#include "mem/inject.h"
#include "random_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL   BO_SOURCE_DIR "/models/fmnist-cnn-8b-rquant.onnx"
#define PROFILE BO_SOURCE_DIR "/profiles/silicon/ibm14.yaml"
#define ENERGY  BO_SOURCE_DIR "/profiles/energy/cmos14.yaml"

void *required(void *pointer) {
  if (pointer == NULL) {
    (void)fprintf(stderr, "faulty_net: out of memory\n");
    exit(1);
  }
  return pointer;
}

void require(bo_status status, const bo_diag *diag) {
  if (status != BO_OK) {
    (void)fprintf(stderr, "faulty_net: %s\n", diag->text);
    exit(1);
  }
}

bo_net *small_net(uint64_t seed) {
  static const random_net_limits limits = {.layers = 4, .side = 8, .channels = 12};
  for (uint64_t i = 0;; i++) {
    bo_net *const net = random_net(1000 * seed + i, limits);
    if (net->weight_tensors > 0) {
      return net;
    }
    bo_net_free(net);
  }
}

faulty_net faulty_net_new(bo_net *net, uint64_t seed, size_t images) {
  static const bo_placement_config sram = {.policy = BO_PLACEMENT_TILE,
                                           .tile_cols = 16,
                                           .banks = 2,
                                           .bank_rows = 32,
                                           .bank_width_bits = 64};
  bo_diag diag = {""};
  faulty_net made = {.net = net, .images = images};
  require(bo_place_net(&made.placement, &sram, net, &diag), &diag);
  const size_t size = images * bo_shape_size(net->input);
  made.input = required(malloc(size));
  test_draws draws = {.seed = seed};
  test_draw_bytes(&draws, made.input, size);
  return made;
}

void faulty_net_free(faulty_net *net) {
  bo_placement_free(net->placement);
  free(net->input);
  bo_net_free(net->net);
}

static void stick(bo_fault_word *fault, uint32_t rows) {
  for (uint32_t row = 0; row < rows; row++) {
    const uint64_t cells = fault[row].xor_mask;
    fault[row] = (bo_fault_word){.and_mask = ~cells, .or_mask = row % 2 == 1 ? cells : 0};
  }
}

static void read_stuck(const faulty_net *net, const bo_chip *chip, const uint8_t *const *clean,
                       uint8_t *const *faulty) {
  const bo_placement_config *const config = bo_placement_get_config(net->placement);
  bo_fault_word *const fault = required(calloc(config->bank_rows, sizeof *fault));
  bo_fault_count count = {0};
  for (uint32_t t = 0; t < net->net->weight_tensors; t++) {
    memcpy(faulty[t], clean[t], bo_weights_count(&net->net->weights[t]));
  }
  for (uint32_t bank = 0; bank < bo_placement_banks(net->placement); bank++) {
    bo_chip_bank_faults(chip, bank, config->bank_rows, config->bank_width_bits, fault);
    stick(fault, config->bank_rows);
    bo_injector_apply(net->placement, bank, fault, clean, faulty, &count);
  }
  free(fault);
}

static void read_flips(const faulty_net *net, const bo_chip *chip, const uint8_t *const *clean,
                       uint8_t *const *faulty) {
  bo_diag diag = {""};
  bo_injector *injector = NULL;
  bo_fault_count count;
  require(bo_injector_new(&injector, net->placement, &diag), &diag);
  bo_injector_run(injector, chip, clean, faulty, &count);
  bo_injector_free(injector);
}

uint8_t **faulty_net_codes(const faulty_net *net, const bo_chip *chip, fault_kind kind) {
  const uint32_t tensors = net->net->weight_tensors;
  const uint8_t **const clean = required(calloc(tensors + 1, sizeof *clean));
  uint8_t **const faulty = required(bo_net_codes_new(net->net));
  for (uint32_t t = 0; t < tensors; t++) {
    clean[t] = net->net->weights[t].code;
  }
  if (kind == FAULT_STUCK) {
    read_stuck(net, chip, clean, faulty);
  } else {
    read_flips(net, chip, clean, faulty);
  }
  free((void *)clean);
  return faulty;
}

float *faulty_net_logits(const faulty_net *net, uint8_t *const *codes) {
  bo_diag diag = {""};
  bo_engine *engine = NULL;
  float *const logits = required(calloc(net->images * net->net->classes, sizeof *logits));
  require(bo_engine_new(&engine, net->net, BO_ENGINE_AUTO, &diag), &diag);
  if (codes != NULL) {
    require(bo_engine_load(engine, (const uint8_t *const *)codes, &diag), &diag);
  }
  require(bo_engine_run(engine, net->input, net->images, logits, &diag), &diag);
  bo_engine_free(engine);
  return logits;
}

float *faulty_net_logits_on(const faulty_net *net, const bo_chip *chip, fault_kind kind) {
  uint8_t **const codes = faulty_net_codes(net, chip, kind);
  float *const logits = faulty_net_logits(net, codes);
  free((void *)codes);
  return logits;
}

bool faulty_net_agree(const faulty_net *net, const float *a, const float *b) {
  return memcmp(a, b, net->images * net->net->classes * sizeof *a) == 0;
}

bo_workload *shipped_model(size_t images) {
  const bo_workload_config config = {.model = MODEL,
                                     .profile = PROFILE,
                                     .energy = ENERGY,
                                     .placement = {.policy = BO_PLACEMENT_TILE}};
  bo_diag diag = {""};
  bo_workload *workload = NULL;
  const char *const text = getenv("BO_TEST_IMAGES");
  const size_t most = text == NULL ? images : strtoul(text, NULL, 10);
  require(bo_workload_new(&workload, &config, &diag), &diag);
  require(bo_workload_load_images(workload, NULL, NULL, images < most ? images : most, &diag),
          &diag);
  return workload;
}

bo_point_summary shipped_model_at(const bo_workload *workload, double ber, uint64_t seed,
                                  uint32_t chips) {
  static const bo_campaign_control quiet = {.jobs = 1};
  bo_diag diag = {""};
  bo_point_summary summary = {0};
  double vdd_ratio = 0.0;
  require(bo_profile_vdd_for_ber(&workload->profile, ber, &vdd_ratio, &diag), &diag);
  require(bo_point_run(&summary, workload, vdd_ratio, seed, chips, &quiet, &diag), &diag);
  return summary;
}
