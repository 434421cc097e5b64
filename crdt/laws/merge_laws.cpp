#include "crdt/laws/law.hpp"

namespace rejoin::laws {
namespace {

std::string three(const State& a, const State& b, const State& c) {
  return "a = " + a.text() + ", b = " + b.text() + ", c = " + c.text() + ": ";
}

// What was merged has nothing more to give, whichever side it came from.
std::string absorbed(const State& a, const State& b, const State& ab) {
  for (const State* part : {&a, &b}) {
    const State again = joined(ab, *part);
    if (again == ab) continue;
    return "a = " + a.text() + ", b = " + b.text() + ": (a + b) + " + (part == &a ? "a" : "b") +
           " gives " + again.text() + ", a + b gives " + ab.text();
  }
  return {};
}

// The three ways to join three states, and the third as the one that takes: a delta, for instance.
std::string grouped(const State& a, const State& b, const State& c, const State& ab,
                    const State& bc, const State& ac) {
  const State left = joined(ab, c);
  std::string complaint = unless_same("(a + b) + c", left, "a + (b + c)", joined(a, bc));
  if (complaint.empty()) {
    complaint = unless_same("(a + b) + c", left, "(a + c) + b", joined(ac, b));
  }
  if (complaint.empty()) complaint = unless_same("(a + b) + c", left, "c + (a + b)", joined(c, ab));
  return complaint.empty() ? complaint : three(a, b, c) + complaint;
}

}  // namespace

std::string merge_commutes(const Played& played) {
  const Picks all = mergeable(played, 12);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const State ab = joined(*all[i], *all[j]);
      const State ba = joined(*all[j], *all[i]);
      if (ab == ba) continue;
      return "a = " + all[i]->text() + ", b = " + all[j]->text() + ": " +
             unless_same("a merged with b", ab, "b merged with a", ba);
    }
  }
  return {};
}

std::string merge_associates(const Played& played) {
  const Picks all = mergeable(played, 7);
  std::vector<std::vector<State>> pairs(all.size());  // pairs[i][j - i - 1], for i < j
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      pairs[i].push_back(joined(*all[i], *all[j]));
      std::string complaint = absorbed(*all[i], *all[j], pairs[i].back());
      if (!complaint.empty()) return complaint;
    }
  }
  const auto pair = [&](std::size_t i, std::size_t j) -> const State& {
    return pairs[i][j - i - 1];
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      for (std::size_t k = j + 1; k < all.size(); ++k) {
        std::string complaint =
            grouped(*all[i], *all[j], *all[k], pair(i, j), pair(j, k), pair(i, k));
        if (!complaint.empty()) return complaint;
      }
    }
  }
  return {};
}

std::string merge_is_idempotent(const Played& played) {
  for (const State* state : mergeable(played, 12)) {
    const Witness before(*state);
    const State twice = joined(*state, *state);
    if (!before.agrees(twice)) {
      return "merging an equal state turns " + before.text() + " into " + twice.text();
    }
    State self = *state;
    self.merge(self);
    if (!before.agrees(self)) {
      return "merging itself turns " + before.text() + " into " + self.text();
    }
  }
  return {};
}

std::string default_is_bottom(const Played& played) {
  for (const State* state : mergeable(played, 12)) {
    std::string complaint =
        unless_same("merging bottom", joined(*state, played.bottom()), "before it", *state);
    if (complaint.empty()) {
      complaint = unless_same("bottom merged with a state", joined(played.bottom(), *state),
                              "the state", *state);
    }
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// Also: what was merged once has nothing more to give, in whatever a merge led to.
std::string merge_tells_change(const Played& played) {
  const Picks all = mergeable(played, 12);
  for (const State* mine : all) {
    for (const State* theirs : all) {
      State merged = *mine;
      const bool told = merged.merge(*theirs);
      if (told != !(merged == *mine)) {
        return mine->text() + " merged with " + theirs->text() + " says " +
               (told ? "changed" : "unchanged") + " and gives " + merged.text();
      }
      if (merged.merge(*theirs)) return "merging " + theirs->text() + " again says changed";
    }
  }
  return {};
}

std::string merge_leaves_argument(const Played& played) {
  const Picks all = mergeable(played, 8);
  for (const State* theirs : all) {
    const Witness before(*theirs);
    for (const State* mine : all) (void)joined(*mine, *theirs);
    if (!before.agrees(*theirs)) {
      return "merging " + before.text() + " elsewhere turned it into " + theirs->text();
    }
  }
  return {};
}

std::string mutators_go_up(const Played& played) {
  for (const Performed& step : played.performed) {
    if (!step.delta) continue;
    std::string complaint = unless_same("after merged with before", joined(step.after, step.before),
                                        "after", step.after);
    if (complaint.empty()) {
      complaint = unless_same("after merged with its delta", joined(step.after, *step.delta),
                              "after", step.after);
    }
    if (!complaint.empty()) return step.op.text() + ": " + complaint;
  }
  return {};
}

std::string refusal_changes_nothing(const Played& played) {
  for (const Performed& step : played.performed) {
    if (step.delta || Witness(step.before).agrees(step.after)) continue;
    return step.op.text() + " was refused, and turned " + step.before.text() + " into " +
           step.after.text();
  }
  return {};
}

// The copy is mutated under an identity of its own, and merged into.
std::string copies_are_independent(const Played& played) {
  for (const State* state : spread(played.states, 6)) {
    const std::string bytes = state->bytes();
    const std::string text = state->text();
    State copy = *state;
    for (const Performed& step : played.performed) {
      (void)copy.apply(step.op, At(replica_id(replicas), step.at.now()));
    }
    copy.merge(played.whole());
    if (state->text() != text || state->bytes() != bytes) {
      return "mutating a copy of " + text + " turned the original into " + state->text();
    }
  }
  return {};
}

std::string queries_are_pure(const Played& played) {
  for (const State* state : mergeable(played, 12)) {
    const Witness before(*state);
    State asked = *state;
    asked.query();
    if (!before.agrees(asked)) return "a query turned " + before.text() + " into " + asked.text();
    if (!before.agrees(*state)) return "a query of a copy changed the original " + before.text();
  }
  return {};
}

}  // namespace rejoin::laws
