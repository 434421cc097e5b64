#pragma once

// play: carries out a history on real values and keeps what the laws look at. Deterministic.

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "crdt/laws/history.hpp"
#include "crdt/laws/subject.hpp"

namespace rejoin::laws {

// One operation that was performed.
template <class T>
struct Performed {
  OpOf<T> op;
  At at;
  T before;
  T after;
  std::optional<T> delta;             // nothing: refused
  std::set<std::size_t> known;        // the operations whose effects its replica had, by number
  std::size_t replica = 0;

  bool effective() const { return delta.has_value() && !(before == after); }
};

// What a history was good for. A law that held where nothing happened at the same time has not
// held.
struct Coverage {
  bool concurrent = false;  // two operations that changed something, made unknown to each other
  bool tie = false;         // two such operations with one stamp
  bool gap = false;         // a replica had a later delta of a replica before an earlier one
  bool refused = false;     // an operation was refused
};

template <class T>
struct Played {
  std::vector<T> final_states;          // of the replicas
  std::vector<T> states;                // distinct, final ones first, then from the last
  std::vector<Performed<T>> performed;
  std::vector<T> deltas;                // of operations that were not refused, in order
  Coverage coverage;

  // The join of everything.
  T whole() const {
    T all;
    for (const T& state : final_states) all.merge(state);
    for (const T& delta : deltas) all.merge(delta);
    return all;
  }
};

template <class T>
class Player {
 public:
  Played<T> play(const History<OpOf<T>>& history) {
    states_.resize(replicas);
    known_.resize(replicas);
    for (const Step<OpOf<T>>& step : history) take(step);
    played_.final_states = states_;
    collect_states();
    measure();
    return std::move(played_);
  }

 private:
  void take(const Step<OpOf<T>>& step) {
    T& mine = states_[step.move.at];
    switch (step.move.kind) {
      case Kind::perform: perform(step); break;
      case Kind::merge: {
        mine.merge(states_[step.move.source()]);
        const std::set<std::size_t>& theirs = known_[step.move.source()];
        known_[step.move.at].insert(theirs.begin(), theirs.end());
        break;
      }
      case Kind::receive:
        if (!played_.deltas.empty()) mine.merge(receive(step.move.at, step.move.delta));
        break;
      case Kind::regroup: {
        if (played_.deltas.empty()) break;
        T group = receive(step.move.at, step.move.delta);
        for (std::size_t i = 1; i < step.move.count; ++i) {
          group.merge(receive(step.move.at, step.move.delta + i));
        }
        mine.merge(group);
        break;
      }
    }
    reached_.push_back(mine);
  }

  const T& receive(std::size_t replica, std::size_t number) {
    const std::size_t delta = number % played_.deltas.size();
    known_[replica].insert(sent_by_[delta]);
    return played_.deltas[delta];
  }

  void perform(const Step<OpOf<T>>& step) {
    T& mine = states_[step.move.at];
    const At at(replica_id(step.move.at), step.move.unix_ms);
    const T before = mine;
    std::optional<T> delta = mutate(mine, step.op, at);
    const std::size_t number = played_.performed.size();
    if (delta) {
      played_.deltas.push_back(*delta);
      sent_by_.push_back(number);
    } else {
      played_.coverage.refused = true;
    }
    played_.performed.push_back(
        {step.op, at, before, mine, std::move(delta), known_[step.move.at], step.move.at});
    known_[step.move.at].insert(number);
  }

  void collect_states() {
    const auto add = [&](const T& state) {
      if (std::find(played_.states.begin(), played_.states.end(), state) == played_.states.end()) {
        played_.states.push_back(state);
      }
    };
    for (const T& state : states_) add(state);
    std::for_each(reached_.rbegin(), reached_.rend(), add);
  }

  void measure() {
    const std::vector<Performed<T>>& all = played_.performed;
    for (std::size_t later = 0; later < all.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (!all[later].effective() || !all[earlier].effective()) continue;
        if (all[later].known.contains(earlier)) continue;
        played_.coverage.concurrent = true;
        if (all[later].at.now() == all[earlier].at.now()) played_.coverage.tie = true;
      }
    }
    for (const std::set<std::size_t>& known : known_) {
      for (std::size_t number : known) {
        for (std::size_t earlier = 0; earlier < number; ++earlier) {
          const bool same = all[earlier].replica == all[number].replica;
          if (same && all[earlier].effective() && !known.contains(earlier)) {
            played_.coverage.gap = true;
          }
        }
      }
    }
  }

  std::vector<T> states_;
  std::vector<T> reached_;                       // after each step
  std::vector<std::set<std::size_t>> known_;     // per replica
  std::vector<std::size_t> sent_by_;             // delta -> operation
  Played<T> played_;
};

template <HasSubject T>
Played<T> play(const History<OpOf<T>>& history) {
  return Player<T>().play(history);
}

}  // namespace rejoin::laws
