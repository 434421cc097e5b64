// The real store, log, batch and transactions run beside the model in random histories, and are
// compared after every event: same D, same R, same M, and what was written down replays to the
// same. So what the model is shown to need (rules_test.cpp), the store is shown to do.
//
// To look at a failure: History(seed).play().
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/shadowed.hpp"

namespace rejoin::rules {
namespace {

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    const std::uint64_t replicas = 2 + random_.below(3);
    for (std::uint64_t id = 1; id <= replicas; ++id) {
      replicas_.push_back(std::make_unique<Shadowed>(id, random_));
    }
  }

  // Returns a sentence on the first thing found wrong, or nothing.
  std::optional<std::string> play() {
    const std::uint64_t events = 5 + random_.below(95);
    for (std::uint64_t event = 0; event < events; ++event) {
      auto wrong = any_event();
      if (!wrong) wrong = violation();
      if (!wrong && event % 16 == 15) wrong = lost_on_disk();
      if (wrong) return "after event " + std::to_string(event) + ", " + *wrong;
    }
    return come_to_rest();
  }

 private:
  std::size_t any() { return random_.below(replicas_.size()); }

  std::optional<std::string> any_event() {
    const std::uint64_t choice = random_.below(100);
    const std::size_t index = any();
    Shadowed& replica = *replicas_[index];
    if (choice < 30) {
      replica.transact(random_);
    } else if (choice < 45) {
      return replica.flush(ledger_, written_);
    } else if (choice < 70) {
      const Shadowed& from = *replicas_[any()];
      for (const rejoin::Entry& entry : from.for_peer(replica, random_, false)) {
        replica.receive(entry);
      }
    } else if (choice < 75) {
      if (replica.repairing()) replica.interrupt_repair();
    } else {
      return move_repair(index);
    }
    return std::nullopt;
  }

  std::optional<std::string> move_repair(std::size_t index) {
    Shadowed& replica = *replicas_[index];
    if (replica.chunk_is_on_its_way()) return replica.apply_chunk();
    if (!replica.repairing()) {
      const std::size_t donor = any();
      if (donor == index) return std::nullopt;
      donor_of_[index] = donor;
      replica.begin_repair(*replicas_[donor]);
    }
    replica.ask_for_chunk(*replicas_[donor_of_[index]], random_);
    return std::nullopt;
  }

  std::optional<std::string> violation() const {
    for (const auto& replica : replicas_) {
      if (auto wrong = replica->difference(written_)) return wrong;
      if (auto wrong = ledger_.violation(replica->model())) return wrong;
    }
    return std::nullopt;
  }

  std::optional<std::string> lost_on_disk() const {
    for (const auto& replica : replicas_) {
      if (!replica->replays()) return "its records replay to something else";
    }
    return std::nullopt;
  }

  std::optional<std::string> come_to_rest() {
    for (const auto& replica : replicas_) {
      if (replica->repairing()) replica->interrupt_repair();
      if (auto wrong = replica->flush(ledger_, written_)) return wrong;
    }
    for (std::size_t round = 0; round < replicas_.size(); ++round) {
      for (std::size_t from = 0; from < replicas_.size(); ++from) {
        for (std::size_t to = 0; to < replicas_.size(); ++to) {
          if (from == to) continue;
          if (auto wrong = exchange(from, to)) return wrong;
          if (auto wrong = violation()) return "at rest, " + *wrong;
        }
      }
    }
    if (auto wrong = lost_on_disk()) return "at rest, " + *wrong;
    return unequal();
  }

  std::optional<std::string> exchange(std::size_t from, std::size_t to) {
    Shadowed& sender = *replicas_[from];
    Shadowed& receiver = *replicas_[to];
    if (sender.log_serves(receiver)) {
      for (const rejoin::Entry& entry : sender.for_peer(receiver, random_, true)) {
        receiver.receive(entry);
      }
      const bool served = receiver.real().clock().covers(sender.real().clock());
      return served ? std::nullopt : std::optional<std::string>("the log said that it reaches");
    }
    receiver.begin_repair(sender);
    while (receiver.repairing()) {
      receiver.ask_for_chunk(sender, random_);
      if (auto wrong = receiver.apply_chunk()) return wrong;
    }
    return std::nullopt;
  }

  std::optional<std::string> unequal() const {
    const rejoin::Store& first = replicas_.front()->real();
    for (const auto& replica : replicas_) {
      if (!replica->real().removed().empty()) return "at rest, R is not empty";
      if (!replica->real().same_slots(first)) return "at rest, the slots differ";
      if (replica->real().canonical() != first.canonical()) return "at rest, the bytes differ";
      if (replica->model().live() != ledger_.live()) return "at rest, M is not what must live";
    }
    return std::nullopt;
  }

  Random random_;
  std::vector<std::unique_ptr<Shadowed>> replicas_;
  std::map<std::size_t, std::size_t> donor_of_;
  Ledger ledger_;
  std::map<Dot, std::string> written_;
};

TEST(StoreAgainstModel, HoldsTheSameAfterEveryEventOfEveryHistory) {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    const auto wrong = History(seed).play();
    ASSERT_FALSE(wrong) << "seed " << seed << ": " << *wrong;
  }
}

TEST(StoreAgainstModel, JoinsEntriesAsTheModelDoes) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    Ledger ledger;
    std::map<Dot, std::string> written;
    Shadowed a(1, random);
    Shadowed b(2, random);
    for (int i = 0; i < 12; ++i) {
      Shadowed& writer = random.percent(50) ? a : b;
      writer.transact(random);
      ASSERT_FALSE(writer.flush(ledger, written));
      if (random.percent(50)) {
        for (const rejoin::Entry& entry : a.for_peer(b, random, false)) b.receive(entry);
      }
    }
    const std::vector<rejoin::Entry> of_a = a.for_peer(Shadowed(3, random), random, true);
    const std::vector<rejoin::Entry> of_b = b.for_peer(Shadowed(3, random), random, true);
    for (const rejoin::Entry& one : of_a) {
      for (const rejoin::Entry& other : of_b) {
        ASSERT_EQ(modelled(rejoin::join(one, other)), join(modelled(one), modelled(other)))
            << "seed " << seed;
        ASSERT_EQ(rejoin::join(one, other), rejoin::join(other, rejoin::join(one, other)))
            << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace rejoin::rules
