#include "net/zmq/client.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <vector>

#include "net/zmq/key_directory.hpp"
#include "net/zmq/socket.hpp"
#include "net/zmq/transport.hpp"

namespace rejoin {
namespace {

using std::chrono::milliseconds;

// The node is the one to say that the time is over, and why; it gets this much longer to say so, as
// one on a busy machine needs it.
constexpr milliseconds grace{2000};

// How long a watch leaves a node alone that said that it is stopping.
constexpr milliseconds stopping_pause{100};

struct Option {
  int name;
  int value;
};
constexpr std::array socket_options = {
    // Default: for ever. A question that nobody took is not worth waiting for at exit.
    Option{ZMQ_LINGER, 0},
    // Default: questions are queued for a node that is not there; so one would be taken for asked.
    Option{ZMQ_IMMEDIATE, 1},
    // Default: 30 s.
    Option{ZMQ_HANDSHAKE_IVL, 5000},
    // Default: off. A node that hangs or vanished is noticed while we wait for it.
    Option{ZMQ_HEARTBEAT_IVL, 1000},
    Option{ZMQ_HEARTBEAT_TIMEOUT, 3000},
    Option{ZMQ_HEARTBEAT_TTL, 5000},
    // Default: 100 ms. A node that starts right now should answer right away.
    Option{ZMQ_RECONNECT_IVL, 20},
    Option{ZMQ_RECONNECT_IVL_MAX, 1000},
    // One question at a time.
    Option{ZMQ_SNDHWM, 16},
    Option{ZMQ_RCVHWM, 16},
};

Error wrong(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

// The last part of the next message, if it is a node's answer.
std::optional<std::string> receive(void* socket) {
  std::vector<std::string> parts;
  for (int more = 1; more != 0;) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) return std::nullopt;
    parts.emplace_back(static_cast<const char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
    more = zmq_msg_more(&part);
    zmq_msg_close(&part);
  }
  const char kind = static_cast<char>(Transport::Speaker::client);
  if (parts.size() != 2 || parts[0] != std::string_view(&kind, 1)) return std::string();
  return std::move(parts[1]);
}

}  // namespace

void Client::CloseSocket::operator()(void* socket) const {
  zmq_close(socket);
}
void Client::CloseContext::operator()(void* context) const {
  zmq_ctx_term(context);
}

Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(const ClientOptions& options) try {
  std::optional<KeyDirectory> keys;
  Acquaintance server{{}, {}, options.server};
  if (options.keys.has_value() == options.insecure) {
    return wrong(options.insecure ? "keys and insecure exclude each other"
                                  : "needs keys (a directory that rejoin keygen DIR makes), or the "
                                    "word insecure for plaintext");
  }
  if (options.keys) {
    auto opened = KeyDirectory::open(*options.keys);
    if (!opened) return opened.error();
    keys = *std::move(opened);
    auto found = keys->server(options.server);
    if (!found) return found.error();
    server = *std::move(found);
  }
  std::unique_ptr<Client> client(new Client());
  client->address_ = server.address;
  client->context_.reset(zmq_ctx_new());
  client->socket_.reset(zmq_socket(client->context_.get(), ZMQ_DEALER));
  void* socket = client->socket_.get();
  if (!socket)
    return Error{ErrorCode::transport_failed, "cannot open a socket: too many open files?"};
  for (const Option& option : socket_options) {
    zmq_setsockopt(socket, option.name, &option.value, sizeof(option.value));
  }
  // Default: none; the decoder reserves what a sender claims.
  const auto bytes_max = static_cast<std::int64_t>(reply_bytes_max);
  zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &bytes_max, sizeof(bytes_max));
  if (keys) {
    if (auto keyed = speak_curve(socket, keys->self(), server.key); !keyed) return keyed.error();
    auto monitor = HandshakeMonitor::open(client->context_.get(), socket, "client");
    if (!monitor) return monitor.error();
    client->monitor_ = std::make_unique<HandshakeMonitor>(*std::move(monitor));
  }
  if (zmq_connect(socket, server.address.c_str()) != 0) {
    return wrong("'" + server.address + "' is no address; one is tcp://HOST:PORT");
  }
  return client;
} catch (const std::exception& e) {
  return Error{ErrorCode::aborted, e.what()};
}

