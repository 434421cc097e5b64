// The annotated settings that ship with the tools, read by the tools' own reader.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "net/zmq/nearest.hpp"
#include "net/zmq/rejoin_command.hpp"
#include "net/zmq/rejoind_options.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {
namespace {

using testing::HasSubstr;

std::string text_in(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

DaemonCommand daemon_with(const std::string& file) {
  const std::vector<const char*> words = {"rejoind", "--config", file.c_str()};
  return parse_daemon_command(static_cast<int>(words.size()), words.data());
}

TEST(Settings, ShippedDaemonFileIsTheDefaults) {
  const DaemonCommand shipped = daemon_with("docs/rejoind.toml");

  ASSERT_FALSE(shipped.exit) << shipped.text;
  EXPECT_EQ(shipped.options.config, Config());
  EXPECT_EQ(shipped.options.cluster, NodeOptions().cluster);
  EXPECT_EQ(shipped.options.peers.size(), 1U);
}

TEST(Settings, ShippedDaemonFileShowsEveryKey) {
  const std::string text = "\n" + text_in("docs/rejoind.toml");

  for (const std::string& key : daemon_keys()) EXPECT_THAT(text, HasSubstr("\n" + key + " = "));
}

TEST(Settings, ShippedClientFileIsTheDefaults) {
  const std::vector<const char*> words = {"rejoin", "--config", "docs/rejoin.toml", "status"};

  const ClientCommand command = parse_client_command(static_cast<int>(words.size()), words.data());

  ASSERT_FALSE(command.exit) << command.text;
  EXPECT_EQ(command.node.server, "a@tcp://127.0.0.1:7401");
  EXPECT_EQ(command.timeout, ClientCommand().timeout);
  EXPECT_EQ(command.json, ClientCommand().json);
}

TEST(Settings, MisspeltKeyIsToldTheNearest) {
  const TemporaryDirectory directory;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"lisen = 'x'", "did you mean listen?"},
      {"key_byte_max = 4", "did you mean key_bytes_max?"},
      {"insceure = true", "did you mean insecure?"},
      {"zzz = 1", "there are name, listen"},
      {"key_bytes_max = 'four'", "key_bytes_max must be an integer"},
      {"key_bytes_max = -1", "cannot be negative"},
      {"peer = 'tcp://x:1'", "[\"one\", \"two\"]"},
      {"name = ", "line 1"},
  };
  for (const auto& [text, says] : cases) {
    const std::string path = directory.path("node.toml");
    std::ofstream(path) << text << "\n";
    const DaemonCommand command = daemon_with(path);
    EXPECT_EQ(command.exit, 2) << text;
    EXPECT_THAT(command.text, HasSubstr(says));
    EXPECT_THAT(command.text, HasSubstr(path));
  }
}

TEST(Settings, ClientFileIsStrictAndFlagsWin) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("client.toml");
  std::ofstream(path) << "at = 'tcp://file:1'\ninsecure = true\ntimeout = '9s'\njson = true\n";
  const std::vector<const char*> words = {"rejoin",     "status",    "--config",
                                          path.c_str(), "--timeout", "2s"};

  const ClientCommand command = parse_client_command(static_cast<int>(words.size()), words.data());
  std::ofstream(path) << "timeot = '9s'\n";
  const ClientCommand bad = parse_client_command(static_cast<int>(words.size()), words.data());

  EXPECT_EQ(command.node.server, "tcp://file:1");
  EXPECT_TRUE(command.node.insecure);
  EXPECT_EQ(command.timeout, std::chrono::seconds(2));
  EXPECT_TRUE(command.json);
  EXPECT_EQ(bad.exit, 2);
  EXPECT_THAT(bad.text, HasSubstr("did you mean timeout?"));
}

TEST(Nearest, FindsWhatWasMeantAndNothingElse) {
  const std::vector<std::string> known = {"status", "awset", "gcounter", "get"};

  EXPECT_EQ(nearest("statsu", known), "status");
  EXPECT_EQ(nearest("gset", known), "get");
  EXPECT_EQ(nearest("gcuonter", known), "gcounter");
  EXPECT_EQ(nearest("increase", known), std::nullopt);
  EXPECT_EQ(nearest("", known), std::nullopt);
}

}  // namespace
}  // namespace rejoin::integration
