#pragma once

// SequenceSet: which of one replica's sequences were seen: all up to a number, and intervals beyond
// it.
//
//     1 2 3 4 5 . . 8 9 . 11            upto = 5, beyond = [8,9] [11,11]
//     add 6: upto = 6. add 7 then: the gap closes, upto = 9, beyond = [11,11]
//
// Canonical: beyond is sorted, its intervals neither touch each other nor upto. So equal sets are
// equal objects. Never a bare maximum: that would claim what was not delivered. Cost: O(1) for the
// next sequence; else O(intervals).

#include <cstddef>
#include <cstdint>
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
  bool empty() const { return upto_ == 0 && beyond_.empty(); }
  bool contains(std::uint64_t sequence) const;
  bool covers(const SequenceSet& other) const;
  std::uint64_t count() const;
  // The greatest sequence; 0 if empty.
  std::uint64_t last() const { return beyond_.empty() ? upto_ : beyond_.back().last; }
  // All sequences up to here were seen.
  std::uint64_t upto() const { return upto_; }

  // Each returns whether anything changed.
  bool add(Interval interval);
  bool merge(const SequenceSet& other);
  bool subtract(const SequenceSet& other);
  bool intersect(const SequenceSet& other);

  // In rising order.
  template <class F>
  void each_interval(F&& f) const {
    if (upto_ > 0) f(Interval{1, upto_});
    for (const Interval& interval : beyond_) f(interval);
  }
  std::vector<Interval> intervals() const;
  std::size_t interval_count() const { return beyond_.size() + (upto_ > 0 ? 1 : 0); }

  friend bool operator==(const SequenceSet&, const SequenceSet&) = default;

 private:
  bool subtract_upto(std::uint64_t last);
  void assign(const std::vector<Interval>& normalised);

  std::uint64_t upto_ = 0;
  std::vector<Interval> beyond_;
};

}  // namespace rejoin
