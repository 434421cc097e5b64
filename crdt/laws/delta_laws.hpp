#pragma once

// The laws of deltas: a delta does what its mutation did, and deltas may take any way to any
// replica.

#include <algorithm>
#include <numeric>

#include "crdt/laws/law.hpp"

namespace rejoin::laws {

template <class T>
std::string delta_equals_mutation(const Played<T>& played) {
  for (const Performed<T>& step : played.performed) {
    if (!step.delta) continue;
    const T merged = joined(step.before, *step.delta);
    const std::string complaint =
        unless_same("before merged with the delta", merged, "after", step.after);
    if (!complaint.empty()) return rc::toString(step.op) + ": " + complaint;
  }
  return {};
}

// A fixed, thorough shuffle: step through the deltas by a number that has no divisor in common with
// theirs.
template <class T>
std::vector<T> strided(const std::vector<T>& deltas) {
  std::size_t stride = deltas.size() / 2 + 1;
  while (std::gcd(stride, deltas.size()) != 1) ++stride;
  std::vector<T> out;
  for (std::size_t i = 0; i < deltas.size(); ++i) out.push_back(deltas[i * stride % deltas.size()]);
  return out;
}

template <class T>
T joined_all(const std::vector<T>& deltas) {
  T all;
  for (const T& delta : deltas) all.merge(delta);
  return all;
}

// What all replicas know together: the states alone, for the deltas must lead to the same.
template <class T>
T full_state(const Played<T>& played) {
  return joined_all(played.final_states);
}

template <class T>
std::string deltas_in_any_order(const Played<T>& played) {
  const T full = full_state(played);
  std::vector<T> deltas = played.deltas;
  std::string complaint =
      unless_same("all deltas in order", joined_all(deltas), "merging full states", full);
  if (!complaint.empty() || deltas.empty()) return complaint;
  complaint =
      unless_same("deltas out of order", joined_all(strided(deltas)), "merging full states", full);
  if (!complaint.empty()) return complaint;
  std::reverse(deltas.begin(), deltas.end());
  return unless_same("deltas in reverse", joined_all(deltas), "merging full states", full);
}

template <class T>
std::string deltas_doubled(const Played<T>& played) {
  const T full = full_state(played);
  T late;
  for (std::size_t i = 0; i < played.deltas.size(); ++i) {
    late.merge(played.deltas[i]);
    late.merge(played.deltas[i / 2]);
  }
  std::string complaint =
      unless_same("deltas with late doubles", late, "merging full states", full);
  if (!complaint.empty()) return complaint;
  for (const T& delta : played.deltas) {
    complaint = unless_same("a delta after the full state", joined(full, delta), "the state", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// Deltas merge with each other on the way, in pairs and then all, and are mixed with full states.
template <class T>
std::string deltas_regrouped(const Played<T>& played) {
  const T full = full_state(played);
  std::vector<T> groups = played.deltas;
  while (groups.size() > 1) {
    std::vector<T> next;
    for (std::size_t i = 0; i + 1 < groups.size(); i += 2) {
      next.push_back(joined(groups[i + 1], groups[i]));
    }
    if (groups.size() % 2 == 1) next.push_back(groups.back());
    groups = std::move(next);
  }
  std::string complaint =
      unless_same("deltas merged in groups", joined_all(groups), "merging full states", full);
  if (!complaint.empty() || groups.empty()) return complaint;
  // A group is no state: merging it must not depend on what the receiver had.
  for (const T& state : played.final_states) {
    complaint = unless_same("a state merged with all deltas as one", joined(state, groups.front()),
                            "merging full states", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

template <class T>
std::string full_state_replaces_lost_deltas(const Played<T>& played) {
  const T full = full_state(played);
  for (std::size_t lost = 0; lost <= played.deltas.size(); ++lost) {
    T observer;
    for (std::size_t i = 0; i < played.deltas.size(); ++i) {
      if (i != lost && (i + lost) % 3 != 0) observer.merge(played.deltas[i]);
    }
    const std::string complaint = unless_same("some deltas, then the full state",
                                              joined(observer, full), "the full state", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// A gap delays and never deletes: what is late still counts when it comes.
template <class T>
std::string gaps_are_safe(const Played<T>& played) {
  const T full = full_state(played);
  for (std::size_t late = 0; late < played.deltas.size(); ++late) {
    T observer;
    for (std::size_t i = 0; i < played.deltas.size(); ++i) {
      if (i != late) observer.merge(played.deltas[i]);
    }
    observer.merge(played.deltas[late]);
    const std::string complaint = unless_same("a delta that came after all others", observer,
                                              "merging full states", full);
    if (!complaint.empty()) return "delta " + std::to_string(late) + ": " + complaint;
  }
  return {};
}

// Everybody merges everybody, in orders of their own.
template <class T>
std::string replicas_converge(const Played<T>& played) {
  const std::vector<T>& all = played.final_states;
  std::vector<T> after;
  for (std::size_t i = 0; i < all.size(); ++i) {
    T mine = all[i];
    for (std::size_t j = 1; j < all.size(); ++j) {
      const std::size_t step = i % 2 == 0 ? j : all.size() - j;
      mine.merge(all[(i + step) % all.size()]);
    }
    after.push_back(std::move(mine));
  }
  for (std::size_t i = 1; i < after.size(); ++i) {
    std::string complaint = unless_same("A", after[0], i == 1 ? "B" : "C", after[i]);
    if (complaint.empty() && shown(after[0]) != shown(after[i])) {
      complaint = "equal states show " + shown(after[0]) + " and " + shown(after[i]);
    }
    if (!complaint.empty()) return "after all merged all, " + complaint;
  }
  return {};
}

}  // namespace rejoin::laws
