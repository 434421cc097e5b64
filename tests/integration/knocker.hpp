// A DEALER of a test's own making that knocks at a node's door, and sees how that goes.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/zmq/curve.hpp"
#include "net/zmq/socket.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {

class Knocker {
 public:
  // `prepare` gives the socket its keys, or whatever it is to have instead.
  using Prepare = std::function<void(void* socket)>;

  Knocker(const std::string& address, const Prepare& prepare)
      : context_(zmq_ctx_new()), socket_(zmq_socket(context_.get(), ZMQ_DEALER)) {
    const int now = 0;
    zmq_setsockopt(socket_.get(), ZMQ_LINGER, &now, sizeof(now));
    prepare(socket_.get());
    auto monitor = HandshakeMonitor::open(context_.get(), socket_.get(), "knocker");
    EXPECT_TRUE(monitor);
    monitor_ = *std::move(monitor);
    zmq_connect(socket_.get(), address.c_str());
  }
  static Knocker with_keys(const std::string& address, const KeyPair& self,
                           const std::string& server_key) {
    return Knocker(address,
                   [&](void* socket) { EXPECT_TRUE(speak_curve(socket, self, server_key)); });
  }

  // The next thing that its handshakes come to; `meanwhile` runs about every 10 ms.
  std::optional<Handshake> outcome(const std::function<void()>& meanwhile = [] {}) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (const auto event = monitor_->next()) return event;
      zmq_pollitem_t item{monitor_->socket(), 0, ZMQ_POLLIN, 0};
      zmq_poll(&item, 1, 10);
      meanwhile();
    }
    return std::nullopt;
  }
  // It waits for a link that may never come.
  void send(const std::vector<std::string>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const int flags = ZMQ_DONTWAIT | (i + 1 < parts.size() ? ZMQ_SNDMORE : 0);
      EXPECT_GE(zmq_send(socket_.get(), parts[i].data(), parts[i].size(), flags), 0);
    }
  }
  // The last part of the next message; empty if none comes.
  std::string receive() {
    zmq_pollitem_t item{socket_.get(), 0, ZMQ_POLLIN, 0};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    if (zmq_poll(&item, 1, static_cast<long>(ms.count())) <= 0) return {};
    std::array<char, 4096> buffer{};
    int more = 1, size = 0;
    for (std::size_t length = sizeof(more); more != 0;) {
      size = zmq_recv(socket_.get(), buffer.data(), buffer.size(), 0);
      zmq_getsockopt(socket_.get(), ZMQ_RCVMORE, &more, &length);
    }
    return {buffer.data(), static_cast<std::size_t>(std::max(size, 0))};
  }

 private:
  Context context_;
  Socket socket_;
  std::optional<HandshakeMonitor> monitor_;
};

}  // namespace rejoin::integration
