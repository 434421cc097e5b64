// One plan, run twice: by the simulator, and by nodes with sockets, threads, clocks and disks. At
// times the nodes are cut from one another and each works alone; in between all see each
// transaction before the next. In the end both worlds hold the same, to the bytes of each value.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

#include "sim/families.hpp"
#include "sim/perform.hpp"
#include "sim/plan.hpp"
#include "sim/workload.hpp"
#include "sim/world.hpp"
#include "tests/integration/nodes.hpp"
#include "tests/integration/portrait.hpp"
#include "tests/integration/wires.hpp"

namespace rejoin::integration {
namespace {

using sim::millisecond;
using sim::second;
using sim::Time;

constexpr unsigned node_count = 3;
constexpr std::uint64_t family_groups = 4;

struct Cut {
  Time begin = 0;
  Time end = 0;
};
constexpr Cut cuts[] = {{0, 3 * second}, {7 * second, 10 * second}};

bool is_cut(Time at) {
  return std::any_of(std::begin(cuts), std::end(cuts),
                     [&](const Cut& cut) { return cut.begin <= at && at < cut.end; });
}

// Nothing in it is left to chance but what the simulator's links and disks take.
sim::Scenario scenario_of(std::vector<sim::Doing> doings) {
  sim::Scenario scenario;
  scenario.name = "parity";
  scenario.nodes = node_count;
  scenario.until = 10 * second;
  scenario.swarm = false;
  scenario.clocks.offset = {0, 0};
  scenario.workload.transactions = 0;
  scenario.doings = std::move(doings);
  for (const Cut& cut : cuts) {
    sim::FaultSpec alone;
    alone.name = "alone from " + std::to_string(cut.begin);
    alone.kind = sim::FaultKind::split;
    alone.at = {cut.begin, cut.begin};
    alone.lasting = {cut.end - cut.begin, cut.end - cut.begin};
    alone.groups = {{0}, {1}, {2}};
    scenario.faults.push_back(alone);
  }
  return scenario;
}

// Some alone, some where all have met, some alone again. Each seed has a quarter of the types.
std::vector<sim::Doing> drawn(std::uint64_t seed) {
  const sim::Draws draws(seed);
  sim::Workload workload;
  workload.wide = 0.5;
  workload.hot = 0.8;
  for (const Family family : sim::all_families()) {
    if (static_cast<std::uint64_t>(family) % family_groups == seed % family_groups) {
      workload.families.push_back(family);
    }
  }
  std::vector<sim::Doing> out;
  const auto draw = [&](Time from, std::uint64_t count) {
    for (const std::uint64_t end = out.size() + count; out.size() < end; from += second / 10) {
      const std::uint64_t k = out.size();
      const auto node =
          static_cast<unsigned>(draws.bits(sim::Purpose::operation_node, k) % node_count);
      sim::Doing doing{from, node, sim::draw_deed(workload, draws, k, node)};
      // Writers are counted in the order of their ids as the specification sees them, and in the
      // real world nobody asks it: here nodes are named.
      for (sim::Act& act : doing.deed.acts) {
        if (act.to.kind == sim::Whom::Kind::writer) {
          act.to = {sim::Whom::Kind::node, act.to.number % node_count};
        }
      }
      out.push_back(std::move(doing));
    }
  };
  draw(second / 2, 24);
  draw(6 * second, 9);
  draw(15 * second / 2, 24);
  return out;
}

sim::Doing does(Time at, unsigned node, const std::string& words) {
  return {at, node, {{sim::act_from(words).value()}}};
}

// What a world comes to.
struct End {
  std::vector<bool> taken;  // of each transaction: did it happen?
  std::map<std::string, std::string> readings;
  std::string portrait;
};

// ---- the simulator's

// Do all nodes hold one state just before that moment?
bool all_were_equal(const sim::Recording& recording, Time moment) {
  std::vector<std::uint64_t> states(recording.nodes);
  for (const sim::Recorded& event : recording.events) {
    if (event.what == sim::What::state && event.at < moment) states[event.node] = event.amount;
  }
  return std::count(states.begin(), states.end(), states.front()) == std::ssize(states);
}

End simulated(const sim::Scenario& scenario, std::uint64_t seed) {
  EXPECT_TRUE(scenario.validate());
  auto plan = sim::draw_plan(scenario, sim::Draws(seed));
  sim::World world(scenario, std::move(plan).value(), seed);
  sim::Recorder recorder;
  world.record_with(&recorder);
  const sim::Outcome outcome = world.run();
  EXPECT_EQ(outcome.verdict, sim::Verdict::ok)
      << outcome.vacuous << (outcome.violation ? outcome.violation->detail : "");

  End end;
  for (const sim::Recorded& event : recorder.recording().events) {
    if (event.what != sim::What::transaction) continue;
    EXPECT_EQ(event.subject, end.taken.size());
    end.taken.push_back(event.code == static_cast<std::uint8_t>(sim::Done::committed));
  }
  for (const sim::Doing& doing : scenario.doings) {
    if (is_cut(doing.at)) continue;
    EXPECT_TRUE(all_were_equal(recorder.recording(), doing.at)) << "before " << doing.at;
  }
  for (const Cut& cut : cuts) EXPECT_TRUE(all_were_equal(recorder.recording(), cut.begin));
  end.readings = readings(world.store_of_all());
  end.portrait = portrait(world.store_of_all());
  return end;
}

// ---- the real one

// Linked by wires that are cut at first. They are numbered by the order of their ids, as the
// simulator's are: what depends on that order then comes out the same.
struct RealNodes {
  explicit RealNodes(const TemporaryDirectory* disks)
      : addresses(free_addresses(node_count)), wires(addresses) {
    for (std::size_t i = 0; i < node_count; ++i) {
      NodeOptions options = volatile_options("n" + std::to_string(i));
      options.listen = addresses[i];
      if (disks != nullptr) options.directory = disks->path(options.name);
      for (std::size_t k = 0; k < node_count; ++k) {
        if (k != i) options.peers.push_back(wires.address(k));
      }
      nodes.push_back(started(std::move(options)));
    }
    std::sort(nodes.begin(), nodes.end(),
              [](const auto& a, const auto& b) { return a->self() < b->self(); });
  }

