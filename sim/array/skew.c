#include "array/skew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The inputs of the last `lanes` cycles, a row each, the newest first: nothing moves when time
 * passes but the place where the newest row begins. It goes round, and every row is written twice,
 * `lanes` rows apart, so that what is behind the newest row is always whole.
 * Register delay_q[s] of lane i is newest[s * lanes + i].
 */
struct bo_skew {
  uint32_t lanes;
  uint32_t busy; /* ticks until all registers are zero */
  bo_lane *newest;
  bo_lane ring[]; /* [2 * lanes][lanes] */
};

bo_status bo_skew_new(bo_skew **out, uint32_t lanes, bo_diag *diag) {
  bo_skew *const skew = calloc(1, sizeof *skew + 2 * sizeof(bo_lane) * lanes * lanes);
  *out = skew;
  if (skew == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "skew of %u lanes: out of memory", lanes);
  }
  skew->lanes = lanes;
  skew->newest = skew->ring;
  return BO_OK;
}

void bo_skew_free(bo_skew *skew) {
  free(skew);
}

void bo_skew_reset(bo_skew *skew) {
  skew->busy = 0;
  memset(skew->ring, 0, 2 * sizeof(bo_lane) * skew->lanes * skew->lanes);
}

void bo_skew_tick(bo_skew *skew, const bo_lane *in, bo_lane *out) {
  const size_t lanes = skew->lanes;
  if (bo_lanes_or(in, skew->lanes) != 0) {
    skew->busy = skew->lanes + 1;
  }
  if (skew->busy == 0) { /* zeros would move over zeros */
    memset(out, 0, sizeof *out * lanes);
    return;
  }
  skew->busy--;
  out[0] = in[0];
  for (size_t i = 1; i < lanes; i++) {
    out[i] = skew->newest[(i - 1) * lanes + i];
  }
  if (skew->newest == skew->ring) {
    skew->newest += lanes * lanes;
  }
  skew->newest -= lanes;
  memcpy(skew->newest, in, sizeof *in * lanes);
  memcpy(skew->newest + lanes * lanes, in, sizeof *in * lanes);
}

bo_status bo_skew_probes(const bo_skew *skew, const bo_probe_visitor *visitor) {
  bo_status status = BO_OK;
  for (uint32_t lane = 1; lane < skew->lanes; lane++) {
    char scope[BO_PROBE_SCOPE_SIZE];
    (void)snprintf(scope, sizeof scope, "%s.gen_lane[%u]", visitor->scope, lane);
    for (uint32_t stage = 0; stage < lane && status == BO_OK; stage++) {
      char name[32];
      (void)snprintf(name, sizeof name, "delay_q[%u]", stage);
      const bo_probe probe = {
          .kind = BO_PROBE_U16,
          .width_bits = BO_LANE_BITS,
          .base = (const void *const *)&skew->newest,
          .index = (size_t)stage * skew->lanes + lane,
      };
      status = visitor->visit(visitor->context, scope, name, &probe);
    }
  }
  return status;
}
