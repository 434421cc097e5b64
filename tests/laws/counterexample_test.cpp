// A counterexample comes back from numbers, is tried first next time, and the kit can be run alone.

#include "crdt/laws/counterexample.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/run.hpp"

namespace rejoin::laws {
namespace {

namespace fs = std::filesystem;

// The last text written, by wall clock; on a tie each side keeps its own, if it is wrong.
template <bool wrong>
struct Last {
  std::uint64_t time = 0;
  std::string text;

  bool merge(const Last& other) {
    const bool later = other.time > time || (!wrong && other.time == time && other.text > text);
    if (later) *this = other;
    return later;
  }
  friend bool operator==(const Last&, const Last&) = default;
};
using Right = Last<false>;
using Wrong = Last<true>;

}  // namespace

template <bool wrong>
struct Subject<Last<wrong>> {
  using T = Last<wrong>;
  using Op = std::string;
  static std::string name() { return wrong ? "Wrong" : "Right"; }
  static rc::Gen<Op> operations() { return few_strings(); }
  static T apply(T& state, const Op& op, const At& at) {
    const T delta{std::max(state.time + 1, at.now().value), op};
    state.merge(delta);
    return delta;
  }
  static std::string value(const T& state) { return state.text; }
};

namespace {

class Saved : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("rejoin_laws_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Budget budget() const {
    Budget out = Budget::quick();
    out.seed = 11;
    out.histories = 100;
    out.counterexamples = folder_.string();
    return out;
  }

  fs::path folder_;
};

const Finding& finding_of(const Report& report, const std::string& law) {
  for (const Finding& finding : report.findings) {
    if (finding.law == law) return finding;
  }
  throw std::out_of_range(law);
}

TEST(Steps, AnyHistoryComesBackFromItsText) {
  const Adapter<Right> type;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const History history = draw_history(type, seed, 1, 30);
    const Result<History> back = steps_from(type, steps_of(history));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_string(*back), to_string(history));
    EXPECT_EQ(steps_of(*back), steps_of(history));
  }
}

TEST(Steps, ASimplerOperationComesBackToo) {
  const Adapter<Right> type;
  History history = draw_history(type, 2, 30, 30);
  for (Step& step : history) {
    while (step.op) {
      const std::vector<Operation> simpler = step.op.simpler(5);
      if (simpler.empty()) break;
      step.op = simpler.back();
    }
  }
  const Result<History> back = steps_from(type, steps_of(history));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_string(*back), to_string(history));
}

TEST(Steps, WhatIsNoStepIsRefused) {
  const Adapter<Right> type;
  for (const char* text : {"perform A 1/100/ at", "perform D 1/100/ at 1", "perform A 1/100 at 1",
                           "merge A from A", "merge A B", "receive A delta", "receive A delta -1",
                           "regroup A delta 0 count 1", "regroup A delta 0 count 1000000000",
                           "forget A delta 0", "perform A 1/100/x at 1", "merge"}) {
    const Result<History> read = steps_from(type, text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::malformed) << text;
  }
}

TEST(Steps, AnOperationThatIsNotDrawnSoAnyMoreIsRefused) {
  const Result<History> read =
      steps_from(Adapter<Right>(), "perform A 1/100/ at 1  # something else");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
}

TEST_F(Saved, CounterexampleIsTriedFirstNextTime) {
  const Report first = check<Wrong>(budget());
  const Finding& found = finding_of(first, "merge is commutative");
  ASSERT_EQ(found.verdict, Verdict::broken);
  ASSERT_TRUE(fs::exists(found.saved)) << found.saved;
  EXPECT_LE(found.steps, 3u);

  Budget nothing = budget();
  nothing.scope.operations = 0;
  nothing.histories = nothing.long_histories = 0;
  const Report again = check<Wrong>(nothing);
  EXPECT_EQ(again.replayed, first.broken().size());
  EXPECT_TRUE(again.broke("merge is commutative")) << again;
  EXPECT_EQ(finding_of(again, "merge is commutative").history, found.history);
  // Another type's are not its.
  EXPECT_EQ(check<Right>(nothing).replayed, 0u);
}

