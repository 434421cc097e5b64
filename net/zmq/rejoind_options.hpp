#pragma once

// What rejoind was told, by flags and by a TOML file. A flag wins over the file. Keys of the file
// are the flags' names and the fields of Config; any other key is an error, since a misspelt limit
// is no limit.

#include <optional>
#include <string>
#include <vector>

#include "net/zmq/node.hpp"

namespace rejoin {

struct DaemonCommand {
  NodeOptions options;
  std::optional<int> exit;  // say `text` and leave with this
  std::string text;
};

DaemonCommand parse_daemon_command(int argc, const char* const* argv);

// The keys that a file may have; docs/rejoind.toml shows all.
std::vector<std::string> daemon_keys();

}  // namespace rejoin
