#pragma once

// Scenarios: for each bug that tests/laws/planted/ plants a short history, by hand, on which the
// right type does right and the wrong one is seen. scenarios_test.cpp runs them on the right types;
// planted/planted_test.cpp runs each with its bug on, and wants it to fail there.

#include <ostream>
#include <vector>

namespace rejoin {

struct Scenario {
  const char* bug;       // the mutant's name
  const char* sentence;  // what the right type does
  void (*run)();         // with GoogleTest's expectations

  friend std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
    return out << scenario.bug << ": " << scenario.sentence;
  }
};

template <class T>
T joined(T first, const T& second) {
  first.merge(second);
  return first;
}

std::vector<Scenario> set_scenarios();
std::vector<Scenario> map_scenarios();
std::vector<Scenario> value_scenarios();
std::vector<Scenario> all_scenarios();

}  // namespace rejoin
