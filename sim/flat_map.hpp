#pragma once

// FlatMap<T>: values by 64-bit keys, in one block, by open addressing. It is only looked up, never
// walked, so the order of its keys can decide nothing. find_or_add: O(1); an added value moves the
// others, so a reference lasts until the next new key.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "crdt/hash.hpp"

namespace rejoin::sim {

template <class T>
class FlatMap {
 public:
  std::size_t size() const { return used_; }

  T& find_or_add(std::uint64_t key) {
    if ((used_ + 1) * 4 > places_.size() * 3) grow();
    Place& place = places_[index_of(key)];
    if (!place.taken) {
      place.taken = true;
      place.key = key;
      ++used_;
    }
    return place.value;
  }
  T* find(std::uint64_t key) {
    if (places_.empty()) return nullptr;
    Place& place = places_[index_of(key)];
    return place.taken ? &place.value : nullptr;
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    bool taken = false;
    T value{};
  };

  std::size_t index_of(std::uint64_t key) const {
    std::size_t i = mix64(key + 0x632be59bd9b4e019ULL) & (places_.size() - 1);
    while (places_[i].taken && places_[i].key != key) i = (i + 1) & (places_.size() - 1);
    return i;
  }
  void grow() {
    std::vector<Place> before(places_.empty() ? 16 : places_.size() * 2);
    std::swap(before, places_);
    for (Place& place : before) {
      if (place.taken) places_[index_of(place.key)] = std::move(place);
    }
  }

  std::vector<Place> places_;
  std::size_t used_ = 0;
};

}  // namespace rejoin::sim