// Until the node is there, does not want us, the deadline passed, or it was interrupted.
Client::Met Client::meet(Clock::time_point deadline) {
  std::vector<zmq_pollitem_t> items = {{socket_.get(), 0, ZMQ_POLLOUT, 0}};
  if (monitor_) items.push_back({monitor_->socket(), 0, ZMQ_POLLIN, 0});
  if (interrupt_ >= 0) items.push_back({nullptr, interrupt_, ZMQ_POLLIN, 0});
  while (met_ != Met::refused) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    const int ready = zmq_poll(items.data(), static_cast<int>(items.size()),
                               static_cast<long>(std::max(left, milliseconds(0)).count()));
    if (ready > 0 && items[0].revents != 0) return Met::node;
    while (monitor_) {
      const auto event = monitor_->next();
      if (!event) break;
      if (*event == Handshake::denied) met_ = Met::refused;
      if (*event == Handshake::failed) met_ = Met::unsure;
      if (*event == Handshake::done) met_ = Met::nobody;
    }
    if (interrupted() || (ready == 0 && left.count() <= 0)) break;
    if (ready < 0 && zmq_errno() != EINTR) break;
  }
  return met_;
}

Error Client::nobody(Met met) const {
  if (met == Met::refused) {
    return {ErrorCode::access_denied, address_ +
                                          " does not let this key in: put its self.pub there, as "
                                          "clients/NAME.pub"};
  }
  if (met == Met::unsure) {
    return {ErrorCode::transport_failed,
            "whoever answers at " + address_ +
                " does not have the key that its .pub file here says, or does not use keys"};
  }
  return {ErrorCode::transport_failed, "nobody answers at " + address_ +
                                           ": is rejoind running there, and is that its --listen?" +
                                           (monitor_ ? "" : " If it uses keys, so must you")};
}

bool Client::wait_for(short events, Clock::time_point deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    std::array<zmq_pollitem_t, 2> items = {
        {{socket_.get(), 0, events, 0}, {nullptr, interrupt_, ZMQ_POLLIN, 0}}};
    const int ready = zmq_poll(items.data(), interrupt_ < 0 ? 1 : 2,
                               static_cast<long>(std::max(left, milliseconds(0)).count()));
    if (ready > 0) return items[0].revents != 0 && items[1].revents == 0;
    if (ready == 0 && Clock::now() >= deadline) return false;
    if (ready < 0 && zmq_errno() != EINTR) return false;
  }
}

bool Client::interrupted() const {
  zmq_pollitem_t item{nullptr, interrupt_, ZMQ_POLLIN, 0};
  return interrupt_ >= 0 && zmq_poll(&item, 1, 0) > 0;
}

Watch Client::watch(WatchOptions what) {
  const auto asking = [this](ClientRequest request, milliseconds timeout) {
    auto reply = ask(std::move(request), timeout);
    const Error* error = reply ? std::get_if<Error>(&reply->body) : nullptr;
    // A node that is stopping says so at once, every time.
    if (error && error->code == ErrorCode::closed) {
      wait_for(ZMQ_POLLERR, Clock::now() + std::min(timeout, stopping_pause));
    }
    return reply;
  };
  return Watch(asking, std::move(what));
}

Result<ClientReply> Client::ask(ClientRequest request, milliseconds timeout) {
  request.id = ++last_id_;
  const auto deadline = Clock::now() + timeout;
  void* socket = socket_.get();

  const char kind = static_cast<char>(Transport::Speaker::client);
  const Met met = meet(deadline);
  // What connecting took is not the node's to wait.
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  request.timeout_ms = static_cast<std::uint64_t>(std::max(left, milliseconds(0)).count());
  const std::string bytes = encode_request(request);
  const Error cut_short{ErrorCode::aborted, "interrupted; a write may have happened"};
  if (met != Met::node && interrupted()) return cut_short;
  if (met != Met::node || zmq_send(socket, &kind, 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
      zmq_send(socket, bytes.data(), bytes.size(), ZMQ_DONTWAIT) < 0) {
    return nobody(met);
  }
  while (wait_for(ZMQ_POLLIN, deadline + grace)) {
    const auto answer = receive(socket);
    if (!answer) continue;
    auto reply = decode_reply(*answer);
    if (!reply) return reply;
    // An earlier question's answer may come late. Id 0: a request that could not be read.
    if (reply->id == request.id || reply->id == 0) return reply;
  }
  if (interrupted()) return cut_short;
  return Error{ErrorCode::timed_out,
               "no answer from " + address_ +
                   " in time; a write may have happened: read it back, or ask again with more "
                   "--timeout"};
}

}  // namespace rejoin
