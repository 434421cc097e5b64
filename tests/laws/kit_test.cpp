// The kit measures itself: what a run saw, what the laws would catch, and says so to people and
// machines.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/mutants.hpp"

namespace rejoin::laws {
namespace {

// The greatest number.
struct Greatest {
  int value = 0;

  bool merge(const Greatest& other) {
    const bool more = other.value > value;
    value = std::max(value, other.value);
    return more;
  }
  friend bool operator==(const Greatest&, const Greatest&) = default;
};

// A counter that refuses to do anything most of the time.
struct Reluctant : Greatest {};

Budget small() {
  Budget budget = Budget::quick();
  budget.seed = 5;
  budget.histories = 100;
  budget.power = true;
  return budget;
}

bool among_names(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

template <>
struct Subject<Greatest> {
  using Op = int;
  static std::string name() { return "Greatest"; }
  static rc::Gen<Op> operations() { return rc::gen::inRange(1, 9); }
  static Greatest apply(Greatest& greatest, const Op& op, const At&) {
    const Greatest delta{op};
    greatest.merge(delta);
    return delta;
  }
};

template <>
struct Subject<Reluctant> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(40); }
  static Result<Reluctant> apply(Reluctant& greatest, const Op& op, const At&) {
    if (op != 1) return Error{};
    greatest.merge(Greatest{op});
    return greatest;
  }
};

namespace {

TEST(Power, EveryMutantOfARightTypeIsCaughtOrNoMistake) {
  const Report report = check<Greatest>(small());

  EXPECT_TRUE(report.ok()) << report;
  EXPECT_EQ(report.power.killed, report.power.tried) << report;
  EXPECT_GE(report.power.tried, 11u);
  // What it is, is no mistake in it.
  EXPECT_TRUE(among_names(report.power.same, "mine wins a conflict")) << report;
}

TEST(Power, ARunThatTriesNextToNothingCatchesLittleAndSaysWhat) {
  Budget budget = small();
  budget.scope = {1, 1};
  budget.histories = budget.long_histories = 0;
  const Report report = check<Greatest>(budget);

  EXPECT_LT(report.power.killed, report.power.tried) << report;
  EXPECT_EQ(report.power.survivors.size(), report.power.tried - report.power.killed);
  EXPECT_TRUE(among_names(report.power.survivors, "copies share their state")) << report;
}

TEST(Power, IsNotMeasuredUnlessAskedFor) {
  Budget budget = small();
  budget.power = false;

  EXPECT_EQ(check<Greatest>(budget).power.tried, 0u);
}

TEST(Power, MutantsHaveDifferentTitles) {
  const Adapter<Greatest> type;
  std::set<std::string> titles;
  for (const auto& mutant : mutants_of(type)) titles.insert(mutant->title());
  EXPECT_EQ(titles.size(), mutants_of(type).size());
  EXPECT_EQ(titles.size(), 17u);
}

TEST(Vacuity, ARunThatSawTooLittleIsInconclusiveAndNamesTheFigure) {
  const Report report = check<Reluctant>(small());

  EXPECT_TRUE(report.broken().empty()) << report;
  EXPECT_EQ(report.outcome(), Outcome::inconclusive);
  EXPECT_FALSE(report.ok());
  std::ostringstream text;
  text << report;
  EXPECT_NE(text.str().find("TOO LITTLE   " + std::to_string(report.concurrent) + " of 104"),
            std::string::npos)
      << text.str();
}

TEST(Vacuity, OfFewHistoriesRareThingsAreNotAsked) {
  Report report;
  report.histories = 50;
  report.concurrent = 25;
  report.operations = report.effective = 200;
  EXPECT_TRUE(report.ok());
  report.histories = 100;
  report.concurrent = 50;
  ASSERT_EQ(report.shortages().size(), 2u);
  EXPECT_EQ(report.shortages()[1],
            "0 of 100 histories had a delta that overtook an earlier one, at least 1% are needed");
}

TEST(Report, IsOneObjectOfJson) {
  Report report;
  report.type = "a \"type\"";
  report.findings.push_back({"merge is commutative", Verdict::broken, "says \x01\xff", "1\n", 1});
  report.power = {12, 11, {"delta is bottom"}, {}};
  const std::string json = report.to_json();

  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(json.substr(0, 45), R"({"type":"a \"type\"","outcome":"fail","seed":)");
  EXPECT_NE(json.find(R"("complaint":"says \u0001\u00ff","history":"1\u000a","steps":1)"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"("power":{"tried":12,"killed":11,"survivors":["delta is bottom"])"),
            std::string::npos)
      << json;
}

TEST(Budget, LevelsRiseAndHaveNames) {
  EXPECT_LT(Budget::quick().histories, Budget::normal().histories);
  EXPECT_LT(Budget::normal().histories, Budget::deep().histories);
  EXPECT_EQ(Budget::quick().scope.operations, 3u);
  EXPECT_EQ(Budget::normal().scope.operations, 4u);
  for (const Level level : {Level::quick, Level::normal, Level::deep}) {
    EXPECT_EQ(level_named(name_of(level)), level);
  }
  EXPECT_EQ(level_named("deeper"), std::nullopt);
}

}  // namespace
}  // namespace rejoin::laws
