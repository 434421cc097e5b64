// A data directory is one node's: a second daemon on it is refused, and a copy that runs beside the
// original is reported, loses nothing and mints no dot twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/integration/process.hpp"
#include "tests/integration/stored_dots.hpp"

namespace rejoin::integration {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

class Directory : public testing::Test {
 protected:
  std::unique_ptr<Process> daemon(const std::string& name, std::size_t at,
                                  const std::vector<std::size_t>& peers) const {
    std::vector<std::string> command = {
        "rejoind",      "--name",     name,     "--listen",
        addresses_[at], "--insecure", "--data", directory_.path(name)};
    for (std::size_t peer : peers) command.insert(command.end(), {"--peer", addresses_[peer]});
    auto process = std::make_unique<Process>(command);
    EXPECT_TRUE(process->line()) << process->errors();
    return process;
  }
  std::string ask(std::size_t at, std::vector<std::string> words) const {
    words.insert(words.begin(), {"rejoin", "--insecure", "--at", addresses_[at]});
    const Finished finished = run(std::move(words));
    EXPECT_EQ(finished.exit, 0) << finished.err;
    return finished.out;
  }
  // Asks until it is so; each question waits for the daemon, so this does not spin.
  template <class Holds>
  static bool eventually(Holds&& holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (holds()) return true;
    }
    return false;
  }
  template <class Holds>
  bool comes(std::size_t at, const std::vector<std::string>& words, Holds&& holds) const {
    return eventually([&] { return holds(ask(at, words)); });
  }
  static void stop(Process& process) {
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), 0);
  }

  const std::vector<std::string> addresses_ = free_addresses(3);
  const TemporaryDirectory directory_;
};

TEST_F(Directory, SecondDaemonIsRefusedAndToldWhoHoldsIt) {
  const auto first = daemon("a", 0, {});

  const Finished second =
      run({"rejoind", "--listen", addresses_[1], "--insecure", "--data", directory_.path("a")});

  EXPECT_EQ(second.exit, 1);
  EXPECT_THAT(second.err, HasSubstr("is held by process " + std::to_string(first->id())));
  EXPECT_THAT(second.err, HasSubstr("stop it, or give this node a directory of its own"));
  ask(0, {"gcounter", "add", "k"});
}

TEST_F(Directory, CopyStartedBesideTheOriginalIsReportedAndGivesNoDotTwoValues) {
  {
    const auto original = daemon("original", 1, {});
    ask(1, {"awset", "add", "seen", "before"});
    stop(*original);
  }
  std::filesystem::copy(directory_.path("original"), directory_.path("copy"));

  const auto witness = daemon("witness", 0, {1, 2});
  const auto original = daemon("original", 1, {0});
  const auto copy = daemon("copy", 2, {0});
  ask(1, {"awset", "add", "seen", "by the original"});
  ask(2, {"awset", "add", "seen", "by the copy"});
  ask(0, {"awset", "add", "seen", "by the witness"});

  const auto reported = [](const std::string& out) {
    return !Json::parse(out)["duplicated"].empty();
  };
  EXPECT_TRUE(comes(0, {"status", "--json"}, reported)) << "the witness does not say so";
  EXPECT_THAT(ask(0, {"status"}), HasSubstr("DUPLICATED: two processes run as node "));

  // Both are told. The witness knows the original's route, since it was alone when they met.
  const auto refused = [](const std::string& out) {
    return Json::parse(out)["frames_refused"].get<std::uint64_t>() > 0;
  };
  EXPECT_TRUE(comes(1, {"status", "--json"}, refused));
  EXPECT_TRUE(comes(2, {"status", "--json"}, refused));

  // Who is listened to holds all but what the other wrote, until the other goes.
  stop(*original);
  const auto all = [](const std::string& out) {
    return out == "before\nby the copy\nby the original\nby the witness\n";
  };
  const auto without_original = [](const std::string& out) {
    return out == "before\nby the copy\nby the witness\n";
  };
  EXPECT_TRUE(comes(2, {"awset", "get", "seen"},
                    [&](const std::string& out) { return all(out) || without_original(out); }));
  // Else it goes with the copy.
  EXPECT_TRUE(comes(0, {"awset", "get", "seen"}, [](const std::string& out) {
    return out.find("by the copy\n") != std::string::npos;
  }));
  stop(*copy);
  const auto again = daemon("original", 1, {0});
  EXPECT_TRUE(comes(0, {"awset", "get", "seen"}, all));
  EXPECT_TRUE(comes(1, {"awset", "get", "seen"}, all));
  EXPECT_TRUE(comes(0, {"status", "--json"}, std::not_fn(reported))) << "it is over";
  stop(*again);
  stop(*witness);

  EXPECT_THAT(witness->errors(), HasSubstr("two processes run as node"));
  EXPECT_THAT(original->errors(), HasSubstr("another process runs as node"));
  EXPECT_THAT(copy->errors(), HasSubstr("another process runs as node"));
  StoredDots dots(StoreId::named("default"));
  for (const char* name : {"original", "copy", "witness"}) dots.read(directory_.path(name));
  EXPECT_GE(dots.size(), 4U);
  EXPECT_EQ(dots.conflicts(), std::vector<std::string>());
}

}  // namespace
}  // namespace rejoin::integration
