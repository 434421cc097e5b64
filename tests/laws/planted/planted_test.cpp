// The bugs of other libraries, planted one by one in a copy of the real types: the law kit catches
// each of them, and accuses none of the types without one.
//
// A *.mutant is a bug; its text must be found in today's sources. All are caught by the quick
// budget.

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "crdt/laws/check.hpp"
#include "crdt/laws/search.hpp"
#include "crdt/laws/shrink.hpp"
#include "tests/laws/scenarios.hpp"
#include "tests/laws/subjects/clocks.hpp"
#include "tests/laws/subjects/counters.hpp"
#include "tests/laws/subjects/extrema.hpp"
#include "tests/laws/subjects/flags_and_sketches.hpp"
#include "tests/laws/subjects/maps.hpp"
#include "tests/laws/subjects/registers.hpp"
#include "tests/laws/subjects/sets.hpp"

namespace rejoin::laws {
namespace {

struct Named {
  const char* name;
  const Type& type;
};

template <class T>
const Type& type_of() {
  static const Adapter<T> adapter;
  return adapter;
}

std::vector<Named> types() {
  return {
      {"AwSet", type_of<AwSet<int>>()},
      {"EwFlag", type_of<EwFlag>()},
      {"GCounter", type_of<GCounter>()},
      {"HybridClock", type_of<Watch>()},
      {"LwwRegister", type_of<LwwRegister<std::string>>()},
      {"MaxRegister", type_of<MaxRegister<double>>()},
      {"MultiMap", type_of<Groups>()},
      {"OrMap", type_of<Sets>()},
      {"OrMap of counters", type_of<Shares>()},
      {"ResettableCounter", type_of<ResettableCounter>()},
      {"RwSet", type_of<RwSet<int>>()},
  };
}

const Type* type_named(const char* name) {
  for (const Named& each : types()) {
    if (std::strcmp(each.name, name) == 0) return &each.type;
  }
  return nullptr;
}

Budget quick() {
  Budget budget = Budget::quick();
  budget.seed = 20260101;
  return budget;
}

class Switched {
 public:
  explicit Switched(Plant plant) { plant_on = plant; }
  ~Switched() { plant_on = Plant::none; }
  Switched(const Switched&) = delete;
  Switched& operator=(const Switched&) = delete;
};

struct Caught {
  const char* law = nullptr;  // the first that complains; nothing if none does
  std::size_t steps = 0;      // of the shrunk history
};

Caught caught_by(const Type& type) {
  Progress nobody;
  Search search(type, type, quick(), nobody, true);
  search.run();
  if (search.breaches().empty()) return {};
  const Breach& breach = search.breaches().front();
  const Law& law = search.book().laws[breach.law];
  const auto breaks = [&](const History& h) { return !complaint_of(law, type, h).empty(); };
  return {law.name, breach.repeats ? shrunk(breach.history, breaks).size() : breach.history.size()};
}

// A row of the table.
std::string row(const Planted& bug, const Caught& by, double seconds) {
  std::ostringstream out;
  out << std::left << std::setw(27) << bug.name << std::setw(18) << bug.type << std::setw(30)
      << bug.where << std::setw(28) << (by.law == nullptr ? "NOT CAUGHT" : by.law) << std::right
      << by.steps << " steps " << std::fixed << std::setprecision(3) << seconds << " s  "
      << bug.what;
  return out.str();
}

TEST(PlantedBugs, TheLawKitCatchesEveryOneInItsQuickBudget) {
  std::size_t caught = 0;
  for (const Planted& bug : plants) {
    const Type* type = type_named(bug.type);
    ASSERT_NE(type, nullptr) << "no type is called " << bug.type;
    const Switched on(bug.plant);
    const auto begin = std::chrono::steady_clock::now();
    const Caught by = caught_by(*type);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    caught += by.law != nullptr ? 1 : 0;
    std::cout << row(bug, by, took.count()) << '\n';
    EXPECT_NE(by.law, nullptr) << bug.name << ": " << bug.what;
  }
  std::cout << "caught " << caught << '/' << std::size(plants) << '\n';
}

TEST(PlantedBugs, EachOneIsSeenInItsScenario) {
  const std::vector<Scenario> scenarios = all_scenarios();
  for (const Planted& bug : plants) {
    const auto scenario =
        std::find_if(scenarios.begin(), scenarios.end(), [&](const Scenario& each) {
          return std::strcmp(each.bug, bug.name) == 0;
        });
    ASSERT_NE(scenario, scenarios.end()) << bug.name << " has no scenario";
    testing::TestPartResultArray failures;
    {
      const Switched on(bug.plant);
      testing::ScopedFakeTestPartResultReporter taken(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
      scenario->run();
    }
    EXPECT_GT(failures.size(), 0) << *scenario << " is not broken by it";
  }
}

TEST(PlantedBugs, NoTypeIsAccusedWithoutABug) {
  for (const Named& each : types()) {
    const Report report = check(each.type, quick());
    EXPECT_TRUE(report.broken().empty()) << each.name << ": " << report;
  }
}

}  // namespace
}  // namespace rejoin::laws
