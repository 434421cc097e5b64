// States that are equal by contents go on in the same ways. In scopes small enough to be walked by
// history, this is looked at for every state that there is.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/exhaust_case.hpp"
#include "tests/sim/scope.hpp"

namespace rejoin::sim {
namespace {

struct Scope {
  const char* name;
  ExhaustSettings settings;
};
void PrintTo(const Scope& one, std::ostream* out) {
  *out << one.name;
}

// Every state by history: its contents, and the contents of what comes next, whichever step is
// taken.
struct Walked {
  std::map<std::uint64_t, std::uint64_t> contents;
  std::map<std::uint64_t, std::set<std::uint64_t>> next;
  std::uint64_t violations = 0;
};

Walked walk(const ExhaustSettings& settings) {
  Walked out;
  std::vector<unsigned> given;
  do {
    Choices choices(given);
    ExhaustCase way(settings, choices, false);
    for (bool ended = false; !ended;) {
      const std::uint64_t state = way.history();
      const bool is_new = out.contents.emplace(state, way.contents()).second;
      if (choices.fresh() && !is_new) break;
      const auto steps = way.steps();
      const auto& step = steps[choices.choose(static_cast<unsigned>(steps.size()))];
      way.take(step);
      if (way.violation()) ++out.violations;
      ended = way.violation() || step.kind == ExhaustCase::Step::Kind::finish;
      out.next[state].insert(way.violation() ? 0 : way.contents());
    }
    given = choices.next();
  } while (!given.empty());
  return out;
}

class ExhaustState : public testing::TestWithParam<Scope> {};

TEST_P(ExhaustState, EqualContentsGoOnInTheSameWays) {
  const Walked walked = walk(GetParam().settings);

  std::map<std::uint64_t, std::set<std::uint64_t>> next;  // by contents
  for (const auto& [state, contents] : walked.contents) {
    const auto [at, is_new] = next.try_emplace(contents, walked.next.at(state));
    if (is_new) continue;
    EXPECT_EQ(at->second, walked.next.at(state));
  }
  EXPECT_EQ(walked.violations, 0U);
  EXPECT_LE(next.size(), walked.contents.size());
}

TEST_P(ExhaustState, VerdictsAreTheSameHoweverStatesAreCompared) {
  ExhaustSettings settings = GetParam().settings;
  const auto always = [](const ExhaustResult&) { return true; };
  const ExhaustResult by_contents = exhaust(settings, always);
  settings.by_history = true;
  const ExhaustResult by_history = exhaust(settings, always);

  EXPECT_TRUE(by_contents.complete);
  EXPECT_TRUE(by_history.complete);
  EXPECT_FALSE(by_contents.violation);
  EXPECT_FALSE(by_history.violation);
  EXPECT_LE(by_contents.states, by_history.states);
  RecordProperty("states_by_contents", std::to_string(by_contents.states));
  RecordProperty("states_by_history", std::to_string(by_history.states));
}

std::vector<Scope> scopes() {
  std::vector<Scope> out;
  const auto add = [&](const char* name, ExhaustSettings settings, auto&& change) {
    change(settings);
    out.push_back({name, std::move(settings)});
  };
  const auto nothing = [](ExhaustSettings&) {};
  add("TwoOperations", scope_of(2, 2), nothing);
  add("ThreeOperations", scope_of(2, 3), nothing);
  add("ThreeReplicas", scope_of(3, 2), nothing);
  add("Stamped", scope_of(2, 2, {"lww key0 set x", "lww key0 set y"}), nothing);
  add("Shares", scope_of(2, 2, {"resettable key0 add 3", "resettable key0 reset"}), nothing);
  add("Lost", scope_of(2, 2), [](ExhaustSettings& s) { s.drops = 1; });
  add("Twice", scope_of(2, 2), [](ExhaustSettings& s) { s.duplicates = 1; });
  add("Crashed", scope_of(2, 1), [](ExhaustSettings& s) { s.crashes = 1; });
  add("Late", scope_of(2, 1), [](ExhaustSettings& s) { s.ticks = 2; });
  add("Repaired", scope_of(2, 2), [](ExhaustSettings& s) {
    s.repair = true;
    s.drops = 1;
  });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Scopes, ExhaustState, testing::ValuesIn(scopes()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace rejoin::sim
