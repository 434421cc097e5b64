#pragma once

// Subject<T>: what the law kit must be told about a type. Specialise it in namespace rejoin::laws:
//
//     template <> struct Subject<Cart> {
//       using Op = ...;                                      one operation, plain data
//       static rc::Gen<Op> operations();                     which operations there are
//       static Cart apply(Cart&, const Op&, const At&);      perform one, return its delta
//       static auto value(const Cart&);                      optional: what its queries say
//     };
//
// Op must be copyable and printable: operator<< or rapidcheck's showValue. apply may return
// Result<T>, where an error means "refused, nothing changed", or void if the type has no deltas:
// then a copy of the whole state is sent. At is who performs it and that replica's wall clock,
// which may tie with another's and go back. The type itself needs merge, ==, a default that is
// bottom, and copies. Its codec laws are checked if it has a Codec.
//
// Small domains find bugs: let operations meet on few keys. generators.hpp helps.

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

#include <rapidcheck.h>

#include "crdt/codec.hpp"
#include "crdt/result.hpp"
#include "crdt/writer.hpp"

namespace rejoin::laws {

template <class T>
struct Subject;

template <class T>
using OpOf = typename Subject<T>::Op;

template <class T>
concept HasSubject =
    std::regular<T> && requires(T state, const T& other, const OpOf<T>& op, const At& at) {
      state.merge(other);
      Subject<T>::apply(state, op, at);
      { Subject<T>::operations() } -> std::convertible_to<rc::Gen<OpOf<T>>>;
    };

template <class T>
concept HasValue = requires(T& state) { Subject<T>::value(state); };

// merge says whether anything changed, so what it says can be checked.
template <class T>
concept TellsChange = requires(T mine, const T& theirs) {
  { mine.merge(theirs) } -> std::same_as<bool>;
};

// The laws call these often; inlined, they would make a type's laws three times slower to compile.
//
// Performs the operation and returns its delta; nothing if it was refused.
template <HasSubject T>
[[gnu::noinline]] std::optional<T> mutate(T& state, const OpOf<T>& op, const At& at) {
  using Returned = decltype(Subject<T>::apply(state, op, at));
  if constexpr (std::is_void_v<Returned>) {
    Subject<T>::apply(state, op, at);
    return state;
  } else if constexpr (std::convertible_to<Returned, T>) {
    return Subject<T>::apply(state, op, at);
  } else {
    auto result = Subject<T>::apply(state, op, at);
    if (!result) return std::nullopt;
    return *std::move(result);
  }
}

// Least state above both, by the type's own merge.
template <class T>
[[gnu::noinline]] T joined(T mine, const T& theirs) {
  mine.merge(theirs);
  return mine;
}

std::string hex(const std::string& bytes);

// A state as a report prints it: its value; without one its bytes.
template <class T>
[[gnu::noinline]] std::string shown(const T& state) {
  if constexpr (HasValue<T>) {
    T copy = state;
    return rc::toString(Subject<T>::value(copy));
  } else if constexpr (Encodable<T>) {
    return "0x" + hex(encoded(state));
  } else {
    return rc::toString(state);
  }
}

}  // namespace rejoin::laws
