// The faults of faults.h.
#include "faults.h"

#include <algorithm>
#include <charconv>
#include <new>

namespace omc {
namespace {

constexpr size_t kMegabyte = 1024 * 1024;
constexpr size_t kPageBytes = 4096;

std::expected<long, std::string> number(std::string_view name, std::string_view text, long most) {
  long value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && value >= 0 && value <= most) return value;
  return std::unexpected("fault " + std::string(name) + " needs a number from 0 to " +
                         std::to_string(most) + ", not '" + std::string(text) + "'");
}

}  // namespace

std::expected<void, std::string> Faults::set(std::string_view name, std::string_view amount) {
  const auto store = [&](std::atomic<int>& where, long most) -> std::expected<void, std::string> {
    const auto value = number(name, amount, most);
    if (!value) return std::unexpected(value.error());
    where = static_cast<int>(*value);
    return {};
  };
  if (name == "slow") return store(slow_ms_, kMaxSlowMs);
  if (name == "errors") return store(error_percent_, 100);
  if (name == "exit") return store(exit_code_, 255);
  if (name == "leak") {
    const auto mb = number(name, amount, kMaxLeakMb);
    return mb ? leak(*mb) : std::unexpected(mb.error());
  }
  if (!amount.empty()) return std::unexpected("fault " + std::string(name) + " takes no amount");
  if (name == "crash") return crash_ = true, std::expected<void, std::string>();
  if (name == "unhealthy") return unhealthy_ = true, std::expected<void, std::string>();
  if (name == "off") return off(), std::expected<void, std::string>();
  return std::unexpected("no fault '" + std::string(name) +
                         "': there are crash, slow, leak, errors, unhealthy, exit and off");
}

std::expected<void, std::string> Faults::set_from(std::string_view text) {
  if (text.empty()) return {};
  const size_t colon = std::min(text.find(':'), text.size());
  return set(text.substr(0, colon), text.substr(std::min(colon + 1, text.size())));
}

std::optional<int> Faults::exit_at_start() const {
  const int code = exit_code_;
  return code >= 0 ? std::optional(code) : std::nullopt;
}

bool Faults::next_is_error() {
  const auto percent = static_cast<unsigned long>(error_percent_.load());
  const unsigned long n = answers_++;
  return (n + 1) * percent / 100 > n * percent / 100;
}

std::expected<void, std::string> Faults::leak(long mb) {
  for (long i = 0; i < mb; ++i) {
    std::unique_ptr<char[]> block(new (std::nothrow) char[kMegabyte]);
    if (block == nullptr) return std::unexpected("no memory after " + std::to_string(i) + " MB");
    for (size_t at = 0; at < kMegabyte; at += kPageBytes) {
      static_cast<volatile char*>(block.get())[at] = 1;
    }
    const std::lock_guard lock(mutex_);
    leaked_.push_back(std::move(block));
  }
  return {};
}

void Faults::off() {
  crash_ = false;
  unhealthy_ = false;
  slow_ms_ = 0;
  error_percent_ = 0;
  const std::lock_guard lock(mutex_);
  leaked_.clear();
}

}  // namespace omc
