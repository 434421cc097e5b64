#include "net/operation.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/net/cluster.hpp"

namespace rejoin {
namespace {

constexpr std::array families = {Family::g_counter,   Family::pn_counter,   Family::lww_register,
                                 Family::mv_register, Family::max_register, Family::min_register,
                                 Family::aw_set};

Operation write_of(Family type, std::string key) {
  const bool sets =
      type != Family::g_counter && type != Family::pn_counter && type != Family::aw_set;
  Plain value = std::string("v");
  if (holds_integers(type)) value = std::int64_t{4};
  return {type, sets ? Verb::set : Verb::add, std::move(key), value};
}

std::vector<Plain> value_of(Replica& replica, Family type, const std::string& key) {
  auto values = read({type, Verb::get, key, {}}, replica.store());
  EXPECT_TRUE(values);
  return *values;
}

TEST(Operation, EveryTypeIsWrittenReadAndRemovedByName) {
  testing::Cluster cluster(1);
  for (const Family type : families) {
    SCOPED_TRACE(word_for(type));
    const bool counts = type == Family::g_counter || type == Family::pn_counter;
    const std::vector<Plain> bottom =
        counts ? std::vector<Plain>{std::int64_t{0}} : std::vector<Plain>{};
    const Plain written = holds_integers(type) ? Plain(std::int64_t{4}) : Plain("v");

    EXPECT_EQ(value_of(cluster[0], type, "k"), bottom);
    cluster.transact(0, [&](Transaction& tx) { EXPECT_TRUE(apply(write_of(type, "k"), tx)); });
    EXPECT_EQ(value_of(cluster[0], type, "k"), std::vector<Plain>{written});
    cluster.transact(0, [&](Transaction& tx) {
      EXPECT_TRUE(apply({type, Verb::remove, "k", {}}, tx));
    });
    EXPECT_EQ(value_of(cluster[0], type, "k"), bottom);
    EXPECT_TRUE(cluster[0].store().objects().empty());
  }
}

TEST(Operation, NamesOfTypesAndVerbsComeBack) {
  for (const Family type : families) EXPECT_EQ(family_named(word_for(type)), type);
  for (const Verb verb : {Verb::add, Verb::set, Verb::remove, Verb::get}) {
    EXPECT_EQ(verb_named(word_for(verb)), verb);
  }
  EXPECT_FALSE(family_named("rga"));
  EXPECT_FALSE(verb_named(""));
}

TEST(Operation, WhatIsNotInTheTableIsRefused) {
  const Plain text = std::string("v");
  const Plain integer = std::int64_t{1};
  const std::vector<Operation> wrong = {
      {Family::g_counter, Verb::set, "k", integer}, {Family::g_counter, Verb::add, "k", text},
      {Family::lww_register, Verb::add, "k", text}, {Family::lww_register, Verb::set, "k", integer},
      {Family::lww_register, Verb::set, "k", {}},   {Family::max_register, Verb::add, "k", integer},
      {Family::max_register, Verb::set, "k", {}},   {Family::aw_set, Verb::add, "k", {}},
      {Family::aw_set, Verb::remove, "k", integer}, {Family::mv_register, Verb::remove, "k", text},
      {Family::mv_register, Verb::get, "k", text},  {Family::aw_set, Verb::add, "", text},
      {static_cast<Family>(0), Verb::get, "k", {}},
  };
  for (const Operation& operation : wrong) EXPECT_FALSE(check(operation));
}

TEST(Operation, TextMustBeStrictUtf8) {
  const auto sound = [](const std::string& text) {
    return check({Family::lww_register, Verb::set, "k", text}).has_value();
  };
  for (const std::string text : {"", "plain", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(sound(text)) << text;
  }
  for (const std::string text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc2"}) {
    EXPECT_FALSE(sound(text)) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace rejoin
