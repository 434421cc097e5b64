// The node of examples/maelstrom, under what Maelstrom does and stricter judges than its own.

#include <gtest/gtest.h>

#include <future>

#include "examples/maelstrom/base64.hpp"
#include "tests/maelstrom/cluster.hpp"

namespace rejoin::test {
namespace {

using maelstrom::Workload;
using nlohmann::ordered_json;

const std::vector<std::pair<std::string, Workload>> workloads = {
    {"echo", Workload::echo},
    {"broadcast", Workload::broadcast},
    {"g-set", Workload::g_set},
    {"g-counter", Workload::g_counter},
    {"pn-counter", Workload::pn_counter}};

ClusterOptions options_of(const std::string& name, std::uint64_t seed) {
  ClusterOptions options;
  options.name = name;
  options.workload = *maelstrom::workload_called(name);
  options.seed = seed;
  return options;
}

// All at once: each is mostly waiting.
TEST(Maelstrom, EveryWorkloadHoldsOnEveryNodeThroughDelaysLossDuplicatesAndAPartition) {
  std::vector<std::future<ClusterReport>> running;
  for (const auto& each : workloads) {
    running.push_back(std::async(std::launch::async, [options = options_of(each.first, 7)] {
      return Cluster(options).run();
    }));
  }
  std::size_t unanswered = 0;  // which of them, real time decides
  for (std::size_t i = 0; i < workloads.size(); ++i) {
    const ClusterReport report = running[i].get();
    SCOPED_TRACE(workloads[i].first);
    EXPECT_EQ(report.complaint, "");
    EXPECT_GT(report.answered, 40U);
    EXPECT_GT(report.doubled, 5U);
    EXPECT_GT(report.before_init, 0U);
    EXPECT_GT(report.cut, 0U);
    EXPECT_GT(report.lost, 0U);
    if (workloads[i].second != Workload::echo) {
      EXPECT_GE(report.reads, 5U);
      unanswered += report.unanswered;
    }
  }
  EXPECT_GT(unanswered, 0U);
}

TEST(Maelstrom, ANodeThatNeverMergesIsCaught) {
  ClusterOptions options = options_of("broadcast", 3);
  options.nodes = 3;
  options.asking = milliseconds(200);
  options.content = milliseconds(300);
  options.last_node_is_deaf = true;
  const ClusterReport report = Cluster(options).run();
  EXPECT_NE(report.complaint.find("in the end"), std::string::npos) << report.complaint;
  EXPECT_NE(report.complaint.find("lacks the acknowledged"), std::string::npos) << report.complaint;
}

TEST(Maelstrom, TheJudgeCountsEachElementAndEachAddition) {
  Judge sets(Workload::broadcast);
  sets.acknowledge(sets.ask("n0", 5));
  sets.ask("n1", 6);
  const auto messages = [](std::vector<int> numbers) {
    return ordered_json{{"messages", numbers}};
  };
  EXPECT_EQ(sets.judge_final({{"n0", messages({5})}, {"n1", messages({5})}}), "");
  EXPECT_EQ(sets.judge_final({{"n0", messages({5, 6})}, {"n1", messages({6, 5})}}), "");
  EXPECT_NE(sets.judge_final({{"n0", messages({5, 6})}, {"n1", messages({5})}}), "");
  EXPECT_EQ(sets.judge_final({{"n0", messages({5, 5})}}), "n0 shows 5 twice");
  EXPECT_EQ(sets.judge_final({{"n0", messages({6})}}), "n0 lacks the acknowledged 5");
  EXPECT_EQ(sets.judge_final({{"n0", messages({5, 7})}}), "n0 shows 7, which nobody added");
  EXPECT_EQ(sets.judge_read("n0", {}, messages({5, 6})), "");
  const Known known = sets.known_at("n0");
  EXPECT_EQ(sets.judge_read("n0", known, messages({5})), "n0 no longer shows 6");

  Judge sums(Workload::pn_counter);
  sums.acknowledge(sums.ask("n0", 1000));
  sums.acknowledge(sums.ask("n0", -70));
  sums.ask("n1", 5);
  const auto value = [](int number) { return ordered_json{{"value", number}}; };
  EXPECT_EQ(sums.judge_final({{"n0", value(930)}}), "");
  EXPECT_EQ(sums.judge_final({{"n0", value(935)}}), "");
  for (const int wrong : {1930, 860, 1000, 931, 925, 940}) {
    EXPECT_NE(sums.judge_final({{"n0", value(wrong)}}), "") << wrong;
  }
  EXPECT_NE(sums.judge_final({{"n0", value(930)}, {"n1", value(935)}}), "");
}

TEST(Maelstrom, Base64GoesThereAndBackAndRefusesWhatItIsNot) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const std::string text = maelstrom::to_base64(bytes);
    EXPECT_EQ(text.size() % 4, 0U);
    EXPECT_EQ(maelstrom::from_base64(text), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(maelstrom::to_base64("light w"), "bGlnaHQgdw==");
  EXPECT_EQ(maelstrom::from_base64("abc"), std::nullopt);
  EXPECT_EQ(maelstrom::from_base64("ab*="), std::nullopt);
  EXPECT_EQ(maelstrom::from_base64("a=bc"), std::nullopt);
}

}  // namespace
}  // namespace rejoin::test
