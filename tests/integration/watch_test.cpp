// rejoin watch, and Client::watch: what is told, across restarts, and to who reads slowly.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "net/zmq/client.hpp"
#include "tests/integration/daemon.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> out;
  for (const std::string& line : lines_of(text)) out.push_back(Json::parse(line));
  return out;
}

TEST(WatchCommand, TellsWhatIsThereRisingByKeyAndEnds) {
  const Daemon daemon({"--volatile"});
  daemon.out({"awset", "add", "k/2", "milk"});
  daemon.out({"awset", "add", "k/2", "eggs"});
  daemon.out({"lww", "set", "k/1", "a\tb"});
  daemon.out({"gcounter", "add", "k/3", "7"});
  daemon.out({"lww", "set", "other", "v"});

  EXPECT_THAT(lines_of(daemon.out({"watch", "k/", "--snapshot"})),
              ElementsAre("# all that is there", "=\tlww\tk/1\ta\\tb", "=\tawset\tk/2\teggs\tmilk",
                          "=\tgcounter\tk/3\t7"));
  const auto json = json_lines(daemon.out({"watch", "k/", "--snapshot", "--json"}));
  ASSERT_EQ(json.size(), 5U);
  EXPECT_EQ(json[0]["reason"], "asked");
  EXPECT_EQ(json[2]["value"], Json({"eggs", "milk"}));
  EXPECT_EQ(json[3]["value"], 7);
  EXPECT_EQ(json[4]["event"], "current");
  EXPECT_FALSE(json[4]["token"].get<std::string>().empty());
}

TEST(WatchCommand, TellsChangesAndRemovalsAsTheyCome) {
  const Daemon daemon({"--volatile"});
  daemon.out({"lww", "set", "k", "one"});
  const auto watch = daemon.begin({"watch"});
  EXPECT_EQ(watch->line(), "# all that is there");
  EXPECT_EQ(watch->line(), "=\tlww\tk\tone");

  daemon.out({"lww", "set", "k", "two"});
  EXPECT_EQ(watch->line(), "=\tlww\tk\ttwo");
  daemon.out({"lww", "remove", "k"});
  EXPECT_EQ(watch->line(), "-\tlww\tk");

  watch->signal(SIGTERM);
  EXPECT_EQ(watch->wait(), 0);
  EXPECT_THAT(watch->errors(), HasSubstr("resume with --token "));
}

TEST(WatchCommand, TokenResumesWithWhatChangedSince) {
  const Daemon daemon({"--volatile"});
  for (const std::string key : {"a", "b", "c"}) daemon.out({"lww", "set", key, "old"});
  const auto before = json_lines(daemon.out({"watch", "--snapshot", "--json"}));
  const std::string token = before.back()["token"];
  daemon.out({"lww", "set", "b", "new"});
  daemon.out({"lww", "remove", "c"});

  const auto told = json_lines(daemon.out({"watch", "--token", token, "--count", "2", "--json"}));

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0]["key"], "b");
  EXPECT_EQ(told[0]["value"], "new");
  EXPECT_EQ(told[0]["token"], token);  // c was not told yet
  EXPECT_EQ(told[1]["event"], "removed");
  EXPECT_EQ(told[1]["key"], "c");
}

TEST(WatchCommand, GoesOnAfterTheDaemonWasKilled) {
  const TemporaryDirectory directory;
  Daemon daemon({"--data", directory.path("d")});
  daemon.out({"lww", "set", "k", "one"});
  const auto watch = daemon.begin({"watch"});
  EXPECT_EQ(watch->line(), "# all that is there");
  EXPECT_EQ(watch->line(), "=\tlww\tk\tone");

  daemon.kill();
  daemon.start();
  daemon.out({"lww", "set", "k", "two"});

  EXPECT_EQ(watch->line(), "=\tlww\tk\ttwo");  // and no second snapshot
}

TEST(WatchCommand, DiskThatWasLostIsToldAsASnapshotOfWhatIsThere) {
  Daemon daemon({"--volatile"});
  daemon.out({"lww", "set", "k", "one"});
  const auto watch = daemon.begin({"watch"});
  EXPECT_EQ(watch->line(), "# all that is there");
  EXPECT_EQ(watch->line(), "=\tlww\tk\tone");

  daemon.kill();
  daemon.start();
  daemon.out({"lww", "set", "l", "two"});

  EXPECT_THAT(watch->line().value_or(""), HasSubstr("the token names what this node has not seen"));
  EXPECT_EQ(watch->line(), "=\tlww\tl\ttwo");
}

