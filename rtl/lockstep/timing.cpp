#include "timing.h"

#include "errors.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace lockstep {

namespace {

constexpr int rounds = 7;

/* Changes of ports before each settling, as one sequence of bytes a change: port, new value. */
struct recording {
  std::vector<std::uint32_t> changes; /* number of changes, a settling each */
  std::vector<std::uint8_t> which;
  std::vector<unsigned char> bytes;
};

/* "act_i", but also "rst_ni". */
bool is_input(const port &candidate) {
  return candidate.name.back() == 'i';
}

/* Passes everything on and keeps what changes at the inputs. */
class recording_dut final : public dut {
public:
  recording_dut(std::unique_ptr<dut> recorded, recording &into)
      : inner_(std::move(recorded)), all_ports_(inner_->ports()), kept_(into) {
    for (const port &each : all_ports_) {
      last_.emplace_back(each.bytes, static_cast<unsigned char>(0));
    }
  }

  bool is_core() const override {
    return inner_->is_core();
  }

  const shape &get_shape() const override {
    return inner_->get_shape();
  }

  std::vector<port> ports() override {
    return all_ports_;
  }

  std::vector<variable> variables() const override {
    return inner_->variables();
  }

  void eval() override {
    std::uint32_t changed = 0;
    for (std::size_t i = 0; i < all_ports_.size(); i++) {
      const auto *const now = static_cast<const unsigned char *>(all_ports_[i].data);
      if (is_input(all_ports_[i]) && std::memcmp(now, last_[i].data(), last_[i].size()) != 0) {
        std::memcpy(last_[i].data(), now, last_[i].size());
        kept_.which.push_back(static_cast<std::uint8_t>(i));
        kept_.bytes.insert(kept_.bytes.end(), last_[i].begin(), last_[i].end());
        changed++;
      }
    }
    kept_.changes.push_back(changed);
    inner_->eval();
  }

private:
  const std::unique_ptr<dut> inner_;
  const std::vector<port> all_ports_;
  recording &kept_;
  std::vector<std::vector<unsigned char>> last_;
};

double cpu_seconds() {
  std::timespec now = {};
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double time_alone(dut &rtl, const recording &kept) {
  const std::vector<port> ports = rtl.ports();
  const unsigned char *bytes = kept.bytes.data();
  const std::uint8_t *which = kept.which.data();
  const double begin = cpu_seconds();
  for (std::uint32_t changes : kept.changes) {
    for (; changes > 0; changes--) {
      const port &to = ports[*which++];
      std::memcpy(to.data, bytes, to.bytes);
      bytes += to.bytes;
    }
    rtl.eval();
  }
  return cpu_seconds() - begin;
}

double time_run(run &both, std::uint64_t cycles, bool comparing) {
  both.set_comparing(comparing);
  const double begin = cpu_seconds();
  for (std::uint64_t i = 0; i < cycles; i++) {
    if (!both.step()) {
      throw usage_error("--time: the RTL differs from the C model");
    }
  }
  return cpu_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

} // namespace

void print_cost(const std::string &title, const dut_maker &make_dut, const run_maker &make_run,
                std::uint64_t cycles) {
  recording kept;
  (void)time_run(*make_run(std::make_unique<recording_dut>(make_dut(), kept)), cycles, true);
  std::vector<double> alone;
  std::vector<double> both;
  std::vector<double> whole;
  std::vector<double> added;
  for (int i = 0; i < rounds; i++) {
    alone.push_back(time_alone(*make_dut(), kept));
    both.push_back(time_run(*make_run(make_dut()), cycles, false));
    whole.push_back(time_run(*make_run(make_dut()), cycles, true));
    added.push_back(100 * (whole.back() - both.back()) / alone.back());
  }
  const auto per_cycle = [cycles](double seconds) {
    return 1e9 * seconds / static_cast<double>(cycles);
  };
  std::printf("%-14s %12.0f %12.0f %12.0f %10.1f\n", title.c_str(), per_cycle(median(alone)),
              per_cycle(median(both)), per_cycle(median(whole)), median(added));
  (void)std::fflush(stdout);
}

} // namespace lockstep
