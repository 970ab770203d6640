/**
 * @file waveform.h
 * A VCD file with every register twice, as the RTL and as the C model has it, and the ports.
 */
#ifndef BO_LOCKSTEP_WAVEFORM_H
#define BO_LOCKSTEP_WAVEFORM_H

#include "run.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

class waveform {
public:
  /** Writes the header; throws usage_error if the file cannot be written. */
  waveform(const std::string &path, const run &shown);

  /** Appends what changed since the sample before; time in clock cycles. */
  void sample(std::uint64_t cycle);

private:
  struct close_file {
    void operator()(std::FILE *file) const {
      (void)std::fclose(file);
    }
  };
  struct signal {
    std::string scope, name, id;
    std::size_t bits;
    const twin *pair; /* NULL: a port */
    bool of_model;
    const port *pin;
    std::string last;
  };

  void add(signal added);
  void write_header();
  static std::string read(const signal &shown);

  std::unique_ptr<std::FILE, close_file> file;
  std::vector<signal> signals;
};

} // namespace lockstep

#endif
