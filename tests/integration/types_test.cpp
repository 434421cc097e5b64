// The types of the catalogue beyond the first seven (tools_test.cpp has those) as rejoin offers
// them: words in, lines and JSON out, at one node and across two.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/daemon.hpp"

namespace rejoin::integration {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json value_in(const std::string& text) {
  return Json::parse(text)["value"];
}

struct Case {
  std::vector<std::vector<std::string>> writes;
  std::vector<std::string> get;
  std::string text;
  Json json;
};

TEST(Types, EachIsWrittenAndReadByWords) {
  const std::vector<Case> cases = {
      {{{"resettable", "add", "k", "5"}, {"resettable", "reset", "k"}, {"resettable", "add", "k"}},
       {"resettable", "get", "k"},
       "1\n",
       1},
      {{{"bounded", "add", "k", "5"}, {"bounded", "subtract", "k", "2"}},
       {"bounded", "rights", "k"},
       "3\n",
       3},
      {{{"ordered", "set", "k", "9", "top"}, {"ordered", "set", "k", "1", "low"}},
       {"ordered", "get", "k"},
       "9\ttop\n",
       {{"rank", 9}, {"text", "top"}}},
      {{{"ewflag", "enable", "k"}}, {"ewflag", "get", "k"}, "true\n", true},
      {{{"dwflag", "enable", "k"}, {"dwflag", "disable", "k"}},
       {"dwflag", "get", "k"},
       "false\n",
       false},
      {{{"gset", "add", "k", "b"}, {"gset", "add", "k", "a"}},
       {"gset", "get", "k"},
       "a\nb\n",
       {"a", "b"}},
      {{{"twophase", "add", "k", "a"}, {"twophase", "remove", "k", "a"}},
       {"twophase", "get", "k"},
       "",
       Json::array()},
      {{{"rwset", "add", "k", "a"}}, {"rwset", "get", "k"}, "a\n", Json::array({"a"})},
      {{{"lwwset", "add", "k", "a"}, {"lwwset", "remove", "k", "a"}},
       {"lwwset", "get", "k"},
       "",
       Json::array()},
      {{{"gmap", "add", "k", "x", "3"}, {"gmap", "add", "k", "y"}},
       {"gmap", "get", "k"},
       "x\t3\ny\t1\n",
       {{"x", 3}, {"y", 1}}},
      {{{"lwwmap", "set", "k", "f", "v"}}, {"lwwmap", "get", "k"}, "f\tv\n", {{"f", "v"}}},
      {{}, {"lwwmap", "get", "k", "none"}, "", nullptr},
      {{{"multimap", "add", "k", "f", "a"}, {"multimap", "add", "k", "f", "b"}},
       {"multimap", "get", "k"},
       "f\ta\nf\tb\n",
       {{"f", {"a", "b"}}}},
      {{{"ormap", "add", "k", "n", "tea", "3"}, {"ormap", "add", "k", "s", "rum", "-2"}},
       {"ormap", "get", "k"},
       "n\ttea\t3\ns\trum\t-2\n",
       {{"n", {{"tea", 3}}}, {"s", {{"rum", -2}}}}},
      {{}, {"ormap", "get", "k", "n"}, "tea\t3\n", {{"tea", 3}}},
      {{}, {"ormap", "get", "k", "n", "tea"}, "3\n", 3},
      {{{"hll", "add", "k", "a"}, {"hll", "add", "k", "b"}}, {"hll", "get", "k"}, "2\n", 2},
  };
  const Daemon daemon({"--volatile"});
  for (const Case& c : cases) {
    for (const auto& words : c.writes) EXPECT_EQ(daemon.out(words), "");
    EXPECT_EQ(daemon.out(c.get), c.text) << c.get[0];
    std::vector<std::string> json = c.get;
    json.push_back("--json");
    EXPECT_EQ(value_in(daemon.out(json)), c.json) << c.get[0];
  }
}

TEST(Types, WatchTellsFieldsAndFlags) {
  const Daemon daemon({"--volatile"});
  daemon.out({"lwwmap", "set", "a", "x=y", "1=2"});
  daemon.out({"ormap", "add", "b", "n", "tea", "3"});
  daemon.out({"ewflag", "enable", "c"});

  EXPECT_EQ(daemon.out({"watch", "--snapshot"}),
            "# all that is there\n=\tlwwmap\ta\tx\\=y=1=2\n=\tormap\tb\tn=tea=3\n"
            "=\tewflag\tc\ttrue\n");
  EXPECT_THAT(daemon.out({"watch", "b", "--snapshot", "--json"}),
              HasSubstr(R"("value":{"n":{"tea":3}})"));
}

TEST(Types, RightsMoveBetweenNodesAndMapsCrossTheLink) {
  const std::vector<std::string> at = free_addresses(2);
  const Daemon a({"--volatile", "--name", "a", "--peer", at[1]}, at[0]);
  const Daemon b({"--volatile", "--name", "b", "--peer", at[0]}, at[1]);
  const auto arrives = [&] { a.out({"wait", "--peers", "all", "--timeout", "60s"}); };
  a.out({"bounded", "add", "stock", "10"});
  a.out({"multimap", "add", "tags", "sea", "blue"});
  a.out({"ormap", "add", "counts", "sea", "waves", "3"});
  arrives();
  EXPECT_EQ(b.out({"multimap", "get", "tags"}), "sea\tblue\n");
  EXPECT_EQ(value_in(b.out({"ormap", "get", "counts", "--json"})), Json({{"sea", {{"waves", 3}}}}));

  const Finished refused = b.ask({"bounded", "subtract", "stock", "4"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("0")) << "how much it may take";

  const std::string who = Json::parse(b.out({"status", "--json"}))["replica"];
  a.out({"bounded", "move", "stock", who, "4"});
  arrives();
  b.out({"bounded", "subtract", "stock", "4"});
  b.out({"wait", "--peers", "all", "--timeout", "60s"});
  EXPECT_EQ(a.out({"bounded", "get", "stock"}), "6\n");
  EXPECT_EQ(a.out({"bounded", "rights", "stock"}), "6\n");
  EXPECT_EQ(b.out({"bounded", "rights", "stock"}), "0\n");
}

TEST(Types, HelpNamesTheCppTypeOfEach) {
  const Finished help = run({"rejoin", "ormap", "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.out, HasSubstr("OrMap<std::string, OrMap<std::string, PnCounter>>"));
  EXPECT_THAT(run({"rejoin", "multimap", "remove", "--help"}).out,
              HasSubstr("[KEY] [FIELD] [TEXT]"));
  EXPECT_EQ(run({"rejoin", "--complete", "bounded", "s"}).out.substr(0, 9), "subtract\t");
}

}  // namespace
}  // namespace rejoin::integration
