#include "crdt/laws/history.hpp"

#include <tuple>

#include "crdt/hybrid_time.hpp"

namespace rejoin::laws {
namespace {

std::string name_of(std::size_t replica) { return std::string(1, static_cast<char>('A' + replica)); }

rc::Gen<std::uint64_t> wall_clocks() {
  return rc::gen::weightedOneOf<std::uint64_t>(
      {{12, rc::gen::inRange<std::uint64_t>(1, 5)},
       {1, rc::gen::element<std::uint64_t>(0, HybridTime::ceiling >> 16, ~std::uint64_t{0})}});
}

}  // namespace

rc::Gen<Move> moves() {
  auto kind = rc::gen::weightedElement<Kind>(
      {{6, Kind::perform}, {2, Kind::merge}, {3, Kind::receive}, {1, Kind::regroup}});
  auto parts = rc::gen::tuple(
      std::move(kind), rc::gen::inRange<std::size_t>(0, replicas),
      rc::gen::inRange<std::size_t>(0, replicas - 1), rc::gen::inRange<std::size_t>(0, 8),
      rc::gen::inRange<std::size_t>(2, 4), wall_clocks());
  return rc::gen::map(std::move(parts), [](const auto& drawn) {
    return std::apply([](const auto&... part) { return Move{part...}; }, drawn);
  });
}

std::string to_string(const Move& move, const std::string& operation) {
  const std::string who = name_of(move.at) + ' ';
  switch (move.kind) {
    case Kind::perform:
      return who + "performs " + operation + " at " + std::to_string(move.unix_ms) + " ms";
    case Kind::merge: return who + "merges the state of " + name_of(move.source());
    case Kind::receive: return who + "receives delta " + std::to_string(move.delta);
    case Kind::regroup:
      return who + "receives " + std::to_string(move.count) + " deltas from " +
             std::to_string(move.delta) + " on, as one";
  }
  return who;
}

}  // namespace rejoin::laws
