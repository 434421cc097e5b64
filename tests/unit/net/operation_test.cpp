#include "net/operation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "net/operation_form.hpp"
#include "tests/unit/net/cluster.hpp"

namespace rejoin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Items = std::vector<Item>;
using Fields = std::vector<std::string>;

const ReplicaId somebody(77, 5);

Plain number(std::int64_t n) {
  return n;
}

// The verb with a word of the right kind for each that it takes.
Operation full(const TypeForm& type, const VerbForm& verb, std::string key) {
  Operation out{type.type, verb.verb, std::move(key)};
  for (const char word : verb.takes) {
    if (word == 'N') {
      out.value = std::int64_t{1};
    } else if (word == 'T') {
      out.value = std::string("v");
    } else {
      out.fields.push_back(word == 'R' ? to_string(somebody) : word == 'P' ? "7" : "f");
    }
  }
  return out;
}

class Desk {
 public:
  Items read(const Operation& operation) {
    auto values = rejoin::read(operation, cluster_[0].store(), cluster_[0].self());
    EXPECT_TRUE(values) << values.error().message;
    return values ? *values : Items();
  }
  Items get(Family type, Fields fields = {}) {
    return read({type, Verb::get, "k", {}, std::move(fields)});
  }
  // What it was refused with.
  std::optional<Error> act(const Operation& operation) {
    const auto commit =
        cluster_[0].transact([&](Transaction& tx) { return apply(operation, tx); }, cluster_.now());
    if (!commit) return commit.error();
    return std::nullopt;
  }
  void must(Family type, Verb verb, Fields fields = {}, Plain value = {}) {
    const auto refused = act({type, verb, "k", std::move(value), std::move(fields)});
    EXPECT_FALSE(refused) << refused->message;
  }
  const Store& store() { return cluster_[0].store(); }

 private:
  testing::Cluster cluster_{1};
};

std::string wrong_with(const Operation& operation) {
  const auto sound = check(operation);
  EXPECT_FALSE(sound);
  return sound ? "" : sound.error().message;
}

TEST(Operation, EveryFamilyButLatticesOfYourOwnIsInTheTableOnce) {
  std::set<Family> seen;
  for (const TypeForm& form : type_forms()) EXPECT_TRUE(seen.insert(form.type).second) << form.word;
  for (int family = 1; family <= static_cast<int>(Family::lattice_value); ++family) {
    const auto type = static_cast<Family>(family);
    EXPECT_EQ(seen.contains(type), type != Family::lattice_value) << family;
  }
}

TEST(Operation, NamesOfTypesAndVerbsComeBack) {
  for (const TypeForm& form : type_forms()) {
    EXPECT_EQ(family_named(form.word), form.type);
    for (const VerbForm& verb : form.verbs) EXPECT_EQ(verb_named(word_for(verb.verb)), verb.verb);
  }
  EXPECT_FALSE(family_named("rga"));
  EXPECT_FALSE(verb_named(""));
}

TEST(Operation, EveryVerbOfEveryTypeIsTakenAndReadByName) {
  for (const TypeForm& form : type_forms()) {
    Desk desk;
    const Items bottom = desk.get(form.type);
    for (const VerbForm& verb : form.verbs) {
      SCOPED_TRACE(usage_of(form, verb));
      const Operation operation = full(form, verb, "k");
      if (!operation.writes()) {
        desk.read(operation);
      } else if (verb.verb == Verb::move) {
        EXPECT_EQ(desk.act(operation)->code, ErrorCode::insufficient_rights);  // all were taken
      } else {
        EXPECT_FALSE(desk.act(operation));
      }
    }
    for (const auto& [key, slots] : desk.store().objects()) {
      EXPECT_TRUE(read_plain(key, desk.store())) << form.word;
    }
    if (!form_of(form, Verb::remove)) continue;
    desk.must(form.type, Verb::remove);
    EXPECT_EQ(desk.get(form.type), bottom) << form.word;
    EXPECT_TRUE(desk.store().objects().empty()) << form.word;
  }
}

TEST(Operation, CountersAddResetAndReadZeroAtBottom) {
  Desk desk;
  EXPECT_THAT(desk.get(Family::resettable_counter), ElementsAre(Item(number(0))));
  desk.must(Family::resettable_counter, Verb::add, {}, number(5));
  desk.must(Family::resettable_counter, Verb::add);
  EXPECT_THAT(desk.get(Family::resettable_counter), ElementsAre(Item(number(6))));
  desk.must(Family::resettable_counter, Verb::reset);
  EXPECT_THAT(desk.get(Family::resettable_counter), ElementsAre(Item(number(0))));
}

