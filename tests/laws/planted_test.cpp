#include "tests/laws/planted.hpp"

#include <map>
#include <set>

#include "crdt/dot.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {

enum class SetBug { none, keeps_both_sides, keeps_dotless, returns_dominating, bare_maximum };

// An add-wins set, written plainly.
template <SetBug bug>
struct PlantedSet {
  std::map<int, std::set<Dot>> entries;
  std::set<Dot> context;

  PlantedSet add(const ReplicaId& who, int element) {
    std::uint64_t last = 0;
    for (const Dot& dot : context) last = dot.replica == who ? std::max(last, dot.sequence) : last;
    PlantedSet delta = without(element);
    delta.entries[element] = {{who, last + 1}};
    delta.context.insert({who, last + 1});
    entries[element] = delta.entries[element];
    context.insert({who, last + 1});
    return delta;
  }
  PlantedSet remove(int element) {
    PlantedSet delta = without(element);
    entries.erase(element);
    return delta;
  }
  PlantedSet without(int element) const {
    PlantedSet delta;
    const auto at = entries.find(element);
    if (at != entries.end()) delta.context = at->second;
    return delta;
  }

  bool merge(const PlantedSet& other) {
    const PlantedSet before = *this;
    if (bug == SetBug::returns_dominating &&
        std::includes(other.context.begin(), other.context.end(), context.begin(), context.end())) {
      *this = other;
      return !(*this == before);
    }
    for (const auto& [element, dots] : other.entries) entries[element];
    for (auto at = entries.begin(); at != entries.end();) {
      const auto theirs = other.entries.find(at->first);
      at->second = survivors(at->second, theirs == other.entries.end() ? std::set<Dot>()
                                                                       : theirs->second, other);
      const bool drop = at->second.empty() && bug != SetBug::keeps_dotless;
      at = drop ? entries.erase(at) : std::next(at);
    }
    context.insert(other.context.begin(), other.context.end());
    if (bug == SetBug::bare_maximum) claim_all_below();
    return !(*this == before);
  }
  std::set<Dot> survivors(const std::set<Dot>& mine, const std::set<Dot>& theirs,
                          const PlantedSet& other) const {
    std::set<Dot> out;
    const bool both = bug == SetBug::keeps_both_sides && !mine.empty() && !theirs.empty();
    for (const Dot& dot : mine) {
      if (both || theirs.contains(dot) || !other.context.contains(dot)) out.insert(dot);
    }
    for (const Dot& dot : theirs) {
      if (both || mine.contains(dot) || !context.contains(dot)) out.insert(dot);
    }
    return out;
  }
  void claim_all_below() {
    for (const Dot& dot : std::set<Dot>(context)) {
      for (std::uint64_t i = 1; i < dot.sequence; ++i) context.insert({dot.replica, i});
    }
  }

  friend bool operator==(const PlantedSet&, const PlantedSet&) = default;
};

// The number added; below zero: the element -n - 1 is removed.
template <SetBug bug>
struct Subject<PlantedSet<bug>> {
  using Op = int;
  static rc::Gen<Op> operations() { return rc::gen::element(0, 1, 0, 1, -1, -2); }
  static PlantedSet<bug> apply(PlantedSet<bug>& set, const Op& op, const At& at) {
    return op >= 0 ? set.add(at, op) : set.remove(-op - 1);
  }
  static std::vector<int> value(const PlantedSet<bug>& set) {
    std::vector<int> out;
    for (const auto& [element, dots] : set.entries) out.push_back(element);
    return out;
  }
};

TEST(PlantedSet, RightOneIsNotAccused) { expect_not_accused<PlantedSet<SetBug::none>>(); }
TEST(PlantedSet, KeepingDotsOfBothSidesIsCaught) {
  expect_caught_by<PlantedSet<SetBug::keeps_both_sides>>("delta equals mutation");
}
TEST(PlantedSet, KeepingElementsWithoutDotsIsCaught) {
  expect_caught_by<PlantedSet<SetBug::keeps_dotless>>("delta equals mutation");
}
TEST(PlantedSet, ReturningTheDominatingSideIsCaught) {
  expect_caught_by<PlantedSet<SetBug::returns_dominating>>("merge is commutative");
}
TEST(PlantedSet, ContextAsBareMaximumIsCaught) {
  expect_caught_by<PlantedSet<SetBug::bare_maximum>>("gaps are safe");
}

enum class CounterBug { none, takes_negative_steps, merges_by_sum, wraps, query_inserts };

template <CounterBug bug>
struct PlantedCounter {
  mutable std::map<ReplicaId, std::int64_t> totals;

  Result<PlantedCounter> add(const ReplicaId& who, std::int64_t n) {
    if (n < 0 && bug != CounterBug::takes_negative_steps) return Error{};
    const auto at = totals.find(who);
    std::int64_t total = (at == totals.end() ? 0 : at->second) + n;
    if (bug == CounterBug::wraps) total = static_cast<std::int8_t>(total);
    PlantedCounter delta;
    if (total != 0) delta.totals[who] = totals[who] = total;
    return delta;
  }
  std::int64_t value() const {
    std::int64_t sum = 0;
    for (const auto& [replica, total] : totals) sum += total;
    if (bug == CounterBug::query_inserts) sum += totals[ReplicaId(1)];
    return sum;
  }
  bool merge(const PlantedCounter& other) {
    const PlantedCounter before = *this;
    for (const auto& [replica, total] : other.totals) {
      const auto [at, fresh] = totals.try_emplace(replica, total);
      if (fresh) continue;
      at->second = bug == CounterBug::merges_by_sum ? (at->second + total) % 1000
                                                    : std::max(at->second, total);
    }
    return !(*this == before);
  }

  friend bool operator==(const PlantedCounter&, const PlantedCounter&) = default;
};

template <CounterBug bug>
struct Subject<PlantedCounter<bug>> {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return rc::gen::element<Op>(1, 2, 3, 100, -1); }
  static auto apply(PlantedCounter<bug>& counter, const Op& op, const At& at) {
    return counter.add(at, op);
  }
  static std::int64_t value(const PlantedCounter<bug>& counter) { return counter.value(); }
};

TEST(PlantedCounter, RightOneIsNotAccused) {
  expect_not_accused<PlantedCounter<CounterBug::none>>();
}
TEST(PlantedCounter, NegativeStepIsCaught) {
  expect_caught_by<PlantedCounter<CounterBug::takes_negative_steps>>("mutators only go up");
}
TEST(PlantedCounter, MergeBySumIsCaught) {
  expect_caught_by<PlantedCounter<CounterBug::merges_by_sum>>("merge is idempotent");
}
TEST(PlantedCounter, WrapAroundIsCaught) {
  expect_caught_by<PlantedCounter<CounterBug::wraps>>("mutators only go up");
}
TEST(PlantedCounter, QueryThatInsertsIsCaught) {
  expect_caught_by<PlantedCounter<CounterBug::query_inserts>>("queries are pure");
}

}  // namespace rejoin::laws
