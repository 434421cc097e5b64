// rejoind and rejoin as a user meets them: processes, words, exit codes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/integration/process.hpp"

namespace rejoin::integration {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

constexpr int done = 0;
constexpr int refused = 1;
constexpr int usage = 2;
constexpr int unreachable = 3;

class Tools : public testing::Test {
 protected:
  static std::vector<std::string> daemon_words(const std::string& listen,
                                               std::vector<std::string> more) {
    std::vector<std::string> words = {"rejoind", "--listen", listen, "--insecure"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static std::unique_ptr<Process> ready(std::vector<std::string> words) {
    auto daemon = std::make_unique<Process>(std::move(words));
    EXPECT_TRUE(daemon->line()) << daemon->errors();
    return daemon;
  }
  Finished ask(std::size_t node, std::vector<std::string> words) const {
    std::vector<std::string> command = {"rejoin", "--insecure", "--at", addresses_[node]};
    command.insert(command.end(), words.begin(), words.end());
    return run(std::move(command));
  }
  std::string out(std::size_t node, std::vector<std::string> words) const {
    const Finished finished = ask(node, std::move(words));
    EXPECT_EQ(finished.exit, done) << finished.err;
    return finished.out;
  }
  std::string line(std::size_t node, std::vector<std::string> words) const {
    std::string text = out(node, std::move(words));
    if (!text.empty()) text.pop_back();
    return text;
  }

  const std::vector<std::string> addresses_ = free_addresses(2);
  const TemporaryDirectory directory_;
};

class OneNode : public Tools {
 protected:
  const std::unique_ptr<Process> daemon_ = ready(daemon_words(addresses_[0], {"--volatile"}));
};

class TwoNodes : public Tools {
 protected:
  const std::unique_ptr<Process> a_ =
      ready(daemon_words(addresses_[0], {"--volatile", "--name", "a", "--peer", addresses_[1]}));
  const std::unique_ptr<Process> b_ =
      ready(daemon_words(addresses_[1], {"--volatile", "--name", "b", "--peer", addresses_[0]}));
};

TEST_F(OneNode, GrowOnlyCounterAddsRemovesAndReadsZeroAtBottom) {
  EXPECT_EQ(out(0, {"gcounter", "get", "k"}), "0\n");
  EXPECT_EQ(out(0, {"gcounter", "add", "k"}), "");
  EXPECT_EQ(out(0, {"gcounter", "add", "k", "41"}), "");
  EXPECT_EQ(out(0, {"gcounter", "get", "k"}), "42\n");
  EXPECT_EQ(out(0, {"gcounter", "remove", "k"}), "");
  EXPECT_EQ(out(0, {"gcounter", "get", "k"}), "0\n");
}

TEST_F(OneNode, CounterGoesUpAndDown) {
  EXPECT_EQ(out(0, {"pncounter", "add", "k", "-5"}), "");
  EXPECT_EQ(out(0, {"pncounter", "add", "k", "2"}), "");
  EXPECT_EQ(out(0, {"pncounter", "get", "k"}), "-3\n");
  EXPECT_EQ(out(0, {"pncounter", "remove", "k"}), "");
  EXPECT_EQ(out(0, {"pncounter", "get", "k"}), "0\n");
}

TEST_F(OneNode, RegistersHoldTextAndReadNothingAtBottom) {
  for (const std::string type : {"lww", "mv"}) {
    EXPECT_EQ(out(0, {type, "get", "k"}), "");
    EXPECT_EQ(out(0, {type, "set", "k", "gr\xc3\xbc\xc3\x9f dich"}), "");
    EXPECT_EQ(out(0, {type, "get", "k"}), "gr\xc3\xbc\xc3\x9f dich\n");
    EXPECT_EQ(out(0, {type, "set", "k", "--", "-dash"}), "");
    EXPECT_EQ(out(0, {type, "get", "k"}), "-dash\n");
    EXPECT_EQ(out(0, {type, "remove", "k"}), "");
    EXPECT_EQ(out(0, {type, "get", "k"}), "");
  }
}

TEST_F(OneNode, ExtremaHoldIntegersAndReadNothingAtBottom) {
  EXPECT_EQ(out(0, {"max", "get", "k"}), "");
  for (const std::string number : {"3", "-7", "5", "4"}) {
    out(0, {"max", "set", "k", number});
    out(0, {"min", "set", "k", number});
  }
  EXPECT_EQ(out(0, {"max", "get", "k"}), "5\n");
  EXPECT_EQ(out(0, {"min", "get", "k"}), "-7\n");
  out(0, {"max", "remove", "k"});
  EXPECT_EQ(out(0, {"max", "get", "k"}), "");
  EXPECT_EQ(out(0, {"min", "get", "k"}), "-7\n");
}

TEST_F(OneNode, SetRemovesAnElementOrTheKey) {
  EXPECT_EQ(out(0, {"awset", "get", "k"}), "");
  for (const std::string element : {"milk", "eggs", "bread"})
    out(0, {"awset", "add", "k", element});
  EXPECT_EQ(out(0, {"awset", "get", "k"}), "bread\neggs\nmilk\n");
  EXPECT_EQ(out(0, {"awset", "remove", "k", "eggs"}), "");
  EXPECT_EQ(out(0, {"awset", "get", "k"}), "bread\nmilk\n");
  EXPECT_EQ(out(0, {"awset", "remove", "k"}), "");
  EXPECT_EQ(out(0, {"awset", "get", "k"}), "");
}

// The names of commands are words like others where a key or a value is due.
TEST_F(OneNode, KeysAndValuesMayBeNamedLikeCommands) {
  out(0, {"lww", "set", "get", "status"});
  out(0, {"lww", "set", "empty", ""});
  out(0, {"lww", "set", "brackets", "[a,b]"});
  out(0, {"awset", "add", "watch", "remove"});
  out(0, {"awset", "add", "watch", "--", "++"});
  out(0, {"gcounter", "add", "add"});

  EXPECT_EQ(out(0, {"lww", "get", "get"}), "status\n");
  EXPECT_EQ(out(0, {"lww", "get", "empty"}), "\n");
  EXPECT_EQ(out(0, {"lww", "get", "brackets"}), "[a,b]\n");
  EXPECT_EQ(out(0, {"awset", "get", "watch"}), "++\nremove\n");
  EXPECT_EQ(out(0, {"gcounter", "get", "add"}), "1\n");
}

TEST_F(OneNode, OneNameWithTwoTypesIsTwoKeys) {
  out(0, {"gcounter", "add", "k", "7"});
  out(0, {"lww", "set", "k", "seven"});

  EXPECT_EQ(out(0, {"gcounter", "get", "k"}), "7\n");
  EXPECT_EQ(out(0, {"lww", "get", "k"}), "seven\n");
}

TEST_F(OneNode, JsonHasTheValueInItsOwnType) {
  out(0, {"gcounter", "add", "c", "7"});
  out(0, {"awset", "add", "s", "b"});
  out(0, {"awset", "add", "s", "a"});

  EXPECT_EQ(Json::parse(out(0, {"gcounter", "get", "c", "--json"}))["value"], 7);
  EXPECT_EQ(Json::parse(out(0, {"awset", "get", "s", "--json"}))["value"], Json({"a", "b"}));
  EXPECT_TRUE(Json::parse(out(0, {"lww", "get", "nothing", "--json"}))["value"].is_null());
  const Json written = Json::parse(out(0, {"lww", "set", "k", "v", "--json"}));
  EXPECT_EQ(written["ok"], true);
  EXPECT_FALSE(written["token"].get<std::string>().empty());
  const Finished bad = ask(0, {"gcounter", "add", "c", "-1", "--json"});
  EXPECT_EQ(bad.exit, refused);
  EXPECT_EQ(Json::parse(bad.out)["error"]["code"], "negative_step");
}

TEST_F(OneNode, RefusalsExitWithOne) {
  const Finished negative = ask(0, {"gcounter", "add", "k", "-1"});
  EXPECT_EQ(negative.exit, refused);
  EXPECT_THAT(negative.err, HasSubstr("-1"));
  const Finished large = ask(0, {"lww", "set", "k", std::string(100'000, 'x')});
  EXPECT_EQ(large.exit, done);
  const Finished key = ask(0, {"lww", "set", std::string(2000, 'k'), "v"});
  EXPECT_EQ(key.exit, refused);
  EXPECT_THAT(key.err, HasSubstr("limit"));
  EXPECT_EQ(ask(0, {"wait", "--peers", "1"}).exit, refused);  // it has none
}

TEST_F(OneNode, WrongUsageExitsWithTwoAndSaysWhatIsRight) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "what should the node do"},
      {{"rga", "add", "k"}, "no 'rga'; its commands are gcounter"},
      {{"awste", "add", "k"}, "did you mean awset?"},
      {{"gcounter"}, "add, remove and get"},
      {{"gcounter", "increase", "k"}, "add, remove and get"},
      {{"gcounter", "set", "k", "1"}, "it has add, remove and get"},
      {{"lww", "add", "k", "v"}, "it has set, remove and get"},
      {{"gcounter", "add"}, "a key"},
      {{"awset", "remove", "k", "++"}, "behind --"},
      {{"gcounter", "add", "k", "many"}, "integer, not 'many'"},
      {{"gcounter", "add", "k", "99999999999999999999"}, "64 bits"},
      {{"max", "set", "k"}, "needs a value"},
      {{"lww", "set", "k", "two", "words"}, "quotes"},
      {{"lww", "remove", "k", "v"}, "it is lww remove KEY;"},
      {{"lww", "get", "k", "v"}, "it is lww get KEY;"},
      {{"lww", "set", "k", "\xff"}, "UTF-8"},
      {{"lww", "set", "", "v"}, "empty"},
      {{"wait"}, "--peers"},
      {{"wait", "--peers", "most"}, "all, majority or a number"},
      {{"status", "now"}, "takes no 'now'"},
      {{"gcounter", "get", "k", "--peers", "all"}, "no flag --peers"},
      {{"watch", "p", "--after", "x"}, "--token"},
      {{"watch", "p", "--token", "!"}, "whole"},
      {{"watch", "p", "--count", "0"}, "above 0"},
      {{"backup"}, "FILE"},
      {{"restore", "f"}, "DIR"},
      {{"gcounter", "get", "k", "--token"}, "--json"},
      {{"gcounter", "get", "k", "--after", "!"}, "--token"},
      {{"gcounter", "get", "k", "--timeout", "soon"}, "500ms"},
      {{"gcounter", "get", "k", "--keys", "d"}, "exclude each other"},
      {{"gcounter", "get", "k", "--quickly"}, "--quickly"},
  };
  for (const auto& [words, says] : cases) {
    const Finished finished = ask(0, words);
    EXPECT_EQ(finished.exit, usage) << says;
    EXPECT_THAT(finished.err, HasSubstr(says));
    EXPECT_EQ(finished.out, "");
  }
  EXPECT_EQ(run({"rejoin", "status"}).exit, usage);
  EXPECT_EQ(run({"rejoin", "--insecure", "--at", "nowhere", "status"}).exit, usage);
  EXPECT_EQ(run({"rejoin", "--help"}).exit, done);
}

TEST_F(Tools, NobodyThereExitsWithThree) {
  const Finished finished = ask(0, {"gcounter", "get", "k", "--timeout", "100ms"});

  EXPECT_EQ(finished.exit, unreachable);
  EXPECT_THAT(finished.err, HasSubstr("is rejoind running there"));
}

TEST_F(TwoNodes, TokenReadsYourWritesAtTheOther) {
  for (int i = 1; i <= 5; ++i) {
    const std::string token = line(0, {"gcounter", "add", "k", "--token"});
    EXPECT_EQ(line(1, {"gcounter", "get", "k", "--after", token}), std::to_string(i));
  }
}

TEST_F(TwoNodes, TokenThatDoesNotComeTimesOut) {
  const std::string token = line(0, {"gcounter", "add", "k", "--token"});
  const std::unique_ptr<Process> stranger = std::make_unique<Process>(std::vector<std::string>{
      "rejoind", "--listen", "tcp://127.0.0.1:*", "--volatile", "--insecure"});
  const std::string ready_line = stranger->line().value_or("");
  const std::size_t from = ready_line.find("tcp://");
  ASSERT_NE(from, std::string::npos) << ready_line;
  const std::string address = ready_line.substr(from, ready_line.find(',', from) - from);

  const Finished finished = run({"rejoin", "--insecure", "--at", address, "gcounter", "get", "k",
                                 "--after", token, "--timeout", "1s"});

  EXPECT_EQ(finished.exit, unreachable);
  EXPECT_THAT(finished.err, HasSubstr("token"));
}

TEST_F(TwoNodes, WaitReturnsWhenPeersHoldIt) {
  out(0, {"lww", "set", "k", "v"});

  EXPECT_EQ(out(0, {"wait", "--peers", "all", "--timeout", "30s"}), "");
  EXPECT_EQ(out(0, {"wait", "--peers", "majority"}), "");
  EXPECT_EQ(Json::parse(out(0, {"wait", "--peers", "1", "--json"}))["holders"].size(), 1U);
  EXPECT_EQ(out(1, {"lww", "get", "k"}), "v\n");
  b_->signal(SIGSTOP);
  out(0, {"lww", "set", "k", "w"});
  const Finished late = ask(0, {"wait", "--peers", "all", "--timeout", "1s"});
  b_->signal(SIGCONT);
  EXPECT_EQ(late.exit, unreachable);
  EXPECT_THAT(late.err, HasSubstr("0 of the 1 peer"));
}

TEST_F(TwoNodes, StatusTellsOfPeersBytesAndRefusals) {
  out(0, {"lww", "set", "k", "v"});
  out(0, {"wait", "--peers", "all", "--timeout", "30s"});

  const Json status = Json::parse(out(0, {"status", "--json"}));

  EXPECT_EQ(status["name"], "a");
  EXPECT_EQ(status["objects"], 1);
  ASSERT_EQ(status["peers"].size(), 1U);
  EXPECT_EQ(status["peers"][0]["name"], "b");
  EXPECT_EQ(status["peers"][0]["address"], addresses_[1]);
  EXPECT_EQ(status["peers"][0]["state"], "streaming");
  EXPECT_EQ(status["peers"][0]["lag_dots"], 0);
  EXPECT_GT(status["bytes_out"], 0);
  EXPECT_GT(status["frames_in"], 0);
  EXPECT_EQ(status["frames_refused"], 0);
  const std::string text = out(0, {"status"});
  EXPECT_THAT(text, HasSubstr("peer b"));
  EXPECT_THAT(text, HasSubstr("lag 0 dots"));
  EXPECT_THAT(text, testing::Not(HasSubstr("\x1b")));  // no terminal, no colour
}

TEST_F(Tools, DaemonNeedsKeysOrTheWordInsecure) {
  const Finished finished = run({"rejoind", "--listen", addresses_[0], "--volatile"});

  EXPECT_EQ(finished.exit, usage);
  EXPECT_THAT(finished.err, HasSubstr("--insecure"));
  EXPECT_THAT(finished.err, HasSubstr("rejoin keygen"));
}

TEST_F(Tools, DaemonSaysWhatItLacks) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "--data DIR"},
      {{"--data", "d", "--volatile"}, "exclude each other"},
      {{"--volatile", "--keys", "d"}, "exclude each other"},
      {{"--volatile", "--config", "nowhere.toml"}, "nowhere.toml"},
      {{"--volatile", "word"}, "word"},
  };
  for (const auto& [words, says] : cases) {
    const Finished finished = run(daemon_words(addresses_[0], words));
    EXPECT_EQ(finished.exit, usage) << says;
    EXPECT_THAT(finished.err, HasSubstr(says));
  }
  const auto first = ready(daemon_words(addresses_[0], {"--volatile"}));
  const Finished second = run(daemon_words(addresses_[0], {"--volatile"}));
  EXPECT_EQ(second.exit, refused);
  EXPECT_THAT(second.err, HasSubstr("another process has it"));
}

