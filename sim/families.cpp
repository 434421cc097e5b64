#include "sim/families.hpp"

#include <algorithm>
#include <utility>

#include "crdt/aw_set.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_set.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "net/operation_form.hpp"
#include "net/stored.hpp"
#include "sim/meant.hpp"

namespace rejoin::sim {
namespace {

constexpr std::string_view lattice_word = "lattice";

std::string printed(std::int64_t number) {
  return std::to_string(number);
}
std::string printed(std::uint64_t number) {
  return std::to_string(number);
}
std::string printed(bool on) {
  return on ? "on" : "";
}
std::string printed(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "";
}
std::string printed(const std::optional<Text>& text) {
  return text ? "=" + *text : "";
}
std::string printed(std::vector<Text> texts) {
  return listed(std::move(texts));
}
std::string printed(const Noted& noted) {
  return listed(noted.texts);
}
std::string printed(const std::vector<std::pair<Text, std::int64_t>>& map) {
  std::vector<Text> lines;
  for (const auto& [field, value] : map) lines.push_back(field + "=" + std::to_string(value));
  return listed(std::move(lines));
}
std::string printed(const std::vector<std::pair<Text, Text>>& map) {
  std::vector<Text> lines;
  for (const auto& [field, value] : map) lines.push_back(field + "=" + value);
  return listed(std::move(lines));
}
std::string printed(const std::vector<std::pair<Text, std::vector<Text>>>& map) {
  std::vector<Text> lines;
  for (const auto& [field, values] : map) {
    for (const Text& value : values) lines.push_back(field + "=" + value);
  }
  return listed(std::move(lines));
}
std::string printed(const Nested::Value& map) {
  std::vector<Text> lines;
  for (const auto& [outer, inner] : map) {
    for (const auto& [field, value] : inner) {
      lines.push_back(outer + "/" + field + "=" + std::to_string(value));
    }
  }
  return listed(std::move(lines));
}

template <class T>
bool reads(const Store& store, const ObjectKey& object, std::string& out) {
  if (object.type != type_tag<T>) return false;
  out = printed(open<T>(store, object.name).value());
  return true;
}
template <class... Ts>
std::string read_as(const Store& store, const ObjectKey& object) {
  std::string out;
  static_cast<void>((reads<Ts>(store, object, out) || ...));
  return out;
}

}  // namespace

bool Noted::merge(const Noted& other) {
  std::vector<std::string> both;
  std::set_union(texts.begin(), texts.end(), other.texts.begin(), other.texts.end(),
                 std::back_inserter(both));
  const bool changed = both != texts;
  texts = std::move(both);
  return changed;
}

const std::vector<Family>& all_families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> out;
    for (auto family = static_cast<std::uint16_t>(Family::g_counter);
         family <= static_cast<std::uint16_t>(Family::lattice_value); ++family) {
      out.push_back(static_cast<Family>(family));
    }
    return out;
  }();
  return all;
}

std::optional<Family> family_called(std::string_view word) {
  return word == lattice_word ? Family::lattice_value : family_named(word);
}

std::string_view word_of(Family family) {
  return family == Family::lattice_value ? lattice_word : word_for(family);
}

std::string names_of_families(const OwnTypes& own) {
  std::string out;
  for (const TypeForm& form : type_forms()) out += std::string(form.word) + ", ";
  out += lattice_word;
  for (const auto& type : own) out += ", " + type->word();
  return out;
}

std::string read_value(const Store& store, const ObjectKey& object) {
  using Number = std::int64_t;
  return read_as<GCounter, PnCounter, ResettableCounter, Stock, MaxRegister<Number>,
                 MinRegister<Number>, Ordered, LwwRegister<Text>, MvRegister<Text>, EwFlag, DwFlag,
                 GSet<Text>, TwoPhaseSet<Text>, AwSet<Text>, RwSet<Text>, LwwSet<Text>, Counters,
                 LwwMap<Text, Text>, MultiMap<Text, Text>, Nested, Sketch, Notes>(store, object);
}

}  // namespace rejoin::sim
