#pragma once

// What the laws are told of maps: few keys, and one operation that serves all of them.

#include "crdt/aw_set.hpp"
#include "crdt/g_map.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"

namespace rejoin::laws {

// What to do at a key of a map: `amount` decides, so that one operation serves all maps.
struct MapOp {
  int key = 0;
  int inner = 0;   // a key within, or an element
  int amount = 0;  // 0: remove; 1: clear

  friend std::ostream& operator<<(std::ostream& out, const MapOp& op) {
    return out << "at " << op.key << '/' << op.inner << ": " << op.amount;
  }
};

template <class Map>
struct MapSubject {
  using Op = MapOp;
  static rc::Gen<Op> operations() {
    return rc::gen::map(rc::gen::tuple(few(2), few(2), few(8)), [](const auto& drawn) {
      return Op{std::get<0>(drawn), std::get<1>(drawn), std::get<2>(drawn)};
    });
  }
  static auto value(const Map& map) { return std::pair(map.value(), map.size()); }
};

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
};

// One share for each node that wrote.
using Shares = OrMap<int, PnCounter>;
template <>
struct Subject<Shares> : MapSubject<Shares> {
  static Result<Shares> apply(Shares& map, const Op& op, const At& at) {
    if (op.amount == 0) return map.remove(at, op.key);
    if (op.amount == 1) return map.clear(at);
    return map[op.key].add(at, 4 - op.amount);
  }
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
};

using Writes = GMap<int, LwwRegister<int>>;
template <>
struct Subject<Writes> : MapSubject<Writes> {
  static Writes apply(Writes& map, const Op& op, const At& at) {
    return op.amount == 0 ? map[op.key].remove(at) : map[op.key].set(at, op.amount);
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
};

}  // namespace rejoin::laws
