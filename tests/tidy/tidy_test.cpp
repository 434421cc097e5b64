// A check that cannot fail is not a check: every rule is broken once, alone, in a folder that is
// otherwise clean, and must be the one thing reported.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rules.hpp"
#include "tests/tidy/source_text.hpp"

namespace rejoin::tidy {
namespace {

namespace fs = std::filesystem;

std::string header(const std::string& rest) {
  return "#pragma once\n" + rest;
}
std::string including(const std::string& what) {
  return "#include " + what + "\n";
}
std::string lines(int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += "\n";
  return result;
}

// A checkout in a temporary folder, removed at the end, with one good file in each folder.
class Checkout {
 public:
  Checkout() {
    std::string name = (fs::temp_directory_path() / "tidy_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    add("CMakeLists.txt", "project(rejoin)\n");
    add("README.md", "text\n");
    add(".ci/run", "#!/bin/sh\n");
    add("crdt/dot.hpp", header(including("<compare>")));
    add("crdt/laws/laws.hpp", header(including("<rapidcheck.h>") + including("\"crdt/dot.hpp\"")));
    add("net/log.hpp", header(including("\"crdt/dot.hpp\"")));
    add("net/log.cpp", including("\"net/log.hpp\"") + including("<capnp/message.h>") +
                           including("\"net/schema/frame.capnp.h\"") + including("<xxhash.h>"));
    add("net/capnp_value.hpp", header(including("<capnp/message.h>")));
    add("net/disk/store.cpp", including("<sqlite3.h>") + including("<fcntl.h>"));
    add("net/zmq/node.cpp", including("<zmq.hpp>") + including("<thread>") +
                                including("\"net/disk/store.hpp\"") + including("<sodium.h>"));
    add("net/zmq/rejoind.cpp", including("<CLI/CLI.hpp>") + including("<iostream>"));
    add("sim/world.cpp",
        including("\"net/disk/store.hpp\"") + "// not <random>, no steady_clock\n");
    add("sim/rejoin_sim.cpp", including("<toml++/toml.h>") + including("<sys/wait.h>"));
    add("examples/counter.cpp",
        including("\"net/zmq/node.hpp\"") + including("<nlohmann/json.hpp>"));
    add("examples/scenarios/split.toml", "nodes = 3\n");
    add("tests/unit/dot_test.cpp", including("\"net/schema/frame.capnp.h\""));
  }
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;
  ~Checkout() { fs::remove_all(root_); }

  void add(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary | std::ios::app) << text;
  }
  const fs::path& root() const { return root_; }
  std::vector<Violation> check() const { return check_files(root_, files_below(root_)); }

