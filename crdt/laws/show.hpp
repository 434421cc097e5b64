#pragma once

// text_of: what a query said, as text that differs where values differ. rapidcheck prints question
// marks for what it does not know, std::optional among it, and six digits of a number: laws that
// compare texts would be blind to the rest.

#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>

#include <rapidcheck.h>

#include "crdt/codec.hpp"

namespace rejoin::laws {

std::string hex(std::string_view bytes);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;
template <class T>
concept Parts = requires {
  std::tuple_size<T>::value;
};
template <class T>
concept Elements = requires(const T& value) {
  value.begin() != value.end();
};

template <class T>
std::string text_of(const T& value) {
  std::ostringstream out;
  if constexpr (IsOptional<T>::value) {
    out << (value ? text_of(*value) : "nothing");
  } else if constexpr (std::floating_point<T>) {
    out.precision(std::numeric_limits<T>::max_digits10);
    out << value;
  } else if constexpr (Elements<T> && !Text<T>) {
    out << '[';
    for (auto at = value.begin(); at != value.end(); ++at) {
      // A copy: an element of std::vector<bool> is a stand-in.
      const typename T::value_type element = *at;
      out << (at == value.begin() ? "" : ", ") << text_of(element);
    }
    out << ']';
  } else if constexpr (Parts<T>) {
    out << '(';
    std::apply(
        [&](const auto&... parts) {
          std::size_t before = 0;
          ((out << (before++ == 0 ? "" : ", ") << text_of(parts)), ...);
        },
        value);
    out << ')';
  } else {
    const std::string text = rc::toString(value);
    if constexpr (Encodable<T>) {
      if (text ==
          "<??"
          "?>")
        return "0x" + hex(encoded(value));
    }
    out << text;
  }
  return out.str();
}

}  // namespace rejoin::laws
