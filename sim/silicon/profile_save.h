/**
 * @file profile_save.h
 * Writes a profile: one with mapped cells, the YAML file and the NPZ archive beside it, or one with
 * a model.
 */
#ifndef BO_SILICON_PROFILE_SAVE_H
#define BO_SILICON_PROFILE_SAVE_H

#include "base/status.h"
#include "silicon/cell_rates.h"
#include "silicon/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a person wants to know about the cells; all borrowed, as long as profile.h has room for. */
typedef struct bo_profile_about {
  const char *name;
  const char *technology;
  const char *source;
  const char *licence;
  double vmin_mv; /**< 0: not known */
} bo_profile_about;

/**
 * Writes @p rates to @p path, which ends in ".yaml", and to the same name with ".npz". Voltages
 * where nothing fails are left out: a profile says them by its curve alone. The archive comes
 * first: a YAML file never names one that is not there.
 *
 * @return BO_OK, BO_E_IO, BO_E_NOMEM, BO_E_INVALID (another ending, a text too long or not UTF-8,
 * as bo_cell_rates_check, a mean rate above 50 % or one that does not fall with the voltage, no
 * error at all, errors at Vmin or above).
 */
bo_status bo_profile_save(const char *path, const bo_profile_about *about,
                          const bo_cell_rates *rates, bo_diag *diag);

/**
 * Writes @p profile, which has a model, to @p path; before it @p comment, one line. Voltages keep
 * all their digits, shares six. BO_OK, BO_E_IO, BO_E_NOMEM.
 */
bo_status bo_profile_save_model(const char *path, const bo_profile *profile, const char *comment,
                                bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
