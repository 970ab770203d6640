/**
 * @file place_net.h
 * The weight tensors of a network in the weight SRAM.
 */
#ifndef BO_ACCEL_PLACE_NET_H
#define BO_ACCEL_PLACE_NET_H

#include "base/status.h"
#include "mem/placement.h"
#include "net/net.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Places all tensors of @p net in their order. Owned by the caller; statuses as bo_placement_new.
 */
bo_status bo_place_net(bo_placement **out, const bo_placement_config *config, const bo_net *net,
                       bo_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
