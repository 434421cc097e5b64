#include "crdt/laws/scope.hpp"

#include <algorithm>
#include <array>

namespace rejoin::laws {
namespace {

class Lister {
 public:
  Lister(const Scope& scope, const std::function<bool(const std::vector<ScopedStep>&)>& visit)
      : scope_(scope), visit_(visit) {}

  void run() {
    for (length_ = 1; length_ <= scope_.operations && going_; ++length_) {
      for (clock_ = 0; clock_ < clocks(); ++clock_) list(0);
    }
  }

 private:
  // One operation has no other to be before or behind.
  std::size_t clocks() const { return length_ == 1 ? 1 : 3; }

  std::uint64_t unix_ms(std::size_t act) const {
    return clock_ == 0 ? 1 : clock_ == 1 ? 1 + act : length_ - act;
  }

  // All ways on from here, where `act` operations have been chosen.
  void list(std::size_t act) {
    if (!going_) return;
    if (act == length_) {
      going_ = visit_(steps_);
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
    for (std::size_t letter = 0; letter < scope_.letters; ++letter) {
      steps_.push_back({move, letter});
      list(act + 1);
      steps_.pop_back();
    }
    has_[replica].erase(act);
  }

  const Scope scope_;
  const std::function<bool(const std::vector<ScopedStep>&)>& visit_;
  std::vector<ScopedStep> steps_;
  std::array<std::set<std::size_t>, replicas> has_;  // deltas, its own among them
  std::size_t acted_ = 0;                            // replicas that did something
  std::size_t length_ = 0;
  std::size_t clock_ = 0;
  bool going_ = true;
};

}  // namespace

void each_in_scope(const Scope& scope,
                   const std::function<bool(const std::vector<ScopedStep>&)>& visit) {
  Lister(scope, visit).run();
}

}  // namespace rejoin::laws
