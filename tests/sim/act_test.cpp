#include "sim/act.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/families.hpp"
#include "sim/workload.hpp"

namespace rejoin::sim {
namespace {

std::string error_of(const char* text) {
  const auto act = act_from(text);
  return act ? "" : act.error().message;
}

TEST(Act, WhatIsDrawnIsPrintedAndReadBack) {
  std::set<std::pair<Family, Verb>> seen;
  for (Family family : all_families()) {
    Workload workload;
    workload.families = {family};
    workload.keys = 3;
    workload.clears = 0.2;
    for (std::uint64_t k = 0; k < 200; ++k) {
      for (const Act& act : draw_deed(workload, Draws(7), k, 1).acts) {
        const auto again = act_from(to_string(act));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, act) << to_string(act);
        seen.emplace(act.family, act.verb);
      }
    }
  }
  EXPECT_EQ(seen.size(), 47U) << "every family with each of its verbs";
}

TEST(Act, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(to_string(act_from("awset  key0 add e2").value()), "awset key0 add e2");
  EXPECT_EQ(to_string(act_from("pncounter key1 add").value()), "pncounter key1 add 1");
  EXPECT_EQ(to_string(act_from("ormap key1 add f0 e3 -4").value()), "ormap key1 add f0 e3 -4");
  EXPECT_EQ(to_string(act_from("bounded key0 move n2 5").value()), "bounded key0 move n2 5");
  EXPECT_EQ(to_string(act_from("multimap key0 remove f1").value()), "multimap key0 remove f1");
}

TEST(Act, WhatIsNoneSaysWhatWouldBe) {
  EXPECT_EQ(error_of("awset key0 push e1"),
            "'awset key0 push e1' is no operation: write awset KEY add TEXT, or awset KEY remove "
            "[TEXT]");
  EXPECT_EQ(error_of("bounded key0 move 2 5"),
            "'bounded key0 move 2 5' is no operation: write bounded KEY add [N], or bounded KEY "
            "subtract [N], or bounded KEY move nNODE N");
  EXPECT_NE(error_of("set key0 add e1").find("the types are gcounter, "), std::string::npos);
  EXPECT_NE(error_of("awset key0").find("such as awset key0 add e2"), std::string::npos);
  EXPECT_NE(error_of("awset key0 get").find("is no operation"), std::string::npos);
  EXPECT_NE(error_of("gcounter key0 add -1").find("not negative"), std::string::npos);
  EXPECT_NE(error_of("pncounter key0 add 1000000001").find("at most"), std::string::npos);
  EXPECT_NE(error_of("pncounter key0 add 1 2").find("is no operation"), std::string::npos);
  EXPECT_NE(error_of("max key0 set x").find("write max KEY set N"), std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
