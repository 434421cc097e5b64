#pragma once

// The fields of a plain aggregate, found without a word from its author:
//
//     struct Address { std::string street; int number; };
//     fields(address)        // std::tie(address.street, address.number)
//
// Fields are counted by how many values brace initialisation takes, and tied by structured
// bindings. An array member or a base class would be counted wrongly, so both are seen and refused
// (why_not_plain says what to write instead). Costs nothing at run time.

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace rejoin::aggregate {

inline constexpr std::size_t fields_max = 16;

// Turns into any field of T, but not into T itself or a base of it. Never run: clang 14 wants a
// body where T has no linkage.
template <class T>
struct AnyField {
  template <class U>
  requires(!std::derived_from<T, U>)
  operator U() const {
    __builtin_unreachable();
  }
};

template <class T>
struct AnyBase {
  template <class U>
  requires(std::derived_from<T, U> && !std::same_as<T, U>)
  operator U() const {
    __builtin_unreachable();
  }
};

template <class T, std::size_t>
using Nth = AnyField<T>;

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{Nth<T, I>{}...}; };
}
// A pair in braces after the first values, and then further ones: an array takes the pair as one.
template <class T, std::size_t... I, std::size_t... J>
constexpr bool takes_pair(std::index_sequence<I...>, std::index_sequence<J...>) {
  return requires { T{Nth<T, I>{}..., {AnyField<T>{}, AnyField<T>{}}, Nth<T, J>{}...}; };
}

// How many values brace initialisation takes: an array member takes one for each element.
template <class T, std::size_t N = fields_max + 1>
constexpr std::size_t initialisers() {
  if constexpr (takes<T>(std::make_index_sequence<N>{})) {
    return N;
  } else if constexpr (N == 0) {
    return 0;
  } else {
    return initialisers<T, N - 1>();
  }
}

template <class T, std::size_t At = 0>
constexpr bool has_array() {
  constexpr std::size_t count = initialisers<T>();
  if constexpr (At >= count) {
    return false;
  } else {
    using Before = std::make_index_sequence<At>;
    constexpr bool pair = takes_pair<T>(Before{}, std::index_sequence<>{});
    constexpr bool as_one = takes_pair<T>(Before{}, std::make_index_sequence<count - At - 1>{});
    return (pair && !as_one) || has_array<T, At + 1>();
  }
}

template <class T>
constexpr bool has_base = requires { T{AnyBase<T>{}}; };

template <class T>
concept Candidate = std::is_class_v<T> && std::is_aggregate_v<T>;

// Candidates whose fields can be tied.
template <class T>
concept Plain = Candidate<T> && !has_base<T> && initialisers<T>() >= 1 &&
                initialisers<T>() <= fields_max && !has_array<T>();

// All fields, as references.
template <class T>
requires Plain<std::remove_const_t<T>>
constexpr auto fields(T& value) {
  constexpr std::size_t count = initialisers<std::remove_const_t<T>>();
  if constexpr (count == 1) {
    auto& [a] = value;
    return std::tie(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = value;
    return std::tie(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = value;
    return std::tie(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = value;
    return std::tie(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = value;
    return std::tie(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = value;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = value;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = value;
    return std::tie(a, b, c, d, e, f, g, h, i);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (count == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (count == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (count == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (count == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }
}

}  // namespace rejoin::aggregate