TEST(Operation, RefusedSubtractionSaysHowMuchMayBeTaken) {
  const Family type = Family::bounded_counter;
  Desk desk;
  desk.must(type, Verb::add, {}, number(5));
  desk.must(type, Verb::move, {to_string(somebody)}, number(3));

  const auto refused = desk.act({type, Verb::subtract, "k", number(4)});

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, ErrorCode::insufficient_rights);
  EXPECT_THAT(refused->message, HasSubstr("at most 2 of the 5"));
  EXPECT_THAT(desk.read({type, Verb::rights, "k"}), ElementsAre(Item(number(2))));
  desk.must(type, Verb::subtract, {}, number(2));
  EXPECT_THAT(desk.get(type), ElementsAre(Item(number(3))));
}

TEST(Operation, FlagsReadAsOneOrZero) {
  for (const Family type : {Family::ew_flag, Family::dw_flag}) {
    Desk desk;
    EXPECT_THAT(desk.get(type), ElementsAre(Item(number(0))));
    desk.must(type, Verb::enable);
    EXPECT_THAT(desk.get(type), ElementsAre(Item(number(1))));
    desk.must(type, Verb::disable);
    EXPECT_THAT(desk.get(type), ElementsAre(Item(number(0))));
  }
}

TEST(Operation, SetsRemoveAnElementOrTheKey) {
  for (const Family type :
       {Family::aw_set, Family::rw_set, Family::lww_set, Family::two_phase_set}) {
    Desk desk;
    desk.must(type, Verb::add, {}, "b");
    desk.must(type, Verb::add, {}, "a");
    EXPECT_THAT(desk.get(type), ElementsAre(Item("a"), Item("b")));
    desk.must(type, Verb::remove, {}, "b");
    EXPECT_THAT(desk.get(type), ElementsAre(Item("a")));
    desk.must(type, Verb::remove);
    EXPECT_THAT(desk.get(type), IsEmpty());
  }
}

TEST(Operation, TwoPhaseSetTakesNoRemovedElementBack) {
  Desk desk;
  desk.must(Family::two_phase_set, Verb::add, {}, "a");
  desk.must(Family::two_phase_set, Verb::remove, {}, "a");

  const auto refused = desk.act({Family::two_phase_set, Verb::add, "k", "a"});

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, ErrorCode::removed_for_good);
}

TEST(Operation, MapsReadAllFieldsOrOne) {
  Desk desk;
  desk.must(Family::lww_map, Verb::set, {"b"}, "2");
  desk.must(Family::lww_map, Verb::set, {"a"}, "1");
  EXPECT_THAT(desk.get(Family::lww_map), ElementsAre(Item("1", {"a"}), Item("2", {"b"})));
  EXPECT_THAT(desk.get(Family::lww_map, {"b"}), ElementsAre(Item("2")));
  EXPECT_THAT(desk.get(Family::lww_map, {"c"}), IsEmpty());
  desk.must(Family::lww_map, Verb::remove, {"a"});
  EXPECT_THAT(desk.get(Family::lww_map), ElementsAre(Item("2", {"b"})));

  desk.must(Family::g_map, Verb::add, {"x"}, number(3));
  desk.must(Family::g_map, Verb::add, {"x"});
  EXPECT_THAT(desk.get(Family::g_map), ElementsAre(Item(number(4), {"x"})));
  EXPECT_THAT(desk.get(Family::g_map, {"y"}), ElementsAre(Item(number(0))));
}

TEST(Operation, MultiMapRemovesAnElementAFieldOrTheKey) {
  const Family type = Family::multi_map;
  Desk desk;
  for (const char* element : {"1", "2"}) {
    desk.must(type, Verb::add, {"a"}, element);
    desk.must(type, Verb::add, {"b"}, element);
  }
  desk.must(type, Verb::remove, {"a"}, "1");
  EXPECT_THAT(desk.get(type), ElementsAre(Item("2", {"a"}), Item("1", {"b"}), Item("2", {"b"})));
  EXPECT_THAT(desk.get(type, {"b"}), ElementsAre(Item("1"), Item("2")));
  desk.must(type, Verb::remove, {"b"});
  EXPECT_THAT(desk.get(type), ElementsAre(Item("2", {"a"})));
}

