// rejoind: a node as a daemon. One line on stdout when it is ready; what happens to it on stderr.
// SIGTERM or SIGINT: it makes durable what it took, says goodbye, and leaves with 0. SIGHUP: it
// reads the key files again. Exit codes: 0 stopped, 1 could not start, 2 usage.

#include <signal.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <variant>

#include "net/zmq/node.hpp"
#include "net/zmq/rejoind_options.hpp"

namespace rejoin {
namespace {

class Log {
 public:
  explicit Log(Node& node) : node_(node), name_(node.status().name) {}

  // Until the node stops.
  void run() {
    while (!node_.stopped()) {
      if (const auto event = node_.next(std::chrono::hours(1))) std::visit(*this, *event);
    }
  }

  void operator()(const Changed&) {}
  void operator()(const PeerUp& event) { say("peer " + called(event.name, event.node) + " is up"); }
  void operator()(const PeerDown& event) {
    say("peer " + called(event.name, event.node) + " is down");
  }
  void operator()(const FrameRefused& event) {
    // Whoever sends rubbish decides how often; what it costs us is one line a second.
    ++refused_;
    const auto now = std::chrono::steady_clock::now();
    if (now < quiet_until_) return;
    say("refused " + std::to_string(refused_) + " frames, last because: " + event.error.message);
    refused_ = 0;
    quiet_until_ = now + std::chrono::seconds(1);
  }
  void operator()(const NodeDuplicated& event) {
    say("two processes run as node " + to_string(event.node) +
        ": was its directory copied? Give one of them a new one");
  }
  void operator()(const OwnPastUnknown& event) {
    say("peers know " + std::to_string(event.dots) +
        " changes of this node that its disk lost; they come back from there");
  }
  void operator()(const StorageFailed& event) {
    say("writing has stopped, reading goes on: " + event.error.message +
        "; mend that, then start the node again");
  }
  void operator()(const AccessRefused& event) {
    say("refused " + event.who + ": " + event.error.message);
  }
  void operator()(const RepairFinished& event) {
    say("repaired from " + to_string(event.donor) + ": " + std::to_string(event.slots) + " slots");
  }

 private:
  static std::string called(const std::string& name, const NodeId& node) {
    return name.empty() ? to_string(node) : name;
  }
  void say(const std::string& line) {
    std::fprintf(stderr, "rejoind %s: %s\n", name_.c_str(), line.c_str());
  }

  Node& node_;
  std::string name_;
  std::uint64_t refused_ = 0;
  std::chrono::steady_clock::time_point quiet_until_;
};

int run(int argc, const char* const* argv) {
  const DaemonCommand command = parse_daemon_command(argc, argv);
  if (command.exit) {
    std::fputs(command.text.c_str(), *command.exit == 0 ? stdout : stderr);
    return *command.exit;
  }

  // Before any thread exists, so that all inherit it and only sigwait below sees the signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto node = Node::start(command.options);
  if (!node) {
    std::fprintf(stderr, "rejoind: %s\n", node.error().message.c_str());
    return 1;
  }
  const Status status = (*node)->status();
  std::printf("rejoind %s: listening on %s, store %s, %llu objects\n", status.name.c_str(),
              status.address.c_str(), status.storage.c_str(),
              static_cast<unsigned long long>(status.objects));
  std::fflush(stdout);

  if (!status.encrypted) {
    std::fprintf(stderr, "rejoind %s: plaintext: whoever reaches the port may read and write\n",
                 status.name.c_str());
  }
  Log log(**node);
  std::thread logger([&] { log.run(); });
  for (int number = SIGHUP; number == SIGHUP;) {
    sigwait(&signals, &number);
    if (number == SIGHUP) (*node)->reload_keys();
  }
  (*node)->stop();
  logger.join();
  return 0;
}

}  // namespace
}  // namespace rejoin

int main(int argc, char** argv) {
  return rejoin::run(argc, argv);
}
