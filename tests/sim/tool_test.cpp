// The tool as a user meets it: what it prints, and what its exit codes say.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace rejoin::sim {
namespace {

struct Ended {
  int code = -1;
  std::string output;  // standard output
};

Ended rejoin_sim(const std::string& arguments) {
  const auto tool = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "rejoin-sim";
  const std::string command = "'" + tool.string() + "' " + arguments + " 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Ended ended;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    ended.output.append(buffer, n);
  }
  const int status = pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

// A scenario in a file of its own, gone with the test.
class File {
 public:
  explicit File(const std::string& text)
      : path_(testing::TempDir() + "rejoin_" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml") {
    std::ofstream(path_) << text;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const std::string tiny =
    "until = \"2s\"\nquiet = \"1s\"\n[workload]\ntransactions = 5\n"
    "over = [\"0s\", \"1s\"]\n";

TEST(RejoinSim, RunSaysInJsonWhatHappened) {
  const Ended ended = rejoin_sim("run examples/scenarios/split.toml --seed 7 --verify --json -");
  EXPECT_EQ(ended.code, 0);
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["verdict"], "ok");
  EXPECT_EQ(json["trace_hash"].get<std::string>().size(), 16U);
  EXPECT_GT(json["events"], 100);
  EXPECT_GT(json["virtual_seconds"], 9.0);
  EXPECT_GT(json["wall_seconds"], 0.0);
  EXPECT_EQ(json["statistics"]["stale_seconds"]["count"], 3 * json["entries"].get<int>());
  ASSERT_EQ(json["receipts"].size(), 5U);
  EXPECT_EQ(json["receipts"][0]["fault"], "split");
}

TEST(RejoinSim, OneSeedOneHash) {
  const std::string run = "run examples/scenarios/crashes.toml --seed 3 --json -";
  const auto first = nlohmann::json::parse(rejoin_sim(run).output);
  EXPECT_EQ(first["trace_hash"], nlohmann::json::parse(rejoin_sim(run).output)["trace_hash"]);
}

TEST(RejoinSim, SweepSumsUpAndIsTheSameForAnyNumberOfJobs) {
  const std::string sweep = "sweep examples/scenarios/split.toml --seeds 1..20 --json -";
  const Ended one = rejoin_sim(sweep);
  EXPECT_EQ(one.code, 0);
  const auto json = nlohmann::json::parse(one.output);
  EXPECT_EQ(json["done"], 20);
  EXPECT_EQ(json["ok"], 20);
  EXPECT_EQ(json["failed"].size(), 0U);
  const auto three = nlohmann::json::parse(rejoin_sim(sweep + " --jobs 3").output);
  EXPECT_EQ(three["done"], 20);
  EXPECT_EQ(three["trace_hash"], json["trace_hash"]);
}

// A folder of results, gone with the test.
class Folder {
 public:
  Folder()
      : path_(testing::TempDir() + "rejoin_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(RejoinSim, ShardsMergeToWhatOneSweepGives) {
  const Folder folder;
  const std::string of = "sweep examples/scenarios/split.toml --seeds 0..19 --json ";
  const auto whole = nlohmann::json::parse(rejoin_sim(of + "-").output);
  for (const char* shard : {"1", "2", "3"}) {
    EXPECT_EQ(rejoin_sim(of + folder / shard + " --shard " + shard + "/3").code, 0);
  }
  const std::string merge = "merge " + folder / "3" + " " + folder / "1 ";
  const Ended merged = rejoin_sim(merge + folder / "2" + " --json -");
  EXPECT_EQ(merged.code, 0);
  const auto sum = nlohmann::json::parse(merged.output);
  EXPECT_EQ(sum["ended"], "all seeds");
  for (const char* field :
       {"build", "done", "ok", "trace_hash", "events", "virtual_seconds", "faults"}) {
    EXPECT_EQ(sum[field], whole[field]) << field;
  }
  EXPECT_EQ(sum["scenarios"][0]["counts"], whole["scenarios"][0]["counts"]);
  EXPECT_GT(sum["faults"]["loss"]["bites"], 0);
}

TEST(RejoinSim, MergeRefusesOverlapsGapsAndOtherTexts) {
  const Folder folder;
  const File scenario(tiny);
  const std::string of = "sweep " + scenario.path() + " --json ";
  rejoin_sim(of + folder / "a" + " --seeds 1..4");
  rejoin_sim(of + folder / "b" + " --seeds 4..5");
  rejoin_sim(of + folder / "c" + " --seeds 6..7");
  const std::string merge = "merge " + folder / "a ";
  EXPECT_EQ(rejoin_sim(merge + folder / "b").code, 4) << "seed 4 is in both";
  EXPECT_EQ(rejoin_sim(merge + folder / "c").code, 4) << "seed 5 is in none";
  EXPECT_EQ(rejoin_sim(merge + folder / "c" + " --partial").code, 0);
  std::ofstream(scenario.path(), std::ios::app) << "# another text\n";
  rejoin_sim(of + folder / "d" + " --seeds 5..5");
  EXPECT_EQ(rejoin_sim(merge + folder / "d").code, 4) << "another scenario";
  std::ofstream(folder / "e") << "{}";
  EXPECT_EQ(rejoin_sim(merge + folder / "e").code, 4) << "no result";
  EXPECT_EQ(rejoin_sim(merge + folder / "f").code, 4) << "no file";
}

TEST(RejoinSim, SweepTakesFoldersAndEndsInTime) {
  const Folder folder;
  std::ofstream(folder / "one.toml") << tiny;
  std::ofstream(folder / "two.toml") << tiny << "[clocks]\noffset = \"1ms\"\n";
  const Ended both = rejoin_sim("sweep " + folder.path() + " --seeds 3 --json -");
  EXPECT_EQ(both.code, 0);
  EXPECT_EQ(nlohmann::json::parse(both.output)["scenarios"].size(), 2U);
  const Ended timed = rejoin_sim("sweep " + folder.path() + " --seeds 1..1e6 --for 200ms --json -");
  EXPECT_EQ(timed.code, 0);
  const auto json = nlohmann::json::parse(timed.output);
  EXPECT_EQ(json["ended"], "the time was up");
  EXPECT_GT(json["done"], 1);
}

TEST(RejoinSim, AnInterruptedSweepSaysWhatItHas) {
  const Folder folder;
  const auto tool = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "rejoin-sim";
  // Interrupted once it has a worker.
  const std::string command = "'" + tool.string() +
                              "' sweep examples/scenarios/split.toml --seeds 1..1e6 --json " +
                              folder / "out" +
                              " >/dev/null 2>&1 & tool=$!;"
                              " while [ -z \"$(cat /proc/$tool/task/$tool/children)\" ] &&"
                              " kill -0 $tool; do sleep 0.01; done;"
                              " kill -INT $tool; wait $tool";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 130);
  const auto json = nlohmann::json::parse(std::ifstream(folder / "out"));
  EXPECT_EQ(json["ended"], "interrupted");
}

// The second run of each is perturbed; tests/sim/undetermined has what must be found.
TEST(RejoinSim, VerifyFindsEveryScenarioDetermined) {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator("examples/scenarios")) {
    if (file.path().extension() == ".toml") all += " " + file.path().string();
  }
  const Ended ended = rejoin_sim("verify" + all + " --seeds 1..2 --jobs 2 --json -");
  EXPECT_EQ(ended.code, 0) << ended.output;
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["runs"], 2 * json["scenarios"].size());
  EXPECT_EQ(json["nondeterministic"].size(), 0U);
  EXPECT_GT(json["events_equal"], 1000);
  EXPECT_EQ(rejoin_sim("verify examples/scenarios/split.toml --seeds x").code, 4);
}

