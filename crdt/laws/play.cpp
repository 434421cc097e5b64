#include "crdt/laws/play.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace rejoin::laws {
namespace {

class Player {
 public:
  explicit Player(const Type& type) : known_(replicas) {
    played_.type = &type;
    for (std::size_t i = 0; i < replicas; ++i) states_.emplace_back(type);
  }

  Played play(const History& history) {
    reached_.reserve(history.size());
    for (const Step& step : history) take(step);
    collect_states();
    measure();
    played_.final_states = std::move(states_);
    played_.final_known = std::move(known_);
    return std::move(played_);
  }

 private:
  void take(const Step& step) {
    State& mine = states_[step.move.at];
    switch (step.move.kind) {
      case Kind::perform:
        perform(step);
        break;
      case Kind::merge:
        mine.merge(states_[step.move.source()]);
        learn(step.move.at, known_[step.move.source()]);
        break;
      case Kind::receive:
        if (!played_.deltas.empty()) mine.merge(receive(step.move.at, step.move.delta));
        break;
      case Kind::regroup: {
        if (played_.deltas.empty()) break;
        State group = receive(step.move.at, step.move.delta);
        for (std::size_t i = 1; i < step.move.count; ++i) {
          group.merge(receive(step.move.at, step.move.delta + i));
        }
        mine.merge(group);
        break;
      }
    }
    reached_.push_back(mine);
  }

  void learn(std::size_t replica, const std::vector<bool>& theirs) {
    std::vector<bool>& mine = known_[replica];
    mine.resize(std::max(mine.size(), theirs.size()));
    for (std::size_t i = 0; i < theirs.size(); ++i) mine[i] = mine[i] || theirs[i];
  }

  void learn(std::size_t replica, std::size_t number) {
    std::vector<bool>& mine = known_[replica];
    mine.resize(std::max(mine.size(), number + 1));
    mine[number] = true;
  }

  const State& receive(std::size_t replica, std::size_t number) {
    const std::size_t delta = number % played_.deltas.size();
    learn(replica, sent_by_[delta]);
    return played_.deltas[delta];
  }

  void perform(const Step& step) {
    State& mine = states_[step.move.at];
    const At at(replica_id(step.move.at), step.move.unix_ms);
    State before = mine;
    std::optional<State> delta = mine.apply(step.op, at);
    const std::size_t number = played_.performed.size();
    if (delta) {
      played_.deltas.push_back(*delta);
      sent_by_.push_back(number);
    } else {
      played_.coverage.refused = true;
    }
    const bool effective = delta && !(before == mine);
    played_.performed.push_back({step.op, at, std::move(before), mine, std::move(delta),
                                 known_[step.move.at], step.move.at, effective});
    learn(step.move.at, number);
  }

  // Distinct ones. Those with other bytes are not compared: in a long history that would take most
  // of the time, and should they be equal, a law will say so. Without a codec all bytes are alike.
  void collect_states() {
    std::map<std::string, std::vector<std::size_t>> with_bytes;
    const auto add = [&](const State& state) {
      std::vector<std::size_t>& alike = with_bytes[state.bytes()];
      const auto same = [&](std::size_t i) { return played_.states[i] == state; };
      if (std::any_of(alike.begin(), alike.end(), same)) return;
      alike.push_back(played_.states.size());
      played_.states.push_back(state);
    };
    for (const State& state : states_) add(state);
    std::for_each(reached_.rbegin(), reached_.rend(), add);
  }

  void measure() {
    const std::vector<Performed>& all = played_.performed;
    for (std::size_t later = 0; later < all.size(); ++later) {
      if (!all[later].effective) continue;
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (!all[earlier].effective || all[later].knows(earlier)) continue;
        played_.coverage.concurrent = true;
        if (all[later].at.now() == all[earlier].at.now()) played_.coverage.tie = true;
      }
    }
    for (const std::vector<bool>& known : known_) measure_gap(known);
  }

  void measure_gap(const std::vector<bool>& known) {
    std::vector<bool> lacks(replicas);
    for (std::size_t number = 0; number < known.size(); ++number) {
      const Performed& operation = played_.performed[number];
      if (!known[number]) {
        lacks[operation.replica] = lacks[operation.replica] || operation.effective;
      } else if (lacks[operation.replica]) {
        played_.coverage.gap = true;
      }
    }
  }

  std::vector<State> states_;
  std::vector<State> reached_;            // after each step
  std::vector<std::vector<bool>> known_;  // per replica, by number of the operation
  std::vector<std::size_t> sent_by_;      // delta -> operation
  Played played_;
};

}  // namespace

State Played::full() const {
  State all = bottom();
  for (const State& state : final_states) all.merge(state);
  return all;
}

State Played::whole() const {
  State all = full();
  for (const State& delta : deltas) all.merge(delta);
  return all;
}

Played play(const Type& type, const History& history, Memo* memo) {
  Played played = Player(type).play(history);
  played.memo = memo;
  return played;
}

}  // namespace rejoin::laws
