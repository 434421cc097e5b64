#include "net/zmq/zap.hpp"

#include <zmq.h>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "net/zmq/curve.hpp"

namespace rejoin {
namespace {

constexpr int answers_max = 64;  // in one turn

// The parts of the next request; empty: none waits.
std::vector<std::string> receive(void* socket) {
  std::vector<std::string> parts;
  for (bool more = true; more;) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) {
      zmq_msg_close(&part);
      return {};
    }
    parts.emplace_back(static_cast<const char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
    more = zmq_msg_more(&part) != 0;
    zmq_msg_close(&part);
  }
  return parts;
}

// version, request id, domain, address, routing id, mechanism, key
std::optional<std::string> key_in(const std::vector<std::string>& parts) {
  if (parts.size() != 7 || parts[0] != "1.0" || parts[2] != zap_domain || parts[5] != "CURVE" ||
      parts[6].size() != key_bytes_size) {
    return std::nullopt;
  }
  return key_text(parts[6]);
}

}  // namespace

Result<ZapHandler> ZapHandler::open(void* context) {
  ZapHandler handler;
  handler.socket_ = Socket(zmq_socket(context, ZMQ_REP));
  void* socket = handler.socket_.get();
  const int now = 0;
  if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &now, sizeof(now)) != 0 ||
      zmq_bind(socket, "inproc://zeromq.zap.01") != 0) {
    return Error{ErrorCode::transport_failed,
                 std::string("cannot judge keys: ") + zmq_strerror(zmq_errno())};
  }
  return handler;
}

void ZapHandler::answer(const Admit& admit) {
  for (int i = 0; i < answers_max; ++i) {
    const std::vector<std::string> request = receive(socket_.get());
    if (request.empty()) return;
    const auto key = key_in(request);
    const bool good = key && admit(*key);
    const std::array<std::string, 6> reply = {"1.0",
                                              request.size() > 1 ? request[1] : std::string(),
                                              good ? "200" : "400",
                                              good ? "OK" : "No",
                                              good ? *key : std::string(),
                                              std::string()};
    for (std::size_t part = 0; part < reply.size(); ++part) {
      const int flags = ZMQ_DONTWAIT | (part + 1 < reply.size() ? ZMQ_SNDMORE : 0);
      zmq_send(socket_.get(), reply[part].data(), reply[part].size(), flags);
    }
  }
}

}  // namespace rejoin
