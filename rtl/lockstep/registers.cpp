#include "registers.h"

#include "errors.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>

namespace lockstep {

namespace {

std::uint64_t low_bits(std::uint32_t width) {
  return UINT64_MAX >> (64 - width);
}

std::uint64_t load(const unsigned char *from, std::uint32_t bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, bytes);
  return value;
}

/* "delay_q[3]" is an element of "delay_q". */
std::string base_name(const std::string &name) {
  return name.substr(0, name.find('['));
}

/* Chooses how a field is read: as little as holds it, at a multiple of its size if it can be. */
void place_field(twin &pair, const variable &var, std::size_t first_bit) {
  for (const std::uint32_t bytes : {1U, 2U, 4U, 8U}) {
    const std::size_t start = first_bit / (8 * bytes) * bytes;
    if (first_bit + pair.width <= 8 * (start + bytes) && start + bytes <= var.bytes) {
      pair.rtl += start;
      pair.rtl_bytes = bytes;
      pair.shift = static_cast<std::uint32_t>(first_bit - 8 * start);
      return;
    }
  }
  const std::size_t start = std::min(first_bit / 8, var.bytes - 8);
  pair.rtl += start;
  pair.rtl_bytes = 8;
  pair.shift = static_cast<std::uint32_t>(first_bit - 8 * start);
  if (pair.shift + pair.width > 64) {
    throw usage_error(pair.scope + "." + pair.name + ": wider than can be compared");
  }
}

using name_key = std::pair<std::string, std::string>; /* scope, name */

/* A variable and how many model registers are elements of it. */
struct owner {
  const variable *var;
  std::size_t elements, paired;
};

twin make_twin(const probe_list::entry &entry, owner &of) {
  const variable &var = *of.var;
  const std::size_t i = of.paired++;
  twin pair = {entry.scope, entry.name, entry.probe, var.data, 0, 0, var.bits};
  if (var.elements == of.elements) {
    pair.rtl += i * var.bytes;
    place_field(pair, var, 0);
    return pair;
  }
  const std::string full = entry.scope + "." + base_name(entry.name);
  if (var.elements != 1 || var.bits % of.elements != 0) {
    throw usage_error(full + ": the C model has " + std::to_string(of.elements) +
                      " elements, the RTL " + std::to_string(var.elements) + " of " +
                      std::to_string(var.bits) + " bits");
  }
  pair.width = static_cast<std::uint32_t>(var.bits / of.elements);
  place_field(pair, var, i * pair.width);
  return pair;
}

std::map<name_key, owner> find_owners(const std::vector<probe_list::entry> &probes,
                                      const std::vector<variable> &variables) {
  std::map<name_key, owner> owners;
  for (const variable &var : variables) {
    owners[{var.scope, var.name}] = {&var, 0, 0};
  }
  for (const probe_list::entry &entry : probes) {
    const auto found = owners.find({entry.scope, base_name(entry.name)});
    if (found == owners.end()) {
      throw usage_error(entry.scope + "." + entry.name +
                        ": a register of the C model that the RTL does not have");
    }
    found->second.elements++;
  }
  for (const auto &[name, of] : owners) {
    if (of.elements == 0) {
      throw usage_error(name.first + "." + name.second +
                        ": a register of the RTL that the C model does not have");
    }
  }
  return owners;
}

template <typename R, typename M> std::uint64_t differences(const twin_group &group) {
  const M *const model = static_cast<const M *>(*group.base);
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < group.rtl.size(); i++) {
    R value;
    std::memcpy(&value, group.rtl[i], sizeof value);
    differing |= ((value >> group.shift[i]) & group.rtl_mask) ^
                 (model[group.index[i]] & group.model_mask);
  }
  return differing;
}

template <typename R> std::uint64_t bit_differences(const twin_group &group) {
  const auto *const model = static_cast<const std::uint64_t *>(*group.base);
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < group.rtl.size(); i++) {
    R value;
    std::memcpy(&value, group.rtl[i], sizeof value);
    const std::uint32_t bit = group.index[i];
    differing |= ((value >> group.shift[i]) ^ (model[bit / 64] >> (bit % 64))) & 1;
  }
  return differing;
}

template <typename R> std::uint64_t differences_of_kind(const twin_group &group) {
  switch (group.kind) {
  case BO_PROBE_U8:
    return differences<R, std::uint8_t>(group);
  case BO_PROBE_U16:
    return differences<R, std::uint16_t>(group);
  case BO_PROBE_U32:
    return differences<R, std::uint32_t>(group);
  case BO_PROBE_U64:
    return differences<R, std::uint64_t>(group);
  case BO_PROBE_BIT:
    break;
  }
  return bit_differences<R>(group);
}

std::uint64_t group_differences(const twin_group &group) {
  switch (group.rtl_bytes) {
  case 1:
    return differences_of_kind<std::uint8_t>(group);
  case 2:
    return differences_of_kind<std::uint16_t>(group);
  case 4:
    return differences_of_kind<std::uint32_t>(group);
  default:
    return differences_of_kind<std::uint64_t>(group);
  }
}

} // namespace

std::uint64_t read_model(const twin &pair) {
  return bo_probe_read(&pair.model);
}

std::uint64_t read_rtl(const twin &pair) {
  return load(pair.rtl, pair.rtl_bytes) >> pair.shift & low_bits(pair.width);
}

bo_status probe_list::visit(void *context, const char *scope, const char *name,
                            const bo_probe *probe) {
  static_cast<probe_list *>(context)->entries.push_back({scope, name, *probe});
  return BO_OK;
}

register_file::register_file(const std::vector<probe_list::entry> &probes,
                             const std::vector<variable> &variables) {
  std::map<name_key, owner> owners = find_owners(probes, variables);
  std::map<std::tuple<const void *, int, std::uint32_t, std::uint32_t, std::uint32_t>, twin_group>
      grouped;
  for (const probe_list::entry &entry : probes) {
    const twin pair = make_twin(entry, owners.at({entry.scope, base_name(entry.name)}));
    twin_group &group = grouped[{pair.model.base, pair.model.kind, pair.rtl_bytes, pair.width,
                                 pair.model.width_bits}];
    group.base = pair.model.base;
    group.kind = pair.model.kind;
    group.rtl_bytes = pair.rtl_bytes;
    group.model_mask = low_bits(pair.model.width_bits);
    group.rtl_mask = low_bits(pair.width);
    group.rtl.push_back(pair.rtl);
    group.index.push_back(static_cast<std::uint32_t>(pair.model.index));
    group.shift.push_back(pair.shift);
    all.push_back(pair);
  }
  for (auto &[key, group] : grouped) {
    groups.push_back(std::move(group));
  }
}

bool register_file::equal() const {
  std::uint64_t differing = 0;
  for (const twin_group &group : groups) {
    differing |= group_differences(group);
  }
  return differing == 0;
}

} // namespace lockstep
