#include "crdt/laws/shrink.hpp"

#include <algorithm>

namespace rejoin::laws {
namespace {

// A part is left out. Deltas that are named after those of the part keep their meaning, if nothing
// in it was refused; where that fails, the numbers may stay as they are.
History without(const History& history, std::size_t first, std::size_t count, bool renumber) {
  History out(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(first));
  const auto performs = [](const Step& step) { return step.move.kind == Kind::perform; };
  const auto part = history.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = part + static_cast<std::ptrdiff_t>(count);
  const auto before = static_cast<std::size_t>(std::count_if(history.begin(), part, performs));
  const auto gone = static_cast<std::size_t>(std::count_if(part, end, performs));
  for (auto step = end; step != history.end(); ++step) {
    out.push_back(*step);
    Move& move = out.back().move;
    if (renumber && move.delta >= before) move.delta -= std::min(gone, move.delta - before);
  }
  return out;
}

// Replicas named in the order of their first act.
History renamed(History history) {
  std::vector<std::size_t> names(replicas, replicas);
  std::size_t next = 0;
  const auto name = [&](std::size_t replica) {
    if (names[replica] == replicas) names[replica] = next++;
    return names[replica];
  };
  for (Step& step : history) {
    const std::size_t source = step.move.source();
    step.move.at = name(step.move.at);
    if (step.move.kind != Kind::merge) continue;
    step.move.from = (name(source) + replicas - step.move.at - 1) % replicas;
  }
  return history;
}

std::vector<Move> simpler(const Move& move) {
  std::vector<Move> out;
  const auto with = [&](auto&& change) {
    Move changed = move;
    change(changed);
    out.push_back(changed);
  };
  switch (move.kind) {
    case Kind::perform:
      if (move.unix_ms != 1) with([](Move& m) { m.unix_ms = 1; });
      if (move.unix_ms > 2) with([](Move& m) { m.unix_ms = 2; });
      break;
    case Kind::merge:
      break;
    case Kind::regroup:
      with([](Move& m) { m.kind = Kind::receive; });
      if (move.count > 2) with([](Move& m) { m.count = 2; });
      [[fallthrough]];
    case Kind::receive:
      for (std::size_t delta = 0; delta < move.delta; ++delta) {
        with([&](Move& m) { m.delta = delta; });
      }
      break;
  }
  for (std::size_t at = 0; at < move.at; ++at) with([&](Move& m) { m.at = at; });
  return out;
}

class Shrinker {
 public:
  Shrinker(History history, const std::function<bool(const History&)>& breaks, std::size_t tries)
      : history_(std::move(history)), breaks_(breaks), tries_(tries) {}

  History run() {
    while (drop_a_part() || simplify_a_step()) {
    }
    take(renamed(history_));
    return std::move(history_);
  }

 private:
  bool take(History candidate) {
    if (tries_ == 0) return false;
    --tries_;
    if (!breaks_(candidate)) return false;
    history_ = std::move(candidate);
    return true;
  }

  bool drop_a_part() {
    for (std::size_t count = std::max<std::size_t>(history_.size() / 2, 1); count > 0; count /= 2) {
      for (std::size_t first = 0; first + count <= history_.size(); ++first) {
        if (take(without(history_, first, count, true))) return true;
        if (take(without(history_, first, count, false))) return true;
      }
    }
    return false;
  }

  bool simplify_a_step() {
    constexpr std::size_t operations_max = 12;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      for (const Move& move : simpler(history_[i].move)) {
        History candidate = history_;
        candidate[i].move = move;
        if (take(std::move(candidate))) return true;
      }
      for (const Operation& op : history_[i].op.simpler(operations_max)) {
        History candidate = history_;
        candidate[i].op = op;
        if (take(std::move(candidate))) return true;
      }
    }
    return false;
  }

  History history_;
  const std::function<bool(const History&)>& breaks_;
  std::size_t tries_;
};

}  // namespace

History shrunk(History history, const std::function<bool(const History&)>& breaks,
               std::size_t tries_max) {
  return Shrinker(std::move(history), breaks, tries_max).run();
}

}  // namespace rejoin::laws
