#include "net/zmq/socket.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace rejoin {

void CloseSocket::operator()(void* socket) const {
  zmq_close(socket);
}

void CloseContext::operator()(void* context) const {
  while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
  }
}

Result<HandshakeMonitor> HandshakeMonitor::open(void* context, void* watched,
                                                const std::string& name) {
  const std::string endpoint = "inproc://" + name;
  constexpr int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;
  const int none = 0;
  HandshakeMonitor out;
  out.socket_.reset(zmq_socket(context, ZMQ_PAIR));
  void* socket = out.socket_.get();
  // No limit to what waits: where a limit is reached, an I/O thread waits.
  if (socket && zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof(none)) == 0 &&
      zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof(none)) == 0 &&
      zmq_socket_monitor(watched, endpoint.c_str(), events) == 0) {
    out.watched_ = watched;
    if (zmq_connect(socket, endpoint.c_str()) == 0) return out;
  }
  return Error{ErrorCode::transport_failed, std::string("cannot watch a link: ") +
                                                zmq_strerror(zmq_errno()) +
                                                "; too many peers or open files?"};
}

HandshakeMonitor::HandshakeMonitor(HandshakeMonitor&& other) noexcept
    : watched_(std::exchange(other.watched_, nullptr)), socket_(std::move(other.socket_)) {}

HandshakeMonitor& HandshakeMonitor::operator=(HandshakeMonitor&& other) noexcept {
  if (this == &other) return *this;
  close();
  watched_ = std::exchange(other.watched_, nullptr);
  socket_ = std::move(other.socket_);
  return *this;
}

// In this order: the I/O thread has its ear until it is told to be quiet.
void HandshakeMonitor::close() {
  if (watched_) zmq_socket_monitor(watched_, nullptr, 0);
  watched_ = nullptr;
  socket_.reset();
}

std::optional<Handshake> HandshakeMonitor::next() {
  void* monitor = socket_.get();
  for (;;) {
    // Two parts: the event's number and a value; an address.
    std::array<char, 6> event{};
    std::array<char, 1> address{};
    if (zmq_recv(monitor, event.data(), event.size(), ZMQ_DONTWAIT) < 0) return std::nullopt;
    zmq_recv(monitor, address.data(), address.size(), ZMQ_DONTWAIT);
    std::uint16_t number = 0;
    std::memcpy(&number, event.data(), sizeof(number));
    switch (number) {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return Handshake::done;
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        return Handshake::denied;
      case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        return Handshake::failed;
      case ZMQ_EVENT_DISCONNECTED:
        return Handshake::link_ended;
      default:
        break;
    }
  }
}

}  // namespace rejoin
