#pragma once

// Operation: one act on one typed key, named by values instead of by C++ types, for callers that
// are not compiled with the application: the client protocol, a script. The types are the seven of
// the tools: counters, max and min hold integers; lww, mv and aw_set hold UTF-8 strings.
//
//     type                    add              set        remove                   get
//     g_counter               integer, or 1    -          the key                  one integer
//     pn_counter              integer, or 1    -          the key                  one integer
//     max_register, min_..    -                integer    the key                  one integer or
//     none lww_register            -                text       the key                  one text or
//     none mv_register             -                text       the key                  texts,
//     sorted aw_set                  text             -          a text; else the key     texts,
//     sorted

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crdt/result.hpp"
#include "net/key.hpp"

namespace rejoin {

class Store;
class Transaction;

enum class Verb { add, set, remove, get };

using Plain = std::variant<std::monostate, std::int64_t, std::string>;

struct Operation {
  Family type = Family::g_counter;
  Verb verb = Verb::get;
  std::string key;
  Plain value;

  bool writes() const { return verb != Verb::get; }
  friend bool operator==(const Operation&, const Operation&) = default;
};

// The words of the command line: gcounter, pncounter, lww, mv, max, min, awset; add, set, remove,
// get.
std::optional<Family> family_named(std::string_view word);
std::optional<Verb> verb_named(std::string_view word);
std::string_view word_for(Family type);
std::string_view word_for(Verb verb);

// The types of the table, in its order, and the verb that each has beside remove and get.
std::vector<Family> families();
Verb writing_verb(Family type);

// Does the value hold an integer (else text)?
bool holds_integers(Family type);

// Is it in the table above, with a value of the right kind? Error: invalid_argument, with what to
// say.
Result<void> check(const Operation& operation);

// Requires writes(). Errors: check's, and the type's own.
Result<void> apply(const Operation& operation, Transaction& tx);
// Requires !writes(). A missing key reads as bottom: 0 for counters, nothing for others.
Result<std::vector<Plain>> read(const Operation& operation, const Store& store);
// The values of an object; nothing if its type is none of the table.
std::optional<std::vector<Plain>> read_plain(const ObjectKey& key, const Store& store);

}  // namespace rejoin
