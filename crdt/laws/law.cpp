#include "crdt/laws/law.hpp"

#include <algorithm>
#include <exception>
#include <numeric>

namespace rejoin::laws {
namespace {

// A complaint for whatever a user's type throws.
template <class F>
std::string caught(F&& f) {
  try {
    return f();
  } catch (const std::exception& thrown) {
    return std::string("an exception: ") + thrown.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace

LawBook::LawBook(const Type& type)
    : laws{
          {"merge is commutative", merge_commutes},
          {"merge is associative", merge_associates},
          {"merge is idempotent", merge_is_idempotent},
          {"default is bottom", default_is_bottom},
          {"merge leaves its argument", merge_leaves_argument},
          {"mutators only go up", mutators_go_up},
          {"refusal changes nothing", refusal_changes_nothing},
          {"delta equals mutation", delta_equals_mutation},
          {"deltas in any order", deltas_in_any_order},
          {"deltas doubled", deltas_doubled},
          {"deltas regrouped", deltas_regrouped},
          {"full state replaces lost deltas", full_state_replaces_lost_deltas},
          {"gaps are safe", gaps_are_safe},
          {"replicas converge", replicas_converge},
          {"copies are independent", copies_are_independent},
          {"only the state counts", only_the_state_counts},
      } {
  const auto add_if = [&](bool can, const Law& law, const char* why) {
    if (can) {
      laws.push_back(law);
    } else {
      skipped.push_back({law.name, why});
    }
  };
  add_if(type.tells_change(), {"merge tells change", merge_tells_change}, "merge returns no bool");
  add_if(type.has_value(), {"queries are pure", queries_are_pure}, "the subject has no value()");
  add_if(type.has_value(), {"equal states answer alike", equal_states_answer_alike},
         "the subject has no value()");
  add_if(type.has_specification(), {"value is as specified", value_is_as_specified},
         "the subject has no specified()");
  add_if(type.has_codec(), {"encoding round-trips", encoding_round_trips}, "no Codec");
  add_if(type.has_codec(), {"bytes are canonical", bytes_are_canonical}, "no Codec");
  add_if(type.has_codec(), {"hostile bytes do no harm", hostile_bytes_do_no_harm}, "no Codec");
}

std::string complaint_of(const Law& law, const Type& type, const History& history, Memo* memo) {
  return caught([&] { return law.complaint(play(type, history, memo)); });
}

std::string complaint_of(const Law& law, const Played& played) {
  return caught([&] { return law.complaint(played); });
}

Picks spread(const std::vector<State>& values, std::size_t most) {
  Picks out;
  const std::size_t count = std::min(values.size(), most);
  for (std::size_t i = 0; i < count; ++i) out.push_back(&values[i * values.size() / count]);
  return out;
}

Picks mergeable(const Played& played, std::size_t most) {
  if (played.memo != nullptr) most = std::min(most, played.memo->picks_max);
  Picks out = spread(played.states, most - most / 4);
  for (const State* delta : spread(played.deltas, most / 4)) out.push_back(delta);
  return out;
}

std::string unless_same(const char* way, const State& got, const char* other, const State& want) {
  if (got == want) return {};
  return std::string(way) + " gives " + got.text() + ", " + other + " gives " + want.text();
}

State joined_all(const Played& played, const std::vector<State>& deltas) {
  State all = played.bottom();
  for (const State& delta : deltas) all.merge(delta);
  return all;
}

State joined_strided(const Played& played) {
  const std::size_t count = played.deltas.size();
  std::size_t stride = count / 2 + 1;
  while (std::gcd(stride, count) != 1) ++stride;
  State all = played.bottom();
  for (std::size_t i = 0; i < count; ++i) all.merge(played.deltas[i * stride % count]);
  return all;
}

}  // namespace rejoin::laws
