#include <algorithm>

#include "crdt/laws/law.hpp"

namespace rejoin::laws {
namespace {

// All numbers below count, or as many as a long history can afford.
std::vector<std::size_t> some_of(std::size_t count) {
  constexpr std::size_t most = 16;
  std::vector<std::size_t> out;
  const std::size_t chosen = std::min(count, most);
  for (std::size_t i = 0; i < chosen; ++i) out.push_back(i * count / chosen);
  return out;
}

}  // namespace

std::string delta_equals_mutation(const Played& played) {
  for (const Performed& step : played.performed) {
    if (!step.delta) continue;
    const std::string complaint = unless_same(
        "before merged with the delta", joined(step.before, *step.delta), "after", step.after);
    if (!complaint.empty()) return step.op.text() + ": " + complaint;
  }
  return {};
}

std::string deltas_in_any_order(const Played& played) {
  const State full = played.full();
  std::string complaint = unless_same("all deltas in order", joined_all(played, played.deltas),
                                      "merging full states", full);
  if (!complaint.empty() || played.deltas.empty()) return complaint;
  complaint =
      unless_same("deltas out of order", joined_strided(played), "merging full states", full);
  if (!complaint.empty()) return complaint;
  State backwards = played.bottom();
  std::for_each(played.deltas.rbegin(), played.deltas.rend(),
                [&](const State& delta) { backwards.merge(delta); });
  return unless_same("deltas in reverse", backwards, "merging full states", full);
}

std::string deltas_doubled(const Played& played) {
  const State full = played.full();
  State late = played.bottom();
  for (std::size_t i = 0; i < played.deltas.size(); ++i) {
    late.merge(played.deltas[i]);
    late.merge(played.deltas[i / 2]);
  }
  std::string complaint =
      unless_same("deltas with late doubles", late, "merging full states", full);
  if (!complaint.empty()) return complaint;
  for (const State& delta : played.deltas) {
    complaint = unless_same("a delta after the full state", joined(full, delta), "the state", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// Deltas merge with each other on the way, in pairs and then all, and are mixed with full states.
std::string deltas_regrouped(const Played& played) {
  const State full = played.full();
  std::vector<State> groups = played.deltas;
  while (groups.size() > 1) {
    std::vector<State> next;
    for (std::size_t i = 0; i + 1 < groups.size(); i += 2) {
      next.push_back(joined(groups[i + 1], groups[i]));
    }
    if (groups.size() % 2 == 1) next.push_back(std::move(groups.back()));
    groups = std::move(next);
  }
  std::string complaint = unless_same("deltas merged in groups", joined_all(played, groups),
                                      "merging full states", full);
  if (!complaint.empty() || groups.empty()) return complaint;
  // A group is no state: merging it must not depend on what the receiver had.
  for (const State& state : played.final_states) {
    complaint = unless_same("a state merged with all deltas as one", joined(state, groups.front()),
                            "merging full states", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

std::string full_state_replaces_lost_deltas(const Played& played) {
  const State full = played.full();
  for (const std::size_t lost : some_of(played.deltas.size() + 1)) {
    State observer = played.bottom();
    for (std::size_t i = 0; i < played.deltas.size(); ++i) {
      if (i != lost && (i + lost) % 3 != 0) observer.merge(played.deltas[i]);
    }
    observer.merge(full);
    const std::string complaint =
        unless_same("some deltas, then the full state", observer, "the full state", full);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

// A gap delays and never deletes: what is late still counts when it comes.
std::string gaps_are_safe(const Played& played) {
  const State full = played.full();
  for (const std::size_t late : some_of(played.deltas.size())) {
    State observer = played.bottom();
    for (std::size_t i = 0; i < played.deltas.size(); ++i) {
      if (i != late) observer.merge(played.deltas[i]);
    }
    observer.merge(played.deltas[late]);
    const std::string complaint =
        unless_same("a delta that came after all others", observer, "merging full states", full);
    if (!complaint.empty()) return "delta " + std::to_string(late) + ": " + complaint;
  }
  return {};
}

// Everybody merges everybody, in orders of their own.
std::string replicas_converge(const Played& played) {
  const std::vector<State>& all = played.final_states;
  std::vector<State> after;
  for (std::size_t i = 0; i < all.size(); ++i) {
    State mine = all[i];
    for (std::size_t j = 1; j < all.size(); ++j) {
      const std::size_t step = i % 2 == 0 ? j : all.size() - j;
      mine.merge(all[(i + step) % all.size()]);
    }
    after.push_back(std::move(mine));
  }
  const std::string text = after[0].text();
  for (std::size_t i = 1; i < after.size(); ++i) {
    std::string complaint = unless_same("A", after[0], i == 1 ? "B" : "C", after[i]);
    if (complaint.empty() && text != after[i].text()) {
      complaint = "equal states show " + text + " and " + after[i].text();
    }
    if (!complaint.empty()) return "after all merged all, " + complaint;
  }
  return {};
}

}  // namespace rejoin::laws