 private:
  fs::path root_;
};

struct Planted {
  std::string name;  // of the test
  std::string path;
  std::string text;
  std::string rule;
};

std::vector<Planted> planted() {
  const std::string machine =
      "/ro"
      "ot";
  return {
      {"CrdtIncludesNet", "crdt/dot.hpp", including("\"net/log.hpp\""), "include-layer"},
      {"CrdtIncludesSim", "crdt/dot.hpp", including("\"sim/world.hpp\""), "include-layer"},
      {"CrdtIncludesLaws", "crdt/dot.hpp", including("\"crdt/laws/laws.hpp\""), "include-layer"},
      {"CrdtIncludesThirdParty", "crdt/dot.hpp", including("<xxhash.h>"), "include-foreign"},
      {"CrdtIncludesPosix", "crdt/dot.hpp", including("<pthread.h>"), "include-foreign"},
      {"CrdtIncludesThread", "crdt/dot.hpp", including("<thread>"), "include-std"},
      {"CrdtIncludesMutex", "crdt/dot.hpp", including("<mutex>"), "include-std"},
      {"CrdtIncludesChrono", "crdt/dot.hpp", including("<chrono>"), "include-std"},
      {"CrdtIncludesRandom", "crdt/dot.hpp", including("<random>"), "include-std"},
      {"CrdtIncludesIostream", "crdt/dot.hpp", including("<iostream>"), "include-std"},
      {"CrdtReadsEnvironment", "crdt/dot.hpp", "auto e = std::getenv(\"X\");\n", "word"},
      {"CrdtReadsTime", "crdt/dot.hpp", "timespec t; clock_gettime(0, &t);\n", "word"},
      {"LawsIncludeNet", "crdt/laws/laws.hpp", including("\"net/log.hpp\""), "include-layer"},
      {"LawsIncludeSim", "crdt/laws/laws.hpp", including("\"sim/world.hpp\""), "include-layer"},
      {"LawsIncludeGtest", "crdt/laws/laws.hpp", including("<gtest/gtest.h>"), "include-foreign"},
      {"NetIncludesZmqFolder", "net/log.cpp", including("\"net/zmq/node.hpp\""), "include-layer"},
      {"NetIncludesDisk", "net/log.cpp", including("\"net/disk/store.hpp\""), "include-layer"},
      {"NetIncludesSim", "net/log.cpp", including("\"sim/world.hpp\""), "include-layer"},
      {"NetIncludesZmq", "net/log.cpp", including("<zmq.h>"), "include-foreign"},
      {"NetIncludesThread", "net/log.cpp", including("<condition_variable>"), "include-std"},
      {"NetIncludesRandom", "net/log.cpp", including("<random>"), "include-std"},
      {"NetReadsClock", "net/log.cpp", "auto t = std::chrono::steady_clock::now();\n", "word"},
      {"NetHeaderShowsCapnp", "net/log.hpp", including("<capnp/message.h>"), "capnp-in-header"},
      {"NetHeaderShowsKj", "net/log.hpp", including("<kj/common.h>"), "capnp-in-header"},
      {"NetHeaderShowsSchema", "net/log.hpp", including("\"net/schema/frame.capnp.h\""),
       "capnp-in-header"},
      {"DiskIncludesZmq", "net/disk/store.cpp", including("<zmq.hpp>"), "include-foreign"},
      {"DiskIncludesZmqFolder", "net/disk/store.cpp", including("\"net/zmq/node.hpp\""),
       "include-layer"},
      {"DiskIncludesSim", "net/disk/store.cpp", including("\"sim/world.hpp\""), "include-layer"},
      {"DiskReadsClock", "net/disk/store.cpp", "using std::chrono::system_clock;\n", "word"},
      {"NodeIncludesSim", "net/zmq/node.cpp", including("\"sim/world.hpp\""), "include-layer"},
      {"NodeIncludesJson", "net/zmq/node.cpp", including("<nlohmann/json.hpp>"), "include-foreign"},
      {"NodePrints", "net/zmq/node.cpp", including("<iostream>"), "include-std"},
      {"DaemonIncludesSim", "net/zmq/rejoind.cpp", including("\"sim/world.hpp\""), "include-layer"},
      {"SimIncludesZmqFolder", "sim/world.cpp", including("\"net/zmq/node.hpp\""), "include-layer"},
      {"SimIncludesZmq", "sim/world.cpp", including("<zmq.hpp>"), "include-foreign"},
      {"SimIncludesToml", "sim/world.cpp", including("<toml++/toml.h>"), "include-foreign"},
      {"SimIncludesThread", "sim/world.cpp", including("<thread>"), "include-std"},
      {"SimReadsClock", "sim/world.cpp", "std::chrono::steady_clock::now();\n", "word"},
      {"SimToolIncludesZmqFolder", "sim/rejoin_sim.cpp", including("\"net/zmq/node.hpp\""),
       "include-layer"},
      {"SimToolIncludesThread", "sim/rejoin_sim.cpp", including("<future>"), "include-std"},
      {"ExampleIncludesSchema", "examples/counter.cpp", including("\"net/schema/frame.capnp.h\""),
       "include-layer"},
      {"ExampleIncludesTests", "examples/counter.cpp", including("\"tests/tidy/rules.hpp\""),
       "include-layer"},
      {"IncludeIsRelative", "crdt/dot.hpp", including("\"result.hpp\""), "include-root"},
      {"IncludeOfOursInBrackets", "crdt/dot.hpp", including("<crdt/result.hpp>"), "include-root"},
      {"IncludeWithSpaces", "crdt/dot.hpp", "  #  include  <random>  // why\n", "include-std"},
      {"LineTooLong", "crdt/dot.hpp", std::string(101, 'x') + "\n", "line-length"},
      {"HeaderTooLong", "crdt/dot.hpp", lines(300), "file-length"},
      {"SourceTooLong", "net/log.cpp", lines(500), "file-length"},
      {"HeaderWithoutPragma", "crdt/bare.hpp", "// #pragma once\n", "pragma-once"},
      {"UnfinishedWork", "net/log.cpp",
       "// TODO"
       "(now): later\n",
       "unfinished"},
      {"EighthFolder", "lib/README.md", "text\n", "top-level"},
      {"StrayFile", "notes.txt", "text\n", "top-level"},
      {"FolderOfNothing", "tests/utils/README.md", "text\n", "folder-name"},
      {"CodeOutsideTheTable", "crdt/sets/set.cpp", "int x;\n", "folder"},
      {"CodeAmongDocs", "docs/sample.cpp", "int x;\n", "folder"},
      {"StrayToml", "examples/config.toml", "x = 1\n", "scenario"},
      {"MachinePathInText", "README.md", "see " + machine + "/notes\n", "machine-path"},
      {"MachinePathInQuotes", "CMakeLists.txt",
       "set(x \"/wo"
       "rk\")\n",
       "machine-path"},
  };
}

class PlantedViolation : public testing::TestWithParam<Planted> {};

TEST_P(PlantedViolation, IsTheOneReported) {
  const Planted& plant = GetParam();
  const Checkout checkout;
  checkout.add(plant.path, plant.text);

  const std::vector<Violation> found = checkout.check();

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, plant.path);
  EXPECT_EQ(found[0].rule, plant.rule) << found[0].says;
}

INSTANTIATE_TEST_SUITE_P(Tidy, PlantedViolation, testing::ValuesIn(planted()),
                         [](const auto& about) { return about.param.name; });

TEST(Tidy, CleanCheckoutHasNoFindings) {
  const Checkout checkout;

  for (const Violation& violation : checkout.check()) {
    ADD_FAILURE() << violation.path << ": " << violation.says;
  }
}

TEST(Tidy, LengthOfALineCountsColumnsNotBytes) {
  const Checkout checkout;
  std::string line = "// ";
  for (int i = 0; i < 97; ++i) line += "\u00e9";
  checkout.add("crdt/dot.hpp", line + "\n");

  EXPECT_TRUE(checkout.check().empty());
}

TEST(Tidy, WordsInCommentsAndLiteralsAreNoUse) {
  const Checkout checkout;
  checkout.add("sim/world.cpp",
               "/* steady_clock\n getenv */ int n = 1'000; char c = '\"'; // getenv\n"
               "const char* s = \"\\\" steady_clock\";\n");

  EXPECT_TRUE(checkout.check().empty());
}

TEST(Tidy, LineNumberIsThatOfTheInclude) {
  const std::vector<Violation> found =
      check_text("crdt/dot.hpp", "// one\n#pragma once\n/* three\n */\n#include <random>\n");

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 5);
}

TEST(Tidy, PathOfAnotherKindIsNoMachinePath) {
  EXPECT_TRUE(check_text("README.md",
                         "examples/wo"
                         "rk/a and https://host/ro"
                         "ot/a\n")
                  .empty());
}

TEST(Tidy, ProgramFailsOnAPlantedCheckoutAndPassesACleanOne) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "tidy";
  const Checkout checkout;
  const std::string command = program.string() + " " + checkout.root().string() + " >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);

  checkout.add("crdt/dot.hpp", including("<random>"));

  EXPECT_NE(std::system(command.c_str()), 0);
}

TEST(Tidy, FilesOfTheProjectLeaveOutTheBuildFolder) {
  const std::vector<std::string> files = project_files(fs::current_path());

  EXPECT_TRUE(std::binary_search(files.begin(), files.end(), "tests/tidy/tidy_test.cpp"));
  EXPECT_TRUE(std::none_of(files.begin(), files.end(),
                           [](const std::string& path) { return path.starts_with("build/"); }));
}

}  // namespace
}  // namespace rejoin::tidy
