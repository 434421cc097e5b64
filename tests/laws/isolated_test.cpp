// Whatever a user's type does to its process, the check ends with a verdict that names the law.

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {
namespace {

enum class Mischief { none, loops, eats, throws, aborts, exits };

// The greatest number, until two is merged into three.
template <Mischief mischief>
struct Naughty {
  int value = 0;

  bool merge(const Naughty& other) {
    if (value == 3 && other.value == 2) misbehave();
    const bool more = other.value > value;
    value = std::max(value, other.value);
    return more;
  }
  friend bool operator==(const Naughty&, const Naughty&) = default;

 private:
  static void misbehave() {
    if constexpr (mischief == Mischief::loops) {
      for (volatile bool on = true; on;) {
      }
    } else if constexpr (mischief == Mischief::eats) {
      std::vector<std::string> held;
      while (held.size() < 100'000) held.emplace_back(std::size_t{1} << 20, 'x');
    } else if constexpr (mischief == Mischief::throws) {
      throw std::runtime_error("two is too little");
    } else if constexpr (mischief == Mischief::aborts) {
      std::abort();
    } else if constexpr (mischief == Mischief::exits) {
      std::_Exit(7);
    }
  }
};

}  // namespace

template <Mischief mischief>
struct Subject<Naughty<mischief>> {
  using T = Naughty<mischief>;
  using Op = int;
  static rc::Gen<Op> operations() { return rc::gen::inRange(1, 5); }
  static T apply(T& state, const Op& op, const At&) {
    const T delta{op};
    state.merge(delta);
    return delta;
  }
};

namespace {

template <Mischief mischief>
Report isolated() {
  Budget budget = Budget::quick();
  budget.seed = 3;
  budget.histories = 100;
  budget.power = true;
  budget.isolated = true;
  // A machine may be slow at giving memory; nothing else here takes long.
  budget.cpu_ms_max = mischief == Mischief::eats ? 60'000 : 300;
  budget.memory_mb_max = 400;
  return check<Naughty<mischief>>(budget);
}

std::string complaints(const Report& report) {
  std::string out;
  for (const Finding& finding : report.findings) {
    if (finding.verdict == Verdict::broken) out += finding.complaint + '\n' + finding.history;
  }
  return out;
}

TEST(Isolated, RightTypeHasTheReportThatItHasWithout) {
  const Report apart = isolated<Mischief::none>();
  Budget budget = Budget::quick();
  budget.seed = 3;
  budget.histories = 100;
  budget.power = true;

  EXPECT_TRUE(apart.ok()) << apart;
  EXPECT_EQ(apart.to_json(), check<Naughty<Mischief::none>>(budget).to_json());
}

TEST(Isolated, MergeThatLoopsFailsByName) {
  const Report report = isolated<Mischief::loops>();

  EXPECT_EQ(report.outcome(), Outcome::fail) << report;
  EXPECT_EQ(report.broken().size(), 1u);
  EXPECT_NE(complaints(report).find("does not end: it took more than 300 ms"), std::string::npos);
  EXPECT_NE(complaints(report).find("A performs"), std::string::npos) << report;
}

TEST(Isolated, MergeThatEatsMemoryFailsByName) {
  const Report report = isolated<Mischief::eats>();

  EXPECT_EQ(report.outcome(), Outcome::fail) << report;
  EXPECT_NE(complaints(report).find("takes more than 400 MB of memory"), std::string::npos)
      << report;
}

TEST(Isolated, MergeThatAbortsFailsByName) {
  const Report report = isolated<Mischief::aborts>();

  EXPECT_EQ(report.outcome(), Outcome::fail) << report;
  EXPECT_NE(complaints(report).find("ends the process: Aborted"), std::string::npos) << report;
}

TEST(Isolated, MergeThatExitsFailsByName) {
  const Report report = isolated<Mischief::exits>();

  EXPECT_EQ(report.outcome(), Outcome::fail) << report;
  EXPECT_NE(complaints(report).find("exit code 7"), std::string::npos) << report;
}

TEST(Isolated, MergeThatThrowsIsALawBrokenInAProcessOfItsOwnOrNot) {
  Budget budget = Budget::quick();
  budget.seed = 3;
  for (const Report& report :
       {isolated<Mischief::throws>(), check<Naughty<Mischief::throws>>(budget)}) {
    EXPECT_EQ(report.outcome(), Outcome::fail) << report;
    EXPECT_NE(complaints(report).find("an exception: two is too little"), std::string::npos);
  }
}

}  // namespace
}  // namespace rejoin::laws
