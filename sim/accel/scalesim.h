/**
 * @file scalesim.h
 * What SCALE-Sim prints for a layer, in closed form: its stall-free cycles and its SRAM accesses.
 * For people who come from there or compare with there; schedule.h is our own machine.
 *
 * Source: SCALE-Sim (github.com/scalesim-project/SCALE-Sim, v3, commit 1d62b68, MIT). The formulas
 * were found by running it and reading its demand matrices; they hold for every layer that was
 * tried, 108 of its own and 1,198 that others published. No code of it is used.
 *
 * A layer is a matrix product of M places x K inputs under the window x N filters. Two of the three
 * lie on the R x C array, the third streams by:
 *
 *        stays             rows Sr  columns Sc  streams T   cycles of a fold
 *   ws   filter            K        N           M           2R + C + T - 2
 *   is   ifmap             K        M           N           2R + C + T - 2
 *   os   ofmap             M        N           K            R + C + T - 2
 *
 *   folds F = ceil(Sr / R) * ceil(Sc / C)      cycles = F * cycles of a fold
 *
 *        ifmap reads            filter reads           ofmap writes
 *   ws   Sr * T * ceil(Sc / C)  Sr * Sc                ceil(Sr / R) * T * Sc
 *   is   Sr * Sc                Sr * T * ceil(Sc / C)  ceil(Sr / R) * T * Sc
 *   os   Sr * T * ceil(Sc / C)  Sc * T * ceil(Sr / R)  Sr * Sc (+ F * (R + C), below)
 *
 * A fold of ws, cycle by cycle: rows of weights enter in 0 … R - 1, the lowest first; input k of
 * vector m enters row k in R + m + k; its sum leaves column c in 2R - 1 + m + c.
 *
 * Where SCALE-Sim differs from what one may expect of a machine:
 *  - "Total Cycles" is the number of the last cycle, counted from 0: one less than there are. So it
 *    is here in total_cycles; cycles is the count.
 *  - Folds do not overlap: each pays for loading R rows (ws, is), filling and draining, so small T
 *    looks worse than on an array that loads the next tile behind the one at work.
 *  - A fold takes the time of the whole array, however little of it is used.
 *  - os writes the first outputs in cycle T - 1, before the lower rows have all their operands: a
 *    lower bound that hardware cannot meet.
 *  - Partial sums are written once for every fold of rows (ws, is), but never read again.
 *  - os counts R + C ofmap writes too many in every fold (its issue 166). os_ofmap_quirk adds them;
 *    without it ofmap_writes is the true count.
 *  - Words, not bytes; one image.
 */
#ifndef BO_ACCEL_SCALESIM_H
#define BO_ACCEL_SCALESIM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bo_scalesim_dataflow {
  BO_SCALESIM_WS,
  BO_SCALESIM_OS,
  BO_SCALESIM_IS,
  BO_SCALESIM_DATAFLOWS /**< how many there are */
} bo_scalesim_dataflow;

/** "ws", "os", "is": SCALE-Sim's own words. */
const char *bo_scalesim_dataflow_name(bo_scalesim_dataflow dataflow);

enum {
  BO_SCALESIM_MAX_SIDE = 65536, /**< rows or columns */
};

typedef struct bo_scalesim_array {
  bo_scalesim_dataflow dataflow;
  uint32_t rows, cols; /**< 1 … BO_SCALESIM_MAX_SIDE */
  bool os_ofmap_quirk; /**< os: count ofmap writes as SCALE-Sim does */
} bo_scalesim_array;

/** Each at least 1. */
typedef struct bo_scalesim_product {
  uint64_t m; /**< places of the output */
  uint64_t k; /**< inputs under the window: height * width * channels */
  uint64_t n; /**< filters */
} bo_scalesim_product;

/** Counts stop at UINT64_MAX instead of wrapping. */
typedef struct bo_scalesim_counts {
  uint64_t cycles;
  uint64_t total_cycles; /**< as SCALE-Sim prints them: cycles - 1 for each product */
  uint64_t sram_ifmap_reads, sram_filter_reads, sram_ofmap_writes; /**< words */
  uint64_t macs;
} bo_scalesim_counts;

/** One product after another, @p repeats of them, each counted as a layer of its own. */
void bo_scalesim_count(const bo_scalesim_array *array, const bo_scalesim_product *product,
                       uint64_t repeats, bo_scalesim_counts *out);

void bo_scalesim_add(bo_scalesim_counts *sum, const bo_scalesim_counts *one);

#ifdef __cplusplus
}
#endif

#endif
