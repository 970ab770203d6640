/**
 * @file errors.h
 * Wrong usage or input: ends the program with one line and exit code 2.
 */
#ifndef BO_LOCKSTEP_ERRORS_H
#define BO_LOCKSTEP_ERRORS_H

#include "base/status.h"

#include <stdexcept>

namespace lockstep {

class usage_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/** Throws what the library said, unless it succeeded. */
inline void require(bo_status status, const bo_diag &diag) {
  if (status != BO_OK) {
    throw usage_error(diag.text);
  }
}

} // namespace lockstep

#endif
