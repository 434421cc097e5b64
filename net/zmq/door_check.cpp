#include "net/zmq/door_check.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>

#include "net/zmq/socket.hpp"

namespace rejoin {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Result<void> check_door(const std::string& address, const std::string& server_key, void* handler,
                        const std::function<void(const std::string& stranger)>& answer,
                        milliseconds timeout) {
  const auto stranger = new_key_pair();
  if (!stranger) return stranger.error();
  const Context context(zmq_ctx_new());
  const Socket socket(zmq_socket(context.get(), ZMQ_DEALER));
  if (!socket) return Error{ErrorCode::transport_failed, "cannot open a socket"};
  const int now = 0;
  zmq_setsockopt(socket.get(), ZMQ_LINGER, &now, sizeof(now));
  if (auto keyed = speak_curve(socket.get(), *stranger, server_key); !keyed) return keyed;
  auto monitor = HandshakeMonitor::open(context.get(), socket.get(), "door");
  if (!monitor) return monitor.error();
  zmq_connect(socket.get(), address.c_str());

  std::array<zmq_pollitem_t, 2> items = {
      {{monitor->socket(), 0, ZMQ_POLLIN, 0}, {handler, 0, ZMQ_POLLIN, 0}}};
  const auto deadline = Clock::now() + timeout;
  for (auto left = timeout; left.count() > 0;
       left = std::chrono::ceil<milliseconds>(deadline - Clock::now())) {
    zmq_poll(items.data(), handler ? 2 : 1, static_cast<long>(left.count()));
    answer(stranger->public_key);
    while (const auto event = monitor->next()) {
      if (*event == Handshake::denied) return {};
      if (*event == Handshake::done) {
        return Error{ErrorCode::access_denied,
                     "a key that nobody allowed was let in: this libzmq does not keep strangers "
                     "out, so the node does not start"};
      }
    }
  }
  return Error{ErrorCode::transport_failed,
               "could not see a key that nobody allowed being refused at " + address +
                   ", so the node does not start"};
}

}  // namespace rejoin
