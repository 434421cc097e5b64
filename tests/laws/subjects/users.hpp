#pragma once

// What the laws are told of types that take something of the user's: an order, a lattice.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "crdt/codec_composites.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/ordered_register.hpp"

namespace rejoin::laws {

struct ByLength {
  static constexpr std::string_view name = "test.by_length";
  bool operator()(const std::string& a, const std::string& b) const { return a.size() < b.size(); }
};
using Longest = OrderedRegister<std::string, ByLength>;

template <>
struct Subject<Longest> {
  using Op = std::string;
  static rc::Gen<Op> operations() { return few_strings(); }
  static auto apply(Longest& longest, const Op& op, const At& at) { return longest.set(at, op); }
  static std::optional<std::string> value(const Longest& longest) { return longest.value(); }
  // Of texts of one length the one with the greater bytes.
  static std::optional<std::string> specified(const Past<Op>& past) {
    std::optional<std::string> best;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const std::string& text = past.op(i);
      const bool better = !best || text.size() > best->size() ||
                          (text.size() == best->size() && encoded(text) > encoded(*best));
      if (better) best = text;
    }
    return best;
  }
};

// The best score, by points and then by name.
struct Best {
  static constexpr std::string_view name = "test.best";
  std::string player;
  std::int64_t points = 0;

  bool merge(const Best& other) {
    if (std::tie(other.points, other.player) <= std::tie(points, player)) return false;
    *this = other;
    return true;
  }
  friend bool operator==(const Best&, const Best&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Best& best) {
    return out << rc::toString(best.player) << ' ' << best.points;
  }
};
using BestEver = LatticeValue<Best>;

template <>
struct Subject<BestEver> {
  using Op = Best;
  static rc::Gen<Op> operations() {
    return rc::gen::map(rc::gen::pair(few_strings(), few(3)), [](const auto& drawn) {
      return Best{drawn.first, drawn.second};
    });
  }
  static auto apply(BestEver& best, const Op& op, const At& at) { return best.join(at, op); }
  static Best value(const BestEver& best) { return best.value(); }
  static Best specified(const Past<Op>& past) {
    Best best;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const Best& other = past.op(i);
      if (std::tie(best.points, best.player) < std::tie(other.points, other.player)) best = other;
    }
    return best;
  }
};

}  // namespace rejoin::laws
