#pragma once

// How a mutator refuses. A value that stands alone returns the error; in a store the transaction
// also fails with it, so that nothing of it happens.

#include <concepts>
#include <type_traits>
#include <utility>

#include "crdt/codec.hpp"
#include "crdt/result.hpp"

namespace rejoin {

template <class Delta>
Result<Delta> refusal(auto& who, Error error) {
  if constexpr (requires { who.fail(error); }) who.fail(error);
  return error;
}

// What change() returns, as a Result.
template <class F>
auto accepted(F&& change) {
  using Delta = decltype(change());
  if constexpr (std::is_void_v<Delta>) {
    change();
    return Result<void>();
  } else {
    return Result<Delta>(change());
  }
}

// change(element) for an element in its canonical form: its delta; where T has values that cannot
// be elements, a Result of it (error: not_a_number).
template <class T, class F>
auto on_element(auto& who, const T& element, F&& change) {
  if constexpr (has_non_keys<T>) {
    using Delta = decltype(change(element));
    if (!can_be_key(element)) {
      return refusal<Delta>(who, {ErrorCode::not_a_number,
                                  "NaN equals nothing, so it cannot be an element or a key"});
    }
    return accepted([&] { return change(canonical(element)); });
  } else {
    return change(element);
  }
}

}  // namespace rejoin
