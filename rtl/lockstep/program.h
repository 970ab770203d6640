/**
 * @file program.h
 * What a core is made to do: episodes, each some writes to banks and then tiles.
 */
#ifndef BO_LOCKSTEP_PROGRAM_H
#define BO_LOCKSTEP_PROGRAM_H

#include "accel/tile_ctrl.h"
#include "dut.h"
#include "silicon/chip.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace lockstep {

/** One write through the host port: of a word, of its masks, or of both. */
struct bank_write {
  std::uint32_t bank, row;
  bool has_word, has_fault;
  std::uint64_t word;
  bo_fault_word fault;
};

/** A tile with the zero points of its columns, [cols]. */
struct job {
  bo_tile tile;
  std::vector<std::int32_t> weight_zero;
};

struct episode {
  std::vector<bank_write> writes;
  std::vector<job> jobs;
  std::uint32_t bubbles;     /**< of 8 cycles in which a tile could be offered, how many pass */
  std::uint64_t reset_after; /**< cycles after the writes; the episode ends there. 0: no reset */
};

class program {
public:
  virtual ~program() = default;

  /** The next episode, or false. */
  virtual bool next(episode &out) = 0;

  /**
   * The inputs of vector @p index of a job, by row of the array, [rows]; jobs are numbered through
   * all episodes. Also called, with nothing to be seen of it, where no vector enters: @p index is
   * beyond the job's last then.
   */
  virtual void vector(std::size_t job_number, std::uint32_t index, std::uint8_t *act,
                      std::uint8_t &act_zero) = 0;

  /** A complete sum came out of a column. False: it is not what it should be, @p expected is. */
  virtual bool take_sum(std::uint32_t column, std::int32_t sum, std::int32_t &expected) = 0;
};

/** First every kind of tile that is at an edge of something, then tiles drawn at random. */
std::unique_ptr<program> make_random_program(const shape &built, std::uint64_t seed);

} // namespace lockstep

#endif
