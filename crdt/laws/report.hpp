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
  std::string complaint;      // broken: what differs. not_checked: what the type lacks
  std::string history;        // broken: the shortest history found, one step a line
  std::size_t steps = 0;      // of that history
  std::string sentence = {};  // what the law says
  std::string ends = {};      // broken: what each replica holds after the history, a line each
  std::string numbers = {};   // broken: the history, to be played again: counterexample.hpp
  std::string saved = {};     // broken: the file that it was saved in, if it was
};

// A GoogleTest of the finding, ready to be pasted. Requires: it is broken, and has numbers.
std::string test_of(const std::string& type, const Finding& finding);

// How many of the fixed list of wrong types, made of this one, the laws caught.
struct Power {
  std::size_t tried = 0;
  std::size_t killed = 0;
  std::vector<std::string> survivors;  // behaved differently, and no law complained
  std::vector<std::string> same;       // never behaved differently: nothing to catch, not counted
};

enum class Outcome {
  pass,
  fail,          // a law is broken
  inconclusive,  // none is known to be, but too little was seen to mean anything
};

const char* name_of(Outcome outcome);

struct Report {
  // Of a hundred histories fewer than this many with ... prove little. The last two are asked of
  // runs of at least a hundred.
  static constexpr std::size_t concurrent_percent_min = 25;
  static constexpr std::size_t effective_percent_min = 10;  // of operations
  static constexpr std::size_t ties_percent_min = 2;
  static constexpr std::size_t gaps_percent_min = 1;

  std::string type;
  std::uint64_t seed = 0;
  std::size_t replayed = 0;   // counterexamples saved by earlier runs
  std::size_t exhausted = 0;  // histories of the scope: all there are
  std::size_t unlike = 0;     // ... of which so many led to states of their own
  std::size_t histories = 0;  // random ones, long ones among them; what follows is of them
  std::size_t operations = 0;
  std::size_t effective = 0;   // operations that changed something
  std::size_t concurrent = 0;  // histories with concurrent operations that changed something
  std::size_t ties = 0;        // ... with one stamp
  std::size_t gaps = 0;        // histories in which a delta overtook an earlier one
  std::size_t refused = 0;     // histories in which an operation was refused
  std::vector<Finding> findings;
  Power power;
  std::string problem;  // why nothing could be checked, if nothing could

  // What the run saw too little of, a sentence each.
  std::vector<std::string> shortages() const;
  bool vacuous() const { return !shortages().empty(); }

  bool broke(const std::string& law) const;
  std::vector<std::string> broken() const;
  Outcome outcome() const;
  bool ok() const { return outcome() == Outcome::pass; }

  // One object; no line breaks.
  std::string to_json() const;
};

// One line: the verdict and what the histories held.
std::string summary(const Report& report);
// The summary, every law, and for each that is broken its counterexample.
std::ostream& operator<<(std::ostream& out, const Report& report);

}  // namespace rejoin::laws
