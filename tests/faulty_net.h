/**
 * @file faulty_net.h
 * Networks whose weights lie in the weight SRAM of a chip, random and shipped, and what they say.
 * Everything here ends the program when it fails.
 */
#ifndef BO_TESTS_FAULTY_NET_H
#define BO_TESTS_FAULTY_NET_H

#include "campaign/campaign.h"
#include "mem/placement.h"
#include "net/net.h"
#include "silicon/chip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A network, where its weights lie and the images that it gets: @p input [images][h][w][c]. */
typedef struct faulty_net {
  bo_net *net;
  bo_placement *placement;
  uint8_t *input;
  size_t images;
} faulty_net;

typedef enum fault_kind {
  FAULT_FLIPS, /**< what a random chip has */
  FAULT_STUCK, /**< the same cells hold 0 in even rows of a bank, 1 in odd ones */
} fault_kind;

/** @p pointer, which is not NULL. */
void *required(void *pointer);

/** @p status is BO_OK. */
void require(bo_status status, const bo_diag *diag);

/** A random network of a few layers, at least one of them with weights; owned by the caller. */
bo_net *small_net(uint64_t seed);

/**
 * Random images for @p net, which is taken over, in an SRAM so small that networks of some 4000
 * bits stream through it. Free with faulty_net_free.
 */
faulty_net faulty_net_new(bo_net *net, uint64_t seed, size_t images);
void faulty_net_free(faulty_net *net);

/** The codes that the array reads, one pointer a weight tensor; free() them. */
uint8_t **faulty_net_codes(const faulty_net *net, const bo_chip *chip, fault_kind kind);

/** Logits [images][classes] with @p codes, NULL: the clean ones; free() them. */
float *faulty_net_logits(const faulty_net *net, uint8_t *const *codes);

/** The same with what the array reads from a chip. */
float *faulty_net_logits_on(const faulty_net *net, const bo_chip *chip, fault_kind kind);

/** Whether two runs gave the same bits. */
bool faulty_net_agree(const faulty_net *net, const float *a, const float *b);

/**
 * A shipped network with its first test images, on the default machine; bo_workload_free. Not more
 * images than BO_TEST_IMAGES in the environment says.
 */
bo_workload *shipped_model(size_t images);

/** @p chips chips from @p seed on at the voltage that has bit error rate @p ber. */
bo_point_summary shipped_model_at(const bo_workload *workload, double ber, uint64_t seed,
                                  uint32_t chips);

#endif
