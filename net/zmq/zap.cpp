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

// Of a request: where its answer goes, an empty part, version, request id, domain, address, routing
// id, mechanism, key.
enum Part : std::size_t { from, delimiter, version, id, domain, mechanism = 7, key, parts_all };

std::optional<std::string> key_in(const std::vector<std::string>& parts) {
  if (parts.size() != parts_all || parts[version] != "1.0" || parts[domain] != zap_domain ||
      parts[mechanism] != "CURVE" || parts[key].size() != key_bytes_size) {
    return std::nullopt;
  }
  return key_text(parts[key]);
}

}  // namespace

Result<ZapHandler> ZapHandler::open(void* context) {
  ZapHandler handler;
  handler.socket_ = Socket(zmq_socket(context, ZMQ_ROUTER));
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
    if (request.size() <= id) continue;
    const auto known = key_in(request);
    const bool good = known && admit(*known);
    const std::array<std::string, 8> reply = {request[from],
                                              std::string(),
                                              "1.0",
                                              request[id],
                                              good ? "200" : "400",
                                              good ? "OK" : "No",
                                              good ? *known : std::string(),
                                              std::string()};
    for (std::size_t part = 0; part < reply.size(); ++part) {
      const int flags = ZMQ_DONTWAIT | (part + 1 < reply.size() ? ZMQ_SNDMORE : 0);
      zmq_send(socket_.get(), reply[part].data(), reply[part].size(), flags);
    }
  }
}

}  // namespace rejoin
