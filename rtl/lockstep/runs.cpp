#include "runs.h"

#include <algorithm>
#include <tuple>

namespace lockstep {

namespace {

std::uint64_t low_bits(std::size_t count) {
  return UINT64_MAX >> (64 - count);
}

/* Twins that one run may hold: in one array of the model, and of the same widths. */
auto likeness(const twin &pair) {
  return std::tuple(pair.model.base, pair.model.kind, pair.model.width_bits, pair.width);
}

auto order(const twin &pair) {
  return std::tuple_cat(likeness(pair), std::tuple(pair.rtl, pair.first_bit));
}

/* A field with bytes of its own; bytes 0: it has none. */
struct own_bytes {
  const unsigned char *at;
  std::size_t bytes;
};

bool is_loadable(std::size_t bytes) {
  return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

own_bytes find_own_bytes(const twin &pair) {
  if (pair.first_bit == 0 && is_loadable(pair.rtl_bytes)) {
    return {pair.rtl, pair.rtl_bytes};
  }
  if (pair.first_bit % 8 == 0 && pair.width % 8 == 0 && is_loadable(pair.width / 8)) {
    return {pair.rtl + pair.first_bit / 8, pair.width / 8};
  }
  return {nullptr, 0};
}

using position = std::vector<twin>::const_iterator;

std::size_t count_long(position first, position end) {
  const own_bytes own = find_own_bytes(*first);
  if (own.bytes == 0 || (first->model.kind == BO_PROBE_BIT && own.bytes != 1)) {
    return 0;
  }
  std::size_t count = 1;
  for (position next = first + 1; next != end; ++next, count++) {
    const own_bytes there = find_own_bytes(*next);
    const bool same_word =
        first->model.kind != BO_PROBE_BIT || next->model.index / 64 == first->model.index / 64;
    if (likeness(*next) != likeness(*first) || there.bytes != own.bytes ||
        there.at != own.at + count * own.bytes || next->model.index != first->model.index + count ||
        !same_word) {
      break;
    }
  }
  return count;
}

/* Fields of one variable, next to each other, that one load of 64 bits holds wherever it begins. */
std::size_t count_packed(position first, position end) {
  std::size_t count = 1;
  for (position next = first + 1; next != end; ++next, count++) {
    const std::size_t stride = (first + 1)->model.index - first->model.index;
    const std::size_t bits = (count + 1) * first->width;
    if (likeness(*next) != likeness(*first) || next->rtl != first->rtl ||
        next->first_bit != first->first_bit + count * first->width ||
        next->model.index != first->model.index + count * stride ||
        first->first_bit % 8 + bits > 64) {
      break;
    }
  }
  return count;
}

planned_run make_run(position first, std::size_t count) {
  const std::size_t stride = count > 1 ? (first + 1)->model.index - first->model.index : 1;
  const bo_twin_run run = {first->rtl,
                           first->model.base,
                           static_cast<std::uint32_t>(first->model.index),
                           static_cast<std::uint32_t>(stride),
                           static_cast<std::uint32_t>(count),
                           1,
                           0,
                           0,
                           first->width,
                           low_bits(first->width),
                           low_bits(std::min<std::size_t>(count * first->width, 64)),
                           low_bits(first->model.width_bits)};
  return {run, first->model.kind, count > 1 ? BO_TWIN_PACKED : BO_TWIN_SINGLE, 0};
}

planned_run make_long(position first, std::size_t count) {
  const own_bytes own = find_own_bytes(*first);
  planned_run made = make_run(first, count);
  made.run.rtl = own.at;
  made.rtl_bytes = static_cast<std::uint32_t>(own.bytes);
  made.form = BO_TWIN_LONG;
  return made;
}

/* The load: as few bytes as hold the fields, at a multiple of their number if it can be. */
planned_run make_packed(position first, std::size_t count) {
  planned_run made = make_run(first, count);
  const std::size_t end_bit = first->first_bit + count * std::size_t{first->width};
  std::size_t start =
      std::min(first->first_bit / 8, std::max<std::size_t>(first->rtl_bytes, 8) - 8);
  made.rtl_bytes = 8;
  for (std::uint32_t bytes : {4U, 2U, 1U}) {
    const std::size_t aligned = first->first_bit / (8 * std::size_t{bytes}) * bytes;
    if (end_bit <= 8 * (aligned + bytes) && aligned + bytes <= first->rtl_bytes) {
      start = aligned;
      made.rtl_bytes = bytes;
    }
  }
  made.run.rtl += start;
  made.run.shift = static_cast<std::uint32_t>(first->first_bit - 8 * start);
  return made;
}

/* Makes a long run a row of the one before it, if it goes on there in the same step. */
bool join(planned_run &before, const planned_run &next) {
  bo_twin_run &run = before.run;
  const std::uint32_t step = next.run.index - run.index - (run.rows - 1) * run.row_step;
  const bool goes_on =
      before.form == BO_TWIN_LONG && next.form == BO_TWIN_LONG && next.kind == before.kind &&
      next.rtl_bytes == before.rtl_bytes && next.run.base == run.base &&
      next.run.count == run.count && next.run.index > run.index &&
      next.run.model_mask == run.model_mask &&
      next.run.rtl == run.rtl + std::size_t{run.rows} * run.count * before.rtl_bytes &&
      (run.rows == 1 || step == run.row_step);
  if (goes_on) {
    run.row_step = step;
    run.rows++;
  }
  return goes_on;
}

} // namespace

std::vector<planned_run> plan_runs(std::vector<twin> twins) {
  std::sort(twins.begin(), twins.end(),
            [](const twin &a, const twin &b) { return order(a) < order(b); });
  std::vector<planned_run> planned;
  for (position first = twins.begin(); first != twins.end();) {
    const std::size_t in_long = count_long(first, twins.end());
    const bool is_long = in_long >= BO_TWIN_LONG_MIN;
    const std::size_t count = is_long ? in_long : count_packed(first, twins.end());
    const planned_run made = is_long ? make_long(first, count) : make_packed(first, count);
    if (planned.empty() || !join(planned.back(), made)) {
      planned.push_back(made);
    }
    first += static_cast<std::ptrdiff_t>(count);
  }
  return planned;
}

} // namespace lockstep