TEST(RejoinSim, DiffComparesAFileWithARun) {
  const Folder folder;
  const std::string file = folder / "run.json";
  EXPECT_EQ(rejoin_sim("run examples/scenarios/split.toml --seed 7 --record " + file).code, 0);
  EXPECT_EQ(rejoin_sim("diff " + file + " examples/scenarios/split.toml:7").code, 0);
  const Ended ended = rejoin_sim("diff " + file + " examples/scenarios/split.toml:8 --json -");
  EXPECT_EQ(ended.code, 1);
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["equal"], false);
  EXPECT_EQ(json["first"]["index"], 0);
  EXPECT_EQ(json["differing"][0]["name"], "seed");
  EXPECT_EQ(rejoin_sim("diff " + file + " nothing").code, 4);
}

TEST(RejoinSim, ExportWritesEachFormat) {
  const std::string run = "export examples/scenarios/split.toml:7 --format ";
  EXPECT_EQ(rejoin_sim(run + "shiviz").output.rfind("(?<host>", 0), 0U);
  EXPECT_EQ(rejoin_sim(run + "mermaid --from 1 --until 2").output.rfind("sequenceDiagram", 0), 0U);
  EXPECT_TRUE(nlohmann::json::parse(rejoin_sim(run + "perfetto").output).contains("traceEvents"));
  EXPECT_EQ(rejoin_sim(run + "png").code, 4);
}

