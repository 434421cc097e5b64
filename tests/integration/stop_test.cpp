// A node that is told to stop does so in bounded time, and wakes whoever waits, whatever the others
// do.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr auto bound = seconds(2);

// Accepts connections by its kernel's backlog and never says a word.
class MutePeer {
 public:
  MutePeer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    listen(socket_, 16);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    address_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~MutePeer() { close(socket_); }
  MutePeer(const MutePeer&) = delete;
  MutePeer& operator=(const MutePeer&) = delete;
  const std::string& address() const { return address_; }

 private:
  int socket_;
  std::string address_;
};

TEST(Stop, IsBoundedUnderLoadWithDeadAndMutePeers) {
  const TemporaryDirectory directory;
  const MutePeer mute;
  NodeOptions options = volatile_options();
  options.peers = {free_addresses(1)[0], mute.address(), "tcp://no-such-host.invalid:7400"};
  options.directory = directory.path("data");
  const auto node = started(std::move(options));
  std::atomic<int> written = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([&] {
      for (;;) {
        const auto token = node->transact([](Transaction& tx) -> Result<void> {
          open<GCounter>(tx, "hits").add(tx);
          return {};
        });
        if (!token) return;
        ++written;
        written.notify_all();
      }
    });
  }
  for (int seen = 0; seen < 20; seen = written) written.wait(seen);

  const auto started_at = Clock::now();
  node->stop();
  const auto took = Clock::now() - started_at;
  for (std::thread& writer : writers) writer.join();

  EXPECT_LT(took, bound);
  EXPECT_EQ(node->read(Key<GCounter>{"hits"}), written.load());
}

TEST(Stop, WakesWhoWaits) {
  NodeOptions options = volatile_options();
  options.peers = free_addresses(1);
  const auto node = started(std::move(options));
  const Token token = write(*node, [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  Token future = token;
  future.add(ReplicaId(1), {1, 1});
  std::atomic<int> waiting = 0;
  std::optional<Result<void>> covered;
  std::optional<Result<WriteConcern>> held;
  std::optional<Event> event;

  const auto announce = [&] {
    ++waiting;
    waiting.notify_all();
  };
  std::thread for_token([&] {
    announce();
    covered = node->wait_for(future, patience);
  });
  std::thread for_peers([&] {
    announce();
    held = node->wait_for(Peers::all(), token, patience);
  });
  std::thread for_event([&] {
    announce();
    event = node->next(patience);
  });
  for (int seen = 0; seen < 3; seen = waiting) waiting.wait(seen);
  const auto started_at = Clock::now();
  node->stop();
  for_token.join();
  for_peers.join();
  for_event.join();

  EXPECT_LT(Clock::now() - started_at, bound);
  ASSERT_FALSE(*covered);
  EXPECT_EQ(covered->error().code, ErrorCode::closed);
  ASSERT_FALSE(*held);
  EXPECT_EQ(held->error().code, ErrorCode::closed);
  EXPECT_FALSE(event);
}

}  // namespace
}  // namespace rejoin::integration
