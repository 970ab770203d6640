/**
 * @file waveform.h
 * A VCD file with every register twice, as the RTL and as the C model has it, and the ports.
 */
#ifndef BO_LOCKSTEP_WAVEFORM_H
#define BO_LOCKSTEP_WAVEFORM_H

#include "base/vcd.h"
#include "run.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

class waveform {
public:
  /** Writes the header; throws usage_error if the file cannot be written. @p shown is borrowed. */
  waveform(const std::string &path, const run &shown);

  /** Appends what changed since the sample before. Throws usage_error. */
  void sample(std::uint64_t cycle);

  /** Ends the last cycle. Throws usage_error. */
  void end();

private:
  struct closer {
    void operator()(std::FILE *file) const {
      (void)std::fclose(file);
    }
    void operator()(bo_vcd *vcd) const {
      bo_vcd_free(vcd);
    }
  };

  void add_ports();
  void read_rtl_side();

  const run &of_;
  /* What Verilator holds, where the probes of the file find it. */
  std::vector<std::uint64_t> registers_;
  std::vector<std::uint32_t> port_words_;
  const void *registers_base_, *port_words_base_;
  std::unique_ptr<std::FILE, closer> file_;
  std::unique_ptr<bo_vcd, closer> vcd_;
};

} // namespace lockstep

#endif