TEST(RejoinSim, ExhaustCountsAndReplays) {
  const Ended all = rejoin_sim("exhaust --replicas 2 --ops 1 --drop --json -");
  EXPECT_EQ(all.code, 0);
  EXPECT_EQ(nlohmann::json::parse(all.output)["complete"], true);
  EXPECT_EQ(rejoin_sim("exhaust --replicas 2 --ops 1 --choices 0,1").code, 0);
  EXPECT_EQ(rejoin_sim("exhaust --replicas 4 --ops 4 --for 50ms").code, 2) << "not complete";
  EXPECT_EQ(rejoin_sim("exhaust --act nonsense").code, 4);
  EXPECT_EQ(rejoin_sim("exhaust --op 'awset k add e'").code, 4);
  EXPECT_EQ(rejoin_sim("exhaust --choices x").code, 4);
}

TEST(RejoinSim, ASearchIsTheSameForAnyNumberOfJobsAndKeepsItsCorpus) {
  const Folder folder;
  const File scenario(tiny);
  const std::string search = "search " + scenario.path() + " --search 3 --runs 70 --json - ";
  const auto one = nlohmann::json::parse(rejoin_sim(search).output);
  EXPECT_EQ(one["runs"], 70);
  const auto three =
      nlohmann::json::parse(rejoin_sim(search + "--jobs 3 --corpus " + folder / "corpus").output);
  EXPECT_EQ(three["buckets"], one["buckets"]);
  EXPECT_EQ(three["kept"], one["kept"]);
  std::size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "corpus")) {
    seeds += entry.path().extension() == ".seed";
  }
  EXPECT_EQ(seeds, one["kept"]);
}

TEST(RejoinSim, AFaultThatDidNotBiteIsTwo) {
  const File scenario(tiny +
                      "[[fault]]\nkind = \"one_way\"\nat = \"0s\"\nfor = \"1s\"\n"
                      "from = [0]\nto = [0]\n");
  EXPECT_EQ(rejoin_sim("run " + scenario.path() + " --seed 1").code, 2);
  const Ended ended = rejoin_sim("sweep " + scenario.path() + " --seeds 1..3");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.output.find("rejoin-sim run " + scenario.path() + " --seed 2"),
            std::string::npos);
}

TEST(RejoinSim, AViolationIsOne) {
  const File scenario(
      "until = \"2s\"\nconverge = \"1us\"\nquiet = \"1us\"\n"
      "[workload]\nover = [\"1500ms\", \"2s\"]\n");
  EXPECT_EQ(rejoin_sim("run " + scenario.path() + " --seed 1").code, 1);
  EXPECT_EQ(rejoin_sim("sweep " + scenario.path() + " --seeds 1..4 --stop-at-first").code, 1);
}

TEST(RejoinSim, AFailingSeedIsShrunkAndReplayed) {
  const File scenario(
      "until = \"2s\"\n[[do]]\nat = \"1s\"\nnode = 0\nop = \"awset key0 add e1\"\n"
      "[[do]]\nat = \"1s\"\nnode = 1\nops = [\"awset key0 add e2\", \"max key0 set 7\"]\n"
      "[expect]\nvalue = {\"awset key0\" = \"e1\"}\n");
  const std::string small = testing::TempDir() + "rejoin_small.toml";
  const Ended shrunk = rejoin_sim("shrink " + scenario.path() + " --seed 1 -o " + small);
  EXPECT_EQ(shrunk.code, 1);
  EXPECT_NE(shrunk.output.find("the check 'value' fails"), std::string::npos) << shrunk.output;
  EXPECT_NE(shrunk.output.find("3 operations and faults became 0"), std::string::npos)
      << "an empty set is not what is expected either\n"
      << shrunk.output;
  const Ended replayed = rejoin_sim("replay " + small);
  EXPECT_EQ(replayed.code, 1);
  EXPECT_NE(replayed.output.find("fails in the same way"), std::string::npos) << replayed.output;
  EXPECT_EQ(rejoin_sim("run " + small).code, 1) << "its seed is in it";
  EXPECT_EQ(rejoin_sim("shrink examples/scenarios/split.toml --seed 1").code, 0);
  EXPECT_EQ(rejoin_sim("replay examples/scenarios/split.toml").code, 4) << "no seed";
  std::filesystem::remove(small);
  std::filesystem::remove(testing::TempDir() + "rejoin_small_test.cpp");
}