TEST(Operation, NestedMapReadsAndRemovesAtEachDepth) {
  const Family type = Family::or_map;
  Desk desk;
  desk.must(type, Verb::add, {"north", "tea"}, number(3));
  desk.must(type, Verb::add, {"north", "rum"}, number(-1));
  desk.must(type, Verb::add, {"south", "tea"});
  EXPECT_THAT(desk.get(type),
              ElementsAre(Item(number(-1), {"north", "rum"}), Item(number(3), {"north", "tea"}),
                          Item(number(1), {"south", "tea"})));
  EXPECT_THAT(desk.get(type, {"north", "tea"}), ElementsAre(Item(number(3))));
  desk.must(type, Verb::remove, {"north", "rum"});
  EXPECT_THAT(desk.get(type, {"north"}), ElementsAre(Item(number(3), {"tea"})));
  desk.must(type, Verb::remove, {"north"});
  EXPECT_THAT(desk.get(type), ElementsAre(Item(number(1), {"south", "tea"})));
}

TEST(Operation, OrderedRegisterKeepsTheGreatestRank) {
  Desk desk;
  desk.must(Family::ordered_register, Verb::set, {"-3"}, "low");
  desk.must(Family::ordered_register, Verb::set, {"9"}, "top");
  desk.must(Family::ordered_register, Verb::set, {"5"}, "mid");

  EXPECT_THAT(desk.get(Family::ordered_register), ElementsAre(Item("top", {"9"})));
}

TEST(Operation, SketchCountsDifferentTexts) {
  Desk desk;
  for (const char* text : {"a", "b", "a"}) desk.must(Family::hyper_log_log, Verb::add, {}, text);

  EXPECT_THAT(desk.get(Family::hyper_log_log), ElementsAre(Item(number(2))));
}

TEST(Operation, WhatIsNotInTheTableIsRefusedWithWhatIsRight) {
  const Plain text = std::string("v");
  const std::vector<std::pair<Operation, std::string>> wrong = {
      {{Family::g_counter, Verb::set, "k", number(1)}, "it has add, remove and get"},
      {{Family::g_counter, Verb::add, "k", text}, "takes an integer: gcounter add KEY [N]"},
      {{Family::lww_register, Verb::set, "k", number(1)}, "takes a text"},
      {{Family::lww_register, Verb::set, "k"}, "needs a value: lww set KEY TEXT"},
      {{Family::max_register, Verb::set, "k"}, "needs a value"},
      {{Family::aw_set, Verb::add, "k"}, "needs a value"},
      {{Family::aw_set, Verb::add, "k", text, {"f"}}, "takes fewer fields: awset add KEY TEXT"},
      {{Family::g_set, Verb::remove, "k", text}, "takes no value: gset remove KEY"},
      {{Family::aw_set, Verb::remove, "k", number(1)}, "takes a text: awset remove KEY [TEXT]"},
      {{Family::mv_register, Verb::get, "k", text}, "takes no value"},
      {{Family::bounded_counter, Verb::remove, "k"}, "add, subtract, move, rights and get"},
      {{Family::bounded_counter, Verb::move, "k", number(1), {"me"}}, "is no replica"},
      {{Family::bounded_counter, Verb::move, "k", {}, {to_string(somebody)}}, "needs a value"},
      {{Family::ordered_register, Verb::set, "k", text, {"high"}}, "integer as rank"},
      {{Family::ordered_register, Verb::set, "k", text, {""}}, "integer as rank"},
      {{Family::ordered_register, Verb::set, "k", text, {"99999999999999999999"}}, "integer as"},
      {{Family::multi_map, Verb::remove, "k", text}, "needs a field"},
      {{Family::or_map, Verb::add, "k", number(1), {"a"}}, "ormap add KEY FIELD FIELD2 [N]"},
      {{Family::g_map, Verb::remove, "k", {}, {"a"}}, "takes fewer fields: gmap remove KEY"},
      {{Family::aw_set, Verb::add, "", text}, "cannot be empty"},
      {{Family::lww_map, Verb::set, "k", text, {"\xff"}}, "a field is not UTF-8"},
      {{static_cast<Family>(0), Verb::get, "k"}, "does not know"},
      {{Family::lattice_value, Verb::get, "k"}, "does not know"},
  };
  for (const auto& [operation, says] : wrong) EXPECT_THAT(wrong_with(operation), HasSubstr(says));
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

TEST(Operation, ReplicaIsReadAsItIsWritten) {
  for (const ReplicaId& id : {ReplicaId(), somebody, ReplicaId(UINT64_MAX, UINT64_MAX)}) {
    EXPECT_EQ(replica_from(to_string(id)), id);
  }
  std::string text = to_string(somebody);
  EXPECT_FALSE(replica_from(text.substr(1)));
  EXPECT_FALSE(replica_from(text + "0"));
  text[3] = 'F';
  EXPECT_FALSE(replica_from(text));
}

}  // namespace
}  // namespace rejoin
