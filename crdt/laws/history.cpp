#include "crdt/laws/history.hpp"

#include <tuple>

#include "crdt/hybrid_time.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {
namespace {

std::string name_of(std::size_t replica) {
  return std::string(1, static_cast<char>('A' + replica));
}

// Four values, and in one of thirteen cases an absurd one.
rc::Gen<std::uint64_t> wall_clocks() {
  std::vector<std::uint64_t> clocks;
  for (std::uint64_t i = 0; i < 36; ++i) clocks.push_back(1 + i % 4);
  clocks.insert(clocks.end(), {0, HybridTime::ceiling >> 16, ~std::uint64_t{0}});
  return among(std::move(clocks));
}

rc::Gen<Kind> kinds() {
  std::vector<Kind> weighted(6, Kind::perform);
  weighted.insert(weighted.end(), 2, Kind::merge);
  weighted.insert(weighted.end(), 3, Kind::receive);
  weighted.push_back(Kind::regroup);
  return among(std::move(weighted));
}

}  // namespace

rc::Gen<Move> moves() {
  auto parts = rc::gen::tuple(
      kinds(), rc::gen::inRange<std::size_t>(0, replicas),
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
