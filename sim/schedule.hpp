#pragma once

// Schedule<E>: what will happen, in the total order (time, serial). The serial is the order of
// adding, so events of one moment happen as they were caused, on every machine.
//
// A calendar queue (Brown, "Calendar queues: a fast O(1) priority queue implementation for the
// simulation event set problem", CACM 1988) of days of about a millisecond, a page of 4096 ahead;
// what lies further is in a heap until its day comes onto the page. A day is put in order when it
// is the next one, and most of what a simulation adds lies on a later day: add and take O(1) where
// a day has few events, whatever waits. Requires that nothing is added before what was taken last.

#include <algorithm>
#include <array>
#include <bit>
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
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Requires: !empty().
  Time next() const { return on_page() > 0 ? page_[first_ % days][taken_].at : later_.front().at; }

  void add(Time at, E event) {
    const std::uint64_t day = at >> day_bits;
    REJOIN_ASSERT(day >= today_);
    ++size_;
    if (day >= today_ + days) {
      later_.push_back({at, serials_++, keep(std::move(event))});
      std::push_heap(later_.begin(), later_.end(), after<Later>);
      return;
    }
    Item item{at, serials_++, std::move(event)};
    if (on_page() > 1 && day == first_) {
      std::vector<Item>& items = page_[day % days];
      const auto from = items.begin() + static_cast<std::ptrdiff_t>(taken_);
      items.insert(std::upper_bound(from, items.end(), item, before<Item>), std::move(item));
    } else {
      write(day, std::move(item));
      if (on_page() == 1 || day < first_) open(day);
    }
  }

  // Requires: !empty().
  E take() {
    REJOIN_ASSERT(!empty());
    if (on_page() == 0) {
      Item item = take_later();
      --size_;
      turn_to(item.at >> day_bits);
      if (on_page() > 0) open(marked_from(today_));
      return std::move(item.event);
    }
    std::vector<Item>& items = page_[first_ % days];
    E event = std::move(items[taken_].event);
    ++taken_;
    --size_;
    turn_to(first_);
    if (taken_ == items.size()) {
      items.clear();
      taken_ = 0;
      marks_[first_ % days / 64] &= ~(std::uint64_t{1} << (first_ % 64));
      if (on_page() > 0) open(marked_from(today_));
    }
    return event;
  }

 private:
  static constexpr unsigned day_bits = 20;     // nanoseconds
  static constexpr std::uint64_t days = 4096;  // on the page

  struct Item {
    Time at;
    std::uint64_t serial;
    E event;
  };

  // Of an item beyond the page only this moves when the heap is put in order: where it waits.
  struct Later {
    Time at;
    std::uint64_t serial;
    std::size_t place;
  };

  template <class T>
  static bool before(const T& a, const T& b) {
    return a.at != b.at ? a.at < b.at : a.serial < b.serial;
  }
  template <class T>
  static bool after(const T& a, const T& b) {
    return before(b, a);
  }

  void write(std::uint64_t day, Item item) {
    marks_[day % days / 64] |= std::uint64_t{1} << (day % 64);
    page_[day % days].push_back(std::move(item));
  }

  // The day becomes the next one.
  void open(std::uint64_t day) {
    first_ = day;
    std::vector<Item>& items = page_[day % days];
    if (items.size() > 1) std::sort(items.begin(), items.end(), before<Item>);
  }

  // Days that come into sight are written onto the page.
  void turn_to(std::uint64_t day) {
    if (day == today_) return;
    today_ = day;
    while (!later_.empty() && (later_.front().at >> day_bits) < today_ + days) {
      Item item = take_later();
      const std::uint64_t its_day = item.at >> day_bits;
      write(its_day, std::move(item));
    }
  }

  Item take_later() {
    std::pop_heap(later_.begin(), later_.end(), after<Later>);
    const Later last = later_.back();
    later_.pop_back();
    free_.push_back(last.place);
    return {last.at, last.serial, std::move(waiting_[last.place])};
  }
  std::size_t keep(E event) {
    if (free_.empty()) {
      waiting_.push_back(std::move(event));
      return waiting_.size() - 1;
    }
    const std::size_t place = free_.back();
    free_.pop_back();
    waiting_[place] = std::move(event);
    return place;
  }

  std::size_t on_page() const { return size_ - later_.size(); }

  // The first day from this one on that is marked. Requires that one on the page is.
  std::uint64_t marked_from(std::uint64_t day) const {
    std::uint64_t word = marks_[day % days / 64] >> (day % 64);
    while (word == 0) {
      day = (day / 64 + 1) * 64;
      word = marks_[day % days / 64];
    }
    return day + static_cast<std::uint64_t>(std::countr_zero(word));
  }

  std::vector<std::vector<Item>> page_ = std::vector<std::vector<Item>>(days);  // by day
  std::array<std::uint64_t, days / 64> marks_{};  // days that have anything
  std::vector<Later> later_;                      // a heap
  std::vector<E> waiting_;                        // the events of later_, by place
  std::vector<std::size_t> free_;                 // places of waiting_
  std::uint64_t today_ = 0;                       // of what was taken last
  std::uint64_t first_ = 0;  // the next day on the page that has anything, in order
  std::size_t taken_ = 0;    // of its events
  std::size_t size_ = 0;
  std::uint64_t serials_ = 0;
};

}  // namespace rejoin::sim
