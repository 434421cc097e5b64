#pragma once

// Report: what the law kit found about one type. It prints itself; the kit never prints.

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace rejoin::laws {

enum class Verdict {
  held,         // in every history
  broken,       // there is a counterexample
  not_checked,  // the type lacks what the law is about
};

struct Finding {
  std::string law;
  Verdict verdict = Verdict::held;
  std::string complaint;  // broken: what differs. not_checked: what the type lacks
  std::string history;    // broken: the shortest history found, one step a line
  std::size_t steps = 0;  // of that history
};

struct Report {
  // Fewer histories with concurrent operations than this, of a hundred, prove little.
  static constexpr std::size_t concurrent_percent_min = 25;

  std::uint64_t seed = 0;
  std::size_t exhausted = 0;   // histories of the scope: all there are
  std::size_t histories = 0;   // random ones; what follows is of them
  std::size_t concurrent = 0;  // histories with concurrent operations that changed something
  std::size_t ties = 0;        // ... with one stamp
  std::size_t gaps = 0;        // histories in which a delta overtook an earlier one
  std::size_t refused = 0;     // histories in which an operation was refused
  std::vector<Finding> findings;

  bool vacuous() const { return concurrent * 100 < histories * concurrent_percent_min; }
  bool broke(const std::string& law) const;
  std::vector<std::string> broken() const;
  bool ok() const { return broken().empty() && !vacuous(); }
};

// One line: the verdict and what the histories held.
std::string summary(const Report& report);
// The summary, every law, and for each that is broken its counterexample.
std::ostream& operator<<(std::ostream& out, const Report& report);

}  // namespace rejoin::laws
