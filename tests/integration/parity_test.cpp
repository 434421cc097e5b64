// One history, told twice: to nodes that replicate, and to values that stand alone and exchange
// deltas. After every step both tell the same, at every replica.

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

constexpr std::size_t replicas = 3;
constexpr std::uint64_t wall_ms = 1'700'000'000'000;

// Seven types, as they stand alone at one replica.
struct Values {
  GCounter g;
  PnCounter pn;
  LwwRegister<Text> lww;
  MvRegister<Text> mv;
  MaxRegister<std::int64_t> max;
  MinRegister<std::int64_t> min;
  AwSet<Text> set;

  // A full exchange of states: what the nodes did when they are settled.
  void merge(const Values& o) {
    g.merge(o.g);
    pn.merge(o.pn);
    lww.merge(o.lww);
    mv.merge(o.mv);
    max.merge(o.max);
    min.merge(o.min);
    set.merge(o.set);
  }
};

struct Step {
  const char* says;
  std::size_t replica;
  std::function<void(Transaction&)> stored;
  std::function<void(Values&, const At&)> alone;
};

// One line of the history, written once and run on both.
#define REJOIN_STEP(replica, object, ...)                                        \
  Step {                                                                         \
#object "." #__VA_ARGS__, replica,                                             \
        [](Transaction& who) {                                                     \
          auto object = open<decltype(Values::object)>(who, #object);              \
          object.__VA_ARGS__;                                                      \
        },                                                                         \
        [](Values& values, const At& who) {                                        \
          auto& object = values.object;                                            \
          static_cast<void>(object.__VA_ARGS__);                                   \
        } \
  }

const std::vector<Step>& history() {
  static const std::vector<Step> steps = {
      REJOIN_STEP(0, g, add(who, 3)),
      REJOIN_STEP(1, g, add(who, 4)),
      REJOIN_STEP(0, g, add(who, 0)),
      REJOIN_STEP(2, g, add(who, 1'000'000)),
      REJOIN_STEP(0, pn, add(who, 5)),
      REJOIN_STEP(1, pn, add(who, -9)),
      REJOIN_STEP(2, pn, add(who, 1)),
      REJOIN_STEP(0, lww, set(who, "first")),
      REJOIN_STEP(1, lww, set(who, "second")),
      REJOIN_STEP(2, lww, set(who, "")),
      REJOIN_STEP(2, lww, remove(who)),
      REJOIN_STEP(0, lww, set(who, "again")),
      REJOIN_STEP(0, mv, set(who, "x")),
      REJOIN_STEP(1, mv, set(who, "y")),
      REJOIN_STEP(2, mv, remove(who)),
      REJOIN_STEP(2, mv, set(who, "z")),
      REJOIN_STEP(0, max, set(who, 5)),
      REJOIN_STEP(1, max, set(who, -5)),
      REJOIN_STEP(2, max, set(who, 6)),
      REJOIN_STEP(0, min, set(who, 5)),
      REJOIN_STEP(1, min, set(who, -5)),
      REJOIN_STEP(2, min, set(who, 6)),
      REJOIN_STEP(0, set, add(who, "milk")),
      REJOIN_STEP(1, set, add(who, "eggs")),
      REJOIN_STEP(2, set, add(who, "milk")),
      REJOIN_STEP(0, set, remove(who, "eggs")),
      REJOIN_STEP(1, set, remove(who, "nothing")),
      REJOIN_STEP(1, set, add(who, "")),
      REJOIN_STEP(2, set, clear(who)),
      REJOIN_STEP(0, set, add(who, "bread")),
  };
  return steps;
}
#undef REJOIN_STEP

void expect_equal(const Node& node, const Values& values) {
  EXPECT_EQ(node.read(Key<GCounter>{"g"}), values.g.value());
  EXPECT_EQ(node.read(Key<PnCounter>{"pn"}), values.pn.value());
  EXPECT_EQ(node.read(Key<LwwRegister<Text>>{"lww"}), values.lww.value());
  EXPECT_EQ(node.read(Key<MvRegister<Text>>{"mv"}), values.mv.value());
  EXPECT_EQ(node.read(Key<MaxRegister<std::int64_t>>{"max"}), values.max.value());
  EXPECT_EQ(node.read(Key<MinRegister<std::int64_t>>{"min"}), values.min.value());
  EXPECT_EQ(node.read(Key<AwSet<Text>>{"set"}), values.set.value());
}

TEST(Parity, OneHistoryOverNodesAndOverValuesTellsTheSameAfterEveryStep) {
  const Nodes nodes = started_cluster(replicas);
  std::array<Values, replicas> alone;
  std::uint64_t tick = 0;

  for (const Step& step : history()) {
    SCOPED_TRACE(step.says);
    write(*nodes[step.replica], step.stored);
    step.alone(alone[step.replica], At(ReplicaId(step.replica + 1), wall_ms + ++tick));
    settle(nodes);
    for (Values& to : alone) {
      for (const Values& from : alone) to.merge(from);
    }
    for (std::size_t i = 0; i < replicas; ++i) expect_equal(*nodes[i], alone[i]);
  }
}

TEST(Parity, HistoriesMadeApartJoinToTheSame) {
  const TemporaryDirectory directory;
  const auto addresses = free_addresses(replicas);
  std::array<Values, replicas> alone;
  std::vector<NodeOptions> options;
  std::uint64_t tick = 0;

  // One after the other, without peers: later nodes stamp later, as the values do.
  for (std::size_t i = 0; i < replicas; ++i) {
    options.push_back(volatile_options("n" + std::to_string(i)));
    options[i].listen = addresses[i];
    options[i].directory = directory.path(options[i].name);
    const auto node = started(options[i]);
    for (const Step& step : history()) {
      if (step.replica != i) continue;
      SCOPED_TRACE(step.says);
      write(*node, step.stored);
      step.alone(alone[i], At(ReplicaId(i + 1), wall_ms + ++tick));
      expect_equal(*node, alone[i]);
    }
  }
  Nodes nodes;
  for (std::size_t i = 0; i < replicas; ++i) {
    for (std::size_t k = 0; k < replicas; ++k) {
      if (k != i) options[i].peers.push_back(addresses[k]);
    }
    nodes.push_back(started(options[i]));
  }
  settle(nodes);

  Values joined;
  for (const Values& values : alone) joined.merge(values);
  for (const auto& node : nodes) expect_equal(*node, joined);
}

}  // namespace
}  // namespace rejoin::integration
