/* A silicon profile; what is accepted has a rate at each of its voltages, never rising. */
#include "silicon/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds) {
  if (!holds) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bo_profile profile;
  bo_diag diag;
  if (bo_profile_parse(&profile, "profile", data, size, &diag) != BO_OK) {
    return 0;
  }
  /* At another temperature the same curve lies at other voltages, which need not be exact. */
  const bool is_shifted = profile.vdd_ratio_per_k != 0.0;
  const double lowest = profile.point[0].vdd_ratio;
  double before = profile.point[0].ber;
  for (int i = 0; i <= 100 && !is_shifted && profile.map == NULL; i++) {
    double ber = -1.0;
    double vdd_ratio = -1.0;
    require(bo_profile_ber(&profile, lowest + (1.0 - lowest) * i / 100.0, &ber, &diag) == BO_OK);
    require(ber >= 0.0 && ber <= before * (1.0 + 1e-9));
    before = ber;
    require(bo_profile_vdd_for_ber(&profile, ber <= profile.point[0].ber ? ber : 0.0, &vdd_ratio,
                                   &diag) == BO_OK);
    require(vdd_ratio >= lowest && vdd_ratio <= 1.0);
  }
  bo_profile_free(&profile);
  return 0;
}
