// What rejoin and rejoind refuse, and that each says what to do. What is wrong on a command line is
// in tools_test.cpp; what is wrong in a settings file, in settings_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "net/client_message.hpp"
#include "tests/integration/daemon.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using testing::HasSubstr;

struct Case {
  std::vector<std::string> words;
  int exit;
  std::string fix;  // a part of what it says to do
};

TEST(Errors, OfADaemonNameTheFix) {
  const Daemon daemon({"--volatile"});
  daemon.out({"gcounter", "add", "full", "4611686018427387903"});
  const std::vector<Case> cases = {
      {{"gcounter", "add", "k", "-1"}, 1, "use a PnCounter"},
      {{"gcounter", "add", "full"}, 1, "add less"},
      {{"lww", "set", std::string(2000, 'k'), "v"}, 1, "raise key_bytes_max"},
      {{"wait", "--peers", "3"}, 1, "wait for fewer, or give it more (--peer)"},
      {{"get", "k"}, 2, "its commands are gcounter"},
      {{"lww", "get", "k", "--after", "bad"}, 2, "takes what --token printed, whole"},
      {{"watch", "--token", "bad"}, 2, "takes what --token printed, whole"},
      {{"backup", "/no/such/place"}, 1, "choose a file where this user may write"},
  };
  for (const auto& [words, exit, fix] : cases) {
    const Finished finished = daemon.ask(words);
    EXPECT_EQ(finished.exit, exit) << fix;
    EXPECT_THAT(finished.err, HasSubstr(fix));
  }
}

TEST(Errors, OfNobodyThereAndOfTimeNameTheFix) {
  const std::string nowhere = free_addresses(1)[0];
  const Finished refused =
      run({"rejoin", "--insecure", "--at", nowhere, "status", "--timeout", "100ms"});
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(refused.err, HasSubstr("is rejoind running there, and is that its --listen?"));

  Daemon daemon({"--volatile"});
  const Daemon stranger({"--volatile"});
  const std::string token = daemon.out({"lww", "set", "k", "v", "--token"});
  const Finished unseen = stranger.ask(
      {"lww", "get", "k", "--timeout", "100ms", "--after", token.substr(0, token.size() - 1)});
  EXPECT_EQ(unseen.exit, 3);
  EXPECT_THAT(unseen.err, HasSubstr("rejoin status"));
  EXPECT_THAT(unseen.err, HasSubstr("more --timeout"));

  daemon.process().signal(SIGSTOP);
  const Finished late = daemon.ask({"lww", "set", "k", "w", "--timeout", "300ms"});
  daemon.process().signal(SIGCONT);
  EXPECT_EQ(late.exit, 3);
  EXPECT_TRUE(late.err.find("more --timeout") != std::string::npos ||
              late.err.find("is rejoind running") != std::string::npos)
      << late.err;
}

TEST(Errors, OfADaemonThatCannotStartNameTheFix) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path("file")) << "x";
  const std::string used = directory.path("used");
  const Daemon daemon({"--data", used});
  { const Daemon other({"--data", directory.path("other"), "--cluster", "theirs"}); }
  std::filesystem::create_directory(directory.path("damaged"));
  std::ofstream(directory.path("damaged") + "/store.sqlite") << "not a database";
  const std::vector<Case> cases = {
      {{"--data", used}, 1, "stop it, or give this node a directory of its own"},
      {{"--data", directory.path("file") + "/d"}, 1, "can this user write to"},
      {{"--data", directory.path("other")}, 1, "or the name of that cluster"},
      {{"--data", directory.path("damaged")}, 1, "restore a backup"},
      {{"--volatile", "--peer", "nonsense"}, 1, "an address is tcp://HOST:PORT"},
      {{"--volatile", "--listen", "nonsense"}, 1, "an address is tcp://HOST:PORT"},
      {{"--volatile", "--listen", daemon.address()}, 1, "choose another port"},
      {{"--volatile", "--cluster", ""}, 1, "leave it away"},
      {{}, 2, "--data DIR to keep what it is told, or --volatile"},
  };
  for (const auto& [words, exit, fix] : cases) {
    std::vector<std::string> command = {"rejoind", "--insecure"};
    if (std::find(words.begin(), words.end(), "--listen") == words.end()) {
      command.insert(command.end(), {"--listen", free_addresses(1)[0]});
    }
    command.insert(command.end(), words.begin(), words.end());
    const Finished finished = run(command);
    EXPECT_EQ(finished.exit, exit) << fix << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(fix));
  }
}

// The limits of a disk, as in FullDiskEndsWritingAndReadingGoesOn.
TEST(Errors, OfADiskThatIsFullNameTheFix) {
  const TemporaryDirectory directory;
  const std::string address = free_addresses(1)[0];
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "rejoind";
  Process daemon({"/bin/sh", "-c",
                  "trap '' XFSZ; ulimit -f 400; exec " + program + " --listen " + address +
                      " --insecure --data " + directory.path("d")});
  ASSERT_TRUE(daemon.line()) << daemon.errors();
  Finished last;
  for (int i = 0; i < 1000 && last.exit != 1; ++i) {
    last = run({"rejoin", "--insecure", "--at", address, "lww", "set", "k" + std::to_string(i),
                std::string(20'000, 'x')});
  }
  EXPECT_THAT(last.err, HasSubstr("start the node again"));
  EXPECT_THAT(last.err, HasSubstr("store.sqlite"));
  last = run({"rejoin", "--insecure", "--at", address, "lww", "set", "k", "v"});
  EXPECT_THAT(last.err, HasSubstr("start the node again"));
  const Finished backup =
      run({"rejoin", "--insecure", "--at", address, "backup", directory.path("saved")});
  EXPECT_EQ(backup.exit, 0) << backup.err;  // what it holds can still be taken away
}

// As a newer program would write it: the version is the first field of the message's only struct.
TEST(Errors, OfANodeOfAnotherAgeNameTheFix) {
  constexpr std::size_t version_at = 16;  // behind the table of segments and the root pointer
  std::string bytes = encode_request({1, {}, 0, {}, StatusRequest{}});
  ASSERT_EQ(bytes[version_at], client_version);
  bytes[version_at] = client_version + 6;

  const auto read = decode_request(bytes);

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::version_unsupported);
  EXPECT_THAT(read.error().message, HasSubstr("use the rejoin of the node's version"));
}

}  // namespace
}  // namespace rejoin::integration
