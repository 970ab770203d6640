#include "run.h"

#include "accel/core.h"
#include "errors.h"
#include "ports.h"
#include "random.h"

#include <algorithm>

namespace lockstep {

namespace {

constexpr std::uint64_t memory_check_cycles = 4096;
constexpr std::uint64_t bubble_seed = 1;

struct core_pins {
  explicit core_pins(const std::vector<port> &ports)
      : clk(ports, "clk_i"), rst_n(ports, "rst_ni"), host_req(ports, "host_req_i"),
        host_we(ports, "host_we_i"), host_bank(ports, "host_bank_i"), host_row(ports, "host_row_i"),
        host_wdata(ports, "host_wdata_i"), mask_we(ports, "mask_we_i"),
        and_mask(ports, "and_mask_i"), or_mask(ports, "or_mask_i"), xor_mask(ports, "xor_mask_i"),
        tile_valid(ports, "tile_valid_i"), tile_ready(ports, "tile_ready_o"),
        tile_bank(ports, "tile_bank_i"), tile_row(ports, "tile_row_i"),
        tile_slot(ports, "tile_slot_i"), tile_rows(ports, "tile_rows_i"),
        tile_codes_per_row(ports, "tile_codes_per_row_i"), tile_bits(ports, "tile_bits_i"),
        tile_signed(ports, "tile_signed_i"), tile_k(ports, "tile_k_i"), tile_n(ports, "tile_n_i"),
        tile_m(ports, "tile_m_i"), tile_accumulate(ports, "tile_accumulate_i"),
        tile_last(ports, "tile_last_i"), act_ready(ports, "act_ready_o"), act(ports, "act_i"),
        act_zero(ports, "act_zero_i"), weight_zero(ports, "weight_zero_i"), sum(ports, "sum_o"),
        sum_valid(ports, "sum_valid_o") {
  }
  pin clk, rst_n, host_req, host_we, host_bank, host_row, host_wdata, mask_we, and_mask, or_mask,
      xor_mask, tile_valid, tile_ready, tile_bank, tile_row, tile_slot, tile_rows,
      tile_codes_per_row, tile_bits, tile_signed, tile_k, tile_n, tile_m, tile_accumulate,
      tile_last, act_ready, act, act_zero, weight_zero, sum, sum_valid;
};

struct core_deleter {
  void operator()(bo_core *core) const {
    bo_core_free(core);
  }
};
using core_pointer = std::unique_ptr<bo_core, core_deleter>;

core_pointer make_model(const shape &built) {
  const bo_core_config config = {built.rows,      built.cols,       built.depth,   built.banks,
                                 built.bank_rows, built.bank_width, built.latency, 1};
  bo_core *core = nullptr;
  bo_diag diag;
  require(bo_core_new(&core, &config, &diag), diag);
  return core_pointer(core);
}

bool is_register(const std::string &name) {
  return name.find("_q") != std::string::npos;
}

bool is_accumulator_memory(const std::string &scope, const std::string &name) {
  return scope == "bo_core.u_accumulator" && name.compare(0, 3, "mem") == 0;
}

/* Whether it belongs into the file of memories, or of registers. */
bool belongs(const std::string &scope, const std::string &name, bool memories) {
  return memories ? is_accumulator_memory(scope, name) : is_register(name);
}

/* Registers of both, or memories of both. Outputs that are registers by another name count too. */
register_file pair_up(const bo_core *model, const dut &rtl, const core_pins &pins, bool memories) {
  probe_list found;
  const bo_probe_visitor visitor = {probe_list::visit, &found, "bo_core"};
  (void)bo_core_probes(model, &visitor, true);
  std::vector<probe_list::entry> probes;
  for (const probe_list::entry &entry : found.entries) {
    if (belongs(entry.scope, entry.name, memories)) {
      probes.push_back(entry);
    }
    if (!memories && entry.scope == "bo_core.u_accumulator" &&
        entry.name.compare(0, 3, "sum") == 0) {
      std::string output = entry.name;
      output.replace(output.find("_q["), 2, "_o");
      probes.push_back({"bo_core", output, entry.probe});
    }
  }
  std::vector<variable> variables;
  for (const variable &var : rtl.variables()) {
    if (belongs(var.scope, var.name, memories)) {
      variables.push_back(var);
    }
  }
  if (!memories) {
    for (const auto &[output, width] :
         {std::pair{pins.sum.where(), 32U}, {pins.sum_valid.where(), 1U}}) {
      variables.push_back({"bo_core", output.name, static_cast<unsigned char *>(output.data),
                           width * rtl.get_shape().cols, 1, output.bytes});
    }
  }
  return {probes, variables};
}

class core_run final : public run {
public:
  core_run(std::unique_ptr<dut> made, std::unique_ptr<program> to_do)
      : built_(made->get_shape()), what_(std::move(to_do)), device_(std::move(made)),
        all_ports_(device_->ports()), pins_(all_ports_), model_(make_model(built_)),
        registers_(pair_up(model_.get(), *device_, pins_, false)),
        memories_(pair_up(model_.get(), *device_, pins_, true)), bubble_(bubble_seed),
        weight_zero_(built_.cols), act_(built_.rows), fault_(built_.banks) {
    for (std::vector<bo_fault_word> &bank : fault_) {
      bank.assign(built_.bank_rows, {UINT64_MAX, 0, 0});
    }
    finished_ = !what_->next(now_);
  }

