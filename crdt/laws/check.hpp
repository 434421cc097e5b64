#pragma once

// check<T>: holds a type's merge, mutators, deltas and bytes against the laws: on every history of
// a small scope, then on random histories of three replicas; and shrinks what breaks one.
//
//     const laws::Report report = laws::check<Cart>();   // with a laws::Subject<Cart>
//     std::cout << report;                               // report.ok(): do all laws hold?
//
// Cost: a thousand histories take a second for a small type. Seed and number of the random ones
// come from rapidcheck's RC_PARAMS ("seed=7 max_success=1000"); without it each run draws a seed.
// The type must be deterministic. Not for: states no history reaches, time, threads; and a law
// that holds in 100 histories is not proved.

#include <exception>

#include "crdt/laws/codec_laws.hpp"
#include "crdt/laws/delta_laws.hpp"
#include "crdt/laws/merge_laws.hpp"
#include "crdt/laws/report.hpp"
#include "crdt/laws/scope.hpp"

namespace rejoin::laws {

struct Budget {
  std::size_t histories = static_cast<std::size_t>(params().maxSuccess);
  std::uint64_t seed = params().seed;
  Scope scope;

 private:
  static const rc::detail::TestParams& params() { return rc::detail::configuration().testParams; }
};

// Every law with its name; no function for one that this type cannot break, with the reason as
// complaint.
template <class T>
struct LawBook {
  std::vector<Law<T>> laws{
      {"merge is commutative", merge_commutes<T>},
      {"merge is associative", merge_associates<T>},
      {"merge is idempotent", merge_is_idempotent<T>},
      {"default is bottom", default_is_bottom<T>},
      {"merge leaves its argument", merge_leaves_argument<T>},
      {"mutators only go up", mutators_go_up<T>},
      {"refusal changes nothing", refusal_changes_nothing<T>},
      {"delta equals mutation", delta_equals_mutation<T>},
      {"deltas in any order", deltas_in_any_order<T>},
      {"deltas doubled", deltas_doubled<T>},
      {"deltas regrouped", deltas_regrouped<T>},
      {"full state replaces lost deltas", full_state_replaces_lost_deltas<T>},
      {"gaps are safe", gaps_are_safe<T>},
      {"replicas converge", replicas_converge<T>},
      {"copies are independent", copies_are_independent<T>},
  };
  std::vector<Finding> not_checked;

  LawBook() {
    if constexpr (TellsChange<T>) {
      laws.push_back({"merge tells change", merge_tells_change<T>});
    } else {
      skip("merge tells change", "merge returns no bool");
    }
    if constexpr (HasValue<T>) {
      laws.push_back({"queries are pure", queries_are_pure<T>});
    } else {
      skip("queries are pure", "the subject has no value()");
    }
    if constexpr (Encodable<T>) {
      laws.push_back({"encoding round-trips", encoding_round_trips<T>});
      laws.push_back({"bytes are canonical", bytes_are_canonical<T>});
      laws.push_back({"hostile bytes do no harm", hostile_bytes_do_no_harm<T>});
    } else {
      skip("encoding round-trips", "no Codec");
      skip("bytes are canonical", "no Codec");
      skip("hostile bytes do no harm", "no Codec");
    }
  }

