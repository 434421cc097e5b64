// Every type of the catalogue in the workload, and the specification that it is held against.

#include "sim/families.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/meant.hpp"
#include "sim/specification.hpp"
#include "sim/workload.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

Scenario of_one(Family family) {
  Scenario scenario;
  scenario.until = 4 * second;
  scenario.swarm = false;
  scenario.workload.transactions = 40;
  scenario.workload.over = {0, 3500 * millisecond};
  scenario.workload.families = {family};
  FaultSpec split;
  split.name = "split";
  split.kind = FaultKind::split;
  split.at = {500 * millisecond, second};
  split.lasting = {2 * second, 2 * second};
  FaultSpec crash = split;
  crash.name = "crash";
  crash.kind = FaultKind::crash;
  crash.lasting = {200 * millisecond, 200 * millisecond};
  scenario.faults = {split, crash};
  return scenario;
}

class EachFamily : public testing::TestWithParam<Family> {};

TEST_P(EachFamily, ReadsWhatItsOperationsSayAfterASplitAndACrash) {
  const Scenario scenario = of_one(GetParam());
  ASSERT_TRUE(scenario.validate());
  std::uint64_t entries = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_FALSE(outcome.violation) << "seed " << seed << ": " << outcome.violation->oracle << ": "
                                    << outcome.violation->detail;
    entries += outcome.totals.entries;
  }
  EXPECT_GT(entries, 20U);
}

INSTANTIATE_TEST_SUITE_P(Families, EachFamily, testing::ValuesIn(all_families()),
                         [](const auto& family) {
                           return std::to_string(static_cast<int>(family.param));
                         });

TEST(Families, ASeedTakesSevenAndManySeedsTakeAll) {
  std::set<Family> taken;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto families = drawn_families({}, Draws(seed));
    EXPECT_EQ(std::set(families.begin(), families.end()).size(), families_at_once);
    taken.insert(families.begin(), families.end());
  }
  EXPECT_EQ(taken.size(), all_families().size());
}

TEST(Families, AScenarioThatNamesFewTakesThemAll) {
  Workload workload;
  workload.families = {Family::or_map, Family::ew_flag};

  EXPECT_EQ(drawn_families(workload, Draws(1)), workload.families);
}

// ---- the specification by itself

constexpr ReplicaId a(1);
constexpr ReplicaId b(2);

class Shares {
 public:
  // A share of `who`, who sees all the others.
  Meant& act(const ReplicaId& who, const Step& step) {
    Meant all;
    for (const auto& [by, share] : shares_) all.join(share, family_);
    amend(shares_[who], all, step, who, family_, fresh_);
    return shares_[who];
  }
  Meant seen() const {
    Meant all;
    for (const auto& [by, share] : shares_) all.join(share, family_);
    return all;
  }
  std::string value() const {
    std::vector<Standing> standing;
    for (const auto& [by, share] : shares_) standing.push_back({share, {}, {}, by});
    return value_of(family_, standing);
  }
  explicit Shares(Family family) : family_(family) {}

 private:
  Family family_;
  std::map<ReplicaId, Meant> shares_;
  std::uint64_t fresh_ = 0;
};

Step add(std::int64_t n) {
  return {Step::Kind::amend, {}, {}, n, {}, false, {}};
}

TEST(Specification, ResetTakesTheAdditionsItSawAndNoOther) {
  Shares counter(Family::resettable_counter);
  counter.act(a, add(5));
  counter.act(b, add(-2));
  EXPECT_EQ(counter.value(), "3");
  counter.act(b, {Step::Kind::reset, {}, {}, 0, {}, false, {}});
  EXPECT_EQ(counter.value(), "0");
  counter.act(a, add(4));
  EXPECT_EQ(counter.value(), "4");
}

TEST(Specification, RightsFollowAdditionsMovesAndWhatWasTaken) {
  Shares stock(Family::bounded_counter);
  stock.act(a, add(9));
  stock.act(a, {Step::Kind::move, {}, {}, 4, {}, false, b});
  stock.act(b, {Step::Kind::subtract, {}, {}, 1, {}, false, {}});

  EXPECT_EQ(rights_in(stock.seen(), a), 5);
  EXPECT_EQ(rights_in(stock.seen(), b), 3);
  EXPECT_EQ(stock.value(), "8");
}

// Seed 745789 of the swarm: a wiped disk had what was added.
TEST(Specification, AStockOfWhichWhatWasAddedIsLostIsHeldAtItsBound) {
  Shares stock(Family::bounded_counter);
  stock.act(b, {Step::Kind::subtract, {}, {}, 1, {}, false, {}});
  EXPECT_EQ(rights_in(stock.seen(), b), -1);
  EXPECT_EQ(stock.value(), "0");
}

TEST(Specification, AMarkThatTakesWinsInRemoveWinsTypesAndTheLastInOthers) {
  Meant in;
  in.text = "e";
  Meant out = in;
  out.taken = true;
  const std::vector<Standing> both = {{in, "p", HybridTime{2}, a}, {out, "p", HybridTime{1}, b}};

  EXPECT_EQ(value_of(Family::rw_set, both), "");
  EXPECT_EQ(value_of(Family::two_phase_set, both), "");
  EXPECT_EQ(value_of(Family::dw_flag, both), "");
  EXPECT_EQ(value_of(Family::lww_set, both), "e,");
  EXPECT_EQ(value_of(Family::lww_set, {both[1]}), "");
}

}  // namespace
}  // namespace rejoin::sim