  bool step() override {
    cycle_++;
    const bool equal = cycle_ == 1 || due_for_reset() ? reset() : clock();
    return equal && (cycle_ % memory_check_cycles != 0 || same(memories_));
  }

  bool over() const override {
    return finished_ && idle_cycles_ > built_.rows + built_.cols + 2;
  }

  bool equal() const override {
    return registers_.equal();
  }

  const difference &first_difference() const override {
    return first_;
  }

  const std::vector<twin> &twins() const override {
    return registers_.twins();
  }

  const std::vector<port> &ports() const override {
    return all_ports_;
  }

  void set_comparing(bool on) override {
    comparing_ = on;
  }

private:
  bool same(const register_file &of) {
    if (!comparing_ || of.equal()) {
      return true;
    }
    first_ = find_difference(of);
    return false;
  }

  bool same_output(const pin &output, bool expected) {
    if (output.get() == static_cast<std::uint64_t>(expected)) {
      return true;
    }
    first_ = {"bo_core." + output.where().name, expected, output.get(), 0};
    return false;
  }

  bool due_for_reset() {
    return now_.reset_after != 0 && written_ == now_.writes.size() &&
           ++run_cycles_ > now_.reset_after;
  }

  /* Reset takes effect before the edge, and the edge under reset changes nothing. */
  bool reset() {
    pins_.tile_valid.set(1);
    pins_.rst_n.set(0);
    pins_.clk.set(0);
    device_->eval();
    bo_core_reset(model_.get());
    const bool equal = same(registers_);
    pins_.clk.set(1);
    device_->eval();
    pins_.clk.set(0);
    pins_.rst_n.set(1);
    device_->eval();
    if (cycle_ > 1) {
      next_job_number_ += now_.jobs.size() - offered_;
      begin_episode();
    }
    return equal && same(registers_);
  }

  bool clock() {
    const bo_tile_ctrl_out look = *bo_core_look(model_.get());
    const bool writes = write_bank();
    const job *const offer = writes ? nullptr : offered_job();
    const bool accepted = offer != nullptr && look.tile_ready;
    pins_.tile_valid.set(offer != nullptr);
    enter_vector(look);
    pins_.clk.set(0);
    device_->eval();
    const bool equal_outputs = same_output(pins_.tile_ready, look.tile_ready) &&
                               same_output(pins_.act_ready, look.streaming);
    pins_.clk.set(1);
    device_->eval();
    const bo_core_in in = {offer != nullptr ? &offer->tile : nullptr, act_.data(), act_zero_,
                           weight_zero_.data()};
    bo_core_tick(model_.get(), &in);
    if (!equal_outputs || !same(registers_) || !same_sums()) {
      return false;
    }
    if (accepted) {
      load(*offer);
    } else if (offer == nullptr && !writes && offered_ == now_.jobs.size() && look.tile_ready) {
      begin_episode();
    }
    idle_cycles_ = look.streaming || writes ? 0 : idle_cycles_ + 1;
    return true;
  }

  void begin_episode() {
    written_ = 0;
    offered_ = 0;
    run_cycles_ = 0;
    if (finished_ || !what_->next(now_)) {
      finished_ = true;
      now_ = {};
    }
  }

  /* One write a cycle, on both sides. True: there was one. */
  bool write_bank() {
    const bool any = written_ < now_.writes.size();
    pins_.host_req.set(0);
    pins_.mask_we.set(0);
    if (!any) {
      return false;
    }
    const bank_write &write = now_.writes[written_++];
    pins_.host_bank.set(write.bank);
    pins_.host_row.set(write.row);
    pins_.host_req.set(write.has_word);
    pins_.host_we.set(write.has_word);
    pins_.host_wdata.set(write.word);
    pins_.mask_we.set(write.has_fault);
    const std::uint64_t all = UINT64_MAX >> (64 - built_.bank_width);
    pins_.and_mask.set(write.fault.and_mask & all);
    pins_.or_mask.set(write.fault.or_mask);
    pins_.xor_mask.set(write.fault.xor_mask);
    bo_weight_sram *const sram = bo_core_weights(model_.get());
    if (write.has_word) {
      bo_weight_sram_write(sram, write.bank, write.row, write.word);
    }
    if (write.has_fault) {
      fault_[write.bank][write.row] = write.fault;
      faults_changed_ = true;
    }
    if (written_ == now_.writes.size() && faults_changed_) {
      faults_changed_ = false;
      for (std::uint32_t bank = 0; bank < built_.banks; bank++) {
        bo_weight_sram_set_faults(sram, bank, fault_[bank].data());
      }
    }
    return true;
  }

