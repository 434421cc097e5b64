#include "net/zmq/socket.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace rejoin {

void CloseSocket::operator()(void* socket) const {
  zmq_close(socket);
}

void CloseContext::operator()(void* context) const {
  while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) {
  }
}

Result<Socket> watch_handshakes(void* context, void* socket, const std::string& name) {
  const std::string endpoint = "inproc://" + name;
  constexpr int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;
  const int now = 0;
  Socket monitor(zmq_socket(context, ZMQ_PAIR));
  if (!monitor || zmq_socket_monitor(socket, endpoint.c_str(), events) != 0 ||
      zmq_setsockopt(monitor.get(), ZMQ_LINGER, &now, sizeof(now)) != 0 ||
      zmq_connect(monitor.get(), endpoint.c_str()) != 0) {
    return Error{ErrorCode::transport_failed, std::string("cannot watch a link: ") +
                                                  zmq_strerror(zmq_errno()) +
                                                  "; too many peers or open files?"};
  }
  return monitor;
}

std::optional<Handshake> next_handshake(void* monitor) {
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
