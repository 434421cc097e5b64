#pragma once

// What the laws are told of contexts, intervals and version vectors: anybody may have heard of
// anybody's dots.

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "crdt/causal_context.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/history.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/version_vector.hpp"

namespace rejoin::laws {

// An interval of sequences of one of few replicas. Anybody may have heard of anybody's dots.
struct Heard {
  std::uint64_t replica = 0;
  Interval interval;

  friend std::ostream& operator<<(std::ostream& out, const Heard& heard) {
    return out << heard.replica << ":[" << heard.interval.first << ',' << heard.interval.last
               << ']';
  }
};

inline rc::Gen<Heard> heard() {
  auto first = rc::gen::weightedOneOf<std::uint64_t>(
      {{8, rc::gen::inRange<std::uint64_t>(1, 12)},
       {1, rc::gen::just(CausalContext::sequence_max - 3)}});
  auto parts = rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 4), std::move(first),
                              rc::gen::inRange<std::uint64_t>(0, 4));
  return rc::gen::map(std::move(parts), [](const auto& drawn) {
    const auto [replica, from, length] = drawn;
    return Heard{replica, {from, from + length}};
  });
}

// What was heard of one replica, as a set of intervals, sorted.
inline std::vector<Interval> united(const Past<Heard>& past, std::optional<std::uint64_t> replica) {
  std::vector<Interval> all;
  for (std::size_t i = 0; i < past.size(); ++i) {
    if (replica.value_or(past.op(i).replica) == past.op(i).replica) {
      all.push_back(past.op(i).interval);
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Interval& a, const Interval& b) { return a.first < b.first; });
  std::vector<Interval> out;
  for (const Interval& next : all) {
    if (out.empty() || next.first > out.back().last + 1) out.push_back(next);
    out.back().last = std::max(out.back().last, next.last);
  }
  return out;
}

inline std::uint64_t size_of(const std::vector<Interval>& intervals) {
  std::uint64_t size = 0;
  for (const Interval& interval : intervals) size += interval.last - interval.first + 1;
  return size;
}

template <>
struct Subject<CausalContext> {
  using Op = Heard;
  static rc::Gen<Op> operations() { return heard(); }
  static CausalContext apply(CausalContext& context, const Op& op, const At&) {
    CausalContext delta;
    delta.add(ReplicaId(op.replica), op.interval);
    context.add(ReplicaId(op.replica), op.interval);
    return delta;
  }
  static auto value(const CausalContext& context) {
    std::vector<std::uint64_t> all{context.count()};
    context.each_interval([&](const ReplicaId& replica, Interval interval) {
      all.insert(all.end(), {context.last(replica), interval.first, interval.last});
      if (!context.contains(Dot{replica, interval.last})) all.clear();
    });
    return all;
  }
  static std::vector<std::uint64_t> specified(const Past<Op>& past) {
    std::vector<std::uint64_t> all{0};
    for (std::uint64_t replica = 1; replica < 4; ++replica) {
      const std::vector<Interval> of_one = united(past, replica);
      all.front() += size_of(of_one);
      for (const Interval& interval : of_one) {
        all.insert(all.end(), {of_one.back().last, interval.first, interval.last});
      }
    }
    return all;
  }
};

template <>
struct Subject<SequenceSet> {
  using Op = Heard;
  static rc::Gen<Op> operations() { return heard(); }
  static SequenceSet apply(SequenceSet& set, const Op& op, const At&) {
    SequenceSet delta;
    delta.add(op.interval);
    set.add(op.interval);
    return delta;
  }
  static auto value(const SequenceSet& set) {
    std::vector<std::uint64_t> all{set.count(), set.upto(), set.last()};
    set.each_interval([&](Interval interval) {
      all.insert(all.end(), {interval.first, interval.last});
    });
    return all;
  }
  static std::vector<std::uint64_t> specified(const Past<Op>& past) {
    const std::vector<Interval> intervals = united(past, {});
    std::vector<std::uint64_t> all{size_of(intervals), 0, 0};
    for (const Interval& interval : intervals) {
      if (interval.first == 1) all[1] = interval.last;
      all[2] = interval.last;
      all.insert(all.end(), {interval.first, interval.last});
    }
    return all;
  }
};

template <>
struct Subject<VersionVector> {
  using Op = Heard;
  static rc::Gen<Op> operations() { return heard(); }
  static VersionVector apply(VersionVector& vector, const Op& op, const At&) {
    VersionVector delta;
    delta.raise(ReplicaId(op.replica), op.interval.last);
    vector.raise(ReplicaId(op.replica), op.interval.last);
    return delta;
  }
  static auto value(const VersionVector& vector) {
    std::vector<std::uint64_t> all;
    for (const auto& [replica, number] : vector.entries()) {
      all.insert(all.end(), {replica.node.bytes[15], number, vector[replica]});
    }
    return all;
  }
  static std::vector<std::uint64_t> specified(const Past<Op>& past) {
    std::map<std::uint64_t, std::uint64_t> greatest;
    for (std::size_t i = 0; i < past.size(); ++i) {
      std::uint64_t& number = greatest[past.op(i).replica];
      number = std::max(number, past.op(i).interval.last);
    }
    std::vector<std::uint64_t> all;
    for (const auto& [replica, number] : greatest) {
      all.insert(all.end(), {replica, number, number});
    }
    return all;
  }
};

}  // namespace rejoin::laws
