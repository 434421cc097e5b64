#pragma once

// rejoin watch: prints what a watch tells, a line each, until it is to end. SIGINT or SIGTERM ends
// it between two lines, also while nobody reads them.

#include <string>
#include <string_view>

#include "net/zmq/client.hpp"
#include "net/zmq/rejoin_command.hpp"

namespace rejoin {

// SIGINT and SIGTERM as a descriptor, which becomes readable. To be made before any thread is: one
// that started earlier could still take a signal and die of it.
class Endings {
 public:
  Endings();
  ~Endings();
  Endings(const Endings&) = delete;
  Endings& operator=(const Endings&) = delete;

  int descriptor() const { return descriptor_; }
  // To stdout. False: it is to end, or nobody reads any more.
  bool write(std::string_view text) const;

 private:
  int descriptor_ = -1;
};

// The exit code.
int run_watch(const ClientCommand& command, Client& client, const Endings& endings);

// One event as a line, or as nothing where text has none.
std::string watch_text(const WatchEvent& event);
std::string watch_json(const WatchEvent& event);

}  // namespace rejoin
