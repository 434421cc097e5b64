#pragma once

// What rejoin prints: a node's reply for a person, for a script, or as JSON.

#include <string>

#include "net/zmq/rejoin_command.hpp"

namespace rejoin {

struct Printed {
  std::string out;
  std::string error;
  int exit = 0;
};

// `colour`: stdout is a terminal.
Printed print(const ClientCommand& command, const Result<ClientReply>& reply, bool colour);

}  // namespace rejoin
