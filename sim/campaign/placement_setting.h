/**
 * @file placement_setting.h
 * What of a placement is chosen, in a sweep file or on the command line. The machine and the
 * network add the rest (bo_placement_config).
 */
#ifndef BO_CAMPAIGN_PLACEMENT_SETTING_H
#define BO_CAMPAIGN_PLACEMENT_SETTING_H

#include "mem/placement.h"
#include "net/quant.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** bo_placement_setting.banks: as many banks as the architecture says. */
#define BO_BANKS_OF_ARCH UINT32_MAX

enum {
  BO_PLACEMENT_TEXT_SIZE = 128, /**< bytes of the longest text of a setting, and more */
};

typedef struct bo_placement_setting {
  bo_placement_policy policy;
  uint64_t start_row;  /**< rows that the first code is moved by */
  uint32_t banks;      /**< weight banks; 0: a cell for every weight bit; BO_BANKS_OF_ARCH */
  uint32_t interleave; /**< banks that consecutive rows go round over; 0: 1 */
  bool rotate;         /**< as in bo_placement_config */
  bool sets_storage;   /**< false: weights are stored as the model has them */
  bo_storage storage;  /**< if it sets one */
} bo_placement_setting;

/**
 * The setting in short, as tables and figures name it: the policy, then what is not as by default,
 * in the order above: "tile", "tile+rotate", "linear+start_row=7+interleave=4", "tile+banks=auto",
 * "tile+storage=twos_complement". Equal texts mean equal settings.
 */
void bo_placement_setting_text(char text[BO_PLACEMENT_TEXT_SIZE],
                               const bo_placement_setting *setting);

#ifdef __cplusplus
}
#endif

#endif
