#include "crdt/sequence_set.hpp"

#include <algorithm>

#include "crdt/assert.hpp"

namespace rejoin {
namespace {

// Appends to a sorted list, joining what touches.
void append(std::vector<Interval>& list, Interval next) {
  if (!list.empty() && next.first <= list.back().last + 1) {
    list.back().last = std::max(list.back().last, next.last);
  } else {
    list.push_back(next);
  }
}

std::vector<Interval> united(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> out;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    const bool from_a = j == b.end() || (i != a.end() && i->first <= j->first);
    append(out, from_a ? *i++ : *j++);
  }
  return out;
}

std::vector<Interval> common(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> out;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    const Interval both{std::max(i->first, j->first), std::min(i->last, j->last)};
    if (both.first <= both.last) append(out, both);
    (i->last < j->last ? i : j)++;
  }
  return out;
}

std::vector<Interval> without(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> out;
  auto j = b.begin();
  for (Interval rest : a) {
    while (j != b.end() && j->last < rest.first) ++j;
    for (auto k = j; k != b.end() && k->first <= rest.last; ++k) {
      if (k->first > rest.first) append(out, {rest.first, k->first - 1});
      rest.first = k->last + 1;
    }
    if (rest.first <= rest.last) append(out, rest);
  }
  return out;
}

}  // namespace

bool SequenceSet::contains(std::uint64_t sequence) const {
  if (sequence == 0) return false;
  if (sequence <= upto_) return true;
  const auto after = std::upper_bound(
      beyond_.begin(), beyond_.end(), sequence,
      [](std::uint64_t value, const Interval& interval) { return value < interval.first; });
  return after != beyond_.begin() && sequence <= std::prev(after)->last;
}

bool SequenceSet::covers(const SequenceSet& other) const {
  if (other.upto_ > upto_) return false;  // upto_ + 1 is not here
  auto mine = beyond_.begin();
  return std::all_of(other.beyond_.begin(), other.beyond_.end(), [&](const Interval& theirs) {
    if (theirs.last <= upto_) return true;
    while (mine != beyond_.end() && mine->last < theirs.first) ++mine;
    return mine != beyond_.end() && mine->first <= theirs.first && theirs.last <= mine->last;
  });
}

std::uint64_t SequenceSet::count() const {
  std::uint64_t total = upto_;
  for (const Interval& interval : beyond_) total += interval.last - interval.first + 1;
  return total;
}

bool SequenceSet::add(Interval interval) {
  REJOIN_ASSERT(interval.first >= 1 && interval.first <= interval.last);
  if (interval.last <= upto_) return false;
  if (interval.first <= upto_ + 1 && beyond_.empty()) {
    upto_ = interval.last;
    return true;
  }
  if (interval.first > last() + 1) {
    beyond_.push_back(interval);
    return true;
  }
  const std::vector<Interval> before = intervals();
  const std::vector<Interval> after = united(before, {interval});
  if (after == before) return false;
  assign(after);
  return true;
}

bool SequenceSet::merge(const SequenceSet& other) {
  if (beyond_.empty() && other.beyond_.empty()) {
    const bool grows = other.upto_ > upto_;
    upto_ = std::max(upto_, other.upto_);
    return grows;
  }
  if (covers(other)) return false;
  if (other.upto_ == 0 && other.beyond_.size() == 1) return add(other.beyond_.front());
  assign(united(intervals(), other.intervals()));
  return true;
}

bool SequenceSet::subtract(const SequenceSet& other) {
  if (empty() || other.empty()) return false;
  if (other.beyond_.empty()) return subtract_upto(other.upto_);
  const std::vector<Interval> before = intervals();
  std::vector<Interval> after = without(before, other.intervals());
  if (after == before) return false;
  assign(after);
  return true;
}

bool SequenceSet::subtract_upto(std::uint64_t last) {
  const auto left = std::find_if(beyond_.begin(), beyond_.end(),
                                 [&](const Interval& interval) { return interval.last > last; });
  bool changed = upto_ > 0 || left != beyond_.begin();
  beyond_.erase(beyond_.begin(), left);
  if (!beyond_.empty() && beyond_.front().first <= last) {
    beyond_.front().first = last + 1;
    changed = true;
  }
  if (upto_ > last) beyond_.insert(beyond_.begin(), {last + 1, upto_});
  upto_ = 0;
  return changed;
}

bool SequenceSet::intersect(const SequenceSet& other) {
  const std::vector<Interval> before = intervals();
  std::vector<Interval> after = common(before, other.intervals());
  if (after == before) return false;
  assign(after);
  return true;
}

std::vector<Interval> SequenceSet::intervals() const {
  std::vector<Interval> out;
  out.reserve(beyond_.size() + 1);
  each_interval([&](Interval interval) { out.push_back(interval); });
  return out;
}

void SequenceSet::assign(const std::vector<Interval>& normalised) {
  const bool from_one = !normalised.empty() && normalised.front().first == 1;
  upto_ = from_one ? normalised.front().last : 0;
  beyond_.assign(normalised.begin() + (from_one ? 1 : 0), normalised.end());
}

}  // namespace rejoin
