#pragma once

// Keys: an object is named by a string and the type of its value, a slot by its object and a path.
// The same name with two types is two objects.

#include <compare>
#include <string>
#include <utility>

#include "crdt/type_tag.hpp"

namespace rejoin {

struct ObjectKey {
  TypeTag type;
  std::string name;

  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

// The slots of an object are ordered by path: the order-preserving encoding of the keys that lead
// there.
struct SlotKey {
  ObjectKey object;
  std::string path;

  friend auto operator<=>(const SlotKey&, const SlotKey&) = default;
};

// A typed name: Key<GCounter>{"hits"}.
template <class T>
struct Key {
  std::string name;

  ObjectKey object() const { return {type_tag<T>, name}; }
};

}  // namespace rejoin