// Who removes has not seen what it removes, if the loss takes that frame; and then it stays.
std::string unseen(const std::string& rate) {
  return "nodes = 2\nuntil = \"3s\"\nquiet = \"1s\"\nswarm = false\n[links]\nlatency = \"2ms\"\n"
         "[[do]]\nat = \"1s\"\nnode = 0\nop = \"awset key0 add e1\"\n"
         "[[do]]\nat = \"1100ms\"\nnode = 1\nop = \"awset key0 remove e1\"\n"
         "[[fault]]\nkind = \"loss\"\nat = \"990ms\"\nfor = \"100ms\"\nbites = 0\nfrom = [0]\n"
         "to = [1]\nrate = " +
         rate + "\n[expect]\nvalue = {\"awset key0\" = \"\"}\n";
}

TEST(RejoinSim, FlipNamesTheFrameThatDecides) {
  const File scenario(unseen("1.0"));
  const std::string passing = scenario.path() + ".flipped";
  const Ended ended = rejoin_sim("flip " + scenario.path() + " --seed 1 --json - -o " + passing);
  EXPECT_EQ(ended.code, 1);
  const auto flips = nlohmann::json::parse(ended.output)["flips"];
  ASSERT_FALSE(flips.empty());
  EXPECT_EQ(flips[0]["link"], "0>1");
  EXPECT_EQ(flips[0]["was"], "was lost");
  EXPECT_EQ(rejoin_sim("run " + scenario.path() + " --seed 1").code, 1);
  EXPECT_EQ(rejoin_sim("run " + passing).code, 0);
  std::filesystem::remove(passing);
}

TEST(RejoinSim, ExplainFindsTheMomentFromWhichItWasBoundToFail) {
  const File scenario(unseen("0.5"));
  unsigned seed = 1;
  while (seed < 40 &&
         rejoin_sim("run " + scenario.path() + " --seed " + std::to_string(seed)).code != 1) {
    ++seed;
  }
  const Ended ended = rejoin_sim("explain " + scenario.path() + " --seed " + std::to_string(seed) +
                                 " --draws 20 --json -");
  EXPECT_EQ(ended.code, 1);
  const auto json = nlohmann::json::parse(ended.output);
  EXPECT_EQ(json["ladder"].front()["fails"], 20) << "nothing is drawn anew";
  EXPECT_LT(json["ladder"].back()["fails"], 18) << "half of the runs lose it";
  EXPECT_GE(json["step"]["to"], 990'000'000);
  EXPECT_LE(json["step"]["from"], 1'100'000'000);
}

TEST(RejoinSim, PointsThatNoRunReachedAreNamedAndMayBeDemanded) {
  const File scenario(tiny);
  const Ended ended = rejoin_sim("sweep " + scenario.path() + " --seeds 1..3");
  EXPECT_EQ(ended.code, 0);
  EXPECT_NE(ended.output.find("never reached: "), std::string::npos);
  EXPECT_NE(ended.output.find("power_cut_during_sync"), std::string::npos);
  const std::string crashes = "sweep examples/scenarios/crashes.toml --seeds 1..10 --must-reach ";
  EXPECT_EQ(rejoin_sim(crashes + "conflict,checkpoint_while_one_is_down").code, 0);
  EXPECT_EQ(rejoin_sim("sweep " + scenario.path() + " --seeds 1..3 --must-reach all").code, 2);
  EXPECT_EQ(rejoin_sim(crashes + "all,nonsense").code, 4);
}

TEST(RejoinSim, WrongUseIsFour) {
  EXPECT_EQ(rejoin_sim("").code, 4);
  EXPECT_EQ(rejoin_sim("run examples/scenarios/split.toml").code, 4) << "no default seed";
  EXPECT_EQ(rejoin_sim("run no_such.toml --seed 1").code, 4);
  EXPECT_EQ(rejoin_sim("sweep examples/scenarios/split.toml --seeds 9..1").code, 4);
  for (const char* wrong : {"x", "1e", "e3", "1..1e19", "1..1 --shard 0/2", "1..1 --shard 3/2",
                            "1..1 --shard 2", "1..1 --for soon", "1..1 --seed-timeout x"}) {
    EXPECT_EQ(rejoin_sim(std::string("sweep examples/scenarios/split.toml --seeds ") + wrong).code,
              4)
        << wrong;
  }
  const File scenario("nods = 3\n");
  EXPECT_EQ(rejoin_sim("run " + scenario.path() + " --seed 1").code, 4);
  EXPECT_EQ(rejoin_sim("--help").code, 0);
}

}  // namespace
}  // namespace rejoin::sim
