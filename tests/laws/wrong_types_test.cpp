// Types that a user could write, each wrong in a way that none of ours could be (what could be is
// planted in ours: tests/laws/planted/). The law kit must catch every one, and must not accuse the
// right type that they differ from.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {

template <class T>
Report report_on() {
  Budget budget;
  budget.histories = 100;
  return check<T>(budget);
}

// The law must be among those that caught it, by a history short enough to read.
template <class T>
void expect_caught_by(const std::string& law) {
  const Report report = report_on<T>();

  EXPECT_TRUE(report.broke(law)) << report;
  for (const Finding& finding : report.findings) {
    if (finding.verdict != Verdict::broken) continue;
    std::cout << "  caught by: " << finding.law << ", " << finding.steps << " steps\n";
    if (finding.law == law) {
      EXPECT_LE(finding.steps, 7u) << finding.history;
      EXPECT_FALSE(finding.complaint.empty());
    }
  }
}

template <class T>
void expect_not_accused() {
  const Report report = report_on<T>();

  EXPECT_TRUE(report.ok()) << report;
}

enum class CounterBug { none, merges_by_sum, query_inserts };

template <CounterBug bug>
struct WrongCounter {
  mutable std::map<ReplicaId, std::int64_t> totals;

  Result<WrongCounter> add(const ReplicaId& who, std::int64_t n) {
    if (n < 0) return Error{};
    const auto at = totals.find(who);
    const std::int64_t total = (at == totals.end() ? 0 : at->second) + n;
    WrongCounter delta;
    if (total != 0) delta.totals[who] = totals[who] = total;
    return delta;
  }
  std::int64_t value() const {
    std::int64_t sum = 0;
    for (const auto& [replica, total] : totals) sum += total;
    if (bug == CounterBug::query_inserts) sum += totals[ReplicaId(1)];
    return sum;
  }
  bool merge(const WrongCounter& other) {
    const WrongCounter before = *this;
    for (const auto& [replica, total] : other.totals) {
      const auto [at, fresh] = totals.try_emplace(replica, total);
      if (fresh) continue;
      at->second = bug == CounterBug::merges_by_sum ? (at->second + total) % 1000
                                                    : std::max(at->second, total);
    }
    return !(*this == before);
  }

  friend bool operator==(const WrongCounter&, const WrongCounter&) = default;
};

template <CounterBug bug>
struct Subject<WrongCounter<bug>> {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return rc::gen::element<Op>(1, 2, 3, 100, -1); }
  static auto apply(WrongCounter<bug>& counter, const Op& op, const At& at) {
    return counter.add(at, op);
  }
  static std::int64_t value(const WrongCounter<bug>& counter) { return counter.value(); }
};

TEST(WrongCounter, RightOneIsNotAccused) {
  expect_not_accused<WrongCounter<CounterBug::none>>();
}
TEST(WrongCounter, MergeBySumIsCaught) {
  expect_caught_by<WrongCounter<CounterBug::merges_by_sum>>("merge is idempotent");
}
TEST(WrongCounter, QueryThatInsertsIsCaught) {
  expect_caught_by<WrongCounter<CounterBug::query_inserts>>("queries are pure");
}

enum class RegisterBug { none, trusts_the_clock };

// The latest write, by (stamp, replica).
template <RegisterBug bug>
struct WrongRegister {
  HybridTime time;
  ReplicaId writer;
  int value = 0;

  WrongRegister set(const At& at, int to) {
    time = bug == RegisterBug::trusts_the_clock ? at.now() : after(time, at.now());
    writer = at;
    value = to;
    return *this;
  }
  bool merge(const WrongRegister& other) {
    if (std::tie(other.time, other.writer) <= std::tie(time, writer)) return false;
    const WrongRegister before = *this;
    *this = other;
    return !(*this == before);
  }

  friend bool operator==(const WrongRegister&, const WrongRegister&) = default;
};

template <RegisterBug bug>
struct Subject<WrongRegister<bug>> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(); }
  static auto apply(WrongRegister<bug>& value, const Op& op, const At& at) {
    return value.set(at, op);
  }
  static int value(const WrongRegister<bug>& value) { return value.value; }
};

TEST(WrongRegister, RightOneIsNotAccused) {
  expect_not_accused<WrongRegister<RegisterBug::none>>();
}
TEST(WrongRegister, TrustInTheWallClockIsCaught) {
  expect_caught_by<WrongRegister<RegisterBug::trusts_the_clock>>("mutators only go up");
}

// A grow-only set whose copies share what they hold.
struct SharedSet {
  std::shared_ptr<std::set<int>> held = std::make_shared<std::set<int>>();

  bool merge(const SharedSet& other) {
    const std::size_t before = held->size();
    held->insert(other.held->begin(), other.held->end());
    return held->size() != before;
  }
  friend bool operator==(const SharedSet& a, const SharedSet& b) { return *a.held == *b.held; }
};

template <>
struct Subject<SharedSet> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(6); }
  static SharedSet apply(SharedSet& set, const Op& op, const At&) {
    SharedSet delta;
    delta.held->insert(op);
    set.merge(delta);
    return delta;
  }
  static std::vector<int> value(const SharedSet& set) {
    return {set.held->begin(), set.held->end()};
  }
};

TEST(WrongValue, CopyThatSharesItsStateIsCaught) {
  expect_caught_by<SharedSet>("copies are independent");
}

