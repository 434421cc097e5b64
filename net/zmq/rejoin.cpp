// rejoin: asks a node. Exit codes: 0 done (for a write: durable at the node), 1 refused, 2 usage,
// 3 nobody there or not in time.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "net/zmq/client.hpp"
#include "net/zmq/keygen.hpp"
#include "net/zmq/rejoin_answer.hpp"
#include "net/zmq/rejoin_backup.hpp"
#include "net/zmq/rejoin_command.hpp"
#include "net/zmq/rejoin_watch.hpp"

namespace rejoin {
namespace {

constexpr int usage = 2;

int make_keys_in(const std::string& directory) {
  const auto made = make_keys(directory);
  if (!made) {
    std::fprintf(stderr, "rejoin: %s\n", made.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", made->c_str());
  return 0;
}

int run(int argc, const char* const* argv) {
  const ClientCommand command = parse_client_command(argc, argv);
  if (command.exit) {
    std::fputs(command.text.c_str(), *command.exit == 0 ? stdout : stderr);
    return *command.exit;
  }
  if (const auto* keygen = std::get_if<KeygenCommand>(&command.task)) {
    return make_keys_in(keygen->directory);
  }
  if (std::holds_alternative<RestoreCommand>(command.task)) return run_restore(command);
  std::optional<Endings> endings;
  if (std::holds_alternative<WatchCommand>(command.task)) endings.emplace();
  const auto* request = std::get_if<ClientRequest>(&command.task);
  auto client = Client::open(command.node);
  if (!client) {
    std::fprintf(stderr, "rejoin: %s\n", client.error().message.c_str());
    return usage;
  }
  if (endings) return run_watch(command, **client, *endings);
  if (std::holds_alternative<BackupCommand>(command.task)) return run_backup(command, **client);
  const bool colour = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  const Printed printed = print(command, (*client)->ask(*request, command.timeout), colour);
  std::fwrite(printed.out.data(), 1, printed.out.size(), stdout);
  std::fwrite(printed.error.data(), 1, printed.error.size(), stderr);
  return printed.exit;
}

}  // namespace
}  // namespace rejoin

int main(int argc, char** argv) {
  return rejoin::run(argc, argv);
}
