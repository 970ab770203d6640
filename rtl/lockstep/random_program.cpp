// Directed and random tiles over random words, masks and activations.
#include "program.h"
#include "random.h"

#include <algorithm>
#include <deque>

namespace lockstep {

namespace {

class random_program final : public program {
public:
  random_program(const shape &built, std::uint64_t seed) : size_(built), draw_(seed) {
    plan_directed();
  }

  bool next(episode &out) override {
    out = {};
    if (first_) {
      first_ = false;
      fill_banks(out);
    } else {
      change_some_rows(out);
    }
    out.bubbles = draw_.one_in(2) ? 0 : draw_.below(8);
    const std::uint32_t tiles = draw_.between(1, 8);
    for (std::uint32_t i = 0; i < tiles; i++) {
      out.jobs.push_back(next_job());
    }
    if (draw_.one_in(16)) {
      out.reset_after = draw_.between(1, 4 * (size_.rows + size_.cols));
    }
    return true;
  }

  void vector(std::size_t, std::uint32_t, std::uint8_t *act, std::uint8_t &act_zero) override {
    for (std::uint32_t r = 0; r < size_.rows; r += 8) {
      const std::uint64_t bytes = draw_.next();
      for (std::uint32_t i = r; i < std::min(r + 8, size_.rows); i++) {
        act[i] = static_cast<std::uint8_t>(bytes >> (8 * (i - r)));
      }
    }
    act_zero = static_cast<std::uint8_t>(draw_.next());
  }

  bool take_sum(std::uint32_t, std::int32_t, std::int32_t &) override {
    return true;
  }

private:
  /* What a tile is to be, where it is not left to chance (0). */
  struct wish {
    std::uint32_t bits, k, n, m;
    bool at_the_end_of_a_bank;
  };

  void plan_directed() {
    for (std::uint32_t bits = 1; bits <= 8; bits++) {
      wishes_.push_back({bits, size_.rows, size_.cols, 1, false});
      wishes_.push_back({bits, size_.rows, size_.cols, 0, true});
      wishes_.push_back({bits, 1, 1, 1, false});
      wishes_.push_back({bits, 1, size_.cols, 2, true});
      wishes_.push_back({bits, size_.rows, 1, 3, false});
    }
    wishes_.push_back({8, size_.rows, size_.cols, size_.depth, false});
    wishes_.push_back({1, 1, 1, size_.depth, false});
  }

  bo_fault_word draw_fault() {
    const std::uint64_t all = UINT64_MAX >> (64 - size_.bank_width);
    if (draw_.one_in(2)) {
      return {UINT64_MAX, 0, 0};
    }
    return {draw_.next() | draw_.next() | ~all, draw_.next() & draw_.next() & all,
            draw_.next() & draw_.next() & all};
  }

  bank_write draw_write(std::uint32_t bank, std::uint32_t row) {
    return {bank, row, true, true, draw_.next() >> (64 - size_.bank_width), draw_fault()};
  }

  void fill_banks(episode &out) {
    for (std::uint32_t bank = 0; bank < size_.banks; bank++) {
      for (std::uint32_t row = 0; row < size_.bank_rows; row++) {
        /* Some rows stay as they are at the start: zeros, without faults. */
        bank_write write = draw_write(bank, row);
        write.has_word = !draw_.one_in(8);
        write.has_fault = draw_.one_in(2);
        out.writes.push_back(write);
      }
    }
  }

  void change_some_rows(episode &out) {
    for (std::uint32_t i = draw_.below(2) * draw_.below(20); i > 0; i--) {
      bank_write write = draw_write(draw_.below(size_.banks), draw_.below(size_.bank_rows));
      write.has_word = !draw_.one_in(3);
      write.has_fault = !write.has_word || draw_.one_in(2);
      out.writes.push_back(write);
    }
  }

  /* A number up to max, at its ends more often than in between. */
  std::uint32_t draw_side(std::uint32_t max) {
    const std::uint32_t kind = draw_.below(8);
    return kind < 4 ? max : kind == 4 ? 1 : draw_.between(1, max);
  }

  std::uint32_t draw_vectors() {
    const std::uint32_t kind = draw_.below(8);
    return std::min(size_.depth, kind < 3   ? 1
                                 : kind < 7 ? draw_.between(1, 2 * size_.rows + 2)
                                            : draw_.between(1, size_.depth));
  }

  job next_job() {
    wish wanted = {};
    if (!wishes_.empty()) {
      wanted = wishes_.front();
      wishes_.pop_front();
    }
    const auto choose = [](std::uint32_t wish_or_0, std::uint32_t drawn) {
      return wish_or_0 != 0 ? wish_or_0 : drawn;
    };
    job made = {};
    bo_tile_words &words = made.tile.words;
    words.bits = choose(wanted.bits, draw_.between(1, std::min(8U, size_.bank_width)));
    const std::uint32_t most = size_.bank_width / words.bits;
    words.codes_per_row = draw_.one_in(4) ? draw_.between(1, most) : most;
    words.slot = draw_.one_in(3) ? 0 : draw_.below(words.codes_per_row);
    words.is_signed = draw_.one_in(2);
    words.k = choose(wanted.k, draw_side(size_.rows));
    words.n = choose(wanted.n, draw_side(size_.cols));
    const std::uint32_t bank = draw_.below(size_.banks);
    const std::uint32_t row = wanted.at_the_end_of_a_bank || draw_.one_in(8)
                                  ? size_.bank_rows - 1
                                  : draw_.below(size_.bank_rows);
    words.stream_row = std::uint64_t{bank} * size_.bank_rows + row;
    made.tile.m = choose(wanted.m, draw_vectors());
    made.tile.accumulate = draw_.one_in(2);
    made.tile.last = draw_.one_in(2);
    const bool any_zero = draw_.one_in(4);
    for (std::uint32_t c = 0; c < size_.cols; c++) {
      const auto code = static_cast<std::int32_t>(draw_.below(1U << words.bits));
      made.weight_zero.push_back(any_zero ? static_cast<std::int32_t>(draw_.below(512)) - 256
                                 : words.is_signed ? code - (1 << (words.bits - 1))
                                                   : code);
    }
    return made;
  }

  const shape size_;
  random_numbers draw_;
  std::deque<wish> wishes_;
  bool first_ = true;
};

} // namespace

std::unique_ptr<program> make_random_program(const shape &built, std::uint64_t seed) {
  return std::make_unique<random_program>(built, seed);
}

} // namespace lockstep
