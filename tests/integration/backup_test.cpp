// rejoin backup and rejoin restore: one moment of a node that goes on working, and a node made of
// it again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "net/disk/posix_file_system.hpp"
#include "net/zmq/backup.hpp"
#include "net/zmq/backups.hpp"
#include "tests/integration/daemon.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

TEST(BackupCommand, RestoredDaemonHoldsWhatTheOtherHeld) {
  const TemporaryDirectory directory;
  const std::string file = directory.path("a.backup");
  Daemon daemon({"--data", directory.path("a")});
  daemon.out({"awset", "add", "cart", "milk"});
  daemon.out({"gcounter", "add", "hits", "7"});
  const std::string before = daemon.out({"watch", "--snapshot"});

  EXPECT_THAT(daemon.out({"backup", file}), HasSubstr("wrote " + file));
  daemon.out({"awset", "add", "cart", "too late"});
  const Finished made = run({"rejoin", "restore", file, directory.path("b")});

  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("made " + directory.path("b")));
  EXPECT_FALSE(std::filesystem::exists(file + ".part"));
  const Daemon restored({"--data", directory.path("b")});
  EXPECT_EQ(restored.out({"watch", "--snapshot"}), before);
  restored.out({"gcounter", "add", "hits"});
  EXPECT_EQ(restored.out({"gcounter", "get", "hits"}), "8\n");
}

TEST(BackupCommand, JsonTellsWhatIsInIt) {
  const TemporaryDirectory directory;
  const Daemon daemon({"--volatile"});
  const Json written = Json::parse(daemon.out({"lww", "set", "k", "v", "--json"}));

  const Json told = Json::parse(daemon.out({"backup", directory.path("f"), "--json"}));

  EXPECT_EQ(told["token"], written["token"]);
  EXPECT_EQ(told["cluster"], "default");
  EXPECT_GT(told["records"], 2);
}

TEST(BackupCommand, NothingIsOverwrittenUnlessTold) {
  const TemporaryDirectory directory;
  const std::string file = directory.path("f");
  std::ofstream(file) << "precious";
  const Daemon daemon({"--volatile"});

  const Finished refused = daemon.ask({"backup", file});

  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(std::filesystem::file_size(file), 8U);
  daemon.out({"backup", file, "--force"});
  EXPECT_GT(std::filesystem::file_size(file), 100U);
}

TEST(BackupCommand, RestoreSaysWhatIsWrongAndLeavesNothing) {
  const TemporaryDirectory directory;
  const std::string file = directory.path("f");
  const std::string to = directory.path("to");
  const Daemon daemon({"--volatile"});
  daemon.out({"backup", file});
  std::filesystem::create_directory(directory.path("full"));
  std::ofstream(directory.path("full") + "/something") << "x";

  const Finished full = run({"rejoin", "restore", file, directory.path("full")});
  std::fstream(file, std::ios::in | std::ios::out).seekp(200).put('!');
  const Finished damaged = run({"rejoin", "restore", file, to});
  const Finished missing = run({"rejoin", "restore", directory.path("no"), to});

  EXPECT_EQ(full.exit, 1);
  EXPECT_THAT(full.err, HasSubstr("choose another"));
  EXPECT_EQ(damaged.exit, 1);
  EXPECT_THAT(damaged.err, HasSubstr("checksum"));
  EXPECT_EQ(missing.exit, 1);
  EXPECT_THAT(missing.err, HasSubstr(directory.path("no")));
  EXPECT_FALSE(std::filesystem::exists(to));
  EXPECT_FALSE(std::filesystem::exists(to + ".part"));
}

NodeOptions durable(const std::string& name, const std::string& directory,
                    const std::vector<std::string>& addresses, std::size_t self) {
  NodeOptions options = volatile_options(name);
  options.listen = addresses[self];
  options.peers = {addresses[1 - self]};
  options.directory = directory;
  return options;
}

std::string canonical(const Node& node) {
  return node.read([](const Store& store) { return store.canonical(); });
}

Result<BackupHead> backup_of(const Node& node, const std::string& path) {
  auto client = Client::open({node.address(), {}, true});
  if (!client) return client.error();
  PosixFileSystem files;
  return take_backup(**client, files, path, {false, patience});
}

