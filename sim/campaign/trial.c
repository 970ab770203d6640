#include "campaign/trial.h"

#include "accel/engine.h"
#include "accel/tick.h"
#include "campaign/classify.h"
#include "silicon/chip.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct bo_runner {
  const bo_workload *workload;
  bo_either_engine engine;
  bo_injector *injector;
  uint8_t **faulty;   /* codes, one pointer a weight tensor */
  float *logits;      /* [BO_CLASSIFY_SLICE][classes] */
  uint16_t *class_of; /* [images] */
};

static bo_status allocate(bo_runner *runner, bo_diag *diag) {
  const bo_net *const net = runner->workload->net;
  runner->faulty = bo_net_codes_new(net);
  runner->logits = calloc((size_t)BO_CLASSIFY_SLICE * net->classes, sizeof *runner->logits);
  runner->class_of = calloc(runner->workload->images, sizeof *runner->class_of);
  if (runner->faulty == NULL || runner->logits == NULL || runner->class_of == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  return BO_OK;
}

bo_status bo_runner_new(bo_runner **out, const bo_workload *workload, bo_trial_engine engine,
                        bo_diag *diag) {
  *out = NULL;
  bo_runner *const runner = calloc(1, sizeof *runner);
  if (runner == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  runner->workload = workload;
  bo_status status = allocate(runner, diag);
  if (status == BO_OK) {
    status = bo_injector_new(&runner->injector, workload->placement, diag);
  }
  if (status == BO_OK && engine == BO_TRIAL_FAST) {
    status = bo_engine_new(&runner->engine.fast, workload->net, BO_ENGINE_AUTO, diag);
  } else if (status == BO_OK) {
    status = bo_tick_engine_new(&runner->engine.tick, &workload->arch, workload->net,
                                workload->placement, diag);
  }
  if (status != BO_OK) {
    bo_runner_free(runner);
    return status;
  }
  *out = runner;
  return BO_OK;
}

void bo_runner_free(bo_runner *runner) {
  if (runner == NULL) {
    return;
  }
  bo_engine_free(runner->engine.fast);
  bo_tick_engine_free(runner->engine.tick);
  bo_injector_free(runner->injector);
  free(runner->class_of);
  free(runner->logits);
  free(runner->faulty);
  free(runner);
}

/* The fast engine gets the codes that the chip reads, the other one reads them from the chip. */
static bo_status load_chip(bo_runner *runner, const bo_chip *chip, bo_diag *diag) {
  if (runner->engine.fast != NULL) {
    return bo_engine_load(runner->engine.fast, (const uint8_t *const *)runner->faulty, diag);
  }
  bo_tick_engine_set_chip(runner->engine.tick, chip);
  return BO_OK;
}

/* Both ways of counting an inference must come to the same. */
static bo_status check_events(const bo_runner *runner, bo_diag *diag) {
  const bo_workload *const workload = runner->workload;
  for (uint32_t i = 0; runner->engine.tick != NULL && i < workload->net->layers; i++) {
    bo_events expected;
    bo_schedule_layer(&workload->arch, workload->net, workload->placement, i, &expected);
    const bo_events *const counted = bo_tick_engine_events(runner->engine.tick, i);
    if (memcmp(counted, &expected, sizeof expected) != 0) {
      return bo_fail(diag, BO_E_MISMATCH,
                     "%s: %s: the schedule has %" PRIu64 " cycles and its events, the tick engine "
                     "counted %" PRIu64 " cycles or other events",
                     workload->net->name, workload->net->layer[i].name, expected.cycles,
                     counted->cycles);
    }
  }
  return BO_OK;
}

static bo_status classify_faulty(bo_runner *runner, const bo_chip *chip, bo_stop stop,
                                 bo_diag *diag) {
  const bo_workload *const workload = runner->workload;
  bo_status status = load_chip(runner, chip, diag);
  if (status == BO_OK) {
    status = bo_classify(runner->engine, workload->net, workload->input, workload->images,
                         runner->logits, runner->class_of, stop, diag);
  }
  return status == BO_OK ? check_events(runner, diag) : status;
}

bo_status bo_runner_run(bo_runner *runner, bo_trial *trial, bo_stop stop, bo_diag *diag) {
  const bo_workload *const workload = runner->workload;
  bo_chip chip;
  bo_status status = bo_chip_at(&chip, &workload->profile, trial->seed, trial->vdd_ratio, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_injector_run(runner->injector, &chip, workload->clean_codes, runner->faulty, &trial->faults);
  trial->images = workload->images;
  trial->clean_wrong = workload->clean_wrong;
  trial->wrong = 0;
  trial->wrong_or_clean = 0;
  /* With no weight changed it is the clean network, whose answers are known. */
  const bool changed = trial->faults.weights_changed > 0 || runner->engine.tick != NULL;
  if (changed) {
    status = classify_faulty(runner, &chip, stop, diag);
  }
  const uint16_t *const class_of = changed ? runner->class_of : workload->clean_class;
  for (size_t i = 0; i < workload->images && status == BO_OK; i++) {
    const bool wrong = class_of[i] != workload->label[i];
    trial->wrong += wrong;
    trial->wrong_or_clean += wrong || workload->clean_class[i] != workload->label[i];
  }
  return status;
}
