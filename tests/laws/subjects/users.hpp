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
#include "tests/user_types.hpp"

namespace rejoin::laws {

using Longest = OrderedRegister<std::string, test::ByLength>;

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

using test::HighScore;
using BestEver = LatticeValue<HighScore>;

template <>
struct Subject<BestEver> {
  using Op = HighScore;
  static rc::Gen<Op> operations() {
    return rc::gen::map(rc::gen::pair(few_strings(), few(3)), [](const auto& drawn) {
      return HighScore{drawn.first, drawn.second};
    });
  }
  static auto apply(BestEver& best, const Op& op, const At& at) { return best.join(at, op); }
  static HighScore value(const BestEver& best) { return best.value(); }
  static HighScore specified(const Past<Op>& past) {
    HighScore best;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const HighScore& other = past.op(i);
      if (std::tie(best.points, best.player) < std::tie(other.points, other.player)) best = other;
    }
    return best;
  }
};

}  // namespace rejoin::laws
