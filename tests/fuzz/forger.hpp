#pragma once

// Forger: frames that are well-formed and false. Clocks, dots, acknowledgements, sessions and ids
// are arbitrary; some name the dots that honest replicas will make next. What it does not do, since
// no receiver could tell: give one dot two meanings, or send entries and repairs in another's name.
//
// An allowed peer is trusted with data, so its entries come in: of replicas that it invents, from a
// pool, so that what they can add is bounded and a test can see that nothing else grows.

#include <string>
#include <vector>

#include "net/frame.hpp"
#include "tests/unit/net/random_entries.hpp"

namespace rejoin::fuzz {

class Forger {
 public:
  Forger(std::uint64_t seed, StoreId store, std::vector<ReplicaId> honest)
      : random_(seed), store_(store), honest_(std::move(honest)) {}

  // Under an invented id. Claims dots of others, so it does not also take their routes: of a maker
  // that it silenced such claims would be believed (docs/protocol.md, Hostile peers).
  std::string frame();
  // Under the id of an honest replica, mostly: what only moves soft state, and lies about routes.
  std::string spoofed_frame();

 private:
  const ReplicaId& victim() { return honest_[random_.below(honest_.size())]; }
  ReplicaId invented();
  CausalContext clock();
  Entry entry();
  void describe(const Dot& dot, Entry& entry);
  Hello hello();
  ClockShown shown();
  RepairRequest request();
  RepairChunk chunk();
  std::string encoded(const ReplicaId& sender, decltype(Frame::body) body);

  test::Random random_;
  StoreId store_;
  std::vector<ReplicaId> honest_;
};

}  // namespace rejoin::fuzz
