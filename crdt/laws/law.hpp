#pragma once

// Law: a named function of one played history. It answers with a complaint, or with nothing if the
// law holds there. Laws know neither random numbers nor budgets, so any driver may feed them.
//
// Laws are about states that histories reach. A state that none reaches may break any law and prove
// nothing; such states appear only in the law on hostile bytes.

#include <string>
#include <string_view>
#include <vector>

#include "crdt/laws/play.hpp"

namespace rejoin::laws {

struct Law {
  const char* name;
  std::string (*complaint)(const Played&);
};

// The law of this name, to somebody who has not heard of it; empty for none.
std::string_view sentence_of(std::string_view law);

// A law that this type cannot break, and why.
struct Skipped {
  const char* name;
  const char* why;
};

// Every law, for a type.
struct LawBook {
  explicit LawBook(const Type& type);

  std::vector<Law> laws;
  std::vector<Skipped> skipped;
};

// What the law says of the history; what is thrown is a complaint too.
std::string complaint_of(const Law& law, const Type& type, const History& history,
                         Memo* memo = nullptr);
// Of one that has been played.
std::string complaint_of(const Law& law, const Played& played);

// merge_laws.cpp: merge is a join, mutators go up, values are values.
std::string merge_commutes(const Played& played);
std::string merge_associates(const Played& played);
std::string merge_is_idempotent(const Played& played);
std::string default_is_bottom(const Played& played);
std::string merge_tells_change(const Played& played);
std::string merge_leaves_argument(const Played& played);
std::string mutators_go_up(const Played& played);
std::string refusal_changes_nothing(const Played& played);
std::string copies_are_independent(const Played& played);
std::string queries_are_pure(const Played& played);

// delta_laws.cpp: a delta does what its mutation did, and deltas may take any way to any replica.
std::string delta_equals_mutation(const Played& played);
std::string deltas_in_any_order(const Played& played);
std::string deltas_doubled(const Played& played);
std::string deltas_regrouped(const Played& played);
std::string full_state_replaces_lost_deltas(const Played& played);
std::string gaps_are_safe(const Played& played);
std::string replicas_converge(const Played& played);

// codec_laws.cpp: bytes bring back the state, equal states have equal bytes, no bytes do harm.
std::string encoding_round_trips(const Played& played);
std::string bytes_are_canonical(const Played& played);
std::string hostile_bytes_do_no_harm(const Played& played);

// specification_law.cpp: the value is what the operations say, and nothing else counts.
std::string value_is_as_specified(const Played& played);
std::string equal_states_answer_alike(const Played& played);
std::string only_the_state_counts(const Played& played);

// What laws are made of.

using Picks = std::vector<const State*>;

// At most `most` of the values, evenly spread, the first among them.
Picks spread(const std::vector<State>& values, std::size_t most);
// States and deltas: what a replica may be asked to merge.
Picks mergeable(const Played& played, std::size_t most);

// The complaint that two ways to one state differ; nothing if they do not.
std::string unless_same(const char* way, const State& got, const char* other, const State& want);

// All deltas merged into bottom, one by one.
State joined_all(const Played& played, const std::vector<State>& deltas);
// A fixed, thorough shuffle: step through the deltas by a number that has no divisor in common with
// theirs.
State joined_strided(const Played& played);

// A state as it was, to notice any change of it: by a copy, and by bytes and text, which no copy
// can share.
class Witness {
 public:
  explicit Witness(const State& state) : copy_(state), bytes_(state.bytes()), text_(state.text()) {}

  bool agrees(const State& state) const {
    return copy_ == state && state.bytes() == bytes_ && state.text() == text_;
  }
  const std::string& text() const { return text_; }

 private:
  State copy_;
  std::string bytes_;
  std::string text_;
};

}  // namespace rejoin::laws
