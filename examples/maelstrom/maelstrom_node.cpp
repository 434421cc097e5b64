// A node for Maelstrom (github.com/jepsen-io/maelstrom): JSON lines on stdin and stdout, around the
// core that rejoind and the simulator run. README.md here says how to run it under Maelstrom.
//
//     maelstrom_node echo | broadcast | g-set | g-counter | pn-counter
//
// Ends with 0 when stdin does, with 2 if it is called wrongly. Its data dies with it.

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <random>
#include <string>

#include "examples/maelstrom/server.hpp"

namespace {

rejoin::Now now() {
  using std::chrono::duration_cast;
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(duration_cast<std::chrono::nanoseconds>(mono).count()),
          static_cast<std::uint64_t>(duration_cast<std::chrono::milliseconds>(wall).count())};
}

int milliseconds_left(const maelstrom::Server& server) {
  const auto deadline = server.deadline();
  if (!deadline) return -1;
  const std::uint64_t at = now().mono_ns;
  if (*deadline <= at) return 0;
  return static_cast<int>(std::min<std::uint64_t>((*deadline - at + 999'999) / 1'000'000, 60'000));
}

// The lines that are whole; what is left of the last one stays.
bool read_lines(std::string& text, maelstrom::Server& server) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
  if (got <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(got));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    server.take(text.substr(begin, end - begin), now());
  }
  text.erase(0, begin);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto workload =
      argc == 2 ? maelstrom::workload_called(argv[1]) : std::optional<maelstrom::Workload>();
  if (!workload) {
    std::cerr << "usage: maelstrom_node echo|broadcast|g-set|g-counter|pn-counter\n"
                 "Speaks JSON lines on stdin and stdout; it is started by Maelstrom.\n";
    return 2;
  }
  std::random_device random;
  const std::uint64_t high = random();
  maelstrom::Server server(*workload, (high << 32 | random()) | 1);
  for (std::string text;;) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = poll(&input, 1, milliseconds_left(server));
    if (ready > 0 && !read_lines(text, server)) return 0;
    server.handle_timeout(now());
    for (const std::string& line : server.take_lines()) std::cout << line << '\n';
    std::cout.flush();
  }
}