TEST(WatchCommand, WhoFellBehindIsToldSoAndGivenASnapshot) {
  const TemporaryDirectory directory;
  const std::string config = directory.path("small.toml");
  std::ofstream(config) << "log_bytes_max = 4096\n";
  const Daemon daemon({"--volatile", "--config", config});
  daemon.out({"lww", "set", "k0", "v"});
  const auto watch = daemon.begin({"watch"});
  EXPECT_EQ(watch->line(), "# all that is there");
  EXPECT_EQ(watch->line(), "=\tlww\tk0\tv");

  watch->signal(SIGSTOP);
  for (int i = 1; i <= 20; ++i) {
    daemon.out({"lww", "set", "k" + std::to_string(i), std::string(1000, 'x')});
  }
  watch->signal(SIGCONT);

  std::string line;
  while (!line.starts_with("#")) line = watch->line().value_or("# none");
  EXPECT_THAT(line, HasSubstr("you fell behind"));
  for (int i = 0; i <= 20; ++i) EXPECT_THAT(watch->line().value_or(""), HasSubstr("\tlww\tk"));
}

TEST(WatchCommand, EndsOnASignalWhileNobodyReads) {
  const Daemon daemon({"--volatile"});
  for (int i = 0; i < 8; ++i) {
    daemon.out({"lww", "set", "k" + std::to_string(i), std::string(100'000, 'x')});
  }
  const auto watch = daemon.begin({"watch"});
  EXPECT_TRUE(watch->line());  // it prints, and the pipe is full before the end

  watch->signal(SIGINT);
  EXPECT_EQ(watch->wait(std::chrono::seconds(10)), 0);
}

TEST(WatchCommand, NobodyThereExitsWithThreeAndSaysWhatToDo) {
  const Finished finished =
      run({"rejoin", "--insecure", "--at", free_addresses(1)[0], "watch", "--timeout", "200ms"});

  EXPECT_EQ(finished.exit, 3);
  EXPECT_THAT(finished.err, HasSubstr("is rejoind running there"));
}

// What a consumer keeps of what it was told.
class Mirror {
 public:
  void take(const WatchEvent& event) {
    if (event.kind == WatchEvent::Kind::snapshot) objects_.clear();
    if (event.kind != WatchEvent::Kind::object) return;
    if (event.object.state == WatchedObject::State::removed) {
      objects_.erase(event.object.key);
    } else {
      objects_[event.object.key] = event.object.values;
    }
  }
  const std::map<ObjectKey, std::vector<Item>>& objects() const { return objects_; }

 private:
  std::map<ObjectKey, std::vector<Item>> objects_;
};

std::map<ObjectKey, std::vector<Item>> objects_in(const Node& node) {
  return node.read([](const Store& store) {
    std::map<ObjectKey, std::vector<Item>> out;
    for (const auto& [key, slots] : store.objects()) out[key] = read_plain(key, store).value();
    return out;
  });
}

// Pulls until the watch has seen all of the token.
void pull(Watch& watch, Mirror& mirror, const Token& token) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!(watch.token() && watch.token()->covers(token))) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    auto event = watch.next(std::chrono::seconds(1));
    ASSERT_TRUE(event) << event.error().message;
    if (*event) mirror.take(**event);
  }
}

TEST(ClientWatch, MirrorEqualsTheStoreAfterWritesWhileItReads) {
  const Nodes nodes = started_cluster(2);
  for (int i = 0; i < 40; ++i) {
    write(*nodes[0], [&](Transaction& tx) {
      for (int k = 0; k < 10; ++k) {
        open<LwwRegister<Text>>(tx, std::to_string(i * 10 + k)).set(tx, Text(2000, 'x'));
      }
    });
  }
  auto client = Client::open({nodes[0]->address(), {}, true});
  ASSERT_TRUE(client);
  Watch watch = (*client)->watch({});
  Mirror mirror;
  std::thread writer([&] {
    for (std::size_t i = 0; i < 300; ++i) {
      write(*nodes[i % 2], [&](Transaction& tx) {
        open<GCounter>(tx, "counter").add(tx);
        const std::string name = std::to_string(i % 400);
        if (i % 3 == 0) {
          tx.remove(Key<LwwRegister<Text>>{name});
        } else {
          open<LwwRegister<Text>>(tx, name).set(tx, std::to_string(i));
        }
      });
    }
  });
  pull(watch, mirror, nodes[0]->token());
  writer.join();
  settle(nodes);
  pull(watch, mirror, nodes[0]->token());

  EXPECT_EQ(mirror.objects(), objects_in(*nodes[0]));
  EXPECT_GT(mirror.objects().size(), 250U);
}

// A token of one node is good at another: what it has not seen yet, it waits for.
TEST(ClientWatch, TokenOfOneNodeResumesAtAnother) {
  const Nodes nodes = started_cluster(2);
  const auto set = [&](const char* name, const char* value) {
    return write(*nodes[0],
                 [&](Transaction& tx) { open<LwwRegister<Text>>(tx, name).set(tx, value); });
  };
  const Token first = set("k", "one");
  const Token second = set("l", "two");
  auto client = Client::open({nodes[1]->address(), {}, true});
  ASSERT_TRUE(client);
  Watch watch = (*client)->watch({"", first});
  Mirror mirror;

  pull(watch, mirror, second);

  ASSERT_EQ(mirror.objects().size(), 1U);
  EXPECT_EQ(mirror.objects().begin()->first.name, "l");
}

}  // namespace
}  // namespace rejoin::integration
