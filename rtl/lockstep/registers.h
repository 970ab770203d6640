/**
 * @file registers.h
 * Every register of the RTL beside its twin in the C model.
 *
 * Twins have the same scope and the same name. Where the C model has name[0 … n-1], the RTL has an
 * array of n elements or one vector of n equal fields, field i from bit i * width.
 */
#ifndef BO_LOCKSTEP_REGISTERS_H
#define BO_LOCKSTEP_REGISTERS_H

#include "base/probe.h"
#include "compare.h"
#include "dut.h"

#include <string>
#include <vector>

namespace lockstep {

/** A register of both sides. */
struct twin {
  std::string scope, name;
  bo_probe model;
  const unsigned char *rtl; /**< the variable, or its element, that holds the field */
  std::size_t rtl_bytes;    /**< of that */
  std::size_t first_bit;    /**< of the field in it */
  std::uint32_t width;      /**< of the field, 1 … 64 */
};

std::uint64_t read_model(const twin &pair);
std::uint64_t read_rtl(const twin &pair);

/** Collects probes of a model; visit() has the shape of bo_probe_visit, context being this. */
class probe_list {
public:
  static bo_status visit(void *context, const char *scope, const char *name, const bo_probe *probe);
  struct entry {
    std::string scope, name;
    bo_probe probe;
  };
  std::vector<entry> entries;
};

class register_file {
public:
  /**
   * Pairs @p probes with @p variables, all of which must be paired. Throws usage_error with the
   * first name that has no twin, or of another number of elements.
   */
  register_file(const std::vector<probe_list::entry> &probes,
                const std::vector<variable> &variables);

  /** Whether every register holds the same on both sides. */
  bool equal() const;

  const std::vector<twin> &twins() const {
    return all_;
  }

private:
  /** Runs that one function compares. */
  struct group {
    std::vector<bo_twin_run> runs;
    bo_twin_compare compare;
  };

  std::vector<twin> all_;
  std::vector<group> groups_;
};

} // namespace lockstep

#endif