TEST_F(Saved, FileThatCannotBeReadIsNoCounterexample) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "a.history") << "rejoin counterexample 1\ntype Right\nlaw l\nmerge\n";
  std::ofstream(folder_ / "b.history") << "\ntype Right\n";
  EXPECT_EQ(check<Right>(budget()).replayed, 0u);
}

TEST_F(Saved, NothingIsKeptUnlessAFolderIsNamed) {
  Budget none = budget();
  none.counterexamples.clear();
  EXPECT_EQ(finding_of(check<Wrong>(none), "merge is commutative").saved, "");
  EXPECT_FALSE(fs::exists(folder_));
}

TEST(Failure, SaysTheLawTheStepsTheReplicasAndATest) {
  Budget budget = Budget::quick();
  budget.seed = 11;
  const Report report = check<Wrong>(budget);
  const Finding& found = finding_of(report, "merge is commutative");
  std::ostringstream out;
  out << report;
  const std::string text = out.str();

  for (const std::string part :
       {"The law: Two states merged give the same", "A ends with ", "C ends with ",
        "TEST(Wrong, MergeIsCommutative) {", "replayed<Wrong>(\"merge is commutative\",",
        "RC_PARAMS=\"seed=11\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  // What the test calls: the steps without what they looked like.
  std::string steps;
  std::istringstream lines(found.numbers);
  for (std::string line; std::getline(lines, line);)
    steps += line.substr(0, line.find("  # ")) + '\n';
  EXPECT_EQ(replayed<Wrong>("merge is commutative", steps), found.complaint);
  EXPECT_EQ(replayed<Right>("merge is commutative", steps), "");
  EXPECT_EQ(replayed<Right>("no such law", steps), "there is no law \"no such law\" of this type");
}

template <class... T>
int run(std::vector<const char*> words, std::string& out) {
  ::unsetenv("REJOIN_COUNTEREXAMPLES");
  words.insert(words.begin(), "laws");
  testing::internal::CaptureStdout();
  const int code = run_main<T...>(static_cast<int>(words.size()), words.data());
  out = testing::internal::GetCapturedStdout();
  return code;
}

// Nothing happens, so nothing can be told.
struct Still {
  friend bool operator==(const Still&, const Still&) = default;
  bool merge(const Still&) { return false; }
};

}  // namespace

template <>
struct Subject<Still> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(); }
  static void apply(Still&, const Op&, const At&) {}
  static int value(const Still&) { return 0; }
};

namespace {

TEST(RunMain, ExitCodeIsTheVerdict) {
  std::string out;
  EXPECT_EQ((run<Right, Wrong>({"--seed", "3"}, out)), 1) << out;
  EXPECT_EQ((run<Right, Wrong>({"--seed", "3", "--type", "Rig"}, out)), 0) << out;
  EXPECT_EQ((run<Right, Still>({"--seed", "3", "--in-process"}, out)), 2) << out;
}

TEST(RunMain, JsonIsALineForEachType) {
  std::string out;
  EXPECT_EQ((run<Right, Wrong>({"--json", "--budget", "quick", "--seed", "3"}, out)), 1);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
  EXPECT_EQ(out.find("{\"type\":\"Right\",\"outcome\":\"pass\",\"seed\":3,"), 0u) << out;
}

TEST(RunMain, MisuseIsToldAndHelpHelps) {
  std::string out;
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--budget", "more"},
                                                {"--seed"},
                                                {"--seed", "x"},
                                                {"--sed"},
                                                {"--type", "Nobody"}}) {
    testing::internal::CaptureStderr();
    EXPECT_EQ((run<Right>(words, out)), 4);
    EXPECT_FALSE(testing::internal::GetCapturedStderr().empty());
    EXPECT_EQ(out, "");
  }
  EXPECT_EQ((run<Right>({"--help"}, out)), 0);
  EXPECT_NE(out.find("--counterexamples"), std::string::npos);
}

}  // namespace
}  // namespace rejoin::laws
