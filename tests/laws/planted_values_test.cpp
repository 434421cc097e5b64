#include <memory>
#include <set>

#include "crdt/laws/generators.hpp"
#include "tests/laws/planted.hpp"

namespace rejoin::laws {

enum class RegisterBug { none, holder_keeps_tie, trusts_the_clock };

// The latest write, by (stamp, replica).
template <RegisterBug bug>
struct PlantedRegister {
  HybridTime time;
  ReplicaId writer;
  int value = 0;

  PlantedRegister set(const At& at, int to) {
    time = bug == RegisterBug::trusts_the_clock ? at.now() : after(time, at.now());
    writer = at;
    value = to;
    return *this;
  }
  bool merge(const PlantedRegister& other) {
    if (other.time < time || (other.time == time && !wins_tie(other))) return false;
    const PlantedRegister before = *this;
    *this = other;
    return !(*this == before);
  }
  bool wins_tie(const PlantedRegister& other) const {
    return bug != RegisterBug::holder_keeps_tie && other.writer > writer;
  }

  friend bool operator==(const PlantedRegister&, const PlantedRegister&) = default;
};

template <RegisterBug bug>
struct Subject<PlantedRegister<bug>> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(); }
  static auto apply(PlantedRegister<bug>& value, const Op& op, const At& at) {
    return value.set(at, op);
  }
  static int value(const PlantedRegister<bug>& value) { return value.value; }
};

TEST(PlantedRegister, RightOneIsNotAccused) {
  expect_not_accused<PlantedRegister<RegisterBug::none>>();
}
TEST(PlantedRegister, TieKeptByHolderIsCaught) {
  expect_caught_by<PlantedRegister<RegisterBug::holder_keeps_tie>>("merge is commutative");
}
TEST(PlantedRegister, TrustInTheWallClockIsCaught) {
  expect_caught_by<PlantedRegister<RegisterBug::trusts_the_clock>>("mutators only go up");
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

TEST(PlantedValue, CopyThatSharesItsStateIsCaught) {
  expect_caught_by<SharedSet>("copies are independent");
}

enum class BytesBug { gives_away_order, checks_nothing };

// A grow-only set. Either its bytes tell the order of insertion, or its decoder takes any order.
template <BytesBug bug>
struct PlantedBytes {
  std::vector<int> held;

  bool merge(const PlantedBytes& other) {
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
  friend bool operator==(const PlantedBytes& a, const PlantedBytes& b) {
    return a.sorted() == b.sorted();
  }
};

template <BytesBug bug>
struct Subject<PlantedBytes<bug>> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(6); }
  static void apply(PlantedBytes<bug>& set, const Op& op, const At&) { set.take(op); }
  static std::vector<int> value(const PlantedBytes<bug>& set) { return set.sorted(); }
};

}  // namespace rejoin::laws

template <rejoin::laws::BytesBug bug>
struct rejoin::Codec<rejoin::laws::PlantedBytes<bug>> {
  static constexpr std::uint32_t tag = 1000;
  static void encode(std::string& out, const laws::PlantedBytes<bug>& set) {
    Codec<std::vector<int>>::encode(out, set.held);
  }
  static bool decode(ByteReader& in, laws::PlantedBytes<bug>& set) {
    std::vector<int> elements;
    if (!Codec<std::vector<int>>::decode(in, elements)) return false;
    for (int element : elements) set.take(element);
    return true;
  }
};

namespace rejoin::laws {

TEST(PlantedBytes, OrderOfInsertionInBytesIsCaught) {
  expect_caught_by<PlantedBytes<BytesBug::gives_away_order>>("bytes are canonical");
}
TEST(PlantedBytes, DecoderThatChecksNothingIsCaught) {
  expect_caught_by<PlantedBytes<BytesBug::checks_nothing>>("hostile bytes do no harm");
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

TEST(PlantedNothing, TypeThatDoesNothingIsVacuousNotRight) {
  const Report report = report_on<Idle>();

  EXPECT_TRUE(report.broken().empty()) << report;
  EXPECT_TRUE(report.vacuous());
  EXPECT_FALSE(report.ok());
}

}  // namespace rejoin::laws
