#pragma once

// Operation: one act on one typed key, named by values instead of by C++ types, for callers that
// are not compiled with the application: the client protocol, a script. Each family of the
// catalogue stands for one type here; fields and texts are UTF-8, numbers have 64 bits.
//
//   word       type                                writes, beside remove             reads
//   gcounter   GCounter                            add [N]                           integer
//   pncounter  PnCounter                           add [N]                           integer
//   resettable ResettableCounter                   add [N]; reset                    integer
//   bounded    BoundedCounter<>, no remove         add [N]; subtract [N]; move WHO N integer
//   max        MaxRegister<std::int64_t>           set N                             integer?
//   min        MinRegister<std::int64_t>           set N                             integer?
//   lww        LwwRegister<Text>                   set TEXT                          text?
//   mv         MvRegister<Text>                    set TEXT                          texts
//   ordered    OrderedRegister<Ranked, ByRank>     set RANK TEXT                     rank and text
//   ewflag     EwFlag                              enable; disable                   1 or 0
//   dwflag     DwFlag                              enable; disable                   1 or 0
//   gset       GSet<Text>                          add TEXT                          texts
//   twophase   TwoPhaseSet<Text>                   add TEXT                          texts
//   awset      AwSet<Text>                         add TEXT                          texts
//   rwset      RwSet<Text>                         add TEXT                          texts
//   lwwset     LwwSet<Text>                        add TEXT                          texts
//   gmap       GMap<Text, PnCounter>               add FIELD [N]                     by field
//   lwwmap     LwwMap<Text, Text>                  set FIELD TEXT                    by field
//   multimap   MultiMap<Text, Text>                add FIELD TEXT                    by field
//   ormap      OrMap<Text, OrMap<Text, PnCounter>> add FIELD FIELD [N]               two fields
//   hll        HyperLogLog<Text>                   add TEXT                          integer
//
// [N] is 1 if not given, WHO a replica; ? may be none; maps are read by field. remove takes the key
// alone, and takes it away; for sets but gset also an element; for lwwmap and multimap a field, for
// multimap a field and an element; for ormap one field or two. get takes the key, and for maps as
// many of their fields as one likes. rights is bounded's: how much this replica may take.
// LatticeValue is a program's own, so no word is for it.
//
// The table in code is type_forms() (operation_form.hpp).

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crdt/replica_id.hpp"
#include "crdt/result.hpp"
#include "net/key.hpp"

namespace rejoin {

class Store;
class Transaction;

// Their numbers are written to the wire: add at the end.
enum class Verb { add, set, remove, get, enable, disable, reset, subtract, move, rights };

using Plain = std::variant<std::monostate, std::int64_t, std::string>;

// One value that is read: in a map with the fields that lead to it, of an ordered register with its
// rank.
struct Item {
  Plain value;
  std::vector<std::string> fields;

  Item() = default;
  template <class T>
  requires std::constructible_from<Plain, T> Item(T&& of, std::vector<std::string> under = {})
      : value(std::forward<T>(of)), fields(std::move(under)) {}

  friend bool operator==(const Item&, const Item&) = default;
};

struct Operation {
  Family type = Family::g_counter;
  Verb verb = Verb::get;
  std::string key;
  Plain value = {};
  std::vector<std::string> fields = {};  // also a replica that gets rights, and a rank

  bool writes() const { return verb != Verb::get && verb != Verb::rights; }
  friend bool operator==(const Operation&, const Operation&) = default;
};

// What the register behind `ordered` holds. The greater rank wins, then the greater text.
struct Ranked {
  std::int64_t rank = 0;
  std::string text;

  friend bool operator==(const Ranked&, const Ranked&) = default;
};
struct ByRank {
  static constexpr std::string_view name = "rejoin.by_rank";
  bool operator()(const Ranked& a, const Ranked& b) const { return a.rank < b.rank; }
};

// Requires writes(). Errors: those of check() in operation_form.hpp, and the type's own.
Result<void> apply(const Operation& operation, Transaction& tx);
// Requires !writes(). A missing key reads as bottom: 0 for counters and flags, nothing for others.
Result<std::vector<Item>> read(const Operation& operation, const Store& store,
                               const ReplicaId& self);
// The values of an object; nothing if its type is none of the table.
std::optional<std::vector<Item>> read_plain(const ObjectKey& key, const Store& store);

}  // namespace rejoin
