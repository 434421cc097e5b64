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

// A set's interval grew: those from there on that it touches by now are part of it.
void absorb(Interval& grown, std::vector<Interval>& rest, std::vector<Interval>::iterator from) {
  auto to = from;
  for (; to != rest.end() && to->first <= grown.last + 1; ++to) {
    grown.last = std::max(grown.last, to->last);
  }
  rest.erase(from, to);
}

Interval hull(const Interval& a, const Interval& b) {
  return {std::min(a.first, b.first), std::max(a.last, b.last)};
}

}  // namespace

// Requires: it has more than one interval, and the sequence is beyond the first.
bool SequenceSet::contains_beyond(std::uint64_t sequence) const {
  const auto after = std::upper_bound(
      rest_->begin(), rest_->end(), sequence,
      [](std::uint64_t value, const Interval& interval) { return value < interval.first; });
  return after != rest_->begin() && sequence <= std::prev(after)->last;
}

bool SequenceSet::covers_all(const SequenceSet& other) const {
  static const Intervals none;
  const Intervals& rest = single() ? none : *rest_;
  bool all = true;
  auto mine = rest.begin();
  other.each_interval([&](const Interval& theirs) {
    if (!all || within(theirs, first_)) return;
    while (mine != rest.end() && mine->last < theirs.first) ++mine;
    all = mine != rest.end() && within(theirs, *mine);
  });
  return all;
}

std::uint64_t SequenceSet::count() const {
  std::uint64_t total = 0;
  each_interval([&](const Interval& interval) { total += interval.last - interval.first + 1; });
  return total;
}

bool SequenceSet::add(Interval interval) {
  REJOIN_ASSERT(interval.first >= 1 && interval.first <= interval.last);
  if (empty()) {
    first_ = interval;
    return true;
  }
  if (within(interval, first_)) return false;
  const bool touches = interval.first <= first_.last + 1 && first_.first <= interval.last + 1;
  if (single() && touches) {
    first_ = hull(first_, interval);
    return true;
  }
  const bool changed = add_in_order(interval, rest());
  forget_empty_rest();
  return changed;
}

// Requires: not empty, and not within the first interval.
bool SequenceSet::add_in_order(Interval interval, Intervals& rest) {
  if (interval.first > (rest.empty() ? first_ : rest.back()).last + 1) {
    rest.push_back(interval);
    return true;
  }
  if (interval.last + 1 < first_.first) {
    rest.insert(rest.begin(), first_);
    first_ = interval;
    return true;
  }
  if (interval.first <= first_.last + 1) {
    first_ = hull(first_, interval);
    absorb(first_, rest, rest.begin());
    return true;
  }
  const auto at = std::lower_bound(
      rest.begin(), rest.end(), interval.first,
      [](const Interval& mine, std::uint64_t value) { return mine.last + 1 < value; });
  if (at->first > interval.last + 1) {
    rest.insert(at, interval);
    return true;
  }
  if (within(interval, *at)) return false;
  *at = hull(*at, interval);
  absorb(*at, rest, std::next(at));
  return true;
}

bool SequenceSet::merge_more(const SequenceSet& other) {
  if (other.single()) return add(other.first_);
  if (covers(other)) return false;
  assign(united(intervals(), other.intervals()));
  return true;
}

bool SequenceSet::subtract(const SequenceSet& other) {
  if (empty() || other.empty()) return false;
  if (other.single()) return single() ? cut(other.first_) : subtract_one(other.first_, *rest_);
  const Intervals before = intervals();
  const Intervals after = without(before, other.intervals());
  if (after == before) return false;
  assign(after);
  return true;
}

// Requires: of one interval.
bool SequenceSet::cut(Interval theirs) {
  const Interval mine = first_;
  if (theirs.last < mine.first || theirs.first > mine.last) return false;
  const Interval above{theirs.last + 1, mine.last};
  if (mine.first < theirs.first) {
    first_.last = theirs.first - 1;
    if (above.first <= above.last) rest().push_back(above);
  } else {
    first_ = above.first <= above.last ? above : Interval{};
  }
  return true;
}

bool SequenceSet::subtract_one(Interval theirs, Intervals& rest) {
  if (theirs.last < first_.first || theirs.first > last()) return false;
  const auto from =
      std::lower_bound(rest.begin(), rest.end(), theirs.first,
                       [](const Interval& mine, std::uint64_t value) { return mine.last < value; });
  auto to = from;
  while (to != rest.end() && to->first <= theirs.last) ++to;
  const bool in_first = theirs.first <= first_.last;
  if (!in_first && from == to) return false;
  // What is left of the first and of the last that they reach; at most one before, one behind.
  const Interval lowest = in_first ? first_ : *from;
  const Interval highest = from == to ? first_ : *std::prev(to);
  Interval left[2];
  std::size_t count = 0;
  if (lowest.first < theirs.first) left[count++] = {lowest.first, theirs.first - 1};
  if (highest.last > theirs.last) left[count++] = {theirs.last + 1, highest.last};
  auto at = rest.erase(from, to);
  const Interval* next = left;
  if (in_first && count > 0) first_ = *next++;
  rest.insert(at, next, static_cast<const Interval*>(left + count));
  if (in_first && count == 0) {
    first_ = rest.empty() ? Interval{} : rest.front();
    if (!rest.empty()) rest.erase(rest.begin());
  }
  forget_empty_rest();
  return true;
}

bool SequenceSet::intersect(const SequenceSet& other) {
  if (other.covers(*this)) return false;
  if (single() && other.single()) {
    const Interval both{std::max(first_.first, other.first_.first),
                        std::min(first_.last, other.first_.last)};
    first_ = both.first <= both.last ? both : Interval{};
  } else {
    assign(common(intervals(), other.intervals()));
  }
  return true;
}

std::vector<Interval> SequenceSet::intervals() const {
  std::vector<Interval> out;
  out.reserve(interval_count());
  each_interval([&](Interval interval) { out.push_back(interval); });
  return out;
}

void SequenceSet::assign(const Intervals& normalised) {
  first_ = normalised.empty() ? Interval{} : normalised.front();
  rest().assign(normalised.begin() + (normalised.empty() ? 0 : 1), normalised.end());
  forget_empty_rest();
}

void SequenceSet::copy_rest(const SequenceSet& other) {
  if (other.single()) {
    rest_.reset();
  } else {
    rest() = *other.rest_;
  }
}

SequenceSet::Intervals& SequenceSet::rest() {
  if (single()) rest_ = std::make_unique<Intervals>();
  return *rest_;
}

void SequenceSet::forget_empty_rest() {
  if (!single() && rest_->empty()) rest_.reset();
}

}  // namespace rejoin
