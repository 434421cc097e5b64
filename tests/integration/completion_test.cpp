// Completion: what the program offers, and a real bash that asks it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/integration/process.hpp"

namespace rejoin::integration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The words before the tabs.
std::vector<std::string> offered(std::vector<std::string> typed, const char* program = "rejoin") {
  std::vector<std::string> command = {program, "--complete"};
  command.insert(command.end(), typed.begin(), typed.end());
  const Finished finished = run(std::move(command));
  EXPECT_EQ(finished.exit, 0) << finished.err;
  std::vector<std::string> out;
  std::istringstream lines(finished.out);
  for (std::string line; std::getline(lines, line);) out.push_back(line.substr(0, line.find('\t')));
  return out;
}

TEST(Completion, OffersCommandsOperationsFlagsAndTheirValues) {
  EXPECT_THAT(offered({"gc"}), ElementsAre("gcounter"));
  EXPECT_THAT(offered({"wa"}), ElementsAre("wait", "watch"));
  EXPECT_THAT(offered({"gcounter", ""}), ElementsAre("add", "remove", "get"));
  EXPECT_THAT(offered({"lww", "s"}), ElementsAre("set"));
  EXPECT_THAT(offered({"wait", "--peers", ""}), ElementsAre("all", "majority"));
  EXPECT_THAT(offered({"wait", "--pe"}), ElementsAre("--peers"));
  EXPECT_THAT(offered({"--at", "tcp://x:1", "awset", "a"}), ElementsAre("add"));
  EXPECT_THAT(offered({"backup", ""}), ElementsAre(":file"));
  EXPECT_THAT(offered({"restore", "file", ""}), ElementsAre(":dir"));
  EXPECT_THAT(offered({"lww", "set", "k", ""}), IsEmpty());
  EXPECT_THAT(offered({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(offered({"--vol"}, "rejoind"), ElementsAre("--volatile"));
  EXPECT_THAT(offered({"--data", ""}, "rejoind"), ElementsAre(":dir"));
}

TEST(Completion, WatchHidesTheOuterFlagOfTheSameName) {
  EXPECT_THAT(offered({"watch", "--to"}), ElementsAre("--token"));
}

// As an interactive shell does it: it sets what is typed, and calls the function of the command.
TEST(Completion, BashCompletesWithTheScript) {
  const TemporaryDirectory directory;
  const std::string bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"rejoin --at tcp://127.0.0.1:7401 gco", "gcounter\n"},
      {"rejoin mv ", "set\nremove\nget\n"},
      {"rejoin wait --peers m", "majority\n"},
      {"rejoind --ins", "--insecure\n"},
  };
  for (const auto& [line, says] : cases) {
    const std::string program = line.substr(0, line.find(' '));
    const std::string ask =
        program == "rejoin" ? "rejoin completion bash" : "rejoind --completion bash";
    const Finished finished =
        run({"/bin/bash", "-c",
             "PATH=" + bin + ":$PATH; source <(" + ask + "); COMP_LINE='" + line +
                 "' COMP_POINT=${#COMP_LINE}; COMP_POINT=${#COMP_LINE}; "
                 "function=$(complete -p " +
                 program +
                 "); function=${function#*-F }; "
                 "${function%% *}; printf '%s\\n' \"${COMPREPLY[@]}\""});
    EXPECT_EQ(finished.out, says) << finished.err;
  }
}

TEST(Completion, ScriptsNameTheProgramAndOtherShellsAreRefused) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Finished script = run({"rejoin", "completion", shell});
    EXPECT_EQ(script.exit, 0);
    EXPECT_THAT(script.out, HasSubstr("rejoin"));
    EXPECT_THAT(script.out, testing::Not(HasSubstr("PROGRAM")));
  }
  const Finished other = run({"rejoin", "completion", "csh"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_THAT(other.err, HasSubstr("bash, zsh or fish"));
}

}  // namespace
}  // namespace rejoin::integration
