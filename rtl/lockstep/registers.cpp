#include "registers.h"

#include "errors.h"
#include "runs.h"

#include <map>
#include <tuple>

namespace lockstep {

namespace {

/* "delay_q[3]" is an element of "delay_q". */
std::string base_name(const std::string &name) {
  return name.substr(0, name.find('['));
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
  const std::string full = entry.scope + "." + base_name(entry.name);
  twin pair = {entry.scope, entry.name, entry.probe, var.data, var.bytes, 0, var.bits};
  if (var.elements == of.elements) {
    pair.rtl += i * var.bytes;
  } else if (var.elements == 1 && var.bits % of.elements == 0) {
    pair.width = static_cast<std::uint32_t>(var.bits / of.elements);
    pair.first_bit = i * pair.width;
  } else {
    throw usage_error(full + ": the C model has " + std::to_string(of.elements) +
                      " elements, the RTL " + std::to_string(var.elements) + " of " +
                      std::to_string(var.bits) + " bits");
  }
  if (pair.width > 64 || pair.first_bit % 8 + pair.width > 64) {
    throw usage_error(full + ": fields of " + std::to_string(pair.width) +
                      " bits are too wide to be compared");
  }
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

} // namespace

std::uint64_t read_model(const twin &pair) {
  return bo_probe_read(&pair.model);
}

std::uint64_t read_rtl(const twin &pair) {
  std::uint64_t value = 0;
  for (std::uint32_t i = 0; i < pair.width; i++) {
    const std::size_t bit = pair.first_bit + i;
    value |= static_cast<std::uint64_t>(pair.rtl[bit / 8] >> (bit % 8) & 1) << i;
  }
  return value;
}

bo_status probe_list::visit(void *context, const char *scope, const char *name,
                            const bo_probe *probe) {
  static_cast<probe_list *>(context)->entries.push_back({scope, name, *probe});
  return BO_OK;
}

register_file::register_file(const std::vector<probe_list::entry> &probes,
                             const std::vector<variable> &variables) {
  std::map<name_key, owner> owners = find_owners(probes, variables);
  for (const probe_list::entry &entry : probes) {
    all_.push_back(make_twin(entry, owners.at({entry.scope, base_name(entry.name)})));
  }
  std::map<std::tuple<int, int, std::uint32_t>, group> grouped;
  for (const planned_run &planned : plan_runs(all_)) {
    group &into = grouped[{planned.kind, planned.form, planned.rtl_bytes}];
    into.runs.push_back(planned.run);
    into.compare = bo_twin_choose_compare(planned.kind, planned.form, planned.rtl_bytes);
  }
  for (auto &[key, made] : grouped) {
    groups_.push_back(std::move(made));
  }
}

bool register_file::equal() const {
  std::uint64_t differing = 0;
  for (const group &each : groups_) {
    differing |= each.compare(each.runs.data(), each.runs.size());
  }
  return differing == 0;
}

} // namespace lockstep
