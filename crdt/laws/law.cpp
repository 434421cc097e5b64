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

std::string_view sentence_of(std::string_view law) {
  constexpr std::pair<std::string_view, std::string_view> sentences[] = {
      {"merge is commutative",
       "Two states merged give the same whichever of them merges the other."},
      {"merge is associative", "Three states merged give the same whichever two meet first."},
      {"merge is idempotent", "Merging what is already there changes nothing."},
      {"default is bottom",
       "Merging a new, empty state changes nothing, and merging into one gives the other."},
      {"merge leaves its argument",
       "Merging a state into another leaves the one that was merged as it was."},
      {"merge tells change", "merge returns true exactly if it changed anything."},
      {"mutators only go up",
       "What an operation leads to has all that was there before it: merging that back changes "
       "nothing."},
      {"refusal changes nothing", "An operation that is refused leaves the state as it was."},
      {"delta equals mutation",
       "Merging an operation's delta into the state before it gives the state after it."},
      {"deltas in any order", "All deltas, merged in any order, give what the full states give."},
      {"deltas doubled", "A delta that comes twice, or late, changes nothing the second time."},
      {"deltas regrouped", "Deltas may be merged with each other on the way."},
      {"full state replaces lost deltas",
       "Whatever deltas were lost, the full state makes up for them."},
      {"gaps are safe",
       "A delta that comes after later ones still counts in full, and they lose nothing to it."},
      {"replicas converge", "Replicas that have merged each other are equal and answer alike."},
      {"copies are independent", "Changing a copy of a state leaves the original as it was."},
      {"only the state counts", "What a merge gives depends on the two states alone."},
      {"queries are pure", "Asking a state changes nothing in it."},
      {"equal states answer alike", "States that are equal give the same answers."},
      {"value is as specified",
       "A replica answers what its specification says of the operations that reached it."},
      {"encoding round-trips",
       "Decoding the bytes of a state gives the state, and it goes on alike."},
      {"bytes are canonical", "States are equal exactly if their bytes are."},
      {"hostile bytes do no harm",
       "Bytes that no encoder wrote are refused, or are a state like any other."},
  };
  for (const auto& [name, sentence] : sentences) {
    if (name == law) return sentence;
  }
  return {};
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
