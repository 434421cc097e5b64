#pragma once

// The laws of merge and of mutators: merge is a join, mutators go up, values are values.

#include "crdt/laws/law.hpp"

namespace rejoin::laws {

template <class T>
std::string merge_commutes(const Played<T>& played) {
  const std::vector<T> all = mergeable(played, 12);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const T ab = joined(all[i], all[j]);
      const T ba = joined(all[j], all[i]);
      if (ab == ba) continue;
      return "a = " + shown(all[i]) + ", b = " + shown(all[j]) + ": " +
             unless_same("a merged with b", ab, "b merged with a", ba);
    }
  }
  return {};
}

template <class T>
std::string merge_associates(const Played<T>& played) {
  const std::vector<T> all = mergeable(played, 7);
  std::vector<std::vector<T>> pairs(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const T& other : all) pairs[i].push_back(joined(all[i], other));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      for (std::size_t k = 0; k < all.size(); ++k) {
        const T left = joined(pairs[i][j], all[k]);
        const T right = joined(all[i], pairs[j][k]);
        if (left == right) continue;
        return "a = " + shown(all[i]) + ", b = " + shown(all[j]) + ", c = " + shown(all[k]) +
               ": " + unless_same("(a + b) + c", left, "a + (b + c)", right);
      }
    }
  }
  return {};
}

template <class T>
std::string merge_is_idempotent(const Played<T>& played) {
  for (const T& state : mergeable(played, 12)) {
    const Witness<T> before(state);
    const T twice = joined(state, state);
    if (!before.agrees(twice)) {
      return "merging an equal state turns " + before.text() + " into " + shown(twice);
    }
    T self = state;
    self.merge(self);
    if (!before.agrees(self)) {
      return "merging itself turns " + before.text() + " into " + shown(self);
    }
  }
  return {};
}

template <class T>
std::string default_is_bottom(const Played<T>& played) {
  for (const T& state : mergeable(played, 12)) {
    std::string complaint = unless_same("merging bottom", joined(state, T{}), "before it", state);
    if (complaint.empty()) {
      complaint = unless_same("bottom merged with a state", joined(T{}, state), "the state", state);
    }
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// Also: what was merged once has nothing more to give, in whatever a merge led to.
template <class T>
std::string merge_tells_change(const Played<T>& played) {
  const std::vector<T> all = mergeable(played, 12);
  for (const T& mine : all) {
    for (const T& theirs : all) {
      T merged = mine;
      const bool told = merged.merge(theirs);
      if (told != !(merged == mine)) {
        return shown(mine) + " merged with " + shown(theirs) + " says " +
               (told ? "changed" : "unchanged") + " and gives " + shown(merged);
      }
      if (merged.merge(theirs)) return "merging " + shown(theirs) + " again says changed";
    }
  }
  return {};
}

template <class T>
std::string merge_leaves_argument(const Played<T>& played) {
  const std::vector<T> all = mergeable(played, 8);
  for (const T& mine : all) {
    for (const T& theirs : all) {
      const Witness<T> before(theirs);
      T merged = mine;
      merged.merge(theirs);
      if (!before.agrees(theirs)) {
        return "merging " + before.text() + " elsewhere turned it into " + shown(theirs);
      }
    }
  }
  return {};
}

template <class T>
std::string mutators_go_up(const Played<T>& played) {
  for (const Performed<T>& step : played.performed) {
    if (!step.delta) continue;
    const T merged = joined(step.after, step.before);
    std::string complaint = unless_same("after merged with before", merged, "after", step.after);
    if (complaint.empty()) {
      complaint = unless_same("after merged with its delta", joined(step.after, *step.delta),
                              "after", step.after);
    }
    if (!complaint.empty()) return rc::toString(step.op) + ": " + complaint;
  }
  return {};
}

template <class T>
std::string refusal_changes_nothing(const Played<T>& played) {
  for (const Performed<T>& step : played.performed) {
    if (step.delta || Witness<T>(step.before).agrees(step.after)) continue;
    return rc::toString(step.op) + " was refused, and turned " + shown(step.before) + " into " +
           shown(step.after);
  }
  return {};
}

// The copy is mutated under an identity of its own, and merged into.
template <class T>
std::string copies_are_independent(const Played<T>& played) {
  for (const T& state : spread(played.states, 6)) {
    const std::string bytes = bytes_of(state);
    const std::string text = shown(state);
    T copy = state;
    for (const Performed<T>& step : played.performed) {
      (void)mutate(copy, step.op, At(replica_id(replicas), step.at.now()));
    }
    copy.merge(played.whole());
    if (shown(state) != text || bytes_of(state) != bytes) {
      return "mutating a copy of " + text + " turned the original into " + shown(state);
    }
  }
  return {};
}

template <class T>
std::string queries_are_pure(const Played<T>& played) {
  for (const T& state : mergeable(played, 12)) {
    const T before = state;
    const std::string bytes = bytes_of(state);
    T asked = state;
    if constexpr (HasValue<T>) (void)Subject<T>::value(asked);
    if (!(asked == before)) return "a query turned " + shown(before) + " into " + shown(asked);
    if (bytes_of(asked) != bytes) return "a query changed the bytes of " + shown(before);
  }
  return {};
}

}  // namespace rejoin::laws