TEST_F(Tools, ConfigFileIsStrictAndFlagsWin) {
  const std::string path = directory_.path("node.toml");
  std::ofstream(path) << "name = 'file'\nlisten = '" << addresses_[0]
                      << "'\nvolatile = true\ninsecure = true\nkey_bytes_max = 4\n";
  const std::string bad_path = directory_.path("bad.toml");
  std::ofstream(bad_path) << "key_byte_max = 4\n";

  const auto daemon = ready({"rejoind", "--config", path, "--name", "flag"});
  const Finished bad = run({"rejoind", "--config", bad_path});

  EXPECT_EQ(Json::parse(out(0, {"status", "--json"}))["name"], "flag");
  EXPECT_EQ(ask(0, {"gcounter", "add", "long-key"}).exit, refused);
  EXPECT_EQ(ask(0, {"gcounter", "add", "key"}).exit, done);
  EXPECT_EQ(bad.exit, usage);
  EXPECT_THAT(bad.err, HasSubstr("no key 'key_byte_max'"));
  EXPECT_THAT(bad.err, HasSubstr("key_bytes_max"));
}

TEST_F(Tools, DaemonStopsOnSignalsAndResumes) {
  const auto words = daemon_words(
      addresses_[0], {"--data", directory_.path("d"), "--peer", addresses_[1], "--name", "a"});
  for (const int number : {SIGTERM, SIGINT}) {
    const auto daemon = ready(words);
    out(0, {"gcounter", "add", "k"});
    const auto asked_at = std::chrono::steady_clock::now();
    daemon->signal(number);
    EXPECT_EQ(daemon->wait(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - asked_at, std::chrono::seconds(2));
  }

  Process daemon(words);
  EXPECT_EQ(daemon.line(), "rejoind a: listening on " + addresses_[0] + ", store " +
                               directory_.path("d") + ", 1 objects");
  EXPECT_EQ(out(0, {"gcounter", "get", "k"}), "2\n");
}

// A disk that is full: files may not grow beyond the limit, and the signal for that is ignored.
TEST_F(Tools, FullDiskEndsWritingAndReadingGoesOn) {
  const std::string directory = directory_.path("d");
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "rejoind";
  int written = 0;
  {
    Process daemon({"/bin/sh", "-c",
                    "trap '' XFSZ; ulimit -f 400; exec " + program + " --listen " + addresses_[0] +
                        " --insecure --data " + directory});
    ASSERT_TRUE(daemon.line()) << daemon.errors();
    Finished last;
    for (; written < 1000; ++written) {
      last = ask(0, {"lww", "set", "k" + std::to_string(written), std::string(20'000, 'x')});
      if (last.exit != done) break;
    }
    EXPECT_EQ(last.exit, refused);
    EXPECT_GT(written, 0);

    const Finished next = ask(0, {"lww", "set", "k", "v"});
    EXPECT_EQ(next.exit, refused);
    EXPECT_THAT(next.err, HasSubstr("reading goes on"));
    EXPECT_EQ(out(0, {"lww", "get", "k0"}).size(), 20'001U);
    EXPECT_FALSE(Json::parse(out(0, {"status", "--json"}))["failure"].is_null());
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
  }

  const auto daemon = ready(daemon_words(addresses_[0], {"--data", directory}));
  for (int i = 0; i < written; ++i) {
    EXPECT_EQ(out(0, {"lww", "get", "k" + std::to_string(i)}).size(), 20'001U) << i;
  }
  EXPECT_EQ(ask(0, {"lww", "set", "k", "v"}).exit, done);
}

}  // namespace
}  // namespace rejoin::integration
