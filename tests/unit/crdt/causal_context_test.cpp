#include "crdt/causal_context.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace rejoin {
namespace {

const ReplicaId a(1);
const ReplicaId b(2);

CausalContext context_of(const std::vector<Dot>& dots) {
  CausalContext context;
  for (const Dot& dot : dots) context.add(dot);
  return context;
}

std::set<Dot> model_of(const CausalContext& context) {
  std::set<Dot> out;
  context.each_interval([&](const ReplicaId& replica, Interval interval) {
    for (std::uint64_t i = interval.first; i <= interval.last; ++i) out.insert({replica, i});
  });
  return out;
}

TEST(CausalContext, MintsAboveEverythingSeenOfAReplica) {
  CausalContext context;
  context.add(a, {5, 5});

  EXPECT_EQ(context.full(context.mint(a)), (Dot{a, 6}));
  EXPECT_EQ(context.full(context.mint(b)), (Dot{b, 1}));
  EXPECT_EQ(context.last(a), 6u);
  EXPECT_FALSE(context.contains(Dot{a, 4}));
}

TEST(CausalContext, BytesAndEqualityDoNotSeeTheOrderOfInsertion) {
  std::vector<Dot> dots{{a, 1}, {b, 3}, {ReplicaId(3), 2}, {a, 2}, {b, 1}, {ReplicaId(1, 9), 4}};
  const CausalContext first = context_of(dots);
  for (std::size_t turn = 0; turn < dots.size(); ++turn) {
    std::rotate(dots.begin(), dots.begin() + 1, dots.end());
    const CausalContext other = context_of(dots);

    EXPECT_EQ(other, first);
    EXPECT_EQ(encoded(other), encoded(first));
  }
}

TEST(CausalContext, ReplicaWithoutDotsLeavesNoTrace) {
  CausalContext context = context_of({{a, 1}});
  const CausalContext before = context;

  context.intern(b);
  EXPECT_EQ(context, before);
  EXPECT_EQ(encoded(context), encoded(before));

  context.add({b, 1});
  EXPECT_TRUE(context.subtract(context_of({{b, 1}})));
  EXPECT_EQ(encoded(context), encoded(before));
}

TEST(CausalContext, IndexOnceGivenStays) {
  CausalContext context;
  const CausalContext::Index of_b = context.intern(b);
  const LocalDot local = context.local({b, 3});

  context.intern(a);
  context.merge(context_of({{ReplicaId(0), 1}, {a, 4}}));

  EXPECT_EQ(context.find(b), of_b);
  EXPECT_EQ(context.full(local), (Dot{b, 3}));
}

TEST(CausalContext, DoesWhatASetOfDotsDoes) {
  std::uint64_t noise = 7;
  const auto draw = [&noise](std::uint64_t below) { return (noise = mix64(noise + 1)) % below; };
  const auto some = [&] {
    CausalContext context;
    const std::uint64_t parts = draw(6);
    for (std::uint64_t i = 0; i < parts; ++i) {
      const ReplicaId replica(1 + draw(3));
      const std::uint64_t first = 1 + draw(8);
      context.add(replica, {first, first + draw(3)});
    }
    return context;
  };
  for (int round = 0; round < 3000; ++round) {
    const CausalContext mine = some();
    const CausalContext theirs = some();
    const std::set<Dot> x = model_of(mine);
    const std::set<Dot> y = model_of(theirs);
    std::set<Dot> both = x;
    both.insert(y.begin(), y.end());
    std::set<Dot> less;
    std::set<Dot> common;
    for (const Dot& dot : x) (y.contains(dot) ? common : less).insert(dot);

    CausalContext merged = mine;
    CausalContext intersected = mine;
    EXPECT_EQ(merged.merge(theirs), both != x);
    EXPECT_EQ(intersected.intersect(theirs), common != x);

    ASSERT_EQ(model_of(merged), both);
    ASSERT_EQ(model_of(intersected), common);
    ASSERT_EQ(model_of(mine - theirs), less);
    ASSERT_EQ(mine.covers(theirs), common == y);
    ASSERT_EQ(mine.intersects(theirs), !common.empty());
    ASSERT_EQ(merged.count(), both.size());
    ASSERT_EQ(mine == theirs, x == y);
    ASSERT_EQ(decoded<CausalContext>(encoded(merged)), merged);
  }
}

TEST(CausalContext, DecodeRefusesWhatEncodeDoesNotWrite) {
  const auto with = [](std::initializer_list<std::uint64_t> numbers) {
    std::string bytes;
    put_byte(bytes, 1);
    Codec<ReplicaId>::encode(bytes, a);
    for (std::uint64_t number : numbers) put_unsigned(bytes, number);
    return bytes + '\0';
  };
  const std::string right = with({1, 0, 4});
  const std::string entry = right.substr(0, right.size() - 1);
  ASSERT_TRUE(decoded<CausalContext>(right));

  EXPECT_FALSE(decoded<CausalContext>(with({0}))) << "a replica without dots";
  EXPECT_FALSE(decoded<CausalContext>(entry + right)) << "a replica twice";
  EXPECT_FALSE(decoded<CausalContext>(with({1, 0, CausalContext::sequence_max})));
  EXPECT_FALSE(decoded<CausalContext>(with({1, ~std::uint64_t{0}, 0})));
  EXPECT_FALSE(decoded<CausalContext>(with({2, 0, 4}))) << "an interval is missing";
  EXPECT_FALSE(decoded<CausalContext>(entry + "\x02")) << "neither an entry nor the end";
  EXPECT_TRUE(decoded<CausalContext>(with({1, 0, CausalContext::sequence_max - 1})));
}

TEST(CausalContext, AReplicaWhoseDotsAreAllClaimedMintsUnderADerivedIncarnation) {
  const ReplicaId self(1, 7);
  CausalContext context;
  context.add(self, {1, CausalContext::sequence_max - 1});
  EXPECT_EQ(context.full(context.mint(self)), (Dot{self, CausalContext::sequence_max}));
  const Dot first = context.full(context.mint(self));
  EXPECT_EQ(first.replica.node, self.node);
  EXPECT_NE(first.replica.incarnation, self.incarnation);
  EXPECT_EQ(first.sequence, 1U);
  EXPECT_EQ(context.full(context.mint(self)), (Dot{first.replica, 2}));
  EXPECT_EQ(decoded<CausalContext>(encoded(context)), context);

  context.add(first.replica, {3, CausalContext::sequence_max});
  EXPECT_NE(context.full(context.mint(self)).replica, first.replica) << "claimed as well";
}

}  // namespace
}  // namespace rejoin
