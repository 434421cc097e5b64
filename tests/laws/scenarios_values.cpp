// Scenarios of counters, registers and clocks.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/resettable_counter.hpp"
#include "tests/laws/scenarios.hpp"

namespace rejoin {
namespace {

using Text = LwwRegister<std::string>;
const ReplicaId a(1);
const ReplicaId b(2);
const ReplicaId c(3);

Text written(const ReplicaId& who, std::uint64_t unix_ms, const char* value) {
  Text text;
  text.set(At(who, unix_ms), value);
  return text;
}

void addition_beside_a_reset_counts_alone() {
  ResettableCounter at_a;
  EXPECT_TRUE(at_a.add(a, 5));
  ResettableCounter at_b = at_a;
  at_b.reset(b);
  EXPECT_TRUE(at_a.add(a, 1));
  EXPECT_EQ(joined(at_a, at_b).value(), 1);
}

void greater_of_two_values_stays_on_both_sides() {
  MaxRegister<int> at_a;
  MaxRegister<int> at_b;
  EXPECT_TRUE(at_a.set(a, 3));
  EXPECT_TRUE(at_b.set(b, 5));
  EXPECT_EQ(joined(at_a, at_b).value(), 5);
  EXPECT_EQ(joined(at_b, at_a).value(), 5);
}

void negative_step_of_a_grow_only_counter_is_refused() {
  GCounter counter;
  EXPECT_TRUE(counter.add(a, 2));
  EXPECT_FALSE(counter.add(a, -1));
  EXPECT_EQ(counter.value(), 2);
}

void share_that_is_full_refuses_more() {
  GCounter counter;
  EXPECT_TRUE(counter.add(a, Totals::share_max));
  EXPECT_FALSE(counter.add(a, 1));
  EXPECT_EQ(counter.value(), Totals::share_max);
}

void shares_sum_exactly() {
  GCounter counter;
  EXPECT_TRUE(counter.add(a, std::int64_t{1} << 53));
  EXPECT_TRUE(counter.add(b, 1));
  EXPECT_EQ(counter.value(), (std::int64_t{1} << 53) + 1);
}

void both_zeros_are_shown_as_one() {
  MaxRegister<double> greatest;
  EXPECT_TRUE(greatest.set(a, -0.0));
  EXPECT_FALSE(std::signbit(greatest.value().value_or(-1.0)));
}

void tie_is_read_alike_on_both_sides() {
  const Text at_a = written(a, 1, "a");
  const Text at_b = written(b, 1, "b");
  EXPECT_EQ(joined(at_a, at_b).value(), joined(at_b, at_a).value());
}

void tie_loses_neither_write_before_a_later_one_saw_it() {
  const Text at_a = written(a, 1, "a");
  const Text at_b = written(b, 1, "b");
  EXPECT_EQ(joined(at_a, at_b), joined(at_b, at_a));
  EXPECT_EQ(joined(at_a, at_b).discarded(), std::vector<std::string>{"a"});
}

void stamps_compare_as_numbers() {
  EXPECT_EQ(joined(written(a, 1, "earlier"), written(b, 2, "later")).value(), "later");
}

void write_has_a_stamp_above_the_one_it_replaces() {
  Text at_b = written(a, 5, "first");
  at_b.set(At(b, 5), "second");
  EXPECT_EQ(joined(at_b, written(c, 5, "beside")).value(), "second");
}

void first_write_counts_whatever_the_clock_says() {
  EXPECT_EQ(written(a, 0, "first").value(), "first");
}

void far_future_stamp_does_not_wedge_a_register() {
  Text text = written(a, HybridTime::ceiling >> 16, "from the year 6429");
  text.set(At(b, 1), "now");
  EXPECT_EQ(text.value(), "now");
}

void clock_ticks_above_what_it_received() {
  const HybridTime wall = HybridTime::from_unix_ms(1000);
  HybridClock clock;
  clock.tick(wall);
  const HybridTime remote{wall.value + 9};
  EXPECT_TRUE(clock.observe(remote, wall));
  EXPECT_GT(clock.tick(wall), remote);
}

void tie_goes_by_the_whole_replica_id() {
  EXPECT_EQ(joined(written(a, 1, "z"), written(b, 1, "a")).value(), "a");
}

}  // namespace

std::vector<Scenario> value_scenarios() {
  return {
      {"b16_reset_brings_back", "AdditionBesideAResetCountsAlone",
       addition_beside_a_reset_counts_alone},
      {"b20_overwritten", "GreaterOfTwoValuesStaysOnBothSides",
       greater_of_two_values_stays_on_both_sides},
      {"b22_negative_step", "NegativeStepOfAGrowOnlyCounterIsRefused",
       negative_step_of_a_grow_only_counter_is_refused},
      {"b23_wraps", "ShareThatIsFullRefusesMore", share_that_is_full_refuses_more},
      {"b25_float_sum", "SharesSumExactly", shares_sum_exactly},
      {"b25_two_zeros", "BothZerosAreShownAsOne", both_zeros_are_shown_as_one},
      {"b27_tie_to_holder", "TieIsReadAlikeOnBothSides", tie_is_read_alike_on_both_sides},
      {"b28_equal_stamp_seen", "TieLosesNeitherWriteBeforeALaterOneSawIt",
       tie_loses_neither_write_before_a_later_one_saw_it},
      {"b29_stamps_as_text", "StampsCompareAsNumbers", stamps_compare_as_numbers},
      {"b30_equal_stamp_taken", "WriteHasAStampAboveTheOneItReplaces",
       write_has_a_stamp_above_the_one_it_replaces},
      {"b31_at_bottom", "FirstWriteCountsWhateverTheClockSays",
       first_write_counts_whatever_the_clock_says},
      {"b34_far_future", "FarFutureStampDoesNotWedgeARegister",
       far_future_stamp_does_not_wedge_a_register},
      {"b35_not_observed", "ClockTicksAboveWhatItReceived", clock_ticks_above_what_it_received},
      {"b36_short_ids", "TieGoesByTheWholeReplicaId", tie_goes_by_the_whole_replica_id},
  };
}

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (auto* some : {set_scenarios, map_scenarios, value_scenarios}) {
    for (const Scenario& scenario : some()) all.push_back(scenario);
  }
  return all;
}

}  // namespace rejoin