  /* The tile that is at the port in this cycle. */
  const job *offered_job() {
    if (offered_ == now_.jobs.size() || bubble_.below(8) < now_.bubbles) {
      return nullptr;
    }
    const job &offer = now_.jobs[offered_];
    const bo_tile_words &words = offer.tile.words;
    const bo_bit_place place =
        bo_weight_sram_place(bo_core_weights(model_.get()), words.stream_row);
    pins_.tile_bank.set(place.bank);
    pins_.tile_row.set(place.row);
    pins_.tile_slot.set(words.slot);
    pins_.tile_rows.set((words.slot + words.k * words.n - 1) / words.codes_per_row + 1);
    pins_.tile_codes_per_row.set(words.codes_per_row);
    pins_.tile_bits.set(words.bits);
    pins_.tile_signed.set(words.is_signed);
    pins_.tile_k.set(words.k);
    pins_.tile_n.set(words.n);
    pins_.tile_m.set(offer.tile.m);
    pins_.tile_accumulate.set(offer.tile.accumulate);
    pins_.tile_last.set(offer.tile.last);
    return &offer;
  }

  /* A tile was accepted: from the next cycle on its zero points are needed. */
  void load(const job &accepted) {
    weight_zero_ = accepted.weight_zero;
    pins_.weight_zero.set_fields(built_.cols, 9, [this](std::size_t c) { return weight_zero_[c]; });
    loading_job_ = next_job_number_++;
    offered_++;
  }

  void enter_vector(const bo_tile_ctrl_out &look) {
    if (look.start) {
      streaming_job_ = loading_job_;
      vector_index_ = 0;
    }
    what_->vector(streaming_job_, look.streaming ? vector_index_++ : UINT32_MAX, act_.data(),
                  act_zero_);
    pins_.act.set_bytes(act_.data(), act_.size());
    pins_.act_zero.set(act_zero_);
  }

  /* The complete sums against what the program expects. */
  bool same_sums() {
    if (!bo_core_any_sum(model_.get())) {
      return true;
    }
    for (std::uint32_t c = 0; c < built_.cols; c++) {
      std::int32_t sum = 0;
      std::int32_t expected = 0;
      if (bo_core_sum(model_.get(), c, &sum) && !what_->take_sum(c, sum, expected)) {
        first_ = {"sum of column " + std::to_string(c) + " (both models against the convolution)",
                  static_cast<std::uint32_t>(expected), static_cast<std::uint32_t>(sum), 0};
        return false;
      }
    }
    return true;
  }

  const shape built_;
  const std::unique_ptr<program> what_;
  const std::unique_ptr<dut> device_;
  const std::vector<port> all_ports_;
  const core_pins pins_;
  const core_pointer model_;
  const register_file registers_, memories_;
  difference first_;
  std::uint64_t cycle_ = 0;
  bool comparing_ = true;

  episode now_;
  random_numbers bubble_;
  std::size_t written_ = 0, offered_ = 0;
  std::uint64_t run_cycles_ = 0, idle_cycles_ = 0;
  bool finished_ = false, faults_changed_ = false;
  std::size_t next_job_number_ = 0, loading_job_ = 0, streaming_job_ = 0;
  std::uint32_t vector_index_ = 0;
  std::vector<std::int32_t> weight_zero_;
  std::vector<std::uint8_t> act_;
  std::uint8_t act_zero_ = 0;
  std::vector<std::vector<bo_fault_word>> fault_; /* [banks][bank_rows], as written */
};

} // namespace

std::unique_ptr<run> make_core_run(std::unique_ptr<dut> rtl, std::unique_ptr<program> what) {
  return std::make_unique<core_run>(std::move(rtl), std::move(what));
}

difference find_difference(const register_file &registers) {
  difference found = {"", 0, 0, 0};
  for (const twin &pair : registers.twins()) {
    if (read_model(pair) != read_rtl(pair)) {
      if (found.name.empty()) {
        found = {pair.scope + "." + pair.name, read_model(pair), read_rtl(pair), 0};
      } else {
        found.more++;
      }
    }
  }
  return found;
}

} // namespace lockstep
