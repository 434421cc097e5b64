#pragma once

// Wrong types, each a small right type with one bug of faults-and-bugs that some real library had.
// The law kit must catch every one, and must not accuse the right type that they differ from. A kit
// that catches nothing is not yet one.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "crdt/laws/check.hpp"

namespace rejoin::laws {

inline constexpr std::size_t histories_for_plants = 100;

template <class T>
Report report_on() {
  Budget budget;
  budget.histories = histories_for_plants;
  return check<T>(budget);
}

// The law must be among those that caught it, by a history short enough to read.
template <class T>
void expect_caught_by(const std::string& law) {
  const Report report = report_on<T>();

  EXPECT_TRUE(report.broke(law)) << report;
  for (const Finding& finding : report.findings) {
    if (finding.verdict != Verdict::broken) continue;
    std::cout << "  caught by: " << finding.law << ", " << finding.steps << " steps\n";
    if (finding.law == law) {
      EXPECT_LE(finding.steps, 7u) << finding.history;
      EXPECT_FALSE(finding.complaint.empty());
    }
  }
}

template <class T>
void expect_not_accused() {
  const Report report = report_on<T>();

  EXPECT_TRUE(report.ok()) << report;
}

}  // namespace rejoin::laws
