/**
 * @file settings.h
 * How settings are written, on the command line as in a sweep file.
 */
#ifndef BO_CAMPAIGN_SETTINGS_H
#define BO_CAMPAIGN_SETTINGS_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  BO_SETTING_MAX_BANKS = 65536, /**< as the architecture table allows */
};

/** Banks: "auto" (0: a cell for every weight bit) or 1 … 65536; BO_E_INVALID names @p where. */
bo_status bo_setting_banks(uint32_t *banks, const char *where, const char *text, bo_diag *diag);

/**
 * Whether @p name is a path, with a '/' in it or ending in @p extension (".yaml"); if not, it is
 * the name of something shipped, as "ibm14" or "fmnist".
 */
bool bo_setting_is_path(const char *name, const char *extension);

#ifdef __cplusplus
}
#endif

#endif
