#include "net/operation.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "crdt/aggregate.hpp"
#include "crdt/aw_set.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/g_map.hpp"
#include "crdt/g_set.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/or_map.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "net/operation_form.hpp"
#include "net/store.hpp"
#include "net/stored.hpp"

namespace rejoin {
namespace {

using Text = std::string;
using Fields = std::vector<std::string>;
using Ordered = OrderedRegister<Ranked, ByRank>;
using Counters = GMap<Text, PnCounter>;
using Nested = OrMap<Text, OrMap<Text, PnCounter>>;
using Texts = LwwMap<Text, Text>;
using Sets = MultiMap<Text, Text>;

template <class... Ts>
struct Types {};
using Table =
    Types<GCounter, PnCounter, ResettableCounter, BoundedCounter<>, MaxRegister<std::int64_t>,
          MinRegister<std::int64_t>, LwwRegister<Text>, MvRegister<Text>, Ordered, EwFlag, DwFlag,
          GSet<Text>, TwoPhaseSet<Text>, AwSet<Text>, RwSet<Text>, LwwSet<Text>, Counters, Texts,
          Sets, Nested, HyperLogLog<Text>>;

// f(type) with the C++ type of the family, in a std::type_identity. False: there is none.
template <class F, class... Ts>
bool with_type(Family family, F&& f, Types<Ts...>) {
  return ((family == Ts::family && (f(std::type_identity<Ts>{}), true)) || ...);
}
template <class F>
bool with_type(Family family, F&& f) {
  return with_type(family, f, Table{});
}

// ---- writing: a refusal is kept in the transaction

std::int64_t number_in(const Operation& operation) {
  const auto* number = std::get_if<std::int64_t>(&operation.value);
  return number ? *number : 1;
}
const Text& text_in(const Operation& operation) {
  return std::get<Text>(operation.value);
}

template <class T>
concept Counts = requires(T object, Transaction& tx) {
  object.add(tx, std::int64_t{1});
};
template <class T>
concept HoldsTexts = requires(T object, Transaction& tx) {
  object.add(tx, Text());
};

void change(Counts auto object, const Operation& operation, Transaction& tx) {
  const std::int64_t n = number_in(operation);
  if constexpr (requires { object.reset(tx); }) {
    if (operation.verb == Verb::reset) return object.reset(tx);
  }
  if constexpr (requires { object.subtract(tx, n); }) {
    if (operation.verb == Verb::subtract) return object.subtract(tx, n);
    if (operation.verb == Verb::move) {
      return object.move_rights(tx, *replica_from(operation.fields[0]), n);
    }
  }
  object.add(tx, n);
}

void change(HoldsTexts auto object, const Operation& operation, Transaction& tx) {
  if constexpr (requires { object.remove(tx, Text()); }) {
    if (operation.verb == Verb::remove) return void(object.remove(tx, text_in(operation)));
  }
  static_cast<void>(object.add(tx, text_in(operation)));
}

template <class T, class In>
void change(LwwRegister<T, In> object, const Operation& operation, Transaction& tx) {
  object.set(tx, text_in(operation));
}
template <class T, class In>
void change(MvRegister<T, In> object, const Operation& operation, Transaction& tx) {
  object.set(tx, text_in(operation));
}
template <class Better, Family family, class In>
void change(ExtremumRegister<std::int64_t, Better, family, In> object, const Operation& operation,
            Transaction& tx) {
  object.set(tx, number_in(operation));
}
template <class Better, Family family, class In>
void change(ExtremumRegister<Ranked, Better, family, In> object, const Operation& operation,
            Transaction& tx) {
  object.set(tx, {*rank_from(operation.fields[0]), text_in(operation)});
}

template <class Flag>
requires requires(Flag flag, Transaction& tx) {
  flag.enable(tx);
}
void change(Flag object, const Operation& operation, Transaction& tx) {
  if (operation.verb == Verb::enable) return object.enable(tx);
  object.disable(tx);
}

template <class In>
void change(GMap<Text, PnCounter, In> object, const Operation& operation, Transaction& tx) {
  object[operation.fields[0]].add(tx, number_in(operation));
}
template <class In>
void change(OrMap<Text, OrMap<Text, PnCounter>, In> object, const Operation& operation,
            Transaction& tx) {
  const Fields& fields = operation.fields;
  if (operation.verb == Verb::add)
    return object[fields[0]][fields[1]].add(tx, number_in(operation));
  if (fields.size() == 1) return object.remove(tx, fields[0]);
  object[fields[0]].remove(tx, fields[1]);
}
template <class In>
void change(LwwMap<Text, Text, In> object, const Operation& operation, Transaction& tx) {
  const Text& field = operation.fields[0];
  if (operation.verb == Verb::remove) return object.remove(tx, field);
  object.set(tx, field, text_in(operation));
}
template <class In>
void change(MultiMap<Text, Text, In> object, const Operation& operation, Transaction& tx) {
  const Text& field = operation.fields[0];
  if (operation.verb == Verb::add) return object.add(tx, field, text_in(operation));
  if (std::holds_alternative<std::monostate>(operation.value)) return object.remove_all(tx, field);
  object.remove(tx, field, text_in(operation));
}

template <class T>
void write(const Operation& operation, Transaction& tx) {
  const bool bare =
      operation.fields.empty() && std::holds_alternative<std::monostate>(operation.value);
  if constexpr (removable<T>) {
    if (operation.verb == Verb::remove && bare) return tx.remove(Key<T>{operation.key});
  }
  change(open<T>(tx, operation.key), operation, tx);
}

// ---- reading

void list(std::int64_t value, const Fields& under, std::vector<Item>& out) {
  out.emplace_back(value, under);
}
void list(std::uint64_t value, const Fields& under, std::vector<Item>& out) {
  constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
  list(static_cast<std::int64_t>(std::min(value, max)), under, out);
}
void list(bool value, const Fields& under, std::vector<Item>& out) {
  list(std::int64_t{value}, under, out);
}
void list(Text value, const Fields& under, std::vector<Item>& out) {
  out.emplace_back(std::move(value), under);
}
void list(Ranked value, const Fields& under, std::vector<Item>& out) {
  Fields with_rank = under;
  with_rank.push_back(std::to_string(value.rank));
  out.emplace_back(std::move(value.text), std::move(with_rank));
}
template <class T>
void list(std::optional<T> value, const Fields& under, std::vector<Item>& out) {
  if (value) list(*std::move(value), under, out);
}
template <class V>
void list(std::pair<Text, V> entry, const Fields& under, std::vector<Item>& out);
template <class T>
void list(std::vector<T> values, const Fields& under, std::vector<Item>& out) {
  for (T& value : values) list(std::move(value), under, out);
}
template <class V>
void list(std::pair<Text, V> entry, const Fields& under, std::vector<Item>& out) {
  Fields deeper = under;
  deeper.push_back(std::move(entry.first));
  list(std::move(entry.second), deeper, out);
}

// What a map has under some of its fields.
template <class V, class In>
void list_under(const GMap<Text, V, In>& map, const Fields& fields, std::vector<Item>& out) {
  list(map.at(fields[0]).value(), {}, out);
}
template <class V, class In>
void list_under(const OrMap<Text, V, In>& map, const Fields& fields, std::vector<Item>& out) {
  const auto inner = map.at(fields[0]);
  if (fields.size() == 1) return list(inner.value(), {}, out);
  list(inner.at(fields[1]).value(), {}, out);
}
template <class In>
void list_under(const LwwMap<Text, Text, In>& map, const Fields& fields, std::vector<Item>& out) {
  list(map.get(fields[0]), {}, out);
}
template <class In>
void list_under(const MultiMap<Text, Text, In>& map, const Fields& fields, std::vector<Item>& out) {
  list(map.values(fields[0]), {}, out);
}

template <class T>
void list_object(const Operation& operation, const Store& store, const ReplicaId& self,
                 std::vector<Item>& out) {
  const auto object = open<T>(store, operation.key);
  if constexpr (requires { object.rights(self); }) {
    if (operation.verb == Verb::rights) return list(object.rights(self), {}, out);
  }
  if constexpr (requires { list_under(object, operation.fields, out); }) {
    if (!operation.fields.empty()) return list_under(object, operation.fields, out);
  }
  list(object.value(), {}, out);
}

}  // namespace

Result<void> apply(const Operation& operation, Transaction& tx) {
  if (auto sound = check(operation); !sound) return sound;
  with_type(operation.type,
            [&](auto type) { write<typename decltype(type)::type>(operation, tx); });
  return {};
}

Result<std::vector<Item>> read(const Operation& operation, const Store& store,
                               const ReplicaId& self) {
  if (auto sound = check(operation); !sound) return sound.error();
  std::vector<Item> out;
  with_type(operation.type, [&](auto type) {
    list_object<typename decltype(type)::type>(operation, store, self, out);
  });
  return out;
}

std::optional<std::vector<Item>> read_plain(const ObjectKey& key, const Store& store) {
  std::optional<std::vector<Item>> out;
  with_type(static_cast<Family>(key.type.family), [&](auto known) {
    using T = typename decltype(known)::type;
    if (key.type == type_tag<T>) list(open<T>(store, key.name).value(), {}, out.emplace());
  });
  return out;
}

}  // namespace rejoin
