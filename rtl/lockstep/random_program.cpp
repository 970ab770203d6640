// Directed and random tiles over random words, masks and activations.
#include "program.h"
#include "random.h"

#include <algorithm>
#include <deque>

namespace lockstep {

namespace {

class random_program final : public program {
public:
  random_program(const shape &built, std::uint64_t seed) : size(built), draw(seed) {
    plan_directed();
  }

  bool next(episode &out) override {
    out = {};
    if (first) {
      first = false;
      fill_banks(out);
    } else {
      change_some_rows(out);
    }
    out.bubbles = draw.one_in(2) ? 0 : draw.below(8);
    const std::uint32_t tiles = draw.between(1, 8);
    for (std::uint32_t i = 0; i < tiles; i++) {
      out.jobs.push_back(next_job());
    }
    if (draw.one_in(16)) {
      out.reset_after = draw.between(1, 4 * (size.rows + size.cols));
    }
    return true;
  }

  void vector(std::size_t, std::uint32_t, std::uint8_t *act, std::uint8_t &act_zero) override {
    for (std::uint32_t r = 0; r < size.rows; r += 8) {
      const std::uint64_t bytes = draw.next();
      for (std::uint32_t i = r; i < std::min(r + 8, size.rows); i++) {
        act[i] = static_cast<std::uint8_t>(bytes >> (8 * (i - r)));
      }
    }
    act_zero = static_cast<std::uint8_t>(draw.next());
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
      wishes.push_back({bits, size.rows, size.cols, 1, false});
      wishes.push_back({bits, size.rows, size.cols, 0, true});
      wishes.push_back({bits, 1, 1, 1, false});
      wishes.push_back({bits, 1, size.cols, 2, true});
      wishes.push_back({bits, size.rows, 1, 3, false});
    }
    wishes.push_back({8, size.rows, size.cols, size.depth, false});
    wishes.push_back({1, 1, 1, size.depth, false});
  }

  bo_fault_word draw_fault() {
    const std::uint64_t all = UINT64_MAX >> (64 - size.bank_width);
    if (draw.one_in(2)) {
      return {UINT64_MAX, 0, 0};
    }
    return {draw.next() | draw.next() | ~all, draw.next() & draw.next() & all,
            draw.next() & draw.next() & all};
  }

  bank_write draw_write(std::uint32_t bank, std::uint32_t row) {
    return {bank, row, true, true, draw.next() >> (64 - size.bank_width), draw_fault()};
  }

  void fill_banks(episode &out) {
    for (std::uint32_t bank = 0; bank < size.banks; bank++) {
      for (std::uint32_t row = 0; row < size.bank_rows; row++) {
        /* Some rows stay as they are at the start: zeros, without faults. */
        bank_write write = draw_write(bank, row);
        write.has_word = !draw.one_in(8);
        write.has_fault = draw.one_in(2);
        out.writes.push_back(write);
      }
    }
  }

  void change_some_rows(episode &out) {
    for (std::uint32_t i = draw.below(2) * draw.below(20); i > 0; i--) {
      bank_write write = draw_write(draw.below(size.banks), draw.below(size.bank_rows));
      write.has_word = !draw.one_in(3);
      write.has_fault = !write.has_word || draw.one_in(2);
      out.writes.push_back(write);
    }
  }

  /* A number up to max, at its ends more often than in between. */
  std::uint32_t draw_side(std::uint32_t max) {
    const std::uint32_t kind = draw.below(8);
    return kind < 4 ? max : kind == 4 ? 1 : draw.between(1, max);
  }

  std::uint32_t draw_vectors() {
    const std::uint32_t kind = draw.below(8);
    return std::min(size.depth, kind < 3   ? 1
                                : kind < 7 ? draw.between(1, 2 * size.rows + 2)
                                           : draw.between(1, size.depth));
  }

  job next_job() {
    wish wanted = {};
    if (!wishes.empty()) {
      wanted = wishes.front();
      wishes.pop_front();
    }
    const auto choose = [](std::uint32_t wish_or_0, std::uint32_t drawn) {
      return wish_or_0 != 0 ? wish_or_0 : drawn;
    };
    job made = {};
    bo_tile_words &words = made.tile.words;
    words.bits = choose(wanted.bits, draw.between(1, std::min(8U, size.bank_width)));
    const std::uint32_t most = size.bank_width / words.bits;
    words.codes_per_row = draw.one_in(4) ? draw.between(1, most) : most;
    words.slot = draw.one_in(3) ? 0 : draw.below(words.codes_per_row);
    words.is_signed = draw.one_in(2);
    words.k = choose(wanted.k, draw_side(size.rows));
    words.n = choose(wanted.n, draw_side(size.cols));
    const std::uint32_t bank = draw.below(size.banks);
    const std::uint32_t row = wanted.at_the_end_of_a_bank || draw.one_in(8)
                                  ? size.bank_rows - 1
                                  : draw.below(size.bank_rows);
    words.stream_row = std::uint64_t{bank} * size.bank_rows + row;
    made.tile.m = choose(wanted.m, draw_vectors());
    made.tile.accumulate = draw.one_in(2);
    made.tile.last = draw.one_in(2);
    const bool any_zero = draw.one_in(4);
    for (std::uint32_t c = 0; c < size.cols; c++) {
      const auto code = static_cast<std::int32_t>(draw.below(1U << words.bits));
      made.weight_zero.push_back(any_zero ? static_cast<std::int32_t>(draw.below(512)) - 256
                                 : words.is_signed ? code - (1 << (words.bits - 1))
                                                   : code);
    }
    return made;
  }

  const shape size;
  random_numbers draw;
  std::deque<wish> wishes;
  bool first = true;
};

} // namespace

std::unique_ptr<program> make_random_program(const shape &built, std::uint64_t seed) {
  return std::make_unique<random_program>(built, seed);
}

} // namespace lockstep
