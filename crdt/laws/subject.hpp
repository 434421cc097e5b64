#pragma once

// Subject<T>: what the law kit must be told about a type. Specialise it in namespace rejoin::laws:
//
//     template <> struct Subject<Cart> {
//       using Op = ...;                                      one operation, plain data
//       static rc::Gen<Op> operations();                     which operations there are
//       static Cart apply(Cart&, const Op&, const At&);      perform one, return its delta
//       static auto value(const Cart&);                      optional: what its queries say
//       static auto specified(const Past<Op>&);              optional: what they should say
//       static std::string name();                           optional: what reports call it
//     };
//
// Op must be copyable and printable: operator<< or rapidcheck's showValue. apply may return
// Result<T>, where an error means "refused, nothing changed", or void if the type has no deltas:
// then a copy of the whole state is sent. At is who performs it and that replica's wall clock,
// which may tie with another's and go back. The type itself needs merge, ==, a default that is
// bottom, and copies. Its codec laws are checked if it has a Codec. All of it must be
// deterministic, the generator too: an operation is kept as the numbers it was drawn by.
//
// Small domains find bugs: let operations meet on few keys. generators.hpp helps.

#include <concepts>

#include <rapidcheck.h>

#include "crdt/codec.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/result.hpp"
#include "crdt/writer.hpp"

namespace rejoin::laws {

template <class T>
struct Subject;

template <class T>
using OpOf = typename Subject<T>::Op;

template <class T>
concept HasSubject = std::regular<T> &&
    requires(T state, const T& other, const OpOf<T>& op, const At& at) {
  state.merge(other);
  Subject<T>::apply(state, op, at);
  { Subject<T>::operations() } -> std::convertible_to<rc::Gen<OpOf<T>>>;
};

template <class T>
concept HasValue = requires(T& state) {
  Subject<T>::value(state);
};

// What value() should be, said of operations alone: see past.hpp.
template <class T>
concept HasSpecification = HasValue<T> && requires(const Past<OpOf<T>>& past) {
  Subject<T>::specified(past);
};

// merge says whether anything changed, so what it says can be checked.
template <class T>
concept TellsChange = requires(T mine, const T& theirs) {
  { mine.merge(theirs) } -> std::same_as<bool>;
};

}  // namespace rejoin::laws