// An old backup, of a node that wrote, was read by its peer, and went on. Under one incarnation the
// restored node would mint the same dots again, for other values.
TEST(Backup, OldOneRestoredRejoinsAndNoDotHasTwoValues) {
  const TemporaryDirectory directory;
  const auto addresses = free_addresses(2);
  const auto set = [](Node& node, const Text& key, const Text& value) {
    return write(node, [&](Transaction& tx) {
      open<LwwRegister<Text>>(tx, key).set(tx, value);
      open<GCounter>(tx, "writes").add(tx);
      open<AwSet<Text>>(tx, "values").add(tx, value);
    });
  };
  Nodes nodes;
  nodes.push_back(started(durable("a", directory.path("a"), addresses, 0)));
  nodes.push_back(started(durable("b", directory.path("b"), addresses, 1)));
  for (int i = 0; i < 10; ++i) set(*nodes[0], "k" + std::to_string(i), "before");
  const auto head = backup_of(*nodes[0], directory.path("file"));
  ASSERT_TRUE(head) << head.error().message;
  for (int i = 0; i < 10; ++i) set(*nodes[0], "k" + std::to_string(i), "after");
  settle(nodes);
  const ReplicaId first = nodes[0]->self();
  const Token all = nodes[1]->token();
  nodes[0]->stop();

  PosixFileSystem files;
  const auto restored = restore_backup(files, directory.path("file"), directory.path("again"));
  ASSERT_TRUE(restored) << restored.error().message;
  nodes[0] = started(durable("a", directory.path("again"), addresses, 0));
  // Before it hears of what it did: these would have been the same dots.
  for (int i = 0; i < 10; ++i) set(*nodes[0], "k" + std::to_string(i), "restored");

  EXPECT_EQ(nodes[0]->self().node, first.node);
  EXPECT_NE(nodes[0]->self().incarnation, first.incarnation);
  ASSERT_TRUE(nodes[0]->wait_for(all, patience));  // what it did after the backup came back
  settle(nodes);
  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"writes"}), 30);
  EXPECT_EQ(nodes[0]->read(Key<AwSet<Text>>{"values"}),
            (std::vector<Text>{"after", "before", "restored"}));
  // Same dots, same values, byte for byte.
  EXPECT_EQ(canonical(*nodes[0]), canonical(*nodes[1]));
}

// Two counters that every transaction raises together are equal in any one moment.
TEST(Backup, IsOfOneMomentWhileTheNodeGoesOnWorking) {
  const TemporaryDirectory directory;
  auto node = started(volatile_options());
  for (int i = 0; i < 300; ++i) {
    write(*node, [&](Transaction& tx) {
      open<LwwRegister<Text>>(tx, "filler" + std::to_string(i)).set(tx, Text(20'000, 'x'));
    });
  }
  std::atomic<bool> more = true;
  std::thread writer([&] {
    while (more) {
      write(*node, [](Transaction& tx) {
        open<GCounter>(tx, "a").add(tx);
        open<GCounter>(tx, "z").add(tx);
      });
    }
  });
  const auto head = backup_of(*node, directory.path("file"));
  more = false;
  writer.join();
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_GT(head->bytes, 5 * Backups::page_bytes);

  PosixFileSystem files;
  ASSERT_TRUE(restore_backup(files, directory.path("file"), directory.path("d")));
  NodeOptions options = volatile_options();
  options.directory = directory.path("d");
  const auto restored = started(std::move(options));
  EXPECT_EQ(restored->read(Key<GCounter>{"a"}), restored->read(Key<GCounter>{"z"}));
  EXPECT_TRUE(restored->token().covers(head->token));
  EXPECT_GE(node->read(Key<GCounter>{"a"}), restored->read(Key<GCounter>{"a"}));
}

// Asks for the first page of a backup.
Result<ClientReply> begin_backup(Client& client, BackupRequest request = {}) {
  ClientRequest question;
  question.body = request;
  return client.ask(std::move(question), patience);
}

// Whoever asks anew gave the earlier one up: a client asks one question at a time.
TEST(Backup, BegunAgainByTheSameClientReplacesItsOwn) {
  const auto node = started(volatile_options());
  auto client = Client::open({node->address(), {}, true});
  ASSERT_TRUE(client);
  const auto first = begin_backup(**client);
  const auto second = begin_backup(**client);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(std::holds_alternative<BackupReply>(second->body));

  const auto gone = begin_backup(**client, {std::get<BackupReply>(first->body).session, 0});
  const auto there = begin_backup(**client, {std::get<BackupReply>(second->body).session, 0});

  ASSERT_TRUE(gone && there);
  EXPECT_EQ(std::get<Error>(gone->body).code, ErrorCode::aborted);
  EXPECT_TRUE(std::holds_alternative<BackupReply>(there->body));
}

TEST(Backup, OneAtATimeAndWhoAsksForAnOtherIsToldSo) {
  const auto node = started(volatile_options());
  auto client = Client::open({node->address(), {}, true});
  auto other = Client::open({node->address(), {}, true});
  ASSERT_TRUE(client && other);
  const auto first = begin_backup(**client);
  ASSERT_TRUE(first);
  const auto& page = std::get<BackupReply>(first->body);

  const auto second = begin_backup(**other);
  ASSERT_TRUE(second);
  EXPECT_EQ(std::get<Error>(second->body).code, ErrorCode::limit_exceeded);
  const auto done = begin_backup(**client, {page.session, page.records});
  ASSERT_TRUE(done);
  EXPECT_TRUE(std::get<BackupReply>(done->body).page.empty());
  const auto gone = begin_backup(**client, {page.session, 0});
  ASSERT_TRUE(gone);
  EXPECT_THAT(std::get<Error>(gone->body).message, HasSubstr("run it again"));
  const auto third = begin_backup(**other);
  ASSERT_TRUE(third);
  EXPECT_TRUE(std::holds_alternative<BackupReply>(third->body));
}

}  // namespace
}  // namespace rejoin::integration
