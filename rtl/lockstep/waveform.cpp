#include "waveform.h"

#include "errors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lockstep {

namespace {

std::vector<std::string> split(const std::string &scope) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t dot = scope.find('.'); dot != std::string::npos; dot = scope.find('.', begin)) {
    parts.push_back(scope.substr(begin, dot - begin));
    begin = dot + 1;
  }
  parts.push_back(scope.substr(begin));
  return parts;
}

/* Short names out of the printable characters, as VCD wants them. */
std::string make_id(std::size_t number) {
  std::string id;
  do {
    id += static_cast<char>('!' + number % 94);
    number /= 94;
  } while (number > 0);
  return id;
}

std::string binary(const unsigned char *bytes, std::size_t bits) {
  std::string text(bits, '0');
  for (std::size_t i = 0; i < bits; i++) {
    text[bits - 1 - i] = static_cast<char>('0' + (bytes[i / 8] >> (i % 8) & 1));
  }
  return text;
}

} // namespace

waveform::waveform(const std::string &path, const run &shown)
    : file(std::fopen(path.c_str(), "w")) {
  if (file == nullptr) {
    throw usage_error(path + ": " + std::strerror(errno));
  }
  for (const port &pin : shown.ports()) {
    add({"ports", pin.name, "", pin.bytes * 8, nullptr, false, &pin, ""});
  }
  for (const bool of_model : {false, true}) {
    for (const twin &pair : shown.twins()) {
      const std::string scope = (of_model ? "c_model." : "rtl.") + pair.scope;
      add({scope, pair.name, "", pair.width, &pair, of_model, nullptr, ""});
    }
  }
  write_header();
}

void waveform::add(signal added) {
  added.id = make_id(signals.size());
  signals.push_back(std::move(added));
}

void waveform::write_header() {
  std::vector<const signal *> sorted;
  for (const signal &shown : signals) {
    sorted.push_back(&shown);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const signal *a, const signal *b) {
    return split(a->scope) < split(b->scope);
  });
  std::fprintf(file.get(), "$comment cycles of the clock; c_model is what is expected $end\n"
                           "$timescale 1 ns $end\n");
  std::vector<std::string> open;
  for (const signal *shown : sorted) {
    const std::vector<std::string> scope = split(shown->scope);
    std::size_t common = 0;
    while (common < open.size() && common < scope.size() && open[common] == scope[common]) {
      common++;
    }
    for (; open.size() > common; open.pop_back()) {
      std::fprintf(file.get(), "$upscope $end\n");
    }
    for (; open.size() < scope.size(); open.push_back(scope[open.size()])) {
      std::fprintf(file.get(), "$scope module %s $end\n", scope[open.size()].c_str());
    }
    std::fprintf(file.get(), "$var wire %zu %s %s $end\n", shown->bits, shown->id.c_str(),
                 shown->name.c_str());
  }
  for (; !open.empty(); open.pop_back()) {
    std::fprintf(file.get(), "$upscope $end\n");
  }
  std::fprintf(file.get(), "$enddefinitions $end\n");
}

std::string waveform::read(const signal &shown) {
  if (shown.pair == nullptr) {
    return binary(static_cast<const unsigned char *>(shown.pin->data), shown.bits);
  }
  const std::uint64_t value = shown.of_model ? read_model(*shown.pair) : read_rtl(*shown.pair);
  unsigned char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  return binary(bytes, shown.bits);
}

void waveform::sample(std::uint64_t cycle) {
  std::fprintf(file.get(), "#%llu\n", static_cast<unsigned long long>(cycle));
  for (signal &shown : signals) {
    std::string value = read(shown);
    if (value != shown.last) {
      std::fprintf(file.get(), "b%s %s\n", value.c_str(), shown.id.c_str());
      shown.last = std::move(value);
    }
  }
}

} // namespace lockstep
