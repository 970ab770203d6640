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
#include "dut.h"

#include <string>
#include <vector>

namespace lockstep {

/** A register of both sides. */
struct twin {
  std::string scope, name;
  bo_probe model;
  const unsigned char *rtl; /**< the field begins at bit shift of the rtl_bytes bytes here */
  std::uint32_t rtl_bytes;  /**< 1, 2, 4 or 8, read at once */
  std::uint32_t shift, width;
};

std::uint64_t read_model(const twin &pair);
std::uint64_t read_rtl(const twin &pair);

/** Twins of which all have the same kind of model register and the same kind of access. */
struct twin_group {
  const void *const *base;
  bo_probe_kind kind;
  std::uint32_t rtl_bytes;
  std::uint64_t model_mask, rtl_mask;
  std::vector<const unsigned char *> rtl;
  std::vector<std::uint32_t> index, shift;
};

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
    return all;
  }

private:
  std::vector<twin> all;
  std::vector<twin_group> groups;
};

} // namespace lockstep

#endif
