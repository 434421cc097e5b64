// Types of the user's in the workload: right ones run through, wrong ones are found.

#include "sim/own.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "sim/own_lattice.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

enum class Merge { of_lines, newer_cart, only_mine };

struct Line {
  std::int64_t count = 0;
  std::uint64_t said = 0;
  ReplicaId by;
  friend bool operator==(const Line&, const Line&) = default;
};

// What is in a shopping cart: of each item the count that was said last. The mistakes: to take the
// newer of two carts as a whole, and to take nothing from the other.
template <Merge how>
struct Cart {
  static constexpr std::string_view name = how == Merge::of_lines     ? "test.cart"
                                           : how == Merge::newer_cart ? "test.cart.newer"
                                                                      : "test.cart.mine";
  std::map<std::string, Line> lines;

  std::uint64_t said() const {
    std::uint64_t last = 0;
    for (const auto& [item, line] : lines) last = std::max(last, line.said);
    return last;
  }
  bool merge(const Cart& other) {
    const Cart before = *this;
    if (how == Merge::newer_cart) {
      if (other.said() > said()) *this = other;
    } else if (how == Merge::of_lines || lines.empty()) {
      for (const auto& [item, line] : other.lines) {
        Line& mine = lines[item];
        if (std::tie(line.said, line.by) > std::tie(mine.said, mine.by)) mine = line;
      }
    }
    return !(*this == before);
  }
  friend bool operator==(const Cart&, const Cart&) = default;
};

struct Set {
  std::string item;
  std::int64_t count = 0;
};

template <Merge how>
struct CartType : OwnLattice<Cart<how>, Set> {
  std::string word() const override { return "cart"; }
  Set drawn(std::uint64_t bits) const override {
    return {"item" + std::to_string(bits % 3), static_cast<std::int64_t>(mix64(bits) % 5)};
  }
  std::optional<Cart<how>> apply(Cart<how>& cart, const Set& op, const At& at) const override {
    Cart<how> delta;
    const std::uint64_t said = std::max(at.now().value, cart.lines[op.item].said + 1);
    delta.lines[op.item] = {op.count, said, at};
    cart.merge(delta);
    return delta;
  }
  std::string value_text(const Cart<how>& cart) const override {
    std::string out;
    for (const auto& [item, line] : cart.lines)
      out += item + "=" + std::to_string(line.count) + ",";
    return out;
  }
  std::string op_text(const Set& op) const override {
    return std::to_string(op.count) + " of " + op.item;
  }
  // Of each item the last that nobody saw and said anew; among several the greatest stamp.
  std::optional<std::string> meaning(const OwnPast<Set>& past) const override {
    std::map<std::string, std::tuple<std::uint64_t, ReplicaId, std::int64_t>> last;
    for (std::size_t i = 0; i < past.operations.size(); ++i) {
      bool seen = false;
      for (std::size_t j = i + 1; j < past.operations.size(); ++j) {
        seen = seen || (past.saw[j][i] && past.operations[j]->item == past.operations[i]->item);
      }
      if (seen) continue;
      auto& best = last[past.operations[i]->item];
      best = std::max(best, {past.at[i].now().value, past.at[i], past.operations[i]->count});
    }
    std::string out;
    for (const auto& [item, each] : last) {
      out += item + "=" + std::to_string(std::get<2>(each)) + ",";
    }
    return out;
  }
};

template <Merge how>
Scenario shopping() {
  Scenario scenario;
  scenario.until = 4 * second;
  scenario.swarm = false;
  scenario.workload.transactions = 30;
  scenario.workload.over = {0, 4 * second};
  scenario.workload.families = {Family::aw_set};
  scenario.workload.own = {std::make_shared<CartType<how>>()};
  FaultSpec cut;
  cut.name = "cut";
  cut.kind = FaultKind::split;
  cut.at = {1 * second, 1 * second};
  cut.lasting = {2 * second, 2 * second};
  FaultSpec crash = cut;
  crash.name = "crash";
  crash.kind = FaultKind::crash;
  scenario.faults = {cut, crash};
  return scenario;
}

template <Merge how>
std::string first_complaint(std::uint64_t seeds) {
  const Scenario scenario = shopping<how>();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    if (outcome.violation) return outcome.violation->oracle + ": " + outcome.violation->detail;
    EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.vacuous;
  }
  return {};
}

TEST(OwnType, ARightOneRunsThrough) {
  EXPECT_EQ(first_complaint<Merge::of_lines>(20), "");
}

TEST(OwnType, OneThatTakesTheNewerCartIsFound) {
  const std::string complaint = first_complaint<Merge::newer_cart>(5);
  EXPECT_NE(complaint.find("specification: cart key"), std::string::npos) << complaint;
  EXPECT_NE(complaint.find("its operations say item"), std::string::npos) << complaint;
}

TEST(OwnType, OneThatTakesNothingIsFound) {
  const std::string complaint = first_complaint<Merge::only_mine>(5);
  EXPECT_NE(complaint.find("specification: cart key"), std::string::npos) << complaint;
}

TEST(OwnType, AnOperationIsWrittenAndReadBack) {
  const auto type = std::make_shared<CartType<Merge::of_lines>>();
  const auto act = type->draw("key1", 17);
  const auto back = act_from(act->text(), {type});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_string(*back), act->text());
  EXPECT_EQ(act->text().find("cart key1 17 # "), 0U) << act->text();
  EXPECT_FALSE(act_from("cart key1 seventeen", {type}));
  EXPECT_FALSE(act_from("cart key1 17"));
}

TEST(OwnType, AScenarioNamesItLikeOneOfOurs) {
  know_types({std::make_shared<CartType<Merge::of_lines>>()});
  const auto scenario = parse_scenario("[workload]\nfamilies = [\"cart\", \"gset\"]", "s.toml");
  const auto twice = parse_scenario("[workload]\nfamilies = [\"cart\", \"cart\"]", "s.toml");
  know_types({});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->workload.own.size(), 1U);
  EXPECT_EQ(scenario->workload.families, std::vector<Family>{Family::g_set});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "s.toml: workload.families names a type twice");
  const auto unknown = parse_scenario("[workload]\nfamilies = [\"cart\"]", "s.toml");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("s.toml:2: 'families'"), std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
