#pragma once

// ExhaustCase: one way through a tiny case, step by step (exhaust.hpp).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/fingerprint.hpp"
#include "net/replica.hpp"
#include "sim/exhaust.hpp"
#include "sim/ledger.hpp"
#include "sim/oracle.hpp"
#include "sim/specification.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

class ExhaustCase {
 public:
  struct Step {
    enum class Kind : std::uint8_t { finish, operate, deliver, drop, duplicate, sync, crash, tick };
    Kind kind{};
    unsigned node = 0;
    std::size_t which = 0;  // of the menu or the program, or of the frames in flight
  };

  // Begins: the replicas have greeted each other. The story is told only if it is asked for.
  ExhaustCase(const ExhaustSettings& settings, Choices& choices, bool tells);

  // What can happen next; never empty. `finish` only where nothing is left that must.
  std::vector<Step> steps() const;
  void take(const Step& step);
  // Equal for states that go on in the same ways, and are judged the same (exhaust_state.cpp).
  std::uint64_t state() const { return settings_.by_history ? history() : contents(); }
  std::uint64_t history() const;
  std::uint64_t contents() const;
  // A way that was gone before is not looked at again. Whoever looks from here on has what came
  // before to compare with.
  void look(bool looks);
  const std::optional<Violation>& violation() const { return violation_; }
  const std::vector<std::string>& story() const { return story_; }

 private:
  struct Node {
    unsigned number = 0;
    std::uint64_t starts = 0;
    std::unique_ptr<Replica> replica;
    std::vector<unsigned> route_to;
    std::vector<std::string> durable;
    std::vector<std::string> waiting;
    std::vector<CausalContext> waiting_held;
    CausalContext held;        // what is durable brings this back
    std::uint64_t synced = 0;  // records of this start
    std::vector<EntryNumber> unacknowledged;
    std::uint64_t history = 0;                         // hash of all that happened to it
    mutable std::optional<std::uint64_t> fingerprint;  // of the replica, until it does something
  };
  struct Flight {
    unsigned source = 0;
    unsigned target = 0;
    std::string bytes;
    std::uint64_t hash = 0;
  };

  void start(Node& node);
  void drain(Node& node);
  bool poll(Node& node);
  void persist(Node& node, std::string bytes);
  void record_entry(Node& node, const Entry& entry);
  void transmit(Node& node, Replica::Transmit out);
  void sync(Node& node);
  void check(Node& node);

  void operate(Node& node, const Act& act);
  void deliver(const Flight& flight);
  void crash(Node& node);
  void tick();
  void finish();
  bool all_equal() const;
  void judge();
  void judge_values(const std::vector<bool>& happened);

  Now now() const { return {now_, wall_begin_ms + now_ / millisecond}; }
  Fingerprint surroundings() const;
  void add_contents(Fingerprint& out, const Node& node) const;
  std::uint64_t made() const;
  bool at_rest() const;
  void add_operations(std::vector<Step>& steps) const;
  void tell(const std::string& line) {
    if (tells_) story_.push_back(line);
  }
  std::string described(const Flight& flight) const;
  void violate(const std::string& oracle, unsigned node, const std::string& detail);

  static constexpr std::uint64_t wall_begin_ms = 1'700'000'000'000;

  const ExhaustSettings& settings_;
  Choices& choices_;
  bool tells_;
  bool looks_ = true;
  Config config_;
  StoreId store_;
  std::vector<Node> nodes_;
  std::vector<Flight> flights_;
  Time now_ = 0;
  bool syncs_at_once_ = true;
  unsigned operations_left_;
  unsigned nodes_used_ = 0;  // that had an operation of the menu, if nodes are alike
  std::vector<bool> done_;   // of the program
  unsigned drops_left_;
  unsigned duplicates_left_;
  unsigned crashes_left_;
  unsigned ticks_left_;
  Ledger ledger_;
  Oracle oracle_;
  Specification specification_;
  std::vector<bool> acknowledged_;
  std::optional<Violation> violation_;
  std::vector<std::string> story_;
};

}  // namespace rejoin::sim
