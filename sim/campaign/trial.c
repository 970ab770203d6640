#include "campaign/trial.h"

#include "accel/engine.h"
#include "campaign/classify.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stdlib.h>

struct bo_runner {
  const bo_workload *workload;
  bo_engine *engine;
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

bo_status bo_runner_new(bo_runner **out, const bo_workload *workload, bo_diag *diag) {
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
  if (status == BO_OK) {
    status = bo_engine_new(&runner->engine, workload->net, BO_ENGINE_AUTO, diag);
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
  bo_engine_free(runner->engine);
  bo_injector_free(runner->injector);
  free(runner->class_of);
  free(runner->logits);
  free(runner->faulty);
  free(runner);
}

static bo_status classify_faulty(bo_runner *runner, bo_diag *diag) {
  const bo_workload *const workload = runner->workload;
  const bo_status status =
      bo_engine_load(runner->engine, (const uint8_t *const *)runner->faulty, diag);
  return status != BO_OK ? status
                         : bo_classify(runner->engine, workload->net, workload->input,
                                       workload->images, runner->logits, runner->class_of, diag);
}

bo_status bo_runner_run(bo_runner *runner, bo_trial *trial, bo_diag *diag) {
  const bo_workload *const workload = runner->workload;
  bo_chip chip;
  bo_status status = bo_chip_random(&chip, &workload->profile, trial->seed, trial->vdd_ratio, diag);
  if (status != BO_OK) {
    return status;
  }
  bo_injector_run(runner->injector, &chip, workload->clean_codes, runner->faulty, &trial->faults);
  trial->images = workload->images;
  trial->clean_wrong = workload->clean_wrong;
  trial->wrong = 0;
  trial->wrong_or_clean = 0;
  /* With no weight changed it is the clean network, whose answers are known. */
  const bool changed = trial->faults.weights_changed > 0;
  if (changed) {
    status = classify_faulty(runner, diag);
  }
  const uint16_t *const class_of = changed ? runner->class_of : workload->clean_class;
  for (size_t i = 0; i < workload->images && status == BO_OK; i++) {
    const bool wrong = class_of[i] != workload->label[i];
    trial->wrong += wrong;
    trial->wrong_or_clean += wrong || workload->clean_class[i] != workload->label[i];
  }
  return status;
}
