#pragma once

// What the laws are told of maps: few keys, and one operation that serves all of them.

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_map.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "tests/laws/subjects/count_specified.hpp"
#include "tests/laws/subjects/last_write_specified.hpp"

namespace rejoin::laws {

template <class Map>
struct MapSubject {
  using Op = MapOp;
  static rc::Gen<Op> operations() {
    return rc::gen::map(rc::gen::tuple(few(2), few(2), few(8)), [](const auto& drawn) {
      return Op{std::get<0>(drawn), std::get<1>(drawn), std::get<2>(drawn)};
    });
  }
  static auto value(const Map& map) { return std::pair(map.value(), map.size()); }
  // Each kind of map says what is at one key.
  static std::pair<typename Map::Value, std::size_t> specified(const Past<Op>& past) {
    typename Map::Value all;
    for (int key = 0; key < 2; ++key) {
      if (auto value = Subject<Map>::at(past, key)) all.emplace_back(key, *std::move(value));
    }
    const std::size_t size = all.size();
    return {std::move(all), size};
  }
};

// What a key leads to; nothing if it is not there.
template <class Map>
using AtKey = std::optional<typename Map::Value::value_type::second_type>;

// The elements added at a key, by operations whose amount is not below `adds`, which stand.
template <class Removes>
std::optional<std::vector<int>> standing_at(const Past<MapOp>& past, int key, int adds,
                                            Removes&& removes) {
  std::set<int> in;
  const auto adds_there = [&](const MapOp& op) { return op.amount >= adds && op.key == key; };
  for (std::size_t i : past.standing(adds_there, removes)) in.insert(past.op(i).inner);
  if (in.empty()) return std::nullopt;
  return std::vector<int>(in.begin(), in.end());
}

using Counts = OrMap<int, OrMap<int, ResettableCounter>>;
template <>
struct Subject<Counts> : MapSubject<Counts> {
  static Result<Counts> apply(Counts& map, const Op& op, const At& at) {
    switch (op.amount) {
      case 0: return map.remove(at, op.key);
      case 1: return map.clear(at);
      case 2: return map[op.key].remove(at, op.inner);
      case 3: return map[op.key][op.inner].reset(at);
      default: return map[op.key][op.inner].add(at, 5 - op.amount);
    }
  }
  static AtKey<Counts> at(const Past<Op>& past, int key) {
    typename AtKey<Counts>::value_type there;
    for (int inner = 0; inner < 2; ++inner) {
      if (auto value = CountSpecified(past, key, inner).value()) there.emplace_back(inner, *value);
    }
    return there.empty() ? std::nullopt : AtKey<Counts>(there);
  }
};

// One share for each node that wrote.
using Shares = OrMap<int, PnCounter>;
template <>
struct Subject<Shares> : MapSubject<Shares> {
  static Result<Shares> apply(Shares& map, const Op& op, const At& at) {
    if (op.amount == 0) return map.remove(at, op.key);
    if (op.amount == 1) return map.clear(at);
    return map[op.key].add(at, step(op));
  }
  // What a replica adds goes on top of what it added before, unless it saw that removed. All of it
  // goes with a removal that saw the last addition, and none of it with another.
  static AtKey<Shares> at(const Past<Op>& past, int key) {
    const auto removed = [&](std::size_t i, auto&& seen) {
      for (std::size_t r = 0; r < past.size(); ++r) {
        const Op& op = past.op(r);
        const bool removes = op.amount == 1 || (op.amount == 0 && op.key == key);
        if (removes && seen(r) && past.saw(r, i)) return true;
      }
      return false;
    };
    std::vector<std::int64_t> share(past.size());
    std::map<ReplicaId, std::size_t> last;
    for (std::size_t i = 0; i < past.size(); ++i) {
      if (past.op(i).amount < 2 || past.op(i).key != key) continue;
      const auto before = last.find(past.who(i));
      const auto seen = [&](std::size_t r) { return past.saw(i, r); };
      share[i] = step(past.op(i));
      if (before != last.end() && !removed(before->second, seen)) share[i] += share[before->second];
      last[past.who(i)] = i;
    }
    AtKey<Shares> all;
    for (const auto& [who, i] : last) {
      if (!removed(i, [](std::size_t) { return true; })) all = all.value_or(0) + share[i];
    }
    return all;
  }

 private:
  static std::int64_t step(const Op& op) { return op.amount < 5 ? op.amount : 4 - op.amount; }
};

using Sets = OrMap<int, AwSet<int>>;
template <>
struct Subject<Sets> : MapSubject<Sets> {
  static Sets apply(Sets& map, const Op& op, const At& at) {
    switch (op.amount) {
      case 0: return map.remove(at, op.key);
      case 1: return map.clear(at);
      case 2: return map[op.key].remove(at, op.inner);
      case 3: return map[op.key].clear(at);
      default: return map[op.key].add(at, op.inner);
    }
  }
  static AtKey<Sets> at(const Past<Op>& past, int key) {
    return standing_at(past, key, 4, [](const Op& add, const Op& op) {
      return op.amount == 1 || (op.key == add.key && op.amount == 0) ||
             (op.key == add.key && op.amount == 3) ||
             (op.key == add.key && op.amount == 2 && op.inner == add.inner);
    });
  }
};

using Writes = GMap<int, LwwRegister<int>>;
template <>
struct Subject<Writes> : MapSubject<Writes> {
  static Writes apply(Writes& map, const Op& op, const At& at) {
    return op.amount == 0 ? map[op.key].remove(at) : map[op.key].set(at, op.amount);
  }
  // A key is there while a write stands at it.
  static AtKey<Writes> at(const Past<Op>& past, int key) {
    const auto here = [&](std::size_t i) { return past.op(i).key == key; };
    const auto last = last_of(
        past, [&](std::size_t i) { return here(i) && past.op(i).amount != 0; }, here);
    if (!last) return std::nullopt;
    return std::optional<int>(past.op(*last).amount);
  }
};

using Table = LwwMap<int, std::string>;
template <>
struct Subject<Table> : MapSubject<Table> {
  static Table apply(Table& map, const Op& op, const At& at) {
    if (op.amount == 0) return map.remove(at, op.key);
    if (op.amount == 1) return map.clear(at);
    return map.set(at, op.key, std::to_string(op.amount));
  }
  static AtKey<Table> at(const Past<Op>& past, int key) {
    std::vector<bool> writes;  // also a removal, and a clear that found the key there
    for (std::size_t i = 0; i < past.size(); ++i) {
      writes.push_back(past.op(i).amount == 1 ? at(past.seen_by(i), key).has_value()
                                              : past.op(i).key == key);
    }
    const auto here = [&](std::size_t i) { return writes[i]; };
    const auto last = last_of(past, here, here);
    if (!last || past.op(*last).amount < 2) return std::nullopt;
    return std::to_string(past.op(*last).amount);
  }
};

using Groups = MultiMap<int, int>;
template <>
struct Subject<Groups> : MapSubject<Groups> {
  static Groups apply(Groups& map, const Op& op, const At& at) {
    switch (op.amount) {
      case 0: return map.remove_all(at, op.key);
      case 1: return map.clear(at);
      case 2: return map.remove(at, op.key, op.inner);
      default: return map.add(at, op.key, op.inner);
    }
  }
  static AtKey<Groups> at(const Past<Op>& past, int key) {
    return standing_at(past, key, 3, [](const Op& add, const Op& op) {
      return op.amount == 1 || (op.key == add.key && op.amount == 0) ||
             (op.key == add.key && op.amount == 2 && op.inner == add.inner);
    });
  }
};

}  // namespace rejoin::laws
