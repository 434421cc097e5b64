// Where two runs part: by their recordings, and by the hashes that a trace keeps.

#include "sim/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/trace.hpp"

namespace rejoin::sim {
namespace {

Recording split(const char* seed) {
  const auto scenario = load_scenario("examples/scenarios/split.toml").value();
  return record(scenario, parse_seed(seed).value()).value();
}

TEST(Compare, ARunIsTheSameAsItself) {
  EXPECT_FALSE(first_difference(split("7"), split("7")));
  EXPECT_TRUE(differing(split("7"), split("7")).empty());
}

TEST(Compare, NamesTheFirstEventThatAnEditChanges) {
  const Recording a = split("7");
  const Recording b = split("7+latency@50:9");
  const auto difference = first_difference(a, b);
  ASSERT_TRUE(difference);
  EXPECT_GT(difference->at, 100U) << "the same until the edit";
  EXPECT_EQ(a.events[difference->at].what, What::deliver);
  EXPECT_NE(difference->what.find("the time"), std::string::npos) << difference->what;
  const auto rows = differing(a, b);
  EXPECT_TRUE(std::any_of(rows.begin(), rows.end(),
                          [](const Differing& row) { return row.name == "seed"; }));
}

TEST(Compare, SeesOtherBytesInTheSameWords) {
  const Recording a = split("7");
  Recording b = split("7");
  b.messages[20].hash ^= 1;
  const auto difference = first_difference(a, b);
  ASSERT_TRUE(difference);
  EXPECT_EQ(a.events[difference->at].what, What::send);
  EXPECT_EQ(a.events[difference->at].subject, 20U);
  EXPECT_NE(difference->what.find("bytes"), std::string::npos);
}

TEST(Compare, AnEndIsADifference) {
  const Recording a = split("7");
  Recording b = split("7");
  b.events.pop_back();
  const auto difference = first_difference(a, b);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->at, b.events.size());
  EXPECT_NE(difference->what.find("second ends"), std::string::npos);
}

TEST(Trace, KeepsAHashOfEachStretchAndFindsTheFirstThatDiffers) {
  const auto run = [](std::uint64_t odd) {
    Trace trace;
    for (std::uint64_t event = 1; event <= 10 * Trace::stretch; ++event) {
      trace.add(event == odd ? 0 : event);
      trace.end_event(event);
    }
    return trace;
  };
  const Trace straight = run(0);
  ASSERT_EQ(straight.kept().size(), 10U);
  EXPECT_EQ(first_differing(straight.kept(), run(0).kept()), 10U);
  for (std::uint64_t odd : {std::uint64_t{1}, Trace::stretch, Trace::stretch + 1,
                            7 * Trace::stretch + 5, 10 * Trace::stretch}) {
    EXPECT_EQ(first_differing(straight.kept(), run(odd).kept()), (odd - 1) / Trace::stretch);
    EXPECT_NE(straight.hash().low, run(odd).hash().low);
    EXPECT_NE(straight.hash().high, run(odd).hash().high);
  }
}

}  // namespace
}  // namespace rejoin::sim