  std::vector<std::string> addresses;
  Wires wires;
  Nodes nodes;
};

// Stamps are in the order of the transactions only if their milliseconds are.
void await_next_millisecond() {
  using std::chrono::milliseconds;
  using std::chrono::system_clock;
  const auto next =
      std::chrono::time_point_cast<milliseconds>(system_clock::now()) + milliseconds(1);
  while (system_clock::now() < next) std::this_thread::sleep_until(next);
}

bool done(const Nodes& nodes, const sim::Doing& doing) {
  // Whatever acts are told to, nobody asks.
  const sim::Ledger ledger;
  const Store nothing;
  sim::Specification unasked(ledger, node_count);
  const auto token = nodes[doing.node]->transact([&](Transaction& tx) {
    unasked.begin(doing.node);
    sim::Stage stage{doing.node, nothing, tx, unasked,
                     [&](unsigned other) { return nodes[other]->self(); }};
    return sim::perform(doing.deed, stage);
  });
  if (token) return true;
  const ErrorCode code = token.error().code;
  EXPECT_TRUE(code == ErrorCode::aborted || code == ErrorCode::insufficient_rights ||
              code == ErrorCode::removed_for_good)
      << token.error().message;
  return false;
}

End real(const std::vector<sim::Doing>& doings, const TemporaryDirectory* disks) {
  RealNodes world(disks);
  End end;
  bool together = false;
  for (const sim::Doing& doing : doings) {
    const bool apart = is_cut(doing.at);
    if (!apart && !together) world.wires.heal();
    if (!apart || together) settle(world.nodes);
    if (apart && together) world.wires.cut();
    together = !apart;
    await_next_millisecond();
    end.taken.push_back(done(world.nodes, doing));
  }
  world.wires.heal();
  settle(world.nodes);

  std::vector<std::string> all;
  for (const auto& node : world.nodes) {
    all.push_back(node->read([](const Store& store) { return store.canonical(); }));
  }
  EXPECT_EQ(std::count(all.begin(), all.end(), all.front()), std::ssize(all))
      << "the nodes hold different things";
  end.readings = world.nodes.front()->read([](const Store& store) { return readings(store); });
  end.portrait = world.nodes.front()->read([](const Store& store) { return portrait(store); });
  return end;
}

// ---- both

// Does some slot hold writes that did not see one another?
bool has_rivals(const std::string& portrait) {
  std::istringstream lines(portrait);
  for (std::string line; std::getline(lines, line);) {
    if (std::count(line.begin(), line.end(), '=') > 1) return true;
  }
  return false;
}

class SimulatedParity : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimulatedParity, NodesHoldWhatTheSimulatorSays) {
  const std::uint64_t seed = GetParam();
  const sim::Scenario scenario = scenario_of(drawn(seed));
  const End expected = simulated(scenario, seed);
  const TemporaryDirectory disks;
  const bool is_durable = seed / family_groups % 2 == 0;

