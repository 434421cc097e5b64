// Whoever reaches the port can send anything. A node counts it, says so once, and goes on.

#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <chrono>
#include <string_view>

#include "net/zmq/client.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

class RawSocket {
 public:
  explicit RawSocket(const std::string& address)
      : context_(zmq_ctx_new()), socket_(zmq_socket(context_, ZMQ_DEALER)) {
    const int now = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &now, sizeof(now));
    const int second = 1000;
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &second, sizeof(second));
    zmq_connect(socket_, address.c_str());
  }
  ~RawSocket() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void send(const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      zmq_send(socket_, parts[i].data(), parts[i].size(), i + 1 < parts.size() ? ZMQ_SNDMORE : 0);
    }
  }
  // The last part of the next message; nothing after a second without one.
  std::string receive() {
    std::array<char, 4096> buffer{};
    int more = 1, size = 0;
    for (std::size_t length = sizeof(more); more != 0;) {
      size = zmq_recv(socket_, buffer.data(), buffer.size(), 0);
      zmq_getsockopt(socket_, ZMQ_RCVMORE, &more, &length);
    }
    return {buffer.data(), static_cast<std::size_t>(std::max(size, 0))};
  }

 private:
  void* context_;
  void* socket_;
};

std::string status_request(std::uint64_t id) {
  ClientRequest request;
  request.id = id;
  request.body = StatusRequest{};
  return encode_request(request);
}

// Links are ordered, so an answer to the last message says that all before were handled. It is
// asked again when a link that broke took the question with it.
Status status_after(RawSocket& socket) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    socket.send({"c", status_request(77)});
    const auto reply = decode_reply(socket.receive());
    if (reply && reply->id == 77) return std::get<Status>(reply->body);
  }
  ADD_FAILURE() << "no answer";
  return {};
}

TEST(Hostile, MessagesOfAWrongFormAreCountedAndSkipped) {
  const auto node = started(volatile_options());
  RawSocket socket(node->address());

  socket.send({"p"});
  socket.send({""});
  socket.send({"x", "bytes"});
  socket.send({"pp", "bytes"});
  socket.send({"c", "bytes", "more"});
  const Status status = status_after(socket);

  EXPECT_EQ(node->status().links_refused, 5U);
  EXPECT_EQ(status.stats.frames_in, 0U);
}

TEST(Hostile, RubbishAsAFrameIsRefusedAndTold) {
  const auto node = started(volatile_options());
  RawSocket socket(node->address());

  for (const std::size_t size : {0UL, 1UL, 8UL, 64UL, 5000UL}) {
    socket.send({"p", std::string(size, '\xff')});
    socket.send({"p", std::string(size, '\0')});
  }
  const Status status = status_after(socket);

  EXPECT_EQ(status.stats.frames_in, 10U);
  EXPECT_EQ(status.stats.frames_refused, 10U);
  const auto event = node->next(patience);
  ASSERT_TRUE(event);
  EXPECT_TRUE(std::holds_alternative<FrameRefused>(*event));
}

TEST(Hostile, RubbishAsARequestIsAnsweredWithAnError) {
  const auto node = started(volatile_options());
  RawSocket socket(node->address());

  socket.send({"c", std::string(64, '\xff')});

  const auto reply = decode_reply(socket.receive());
  ASSERT_TRUE(reply);
  ASSERT_TRUE(std::holds_alternative<Error>(reply->body));
  EXPECT_EQ(std::get<Error>(reply->body).code, ErrorCode::malformed);
}

TEST(Hostile, RequestForAnotherClusterIsRefused) {
  const auto node = started(volatile_options());
  const auto client = Client::open({node->address(), {}, true});
  ASSERT_TRUE(client);
  ClientRequest request;
  request.body = StatusRequest{};
  request.store = StoreId::named("other");

  const auto foreign = (*client)->ask(request, patience);
  request.store = StoreId::named("default");
  const auto ours = (*client)->ask(request, patience);

  ASSERT_TRUE(foreign);
  EXPECT_EQ(std::get<Error>(foreign->body).code, ErrorCode::foreign_store);
  ASSERT_TRUE(ours);
  EXPECT_TRUE(std::holds_alternative<Status>(ours->body));
}

TEST(Hostile, MessageAboveTheLimitEndsOnlyItsLink) {
  const NodeOptions options = volatile_options();
  const auto node = started(options);
  RawSocket socket(node->address());
  RawSocket other(node->address());
  status_after(other);

  socket.send({"p", std::string(options.config.frame_bytes_max + 1, 'x')});

  EXPECT_EQ(status_after(socket).stats.frames_in, 0U);  // by a new link
  EXPECT_EQ(status_after(other).stats.frames_in, 0U);
}

}  // namespace
}  // namespace rejoin::integration
