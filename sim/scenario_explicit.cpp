// What a scenario says itself, instead of leaving it to a seed.

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "sim/families.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {
namespace {

constexpr std::array<std::string_view, 3> storage_names = {"memory", "sqlite", "drawn"};

Error invalid(const std::string& what) {
  return Error{ErrorCode::invalid_argument, what};
}

std::optional<unsigned> node_from(std::string_view digits) {
  unsigned node = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, node);
  return read.ec == std::errc() && read.ptr == end ? std::optional(node) : std::nullopt;
}

Result<void> validate_doing(const Doing& doing, const Scenario& scenario) {
  if (doing.node >= scenario.nodes) return invalid("a [[do]] names a node that is not there");
  if (doing.at > scenario.until) return invalid("a [[do]] comes after until");
  if (doing.deed.acts.empty()) return invalid("a [[do]] needs 'op' or 'ops', what is done");
  for (const Act& act : doing.deed.acts) {
    if (act.to.kind == Whom::Kind::node && act.to.number >= scenario.nodes) {
      return invalid("'" + to_string(act) + "' names a node that is not there");
    }
  }
  return {};
}

Result<void> validate_fate(const Fate& fate, const Scenario& scenario) {
  const std::string name = "the [[fate]] of " + to_string(fate.link);
  if (fate.link.source >= scenario.nodes || fate.link.target >= scenario.nodes) {
    return invalid(name + " names a node that is not there");
  }
  if (fate.lost == fate.deliver.has_value()) {
    return invalid(name + " needs one of 'lost' and 'deliver'");
  }
  if (fate.again && fate.lost) return invalid(name + " is 'lost', so it cannot come 'again'");
  return {};
}

// "awset key0".
bool names_key(const std::string& text) {
  const std::size_t blank = text.find(' ');
  return blank != std::string::npos && blank + 1 < text.size() &&
         family_called(text.substr(0, blank)).has_value();
}

}  // namespace

std::string_view name_of(StorageKind kind) {
  return storage_names[static_cast<std::size_t>(kind)];
}

std::optional<StorageKind> storage_called(std::string_view name) {
  const auto* const at = std::find(storage_names.begin(), storage_names.end(), name);
  if (at == storage_names.end()) return std::nullopt;
  return static_cast<StorageKind>(at - storage_names.begin());
}

std::string to_string(Link link) {
  return std::to_string(link.source) + ">" + std::to_string(link.target);
}

std::optional<Link> link_from(std::string_view text) {
  const std::size_t arrow = text.find('>');
  if (arrow == std::string_view::npos) return std::nullopt;
  const auto source = node_from(text.substr(0, arrow));
  const auto target = node_from(text.substr(arrow + 1));
  if (!source || !target) return std::nullopt;
  return Link{*source, *target};
}

Result<Seed> seed_for(const Scenario& scenario, const std::string& text) {
  if (!text.empty()) return parse_seed(text);
  if (scenario.seed) return Seed(*scenario.seed);
  return invalid("there is no default; give one, or write seed = 1 into the scenario");
}

Seed whole_seed(const Scenario& scenario, const Seed& seed) {
  Seed whole(seed.number, scenario.rekeys);
  whole.rekeys.insert(whole.rekeys.end(), seed.rekeys.begin(), seed.rekeys.end());
  return whole;
}

Result<void> Scenario::validate_explicit() const {
  if (seed && *seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return invalid("seed must be below 2^63");
  }
  for (const Doing& doing : doings) {
    if (auto good = validate_doing(doing, *this); !good) return good;
  }
  std::set<std::pair<Link, std::uint64_t>> seen;
  for (const Fate& fate : fates) {
    if (auto good = validate_fate(fate, *this); !good) return good;
    if (!seen.emplace(fate.link, fate.frame).second) {
      return invalid("two fates of one frame of " + to_string(fate.link));
    }
  }
  for (const auto& [key, value] : expect.value) {
    if (!names_key(key)) {
      return invalid("expect.value names keys as \"awset key0\", not '" + key + "'");
    }
  }
  const bool of_the_user = watch || own_type_called(workload.own, expect.type) ||
                           std::any_of(doings.begin(), doings.end(), [](const Doing& doing) {
                             return doing.deed.acts.front().own != nullptr;
                           });
  if (!expect.type.empty() && !of_the_user && !family_called(expect.type)) {
    return invalid("expect.type is no type; there are " + names_of_families());
  }
  return {};
}

}  // namespace rejoin::sim
