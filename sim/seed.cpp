#include "sim/seed.hpp"

#include <algorithm>
#include <array>

namespace rejoin::sim {
namespace {

// In the order of their numbers. One that has no name here is written as its number: purpose_40.
constexpr std::array<std::string_view, 32> names = {
    "latency_base",    "latency",         "loss",
    "duplicate",       "duplicate_delay", "reorder",
    "reorder_delay",   "sync_delay",      "sync_torn",
    "checkpoint",      "incarnation",     "clock_offset",
    "config",          "swarm",           "fault_at",
    "fault_for",       "fault_rate",      "fault_by",
    "fault_target",    "operation_at",    "operation_node",
    "operation_count", "operation_key",   "operation_kind",
    "operation_value", "operation_abort", "operation_families",
    "harvest",         "mesh_order",      "link_fate",
    "link_amount",     "fault_more"};
constexpr std::string_view unnamed = "purpose_";
constexpr std::uint64_t purposes_max = 1000;

std::optional<std::uint64_t> number(std::string_view digits) {
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  std::uint64_t out = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return out;
}

// By what a person counts draws of this purpose.
std::uint64_t index_of(Purpose purpose, std::uint64_t a, std::uint64_t b, std::uint64_t k) {
  if (purpose >= Purpose::operation_at && purpose <= Purpose::operation_families) return a;
  if (purpose >= Purpose::fault_at && purpose <= Purpose::fault_target) return b;
  if (purpose == Purpose::sync_delay || purpose == Purpose::checkpoint) return b;
  return k;
}

// PURPOSE[/KEY][@FROM]:SALT
std::optional<Rekey> parse_rekey(std::string_view text) {
  Rekey out;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto salt = number(text.substr(colon + 1));
  std::string_view what = text.substr(0, colon);
  if (const std::size_t at = what.rfind('@'); at != std::string_view::npos) {
    const auto from = number(what.substr(at + 1));
    if (!from) return std::nullopt;
    out.from = *from;
    what = what.substr(0, at);
  }
  const std::size_t slash = what.find('/');
  if (slash != std::string_view::npos) {
    out.key = what.substr(slash + 1);
    if (out.key.empty()) return std::nullopt;
    what = what.substr(0, slash);
  }
  const auto purpose = purpose_called(what);
  if (!salt || !purpose) return std::nullopt;
  out.purpose = *purpose;
  out.salt = *salt;
  return out;
}

}  // namespace

Draws::Draws(std::uint64_t seed, std::vector<Rekey> rekeys)
    : seed_(seed), rekeys_(std::move(rekeys)) {
  for (const Rekey& rekey : rekeys_) {
    const auto digits = number(rekey.key);
    keys_.push_back(rekey.key.empty() ? std::nullopt
                                      : std::optional(digits ? *digits : key_of(rekey.key)));
  }
}

std::uint64_t Draws::rekeyed(std::uint64_t named, Purpose purpose, std::uint64_t a, std::uint64_t b,
                             std::uint64_t k) const {
  for (std::size_t i = 0; i < rekeys_.size(); ++i) {
    const Rekey& rekey = rekeys_[i];
    if (rekey.purpose != purpose || (keys_[i] && *keys_[i] != a)) continue;
    if (rekey.from > 0 && index_of(purpose, a, b, k) < rekey.from) continue;
    named = combine64(named, rekey.salt);
  }
  return named;
}

std::string name_of(Purpose purpose) {
  const auto at = static_cast<std::size_t>(purpose);
  if (at >= 1 && at <= names.size()) return std::string(names[at - 1]);
  return std::string(unnamed) + std::to_string(at);
}

std::optional<Purpose> purpose_called(std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) return static_cast<Purpose>(at - names.begin() + 1);
  if (!name.starts_with(unnamed)) return std::nullopt;
  const auto bare = number(name.substr(unnamed.size()));
  if (!bare || *bare == 0 || *bare > purposes_max) return std::nullopt;
  return static_cast<Purpose>(*bare);
}

std::string to_string(const std::vector<Rekey>& rekeys) {
  std::string out;
  for (const Rekey& rekey : rekeys) {
    out += "+" + name_of(rekey.purpose);
    if (!rekey.key.empty()) out += "/" + rekey.key;
    if (rekey.from > 0) out += "@" + std::to_string(rekey.from);
    out += ":" + std::to_string(rekey.salt);
  }
  return out;
}

std::string to_string(const Seed& seed) {
  return std::to_string(seed.number) + to_string(seed.rekeys);
}

Result<std::vector<Rekey>> parse_rekeys(std::string_view text) {
  std::vector<Rekey> out;
  if (text.empty()) return out;
  if (text.starts_with('+')) text.remove_prefix(1);
  for (bool more = true; more;) {
    const std::size_t end = std::min(text.find('+'), text.size());
    const auto one = parse_rekey(text.substr(0, end));
    if (!one) {
      return Error{ErrorCode::invalid_argument,
                   "'" + std::string(text.substr(0, end)) +
                       "' is no edit of a seed; one is PURPOSE[/KEY][@FROM]:SALT, such as "
                       "fault_at/split:3 or latency@50:9"};
    }
    out.push_back(*one);
    more = end < text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<Seed> parse_seed(std::string_view text) {
  const std::size_t end = std::min(text.find('+'), text.size());
  const auto bare = number(text.substr(0, end));
  if (!bare) {
    return Error{ErrorCode::invalid_argument,
                 "'" + std::string(text) +
                     "' is no seed; one is a number, such as 7, and edits "
                     "behind it, such as 7+fault_at:3"};
  }
  auto rekeys = parse_rekeys(text.substr(end));
  if (!rekeys) return rekeys.error();
  return Seed(*bare, *std::move(rekeys));
}

}  // namespace rejoin::sim
