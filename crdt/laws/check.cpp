#include "crdt/laws/check.hpp"

#include <algorithm>
#include <exception>

#include <rapidcheck/detail/Configuration.h>

#include "crdt/hash.hpp"
#include "crdt/laws/law.hpp"
#include "crdt/laws/shrink.hpp"

namespace rejoin::laws {
namespace {

// Most bugs are found soonest in short histories; every eighth is long.
History random_history(const Type& type, std::uint64_t seed, std::size_t number) {
  constexpr std::size_t steps_min = 4;
  return draw_history(type, combine64(seed, number), steps_min, number % 8 == 7 ? 40 : 14);
}

class Checker {
 public:
  Checker(const Type& type, const Budget& budget) : type_(type), book_(type), budget_(budget) {
    report_.seed = budget.seed;
    for (const Law& law : book_.laws) {
      report_.findings.push_back({law.name, Verdict::held, {}, {}, 0});
    }
  }

  Report run() {
    exhaust();
    for (; report_.histories < budget_.histories; ++report_.histories) {
      try_at_random(random_history(type_, budget_.seed, report_.histories));
    }
    for (const Skipped& law : book_.skipped) {
      report_.findings.push_back({law.name, Verdict::not_checked, law.why, {}, 0});
    }
    return std::move(report_);
  }

 private:
  // One play serves all laws: there are many histories, and little happens in each.
  void exhaust() {
    Scope scope = budget_.scope;
    const std::vector<Operation> letters = letters_of(type_, scope.letters);
    scope.letters = letters.size();
    each_in_scope(scope, [&](const std::vector<ScopedStep>& steps) {
      ++report_.exhausted;
      try_in_scope(spelled(steps, letters));
      return true;
    });
  }

  void try_in_scope(const History& history) {
    std::optional<Played> played;
    try {
      played = play(type_, history, &memo_);
    } catch (...) {
      // Each law that plays it says what was thrown.
    }
    for (std::size_t law = 0; law < book_.laws.size(); ++law) {
      if (broken(law)) continue;
      const std::string complaint = played ? complaint_of(book_.laws[law], *played)
                                           : complaint_of(book_.laws[law], type_, history);
      if (!complaint.empty()) note(law, history, complaint);
    }
  }

  // Each law gets values of its own: of a type whose copies share their state, what one law does
  // would hide from the next what is wrong.
  void try_at_random(const History& history) {
    measure(history);
    for (std::size_t law = 0; law < book_.laws.size(); ++law) {
      if (broken(law)) continue;
      const std::string complaint = complaint_of(book_.laws[law], type_, history, &memo_);
      if (!complaint.empty()) note(law, history, complaint);
    }
  }

  void measure(const History& history) {
    try {
      const Coverage coverage = play(type_, history).coverage;
      report_.concurrent += coverage.concurrent;
      report_.ties += coverage.tie;
      report_.gaps += coverage.gap;
      report_.refused += coverage.refused;
    } catch (...) {
      // Each law will complain of it.
    }
  }

  bool broken(std::size_t law) const { return report_.findings[law].verdict == Verdict::broken; }

  // The complaint is of the shrunk history, unless it needs what was played before it.
  void note(std::size_t number, const History& history, const std::string& complaint) {
    const Law& law = book_.laws[number];
    const auto breaks = [&](const History& h) { return !complaint_of(law, type_, h).empty(); };
    Finding& finding = report_.findings[number];
    finding.verdict = Verdict::broken;
    if (!breaks(history)) {
      finding.complaint = complaint;
      finding.history = to_string(history);
      finding.steps = history.size();
      return;
    }
    const History least = shrunk(history, breaks);
    finding.complaint = complaint_of(law, type_, least);
    finding.history = to_string(least);
    finding.steps = least.size();
  }

  const Type& type_;
  const LawBook book_;
  const Budget budget_;
  Memo memo_;
  Report report_;
};

}  // namespace

Budget::Budget()
    : histories(static_cast<std::size_t>(rc::detail::configuration().testParams.maxSuccess)),
      seed(rc::detail::configuration().testParams.seed) {}

Report check(const Type& type, const Budget& budget) {
  return Checker(type, budget).run();
}

}  // namespace rejoin::laws
