#include "sim/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "sim/pinned.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_trial.hpp"
#include "sim/scenario_text.hpp"
#include "sim/story.hpp"

namespace rejoin::sim {
namespace {

// A failure by decree.
class Decreed : public Trials {
 public:
  explicit Decreed(std::function<bool(const Scenario&)> fails) : fails_(std::move(fails)) {}
  std::optional<Violation> run(const Scenario& scenario) override {
    EXPECT_TRUE(scenario.validate());
    ++runs;
    if (!fails_(scenario)) return std::nullopt;
    return Violation{"decree", 0, scenario.until + second, "", "awset"};
  }
  Clues clues(const Scenario&) override { return {}; }
  bool enough() override { return runs >= 5000; }
  void found(const Scenario&, const char*) override {}

  unsigned runs = 0;

 private:
  std::function<bool(const Scenario&)> fails_;
};

bool does(const Scenario& scenario, const std::string& act) {
  for (const Doing& doing : scenario.doings) {
    for (const Act& each : doing.deed.acts) {
      if (to_string(each) == act) return true;
    }
  }
  return false;
}

bool has(const Scenario& scenario, FaultKind kind) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(),
                     [&](const FaultSpec& fault) { return fault.kind == kind; });
}

std::string text_in(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Scenario example() {
  Scenario scenario = load_scenario("examples/scenarios/crashes.toml").value();
  scenario.swarm = false;
  scenario.workload.families = {Family::aw_set, Family::pn_counter};
  return pinned(scenario, 3).value();
}

TEST(Shrink, LeavesJustWhatTheFailureNeeds) {
  const Scenario whole = example();
  std::vector<Act> acts;
  for (const Doing& doing : whole.doings) {
    for (const Act& act : doing.deed.acts) {
      if (act.family == Family::aw_set && act.verb == Verb::add) acts.push_back(act);
    }
  }
  ASSERT_GT(acts.size(), 4U);
  const std::string first = to_string(acts[1]);
  const std::string second_one = to_string(acts[acts.size() - 2]);
  // Names stay what they are asked for, so what is left is compared by its size.
  Decreed trials([&](const Scenario& scenario) {
    return does(scenario, first) && does(scenario, second_one) && has(scenario, FaultKind::pause) &&
           scenario.nodes >= 2;
  });
  const Scenario small = shrink(whole, {"decree", "awset"}, trials);
  EXPECT_EQ(size_of(small), first == second_one ? 2U : 3U) << text_of(small);
  EXPECT_EQ(small.nodes, 2U);
  EXPECT_TRUE(small.config.empty());
  EXPECT_LT(small.until, whole.until);
  EXPECT_LT(trials.runs, 1000U);
}

TEST(Shrink, AnotherCheckOrAnotherTypeIsAnotherFailure) {
  const Scenario whole = example();
  for (const Failing& failing : {Failing{"other", ""}, Failing{"decree", "lww"}}) {
    Decreed trials([](const Scenario&) { return true; });
    EXPECT_EQ(size_of(shrink(whole, failing, trials)), size_of(whole));
  }
}

TEST(Shrink, StopsWhereItIsSmallEnough) {
  Decreed trials([](const Scenario&) { return true; });
  const Scenario whole = example();
  EXPECT_LE(size_of(shrink(whole, {"decree", ""}, trials, 10)), 10U);
  EXPECT_LT(trials.runs, 100U);
}

TEST(Shrink, ARunThatCrashesOrHangsHarmsNobody) {
  const InChild crashed = in_child([]() -> std::string { std::abort(); }, 5);
  EXPECT_EQ(crashed.ended, InChild::Ended::aborted);
  const InChild hung = in_child(
      []() -> std::string {
        for (volatile bool on = true; on;) {
        }
        return "";
      },
      0.1);
  EXPECT_EQ(hung.ended, InChild::Ended::hung);
  EXPECT_EQ(in_child([] { return std::string(300'000, 'x'); }, 5).said.size(), 300'000U);
}

// Everything that can stand in a shrunk scenario, of a failure that was one.
Scenario told_scenario() {
  return parse_scenario(text_in("tests/sim/shrunk.toml"), "shrunk.toml").value();
}

Outcome told_outcome() {
  Outcome outcome;
  outcome.violation = Violation{"rule 5", 1, 850 * millisecond, "what it removed is live", ""};
  return outcome;
}

TEST(Shrink, TheStoryIsInWords) {
  EXPECT_EQ(story_of(told_scenario(), told_outcome()),
            "3 nodes, n0 to n2\n"
            "at 100 ms n0 adds e1 to awset key0, and n0 adds -4 to f0/e2 of ormap key0\n"
            "from 200 ms until 500 ms there is a split of n1 from the rest: nothing passes between "
            "groups\n"
            "at 300 ms n1 removes e1 from awset key0\n"
            "at 400 ms n2 moves 2 rights of bounded key0 to n0, but refuses\n"
            "from 600 ms until 700 ms there is a crash of n2: memory is lost, and what was not "
            "synced, up to a drawn point\n"
            "frame 3 from n0 to n2 is lost\n"
            "frame 4 from n0 to n2 arrives after 5 ms, and again after 1 s\n"
            "at 850 ms the check 'rule 5' fails at n1: what it removed is live\n");
}

// tests/sim/shrunk_test.cpp is such a test, and is compiled and run with the others.
// But for blanks, which a formatter sets.
TEST(Shrink, TheTestInCppIsReadyToPaste) {
  const auto dense = [](std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
  };
  EXPECT_EQ(dense(cpp_test_of(told_scenario(), told_outcome(), "crashes.toml with seed 7")),
            dense(text_in("tests/sim/shrunk_test.cpp")));
}

}  // namespace
}  // namespace rejoin::sim
