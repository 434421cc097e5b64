// The laws of meaning. A merge may be a join, its deltas may do all that mutations did, and the
// value may still be wrong everywhere: then only the operations know better.

#include "crdt/laws/law.hpp"

namespace rejoin::laws {
namespace {

using Known = std::vector<bool>;

// Does it hold, of each operation in it, all that this one saw? A refused one counts for nothing.
bool is_whole(const Played& played, const Known& known) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i]) continue;
    const Known& saw = played.performed[i].known;
    for (std::size_t j = 0; j < saw.size(); ++j) {
      if (saw[j] && played.performed[j].delta && !known[j]) return false;
    }
  }
  return true;
}

// Nothing if something that one of them saw is missing.
std::optional<Happened> happened(const Played& played, const Known& known) {
  if (!is_whole(played, known)) return std::nullopt;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i] || !played.performed[i].delta) continue;
    if (!is_whole(played, played.performed[i].known)) return std::nullopt;
    numbers.push_back(i);
  }
  Happened out;
  for (const std::size_t i : numbers) {
    const Performed& event = played.performed[i];
    Known saw;
    for (const std::size_t j : numbers) saw.push_back(event.knows(j));
    out.operations.push_back(&event.op);
    out.at.push_back(event.at);
    out.saw.push_back(std::move(saw));
  }
  return out;
}

std::string unless_as_specified(const Played& played, const State& state, const Known& known) {
  const std::optional<Happened> past = happened(played, known);
  if (!past) return {};
  const std::string want = played.type->specified(*past);
  const std::string got = state.text();
  return got == want ? std::string() : "the value is " + got + ", specified is " + want;
}

}  // namespace

std::string value_is_as_specified(const Played& played) {
  for (std::size_t i = 0; i < played.performed.size(); ++i) {
    const Performed& step = played.performed[i];
    Known known = step.known;
    known.resize(played.performed.size());
    known[i] = true;
    const std::string complaint = unless_as_specified(played, step.after, known);
    if (!complaint.empty()) return "after operation " + step.op.text() + ": " + complaint;
  }
  for (std::size_t replica = 0; replica < played.final_states.size(); ++replica) {
    const std::string complaint =
        unless_as_specified(played, played.final_states[replica], played.final_known[replica]);
    if (!complaint.empty()) return std::string(1, "ABC"[replica]) + " at the end: " + complaint;
  }
  const std::string complaint =
      unless_as_specified(played, played.full(), Known(played.performed.size(), true));
  return complaint.empty() ? complaint : "all merged: " + complaint;
}

// Also after a way through bytes, or through bottom.
std::string equal_states_answer_alike(const Played& played) {
  const State full = played.full();
  const State by_deltas = joined_all(played, played.deltas);
  Picks all = mergeable(played, 8);
  all.push_back(&full);
  all.push_back(&by_deltas);
  for (std::size_t i = played.final_states.size(); i-- > 0;) all.push_back(&played.final_states[i]);
  State reversed = played.bottom();
  for (std::size_t i = played.final_states.size(); i-- > 0;) reversed.merge(played.final_states[i]);
  all.push_back(&reversed);
  for (const State* state : all) {
    const std::string text = state->text();
    std::vector<State> same{joined(played.bottom(), *state), full, by_deltas};
    if (played.type->has_codec()) {
      if (auto back = state->decoded(state->bytes())) same.push_back(*std::move(back));
    }
    for (const State& other : same) {
      if (other == *state && other.text() != text) {
        return "of two equal states one shows " + text + ", the other " + other.text();
      }
    }
  }
  return {};
}

// A copy that was made by merging has all that counts, so it goes on in the same way.
std::string only_the_state_counts(const Played& played) {
  for (const Performed& step : played.performed) {
    State copy = joined(played.bottom(), step.before);
    const std::optional<State> delta = copy.apply(step.op, step.at);
    std::string complaint;
    if (delta.has_value() != step.delta.has_value()) {
      complaint = delta ? "is not refused" : "is refused";
    } else if (delta) {
      complaint = unless_same("makes a delta that", *delta, "the state's own", *step.delta);
    }
    if (complaint.empty()) complaint = unless_same("then", copy, "the state", step.after);
    if (!complaint.empty()) {
      return step.op.text() + " on bottom merged with " + step.before.text() + ' ' + complaint;
    }
  }
  return {};
}

}  // namespace rejoin::laws