enum class BytesBug { gives_away_order, checks_nothing };

// A grow-only set. Either its bytes tell the order of insertion, or its decoder takes any order.
template <BytesBug bug>
struct WrongBytes {
  std::vector<int> held;

  bool merge(const WrongBytes& other) {
    const std::size_t before = held.size();
    for (int element : std::vector<int>(other.held)) take(element);
    return held.size() != before;
  }
  void take(int element) {
    if (std::find(held.begin(), held.end(), element) == held.end()) held.push_back(element);
    if (bug != BytesBug::gives_away_order) std::sort(held.begin(), held.end());
  }
  std::vector<int> sorted() const {
    std::vector<int> out = held;
    std::sort(out.begin(), out.end());
    return out;
  }
  friend bool operator==(const WrongBytes& a, const WrongBytes& b) {
    return a.sorted() == b.sorted();
  }
};

template <BytesBug bug>
struct Subject<WrongBytes<bug>> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(6); }
  static void apply(WrongBytes<bug>& set, const Op& op, const At&) { set.take(op); }
  static std::vector<int> value(const WrongBytes<bug>& set) { return set.sorted(); }
};

}  // namespace rejoin::laws

template <rejoin::laws::BytesBug bug>
struct rejoin::Codec<rejoin::laws::WrongBytes<bug>> {
  static constexpr std::uint32_t tag = 1000;
  static void encode(std::string& out, const laws::WrongBytes<bug>& set) {
    Codec<std::vector<int>>::encode(out, set.held);
  }
  static bool decode(ByteReader& in, laws::WrongBytes<bug>& set) {
    std::vector<int> elements;
    if (!Codec<std::vector<int>>::decode(in, elements)) return false;
    for (int element : elements) set.take(element);
    return true;
  }
};

namespace rejoin::laws {

TEST(WrongBytes, OrderOfInsertionInBytesIsCaught) {
  expect_caught_by<WrongBytes<BytesBug::gives_away_order>>("bytes are canonical");
}
TEST(WrongBytes, DecoderThatChecksNothingIsCaught) {
  expect_caught_by<WrongBytes<BytesBug::checks_nothing>>("hostile bytes do no harm");
}

// A set whose copies share what they hold until one changes; its query sorts that, for all of them.
struct SortsInCopies {
  std::shared_ptr<std::vector<int>> held = std::make_shared<std::vector<int>>();

  bool take(int element) {
    if (std::find(held->begin(), held->end(), element) != held->end()) return false;
    held = std::make_shared<std::vector<int>>(*held);
    held->insert(held->begin(), element);
    return true;
  }
  bool merge(const SortsInCopies& other) {
    const std::vector<int> theirs = *other.held;
    bool changed = false;
    for (int element : theirs) changed |= take(element);
    return changed;
  }
  friend bool operator==(const SortsInCopies& a, const SortsInCopies& b) {
    return std::set<int>(a.held->begin(), a.held->end()) ==
           std::set<int>(b.held->begin(), b.held->end());
  }
};

template <>
struct Subject<SortsInCopies> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(6); }
  static void apply(SortsInCopies& set, const Op& op, const At&) { set.take(op); }
  static std::vector<int> value(const SortsInCopies& set) {
    std::sort(set.held->begin(), set.held->end());
    return *set.held;
  }
};

}  // namespace rejoin::laws

template <>
struct rejoin::Codec<rejoin::laws::SortsInCopies> {
  static constexpr std::uint32_t tag = 1001;
  static void encode(std::string& out, const laws::SortsInCopies& set) {
    Codec<std::vector<int>>::encode(out, *set.held);
  }
  static bool decode(ByteReader& in, laws::SortsInCopies& set) {
    return Codec<std::vector<int>>::decode(in, *set.held);
  }
};

namespace rejoin::laws {

TEST(WrongQuery, QueryThatWritesIntoWhatCopiesShareIsCaught) {
  expect_caught_by<SortsInCopies>("queries are pure");
}

// Nothing ever happens here, so nothing can break: the kit must not call that a pass.
struct Idle {
  bool merge(const Idle&) { return false; }
  friend bool operator==(const Idle&, const Idle&) = default;
};

template <>
struct Subject<Idle> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(); }
  static void apply(Idle&, const Op&, const At&) {}
  static int value(const Idle&) { return 0; }
};

TEST(WrongNothing, TypeThatDoesNothingIsVacuousNotRight) {
  const Report report = report_on<Idle>();

  EXPECT_TRUE(report.broken().empty()) << report;
  EXPECT_TRUE(report.vacuous());
  EXPECT_FALSE(report.ok());
}

// It throws at its first operation, when the kit only wants to know what operations there are.
struct Throwing : Idle {};

template <>
struct Subject<Throwing> : Subject<Idle> {
  static void apply(Throwing&, const Op&, const At&) { throw std::runtime_error("out of order"); }
};

TEST(WrongNothing, TypeThatThrowsAtOnceFailsWithWhatItThrew) {
  const Report report = report_on<Throwing>();

  EXPECT_EQ(report.outcome(), Outcome::fail);
  ASSERT_TRUE(report.broke("merge is commutative")) << report;
  EXPECT_NE(report.findings.front().complaint.find("out of order"), std::string::npos);
}

}  // namespace rejoin::laws
