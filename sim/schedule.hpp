#pragma once

// Schedule<E>: what will happen, in the total order (time, serial). The serial is the order of
// adding, so events of one moment happen as they were caused, on every machine. A 4-ary heap: add
// and take O(log n), shallow and kind to the cache.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "crdt/assert.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

template <class E>
class Schedule {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  // Requires: !empty().
  Time next() const { return heap_.front().at; }

  void add(Time at, E event) {
    heap_.push_back({at, serials_++, std::move(event)});
    std::size_t i = heap_.size() - 1;
    while (i > 0 && before(heap_[i], heap_[(i - 1) / fan])) {
      std::swap(heap_[i], heap_[(i - 1) / fan]);
      i = (i - 1) / fan;
    }
  }

  // Requires: !empty().
  E take() {
    REJOIN_ASSERT(!heap_.empty());
    E first = std::move(heap_.front().event);
    if (heap_.size() > 1) heap_.front() = std::move(heap_.back());
    heap_.pop_back();
    sink();
    return first;
  }

 private:
  static constexpr std::size_t fan = 4;

  struct Item {
    Time at;
    std::uint64_t serial;
    E event;
  };

  static bool before(const Item& a, const Item& b) {
    return a.at != b.at ? a.at < b.at : a.serial < b.serial;
  }

  void sink() {
    std::size_t i = 0;
    while (i * fan + 1 < heap_.size()) {
      std::size_t least = i * fan + 1;
      for (std::size_t child = least + 1; child <= i * fan + fan && child < heap_.size(); ++child) {
        if (before(heap_[child], heap_[least])) least = child;
      }
      if (!before(heap_[least], heap_[i])) return;
      std::swap(heap_[least], heap_[i]);
      i = least;
    }
  }

  std::vector<Item> heap_;
  std::uint64_t serials_ = 0;
};

}  // namespace rejoin::sim
