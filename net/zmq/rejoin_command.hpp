#pragma once

// What rejoin was told to do, read from its command line and from a TOML file; a flag wins over
// the file. The definitions are CLI11's, and completion is made from them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "net/zmq/client.hpp"

namespace rejoin {

struct WatchCommand {
  std::string prefix;
  std::optional<CausalContext> since;  // resume after this
  std::optional<std::uint64_t> count;  // end after so many changes
  bool snapshot = false;               // end when all that is there now was told
};

struct BackupCommand {
  std::string file;
  bool force = false;
};

struct RestoreCommand {
  std::string file;
  std::string directory;
};

struct KeygenCommand {
  std::string directory;
};

struct ClientCommand {
  ClientOptions node;
  std::chrono::milliseconds timeout{5000};
  CausalContext after;
  bool token = false;
  bool json = false;
  std::variant<ClientRequest, WatchCommand, BackupCommand, RestoreCommand, KeygenCommand> task;

  std::optional<int> exit;  // say `text` and leave with this
  std::string text;
};

ClientCommand parse_client_command(int argc, const char* const* argv);

// A token as text for a command line: base64 for URLs, without padding.
std::string text_of(const CausalContext& token);
std::optional<CausalContext> token_from(const std::string& text);

}  // namespace rejoin
