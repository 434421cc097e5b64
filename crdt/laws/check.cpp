#include "crdt/laws/check.hpp"

#include <algorithm>

#include "crdt/laws/mutants.hpp"
#include "crdt/laws/search.hpp"
#include "crdt/laws/shrink.hpp"

namespace rejoin::laws {
namespace {

Finding finding_of(const Type& type, const Law& law, const Breach& breach) {
  History least = breach.history;
  std::string complaint = breach.complaint;
  // One that needs what was played before it cannot be shrunk.
  if (breach.repeats) {
    const auto breaks = [&](const History& h) { return !complaint_of(law, type, h).empty(); };
    least = shrunk(std::move(least), breaks);
    complaint = complaint_of(law, type, least);
  }
  return {law.name, Verdict::broken, std::move(complaint), to_string(least), least.size()};
}

std::vector<Finding> findings_of(const Type& type, const Search& search) {
  std::vector<Finding> out;
  for (std::size_t law = 0; law < search.book().laws.size(); ++law) {
    const auto breach = std::find_if(search.breaches().begin(), search.breaches().end(),
                                     [&](const Breach& each) { return each.law == law; });
    const Law& book = search.book().laws[law];
    out.push_back(breach == search.breaches().end() ? Finding{book.name, Verdict::held, {}, {}, 0}
                                                    : finding_of(type, book, *breach));
  }
  for (const Skipped& law : search.book().skipped) {
    out.push_back({law.name, Verdict::not_checked, law.why, {}, 0});
  }
  return out;
}

void note_seen(const Seen& seen, Report& report) {
  report.exhausted = seen.exhausted;
  report.unlike = seen.unlike;
  report.histories = seen.histories;
  report.operations = seen.operations;
  report.effective = seen.effective;
  report.concurrent = seen.concurrent;
  report.ties = seen.ties;
  report.gaps = seen.gaps;
  report.refused = seen.refused;
}

// What a mutant is asked: enough to tell it from a right type, as most are caught at once.
Budget budget_for_mutants(const Budget& budget) {
  Budget out = budget;
  out.scope.operations = std::min<std::size_t>(budget.scope.operations, 3);
  out.scope.letters = std::min<std::size_t>(budget.scope.letters, 2);
  out.histories = std::min<std::size_t>(budget.histories, 100);
  out.long_histories = 0;
  return out;
}

bool caught(const Type& type, const Type& mutant, const Budget& budget, Progress& progress) {
  Search search(mutant, type, budget, progress, true);
  search.run();
  if (!search.breaches().empty()) return true;
  Report report;
  note_seen(search.seen(), report);
  return report.vacuous();
}

Power power_of(const Type& type, const Budget& budget, Progress& progress) {
  Power power;
  const Budget less = budget_for_mutants(budget);
  Progress nobody;
  for (const auto& mutant : mutants_of(type)) {
    progress.at({Phase::power, power.tried + power.same.size(), mutant->title()});
    const bool killed = caught(type, *mutant, less, nobody);
    if (!killed && !mutant->differed()) {
      power.same.push_back(mutant->title());
      continue;
    }
    ++power.tried;
    power.killed += killed ? 1 : 0;
    if (!killed) power.survivors.push_back(mutant->title());
  }
  return power;
}

}  // namespace

Report check(const Type& type, const Budget& budget) {
  Progress progress;
  Search search(type, type, budget, progress, false);
  search.run();
  Report report;
  report.type = type.name();
  report.seed = budget.seed;
  report.findings = findings_of(type, search);
  note_seen(search.seen(), report);
  if (budget.power && report.broken().empty()) report.power = power_of(type, budget, progress);
  return report;
}

}  // namespace rejoin::laws
