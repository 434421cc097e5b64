#pragma once

// SequenceSet: which of one replica's sequences were seen: all up to a number, and intervals beyond
// it.
//
//     1 2 3 4 5 . . 8 9 . 11            [1,5] [8,9] [11,11]: upto = 5
//     add 6: [1,6]. add 7 then: the gap closes, [1,9] [11,11]: upto = 9
//
// Canonical: intervals are sorted and do not touch. So equal sets are equal objects. Never a bare
// maximum: that would claim what was not delivered. Cost: O(1) for the next sequence, and for two
// sets of one interval each; else O(intervals). The first interval takes no allocation: nearly all
// sets, those of clocks and those of single entries, have no other.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rejoin {

// Both ends belong to it; first >= 1.
struct Interval {
  std::uint64_t first = 1;
  std::uint64_t last = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

class SequenceSet {
 public:
  SequenceSet() = default;
  SequenceSet(const SequenceSet& other) : first_(other.first_) {
    if (!other.single()) rest_ = std::make_unique<Intervals>(*other.rest_);
  }
  SequenceSet(SequenceSet&&) noexcept = default;
  SequenceSet& operator=(const SequenceSet& other) {
    first_ = other.first_;
    if (!single() || !other.single()) copy_rest(other);
    return *this;
  }
  SequenceSet& operator=(SequenceSet&&) noexcept = default;

  bool empty() const { return first_.last == 0; }
  bool contains(std::uint64_t sequence) const {
    if (sequence <= first_.last) return sequence >= first_.first;
    return !single() && contains_beyond(sequence);
  }
  bool covers(const SequenceSet& other) const {
    if (single() && other.single()) return other.empty() || within(other.first_, first_);
    return covers_all(other);
  }
  std::uint64_t count() const;
  // The greatest sequence; 0 if empty.
  std::uint64_t last() const { return single() ? first_.last : rest_->back().last; }
  // All sequences up to here were seen.
  std::uint64_t upto() const { return first_.first == 1 ? first_.last : 0; }

  // Each returns whether anything changed.
  bool add(Interval interval);
  bool merge(const SequenceSet& other) {
    if (other.empty() || (single() && within(other.first_, first_) && other.single())) return false;
    return merge_more(other);
  }
  bool subtract(const SequenceSet& other);
  bool intersect(const SequenceSet& other);

  // In rising order.
  template <class F>
  void each_interval(F&& f) const {
    if (!empty()) f(first_);
    if (single()) return;
    for (const Interval& interval : *rest_) f(interval);
  }
  std::vector<Interval> intervals() const;
  std::size_t interval_count() const { return (empty() ? 0 : 1) + (single() ? 0 : rest_->size()); }

  friend bool operator==(const SequenceSet& a, const SequenceSet& b) {
    if (!(a.first_ == b.first_) || a.single() != b.single()) return false;
    return a.single() || *a.rest_ == *b.rest_;
  }

 private:
  using Intervals = std::vector<Interval>;

  static bool within(const Interval& inner, const Interval& outer) {
    return outer.first <= inner.first && inner.last <= outer.last;
  }
  // At most one interval.
  bool single() const { return rest_ == nullptr; }
  bool contains_beyond(std::uint64_t sequence) const;
  bool covers_all(const SequenceSet& other) const;
  bool merge_more(const SequenceSet& other);
  void copy_rest(const SequenceSet& other);
  bool add_in_order(Interval interval, Intervals& rest);
  bool cut(Interval theirs);
  bool subtract_one(Interval theirs, Intervals& rest);
  void assign(const Intervals& normalised);
  Intervals& rest();
  void forget_empty_rest();

  Interval first_;                   // {1, 0}: the set is empty
  std::unique_ptr<Intervals> rest_;  // beyond it; null: there are none
};

}  // namespace rejoin
