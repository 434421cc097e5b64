#include "crdt/laws/check.hpp"

#include <algorithm>

#include "crdt/laws/checking.hpp"
#include "crdt/laws/counterexample.hpp"
#include "crdt/laws/isolated.hpp"
#include "crdt/laws/mutants.hpp"
#include "crdt/laws/shrink.hpp"

namespace rejoin::laws {
namespace {

// What each replica holds in the end, a line each.
std::string ends_of(const Type& type, const History& history) {
  std::string out;
  try {
    const Played played = play(type, history);
    for (std::size_t i = 0; i < played.final_states.size(); ++i) {
      out += "    " + name_of_replica(i) + " ends with " + played.final_states[i].text() + '\n';
    }
  } catch (...) {
    // The complaint says what was thrown.
  }
  return out;
}

Finding finding_of(const Type& type, const Law& law, const Breach& breach, const Shelf& shelf,
                   Progress& progress) {
  History least = breach.history;
  std::string complaint = breach.complaint;
  // One that needs what was played before it cannot be shrunk.
  if (breach.repeats) {
    const auto breaks = [&](const History& h) {
      progress.at({Phase::shrinking, h.size(), law.name});
      return !complaint_of(law, type, h).empty();
    };
    least = shrunk(std::move(least), breaks);
    complaint = complaint_of(law, type, least);
  }
  Finding out{law.name, Verdict::broken, std::move(complaint), to_string(least), least.size()};
  out.sentence = sentence_of(law.name);
  out.ends = ends_of(type, least);
  // Alone it would prove nothing.
  if (breach.repeats) {
    out.numbers = steps_of(least);
    out.saved = shelf.put({type.name(), law.name, least});
  }
  return out;
}

std::vector<Finding> findings_of(const Type& type, const Search& search, const Shelf& shelf,
                                 Progress& progress) {
  std::vector<Finding> out;
  for (std::size_t law = 0; law < search.book().laws.size(); ++law) {
    const auto breach = std::find_if(search.breaches().begin(), search.breaches().end(),
                                     [&](const Breach& each) { return each.law == law; });
    const Law& book = search.book().laws[law];
    out.push_back(breach == search.breaches().end()
                      ? Finding{book.name, Verdict::held, {}, {}, 0}
                      : finding_of(type, book, *breach, shelf, progress));
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

// Whatever happens in a mutant is reported as its.
class InMutant final : public Progress {
 public:
  InMutant(Progress& outer, Position position) : outer_(outer), position_(position) {}
  void at(const Position&) override { outer_.at(position_); }

 private:
  Progress& outer_;
  const Position position_;
};

}  // namespace

Report check_laws(const Type& type, const Budget& budget, Progress& progress) {
  const Shelf shelf(budget.counterexamples);
  std::vector<History> saved;
  for (Counterexample& each : shelf.all_of(type)) saved.push_back(std::move(each.history));
  Search search(type, type, budget, progress, false);
  search.replay(saved);
  search.run();
  Report report;
  report.replayed = saved.size();
  report.type = type.name();
  report.seed = budget.seed;
  report.findings = findings_of(type, search, shelf, progress);
  note_seen(search.seen(), report);
  return report;
}

void try_mutants(const Type& type, const Budget& budget, Progress& progress, std::size_t from,
                 const std::function<void(const char*, Fate)>& say) {
  const Budget less = budget_for_mutants(budget);
  const auto mutants = mutants_of(type);
  for (std::size_t i = from; i < mutants.size(); ++i) {
    InMutant inside(progress, {Phase::power, i, mutants[i]->title()});
    const bool killed = caught(type, *mutants[i], less, inside);
    say(mutants[i]->title(), killed                   ? Fate::killed
                             : mutants[i]->differed() ? Fate::survived
                                                      : Fate::same);
  }
}

void note_fate(const std::string& title, Fate fate, Power& power) {
  switch (fate) {
    case Fate::killed:
      ++power.killed;
      break;
    case Fate::survived:
      power.survivors.push_back(title);
      break;
    case Fate::same:
      power.same.push_back(title);
      return;
  }
  ++power.tried;
}

Report check(const Type& type, const Budget& budget, Progress& progress) {
  if (budget.isolated) return check_isolated(type, budget, progress);
  Report report = check_laws(type, budget, progress);
  if (!budget.power || !report.broken().empty()) return report;
  try_mutants(type, budget, progress, 0,
              [&](const char* title, Fate fate) { note_fate(title, fate, report.power); });
  return report;
}

Report check(const Type& type, const Budget& budget) {
  Progress nobody;
  return check(type, budget, nobody);
}

}  // namespace rejoin::laws
