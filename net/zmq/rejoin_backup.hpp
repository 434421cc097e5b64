#pragma once

// rejoin backup and rejoin restore: the exit codes.

#include "net/zmq/client.hpp"
#include "net/zmq/rejoin_command.hpp"

namespace rejoin {

int run_backup(const ClientCommand& command, Client& client);
// Asks nobody.
int run_restore(const ClientCommand& command);

}  // namespace rejoin
