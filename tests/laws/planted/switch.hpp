#pragma once

// The switch of the planted copy of crdt/: which bug is on, and what several plants share. Included
// before every source of the copy, by the compiler's -include; plants.hpp is made of the mutants.

#include <cstdint>

#include "tests/laws/planted/plants.hpp"

namespace rejoin {

inline Plant plant_on = Plant::none;

inline bool planted(Plant plant) { return plant_on == plant; }

// While one stands and `shares`, all dots minted for a replica after the first are that one again.
class PlantedBatch {
 public:
  explicit PlantedBatch(bool shares) { state_ = shares ? State::before_first : State::none; }
  ~PlantedBatch() { state_ = State::none; }
  PlantedBatch(const PlantedBatch&) = delete;
  PlantedBatch& operator=(const PlantedBatch&) = delete;

  // Asked at each dot: is it to be the last one again?
  static bool repeats() {
    const bool again = state_ == State::after_first;
    if (state_ == State::before_first) state_ = State::after_first;
    return again;
  }

 private:
  enum class State { none, before_first, after_first };
  static inline State state_ = State::none;
};

// A context with the names of another and none of its dots.
template <class Context>
Context names_of(const Context& context) {
  Context names;
  for (std::uint32_t i = 0; i < context.replica_count(); ++i) names.intern(context.replica(i));
  return names;
}

// Of a context the dots without a gap before them, and those that are live.
template <class Context, class Store>
Context without_what_is_ahead(const Context& context, const Store& store) {
  Context out;
  context.each_replica([&](const auto& replica, const auto& seen) {
    if (seen.upto() > 0) out.add(replica, {1, seen.upto()});
  });
  store.each_dot([&](const auto& dot) { out.add(context.full(dot)); });
  return out;
}

// Is any dot of the store new to the one who merges it, or, if `known`, is any known?
template <class Store, class Joining>
bool any_dot_is(bool known, const Store& theirs, const Joining& joining) {
  bool any = false;
  theirs.each_dot([&](auto dot) {
    const decltype(dot) mine(joining.names[dot.replica()], dot.sequence());
    any = any || joining.mine.contains(mine) == known;
  });
  return any;
}

// The store as one who removed nothing would take it.
template <class Store, class Joining>
Store as_never_seen(const Store& theirs, const Joining& joining) {
  const auto names = names_of(joining.mine);
  const Joining unseen{names, joining.theirs, joining.names, joining.theirs_names_all,
                       joining.keep_empty};
  Store all;
  all.merge(theirs, unseen);
  return all;
}

}  // namespace rejoin
