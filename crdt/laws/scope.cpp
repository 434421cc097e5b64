#include "crdt/laws/scope.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace rejoin::laws {
namespace {

// One history, but for the letters of its operations.
using Shape = std::vector<ScopedStep>;

// All shapes of a length, under one course of the clocks.
class Lister {
 public:
  Lister(std::size_t length, std::size_t clock) : length_(length), clock_(clock) { list(0); }

  // One operation has no other to be before or behind.
  static std::size_t clocks(std::size_t length) { return length == 1 ? 1 : 3; }

  const std::vector<Shape>& shapes() const { return shapes_; }

 private:
  std::uint64_t unix_ms(std::size_t act) const {
    return clock_ == 0 ? 1 : clock_ == 1 ? 1 + act : length_ - act;
  }

  // All ways on from here, where `act` operations have been chosen.
  void list(std::size_t act) {
    if (act == length_) {
      shapes_.push_back(steps_);
      return;
    }
    const std::size_t newcomers = std::min(replicas, acted_ + 1);
    for (std::size_t replica = 0; replica < newcomers; ++replica) {
      const std::size_t acted = acted_;
      acted_ = std::max(acted_, replica + 1);
      deliver(act, replica, 0);
      acted_ = acted;
    }
  }

  // Every subset of the earlier deltas from `delta` on that the replica lacks; then its operation.
  void deliver(std::size_t act, std::size_t replica, std::size_t delta) {
    if (delta == act) return perform(act, replica);
    deliver(act, replica, delta + 1);
    if (has_[replica].contains(delta)) return;
    Move move;
    move.kind = Kind::receive;
    move.at = replica;
    move.delta = delta;
    steps_.push_back({move, 0});
    has_[replica].insert(delta);
    deliver(act, replica, delta + 1);
    has_[replica].erase(delta);
    steps_.pop_back();
  }

  void perform(std::size_t act, std::size_t replica) {
    Move move;
    move.at = replica;
    move.unix_ms = unix_ms(act);
    has_[replica].insert(act);
    steps_.push_back({move, 0});
    list(act + 1);
    steps_.pop_back();
    has_[replica].erase(act);
  }

  const std::size_t length_;
  const std::size_t clock_;
  std::vector<Shape> shapes_;
  Shape steps_;
  std::array<std::set<std::size_t>, replicas> has_;  // deltas, its own among them
  std::size_t acted_ = 0;                            // replicas that did something
};

// The next word over the letters, as numbers count; false after the last.
bool next_word(Shape& shape, std::size_t letters) {
  for (auto step = shape.rbegin(); step != shape.rend(); ++step) {
    if (step->move.kind != Kind::perform) continue;
    if (++step->letter < letters) return true;
    step->letter = 0;
  }
  return false;
}

bool changes(State state, const Operation& op) {
  const State before = state;
  return state.apply(op, At(replica_id(0), std::uint64_t{1})).has_value() && !(state == before);
}

std::vector<Operation> drawn_for_letters(const Type& type) {
  constexpr int draws_max = 300;
  std::vector<Operation> drawn;
  std::set<std::string> seen;
  for (int i = 0; i < draws_max; ++i) {
    Operation op = type.draw(static_cast<std::uint64_t>(i), 2 + i);  // simple ones first
    if (seen.insert(op.text()).second) drawn.push_back(std::move(op));
  }
  return drawn;
}

// The first changes bottom; then by how the others meet what it made.
void order_by_meeting(const Type& type, std::vector<Operation>& drawn) {
  const auto first = std::find_if(drawn.begin(), drawn.end(),
                                  [&](const Operation& op) { return changes(State(type), op); });
  if (first == drawn.end()) return;
  std::rotate(drawn.begin(), first, std::next(first));
  State made(type);
  (void)made.apply(drawn.front(), At(replica_id(0), std::uint64_t{1}));

  std::vector<std::pair<int, Operation>> ranked;
  for (const Operation& op : drawn) {
    ranked.emplace_back(!changes(made, op) ? 2 : changes(State(type), op) ? 1 : 0, op);
  }
  const auto rest = std::next(ranked.begin());
  std::stable_sort(rest, ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  // One of each kind before a second of any.
  const auto other = std::find_if(rest, ranked.end(), [](const auto& op) { return op.first == 1; });
  if (other != ranked.end() && other - ranked.begin() > 2) {
    std::rotate(std::next(rest), other, std::next(other));
  }
  for (std::size_t i = 0; i < ranked.size(); ++i) drawn[i] = std::move(ranked[i].second);
}

}  // namespace

void each_in_scope(const Scope& scope,
                   const std::function<bool(const std::vector<ScopedStep>&)>& visit) {
  if (scope.letters == 0) return;
  for (std::size_t length = 1; length <= scope.operations; ++length) {
    for (std::size_t clock = 0; clock < Lister::clocks(length); ++clock) {
      const Lister lister(length, clock);
      for (Shape shape : lister.shapes()) {
        do {
          if (!visit(shape)) return;
        } while (next_word(shape, scope.letters));
      }
    }
  }
}

std::vector<Operation> letters_of(const Type& type, std::size_t most) {
  std::vector<Operation> drawn = drawn_for_letters(type);
  order_by_meeting(type, drawn);
  drawn.resize(std::min(most, drawn.size()));
  return drawn;
}

History spelled(const std::vector<ScopedStep>& steps, const std::vector<Operation>& letters) {
  History history;
  for (const ScopedStep& step : steps) {
    const bool performs = step.move.kind == Kind::perform;
    history.push_back({step.move, performs ? letters[step.letter] : Operation()});
  }
  return history;
}

}  // namespace rejoin::laws
