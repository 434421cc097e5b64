// The bugs of other libraries, planted one by one in a copy of the real types: the law kit catches
// each of them, and accuses none of the types without one.
//
// A *.mutant is a bug; its text must be found in today's sources. To see one alone:
//
//     build/release/bin/planted --gtest_filter='*Caught*' b37

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "crdt/laws/check.hpp"
#include "tests/laws/subjects/clocks.hpp"
#include "tests/laws/subjects/counters.hpp"
#include "tests/laws/subjects/extrema.hpp"
#include "tests/laws/subjects/flags_and_sketches.hpp"
#include "tests/laws/subjects/maps.hpp"
#include "tests/laws/subjects/registers.hpp"
#include "tests/laws/subjects/sets.hpp"

namespace rejoin::laws {
namespace {

struct Checked {
  const char* name;
  Report (*check)(const Budget&);
};

constexpr Checked types[] = {
    {"AwSet", check<AwSet<int>>},
    {"EwFlag", check<EwFlag>},
    {"GCounter", check<GCounter>},
    {"HybridClock", check<Watch>},
    {"LwwRegister", check<LwwRegister<std::string>>},
    {"MaxRegister", check<MaxRegister<double>>},
    {"MultiMap", check<Groups>},
    {"OrMap", check<Sets>},
    {"OrMap of counters", check<Shares>},
    {"ResettableCounter", check<ResettableCounter>},
    {"RwSet", check<RwSet<int>>},
};

Report checked(const char* type, const Budget& budget) {
  for (const Checked& each : types) {
    if (std::strcmp(each.name, type) == 0) return each.check(budget);
  }
  ADD_FAILURE() << "no type is called " << type;
  return {};
}

Budget quick() {
  Budget budget;
  budget.seed = 20260101;
  budget.histories = 100;
  return budget;
}

class Switched {
 public:
  explicit Switched(Plant plant) { plant_on = plant; }
  ~Switched() { plant_on = Plant::none; }
  Switched(const Switched&) = delete;
  Switched& operator=(const Switched&) = delete;
};

// The law that needed the fewest steps; nothing if all hold.
const Finding* shortest(const Report& report) {
  const Finding* best = nullptr;
  for (const Finding& finding : report.findings) {
    if (finding.verdict != Verdict::broken) continue;
    if (best == nullptr || finding.steps < best->steps) best = &finding;
  }
  return best;
}

TEST(PlantedBugs, TheLawKitCatchesEveryOne) {
  std::size_t caught = 0;
  for (const Planted& bug : plants) {
    const Switched on(bug.plant);
    const auto begin = std::chrono::steady_clock::now();
    const Report report = checked(bug.type, quick());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const Finding* found = shortest(report);
    caught += found != nullptr ? 1 : 0;
    std::printf("%-26s %-18s %5.2f s  %s\n", bug.name, bug.type, took.count(),
                found == nullptr
                    ? "NOT CAUGHT"
                    : (found->law + ", " + std::to_string(found->steps) + " steps").c_str());
    EXPECT_NE(found, nullptr) << bug.name << ": " << bug.what;
  }
  std::cout << "caught " << caught << '/' << std::size(plants) << '\n';
}

TEST(PlantedBugs, NoTypeIsAccusedWithoutABug) {
  for (const Checked& type : types) {
    const Report report = type.check(quick());
    EXPECT_TRUE(report.ok()) << type.name << ": " << report;
  }
}

}  // namespace
}  // namespace rejoin::laws
