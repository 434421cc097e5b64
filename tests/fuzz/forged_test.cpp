// A hostile link into a live cluster of three: it feeds frames that are well-formed and false. When
// it is cut, nothing of it may last but the data that it added: the honest replicas agree, hold
// exactly what was written, and writing works.
//
// REJOIN_FORGED_FRAMES sets how many; tests/fuzz/campaign says a million.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include "tests/fuzz/forger.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/net/cluster.hpp"

namespace rejoin::fuzz {
namespace {

using testing::Cluster;
using Cart = AwSet<std::string>;

constexpr std::uint64_t frames_default = 40'000;
constexpr std::uint64_t frames_a_round = 40;
constexpr std::uint64_t elements = 200;  // that a member adds and removes
// Far above what the honest elements and the pool of forged dots come to.
constexpr std::size_t store_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t clock_frame_bytes_max = 64 * 1024;

std::uint64_t frames_wanted() {
  const char* text = std::getenv("REJOIN_FORGED_FRAMES");
  return text == nullptr ? frames_default : std::strtoull(text, nullptr, 10);
}

class Siege {
 public:
  explicit Siege(std::uint64_t seed)
      : cluster_(3),
        random_(seed),
        forger_(seed, cluster_.store_id(), {ReplicaId(1, 1), ReplicaId(2, 1), ReplicaId(3, 1)}) {
    cluster_.settle();
    cluster_.observe = [&](const testing::InFlight& frame) {
      bytes_sent_max_ = std::max(bytes_sent_max_, frame.bytes.size());
    };
  }

  // Honest writes go on between the forged frames.
  template <class Forge>
  void endure(std::uint64_t frames, Forge&& forge) {
    for (std::uint64_t i = 0; i < frames; ++i) {
      const std::size_t at = random_.below(3);
      if (cluster_[at].handle_frame(forge(forger_), cluster_.now())) ++taken_;
      cluster_.collect(at);
      if (i % frames_a_round != 0) continue;
      write(random_.below(3));
      cluster_.advance(1 + random_.below(60));
      forget();
    }
  }
  // The link is cut: every timeout passes.
  void recover() {
    for (int i = 0; i < 60; ++i) {
      cluster_.advance(1000);
      forget();
    }
  }

  void write(std::size_t member) {
    const std::string element =
        std::to_string(member) + "/" + std::to_string(random_.below(elements));
    const bool removes = random_.one_in(3);
    cluster_.transact(member, [&](Transaction& tx) {
      auto cart = open<Cart>(tx, "honest");
      if (removes) {
        cart.remove(tx, element);
      } else {
        cart.add(tx, element);
      }
    });
    if (removes) {
      expected_.erase(element);
    } else {
      expected_.insert(element);
    }
  }

  // The honest members agree, and hold what their writers wrote.
  void expect_sound() {
    EXPECT_TRUE(cluster_.equal());
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<std::string> held = open<Cart>(cluster_[i].store(), "honest").elements();
      EXPECT_EQ(std::set<std::string>(held.begin(), held.end()), expected_) << "member " << i;
      EXPECT_LT(cluster_[i].store().canonical().size(), store_bytes_max);
      EXPECT_FALSE(cluster_[i].poll_transmit()) << "something waits for ever";
    }
  }
  void expect_writes_arrive() {
    for (std::size_t i = 0; i < 3; ++i) {
      for (int n = 0; n < 5; ++n) write(i);
    }
    cluster_.advance(3000);
    expect_sound();
  }

  Cluster& cluster() { return cluster_; }
  std::uint64_t taken() const { return taken_; }
  std::size_t bytes_sent_max() const { return bytes_sent_max_; }

 private:
  void forget() {
    cluster_.sent.clear();
    for (std::size_t i = 0; i < 3; ++i) cluster_.member(i).events.clear();
    for (std::size_t i = 0; i < 3; ++i) cluster_.member(i).disk.clear();
  }

  Cluster cluster_;
  Random random_;
  Forger forger_;
  std::set<std::string> expected_;
  std::uint64_t taken_ = 0;
  std::size_t bytes_sent_max_ = 0;
};

TEST(Forged, WellFormedFramesPoisonNothingForGood) {
  const std::uint64_t frames = frames_wanted();
  Siege siege(1);
  siege.endure(frames, [](Forger& forger) { return forger.frame(); });
  siege.recover();
  siege.expect_sound();
  siege.expect_writes_arrive();
  EXPECT_GT(siege.taken(), frames / 2) << "most of it was refused: this is another test";
  EXPECT_GT(open<Cart>(siege.cluster()[0].store(), "honest").size(), 0U);
  EXPECT_TRUE(siege.cluster()[0].store().objects().contains(ObjectKey{{7, 6}, "forged"}))
      << "no forged entry came in";
  // Clocks are what travels when nothing is written: theirs are no larger for it.
  EXPECT_LT(siege.bytes_sent_max(), store_bytes_max);
  std::cout << frames << " forged frames, " << siege.taken() << " taken; store of "
            << siege.cluster()[0].store().canonical().size() << " bytes, largest frame sent "
            << siege.bytes_sent_max() << " bytes\n";
}

TEST(Forged, FramesInAnothersNameDoNotLast) {
  const std::uint64_t frames = frames_wanted();
  Siege siege(2);
  siege.endure(frames, [](Forger& forger) { return forger.spoofed_frame(); });
  siege.recover();
  siege.expect_sound();
  siege.expect_writes_arrive();
  EXPECT_GT(siege.taken(), frames / 2);
  EXPECT_LT(siege.bytes_sent_max(), clock_frame_bytes_max);
}

}  // namespace
}  // namespace rejoin::fuzz