  const End found = real(scenario.doings, is_durable ? &disks : nullptr);

  EXPECT_EQ(found.taken, expected.taken);
  EXPECT_EQ(found.readings, expected.readings);
  EXPECT_EQ(found.portrait, expected.portrait);
  EXPECT_TRUE(has_rivals(expected.portrait)) << expected.portrait;
}

// Every type twice: on SQLite, and on nothing.
INSTANTIATE_TEST_SUITE_P(Seeds, SimulatedParity, testing::Range<std::uint64_t>(0, 8));

// A comparison that cannot fail proves nothing: in one world something else is done.
struct Meddled {
  const char* name;
  std::vector<sim::Doing> doings;
  std::vector<sim::Doing> meddled;
  bool reads_the_same = false;  // and only the bytes tell
};
void PrintTo(const Meddled& one, std::ostream* out) {
  *out << one.name;
}

class SimulatedParityMeddled : public testing::TestWithParam<Meddled> {};

TEST_P(SimulatedParityMeddled, IsNoticed) {
  const Meddled& how = GetParam();
  const End expected = simulated(scenario_of(how.doings), 1);

  const End same = real(how.doings, nullptr);
  const End other = real(how.meddled, nullptr);

  EXPECT_EQ(same.portrait, expected.portrait);
  EXPECT_NE(other.portrait, expected.portrait);
  EXPECT_EQ(other.readings == expected.readings, how.reads_the_same);
}

std::vector<Meddled> meddlings() {
  // All nodes have done something, so that each has its number in both worlds.
  const std::vector<sim::Doing> begun = {does(1 * second, 0, "pncounter key0 add 1"),
                                         does(1 * second + millisecond, 1, "gset key0 add e0"),
                                         does(1 * second + 2 * millisecond, 2, "lww key1 set a")};
  const auto with = [&](const std::vector<sim::Doing>& then) {
    std::vector<sim::Doing> out = begun;
    out.insert(out.end(), then.begin(), then.end());
    return out;
  };
  const sim::Doing first = does(2 * second, 0, "lww key0 set x");
  const sim::Doing later = does(2 * second + millisecond, 1, "lww key0 set y");
  const sim::Doing seen = does(6 * second, 1, "awset key0 add e1");
  const sim::Doing removed = does(8 * second, 2, "awset key0 remove e1");
  const sim::Doing added = does(8 * second + millisecond, 0, "awset key0 add e1");
  return {
      {"OtherNumber", begun, with({does(2 * second, 0, "pncounter key0 add 1")})},
      {"OtherOrder", with({first, later}), with({later, first})},
      {"LeftOut", with({seen, removed}), with({seen})},
      // The removal that did not see it leaves it.
      {"NotSeen", with({seen, removed}), with({does(2 * second, 2, "awset key0 remove e1"), seen})},
      {"OtherNode", with({does(2 * second, 0, "mv key0 set x")}),
       with({does(2 * second, 1, "mv key0 set x")}), true},
      {"WrittenTwice", with({seen}), with({seen, added}), true},
  };
}

INSTANTIATE_TEST_SUITE_P(Each, SimulatedParityMeddled, testing::ValuesIn(meddlings()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace rejoin::integration