 private:
  void skip(const char* law, const char* why) {
    not_checked.push_back({law, Verdict::not_checked, why, {}, 0});
  }
};

template <HasSubject T>
std::string complaint_of(const Law<T>& law, const History<OpOf<T>>& history) {
  try {
    return law.complaint(play<T>(history));
  } catch (const std::exception& thrown) {
    return std::string("an exception: ") + thrown.what();
  }
}

// Plays the history once, and gives f(number of the law, complaint) for each law that it breaks, of
// those that are not known to be broken.
template <HasSubject T, class F>
void each_complaint(const LawBook<T>& book, const History<OpOf<T>>& history,
                    const std::vector<Finding>& findings, F&& f) {
  std::optional<Played<T>> played;
  std::string thrown;
  try {
    played = play<T>(history);
  } catch (const std::exception& exception) {
    thrown = std::string("an exception: ") + exception.what();
  }
  for (std::size_t i = 0; i < book.laws.size(); ++i) {
    if (findings[i].verdict == Verdict::broken) continue;
    std::string complaint = thrown;
    try {
      if (played) complaint = book.laws[i].complaint(*played);
    } catch (const std::exception& exception) {
      complaint = std::string("an exception: ") + exception.what();
    }
    if (!complaint.empty()) f(i, std::move(complaint));
  }
}

// Greedy: the first shorter or simpler history that still breaks the law, again and again.
template <HasSubject T>
Finding shrunk(const Law<T>& law, rc::Shrinkable<History<OpOf<T>>> worst) {
  constexpr int tries_max = 2000;
  auto candidates = worst.shrinks();
  for (int tries = 0; tries < tries_max; ++tries) {
    auto candidate = candidates.next();
    if (!candidate) break;
    if (complaint_of(law, candidate->value()).empty()) continue;
    worst = *std::move(candidate);
    candidates = worst.shrinks();
  }
  const History<OpOf<T>> history = worst.value();
  return {law.name, Verdict::broken, complaint_of(law, history), to_string(history),
          history.size()};
}

template <HasSubject T>
Coverage coverage_of(const History<OpOf<T>>& history) {
  try {
    return play<T>(history).coverage;
  } catch (const std::exception&) {
    return {};  // each law will complain of it
  }
}

// Most bugs are found soonest in short histories; every eighth is long. Too short ones are drawn
// again.
template <class Op>
rc::Shrinkable<History<Op>> draw(const rc::Gen<History<Op>>& generator, rc::Random& random,
                                 std::size_t number) {
  constexpr std::size_t steps_min = 4;
  const int steps_max = number % 8 == 7 ? 40 : 14;
  while (true) {
    auto drawn = generator(random.split(), steps_max);
    if (drawn.value().size() >= steps_min) return drawn;
  }
}

// Short histories come first, so the first that breaks a law is the shortest.
template <HasSubject T>
std::size_t exhaust(const LawBook<T>& book, Scope scope, std::vector<Finding>& findings) {
  const std::vector<OpOf<T>> letters =
      letters_of<T>(rc::Gen<OpOf<T>>(Subject<T>::operations()), scope.letters);
  scope.letters = letters.size();
  std::size_t histories = 0;
  each_in_scope(scope, [&](const std::vector<ScopedStep>& steps) {
    ++histories;
    const History<OpOf<T>> history = spelled(steps, letters);
    each_complaint(book, history, findings, [&](std::size_t law, std::string complaint) {
      findings[law] = {book.laws[law].name, Verdict::broken, std::move(complaint),
                       to_string(history), history.size()};
    });
    return true;
  });
  return histories;
}

template <HasSubject T>
Report check(const Budget& budget = {}) {
  const LawBook<T> book;
  const rc::Gen<History<OpOf<T>>> generator = histories(rc::Gen<OpOf<T>>(Subject<T>::operations()));
  std::vector<Finding> findings;
  for (const Law<T>& law : book.laws) findings.push_back({law.name, Verdict::held, {}, {}, 0});

  Report report;
  report.seed = budget.seed;
  report.exhausted = exhaust(book, budget.scope, findings);
  rc::Random random(budget.seed);
  for (; report.histories < budget.histories; ++report.histories) {
    const auto drawn = draw(generator, random, report.histories);
    const History<OpOf<T>> history = drawn.value();
    const Coverage coverage = coverage_of<T>(history);
    report.concurrent += coverage.concurrent;
    report.ties += coverage.tie;
    report.gaps += coverage.gap;
    report.refused += coverage.refused;
    // Each law gets values of its own: of a type whose copies share their state, what one law does
    // would hide from the next what is wrong.
    for (std::size_t i = 0; i < book.laws.size(); ++i) {
      if (findings[i].verdict == Verdict::broken) continue;
      if (complaint_of(book.laws[i], history).empty()) continue;
      findings[i] = shrunk(book.laws[i], drawn);
    }
  }
  report.findings = std::move(findings);
  for (const Finding& skipped : book.not_checked) report.findings.push_back(skipped);
  return report;
}

}  // namespace rejoin::laws
