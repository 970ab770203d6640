#include "accel/place_net.h"

#include <stdlib.h>

bo_status bo_place_net(bo_placement **out, const bo_placement_config *config, const bo_net *net,
                       bo_diag *diag) {
  *out = NULL;
  bo_weight_shape *const shapes = calloc(net->weight_tensors + 1ULL, sizeof *shapes);
  if (shapes == NULL) {
    return bo_fail(diag, BO_E_NOMEM, "out of memory");
  }
  for (uint32_t t = 0; t < net->weight_tensors; t++) {
    const bo_weights *const weights = &net->weights[t];
    shapes[t] =
        (bo_weight_shape){weights->groups, weights->outputs, weights->inputs, weights->bits};
  }
  const bo_status status = bo_placement_new(out, config, shapes, net->weight_tensors, diag);
  free(shapes);
  return status;
}
