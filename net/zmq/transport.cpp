#include "net/zmq/transport.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "net/zmq/door_check.hpp"

namespace rejoin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Usually it is a few milliseconds; a machine that is very busy may need more.
constexpr milliseconds door_check_time{5000};

struct Option {
  int name;
  int value;
};

constexpr int second_ms = 1000;
constexpr int zero_copy_recv = 10;  // ZMQ_ZERO_COPY_RECV, which the headers of stable builds hide

// Both kinds of sockets.
constexpr std::array common_options = {
    // Default: for ever. Then a dead peer keeps a stopping process alive; close() gives it a bound.
    Option{ZMQ_LINGER, 0},
    // Default: 30 s, for whoever opens a connection and says nothing.
    Option{ZMQ_HANDSHAKE_IVL, 5 * second_ms},
    // Default: off. A peer that hangs, or a NAT that forgot us, would go unnoticed for hours.
    Option{ZMQ_HEARTBEAT_IVL, 1 * second_ms},
    Option{ZMQ_HEARTBEAT_TIMEOUT, 3 * second_ms},
    Option{ZMQ_HEARTBEAT_TTL, 5 * second_ms},
};

constexpr std::array router_options = {
    // Default: a message to nobody, or to a full client, is dropped and said to be sent.
    Option{ZMQ_ROUTER_MANDATORY, 1},
    // Default, on purpose: nobody takes over a link by claiming its id.
    Option{ZMQ_ROUTER_HANDOVER, 0},
    // Default: 100. A cluster that starts at once, and its clients, may be more.
    Option{ZMQ_BACKLOG, 512},
    // Default: 1000 messages a link each way, whatever their size. A link may be as large as
    // this many frames; the sender's credit window, in bytes, is what limits before.
    Option{ZMQ_RCVHWM, 64},
    Option{ZMQ_SNDHWM, 64},
};

constexpr std::array dealer_options = {
    // Default: frames are queued for a peer that is not there. They would be old news when it
    // comes.
    Option{ZMQ_IMMEDIATE, 1},
    // Default: 100 ms for ever. Doubles up to this, so a peer that is gone costs little; a name is
    // resolved again each time.
    Option{ZMQ_RECONNECT_IVL, 100},
    Option{ZMQ_RECONNECT_IVL_MAX, 2 * second_ms},
    // Default: that of the kernel, minutes, for an address that swallows packets.
    Option{ZMQ_CONNECT_TIMEOUT, 5 * second_ms},
    // Nothing of ours comes in here; whoever sends all the same fills a queue of one.
    Option{ZMQ_RCVHWM, 1},
    Option{ZMQ_SNDHWM, 256},
};

std::string last_error() {
  return zmq_strerror(zmq_errno());
}

Error failed(const std::string& what, const std::string& advice = {}) {
  return {ErrorCode::transport_failed, what + ": " + last_error() + advice};
}

template <std::size_t n>
Result<void> set_all(void* socket, const std::array<Option, n>& options) {
  for (const Option& option : options) {
    if (zmq_setsockopt(socket, option.name, &option.value, sizeof(option.value)) != 0) {
      return failed("libzmq refuses socket option " + std::to_string(option.name));
    }
  }
  return {};
}

class Part {
 public:
  Part() { zmq_msg_init(&message_); }
  ~Part() { zmq_msg_close(&message_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool receive(void* socket) { return zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) >= 0; }
  bool more() { return zmq_msg_more(&message_) != 0; }
  std::string bytes() {
    return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }
  std::string identity() {
    const char* user = zmq_msg_gets(&message_, "User-Id");
    return user ? user : "";
  }

 private:
  zmq_msg_t message_;
};

bool send_part(void* socket, std::string_view bytes, int flags) {
  int sent = -1;
  do {
    sent = zmq_send(socket, bytes.data(), bytes.size(), flags | ZMQ_DONTWAIT);
  } while (sent < 0 && zmq_errno() == EINTR);
  return sent >= 0;
}

bool send_parts(void* socket, Transport::Speaker speaker, std::string_view bytes) {
  const char kind = static_cast<char>(speaker);
  return send_part(socket, {&kind, 1}, ZMQ_SNDMORE) && send_part(socket, bytes, 0);
}

}  // namespace

Result<std::unique_ptr<Transport>> Transport::open(const std::string& listen, const Limits& limits,
                                                   std::unique_ptr<Access> access) {
  int major = 0, minor = 0, patch = 0;
  zmq_version(&major, &minor, &patch);
  if (std::array{major, minor, patch} < std::array{4, 3, 3}) {
    return Error{ErrorCode::transport_failed,
                 "libzmq before 4.3.3 can be taken over from the network; install a newer one"};
  }
  std::unique_ptr<Transport> transport(new Transport());
  transport->limits_ = limits;
  transport->context_.reset(zmq_ctx_new());
  void* context = transport->context_.get();
  // The ROUTER, a DEALER for each peer with the two ends of its monitor, and what libzmq opens for
  // itself.
  zmq_ctx_set(context, ZMQ_MAX_SOCKETS, static_cast<int>(3 * limits.peers_max) + 32);
  // Default: small messages share one large buffer, and the last of them keeps all of it. A libzmq
  // that does not know the option says so, and only costs memory.
  zmq_ctx_set(context, zero_copy_recv, 0);
  transport->access_ = std::move(access);
  if (auto bound = transport->bind(listen); !bound) return bound.error();
  return transport;
}

Result<void> Transport::bind(const std::string& listen) {
  auto router = make(ZMQ_ROUTER);
  if (!router) return router.error();
  if (auto set = set_all(router->get(), router_options); !set) return set;
  if (access_) {
    auto zap = ZapHandler::open(context_.get());
    if (!zap) return zap.error();
    zap_ = *std::move(zap);
    if (auto keyed = serve_curve(router->get(), access_->directory().self()); !keyed) return keyed;
  }
  if (zmq_bind(router->get(), listen.c_str()) != 0) {
    const bool taken = zmq_errno() == EADDRINUSE;
    return failed("cannot listen on " + listen,
                  taken ? "; another process has it: choose another port"
                        : "; an address is tcp://HOST:PORT, with a HOST of this machine");
  }
  std::array<char, 256> bound{};
  std::size_t size = bound.size();
  zmq_getsockopt(router->get(), ZMQ_LAST_ENDPOINT, bound.data(), &size);
  address_ = bound.data();
  router_ = *std::move(router);
  if (!access_) return {};
  const auto judge = [this](const std::string& stranger) {
    zap_->answer([&](const std::string& key) {
      return key == stranger ? access_->knows(key) : access_->admits(key, Clock::now());
    });
  };
  return check_door(address_, access_->directory().self().public_key, zap_->socket(), judge,
                    door_check_time);
}

Transport::~Transport() {
  close(milliseconds(0));
}

Result<Socket> Transport::make(int type) const {
  Socket socket(zmq_socket(context_.get(), type));
  if (!socket) return failed("cannot open a socket", "; too many peers or open files?");
  if (auto set = set_all(socket.get(), common_options); !set) return set.error();
  // Default: none, and the decoder reserves what a sender claims before it has shown who it is.
  const auto bytes_max = static_cast<std::int64_t>(limits_.message_bytes_max);
  if (zmq_setsockopt(socket.get(), ZMQ_MAXMSGSIZE, &bytes_max, sizeof(bytes_max)) != 0) {
    return failed("libzmq refuses the limit on messages");
  }
  return socket;
}

Result<Socket> Transport::make_dealer() const {
  auto dealer = make(ZMQ_DEALER);
  if (!dealer) return dealer;
  if (auto set = set_all(dealer->get(), dealer_options); !set) return set.error();
  return dealer;
}

Result<std::string> Transport::connect(RouteId route, const std::string& peer) {
  const auto maker = [this] { return make_dealer(); };
  std::optional<Link> link;
  if (access_) {
    auto server = access_->directory().server(peer);
    if (!server) return server.error();
    access_->give_route(route, server->name);
    link.emplace(*std::move(server), maker, context_.get(), *access_, route);
  } else {
    link.emplace(peer, maker);
  }
  if (auto connected = link->connect(); !connected) return connected.error();
  return links_.emplace(route, *std::move(link)).first->second.address();
}

void Transport::wait(std::chrono::nanoseconds at_most, const Wakeup& wakeup) {
  std::array<zmq_pollitem_t, 3> items = {{{router_.get(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, wakeup.descriptor(), ZMQ_POLLIN, 0},
                                          {zap_ ? zap_->socket() : nullptr, 0, ZMQ_POLLIN, 0}}};
  const auto before = Clock::now();
  for (const auto& [route, link] : links_) {
    if (link.due() == Clock::time_point::max()) continue;
    at_most = link.due() <= before
                  ? std::chrono::nanoseconds(0)
                  : std::min<std::chrono::nanoseconds>(at_most, link.due() - before);
  }
  // Rounded up: a deadline that is less than a millisecond away must not become a busy loop.
  const auto ms = std::chrono::ceil<milliseconds>(std::max(at_most, std::chrono::nanoseconds(0)));
  zmq_poll(items.data(), zap_ ? 3 : 2, static_cast<long>(ms.count()));
  if (!access_) return;
  zap_->answer([this](const std::string& key) { return access_->admits(key, Clock::now()); });
  const auto now = Clock::now();
  for (auto& [route, link] : links_) {
    if (link.due() <= now) link.tend(now);
  }
}

std::optional<Transport::Received> Transport::receive() {
  for (;;) {
    Part link;
    if (!link.receive(router_.get())) return std::nullopt;
    std::vector<std::string> parts;
    Received out;
    for (bool more = link.more(); more;) {
      Part part;
      if (!part.receive(router_.get())) break;
      more = part.more();
      out.identity = part.identity();
      if (parts.size() < 3) parts.push_back(part.bytes());
    }
    const bool known = parts.size() == 2 && (parts[0] == "p" || parts[0] == "c");
    if (!known) {
      ++refused_;
      continue;
    }
    out.link = link.bytes();
    out.speaker = static_cast<Speaker>(parts[0][0]);
    out.bytes = std::move(parts[1]);
    return out;
  }
}

bool Transport::send(RouteId route, std::string_view frame) {
  const auto link = links_.find(route);
  return link != links_.end() && link->second.socket() != nullptr &&
         send_parts(link->second.socket(), Speaker::peer, frame);
}

bool Transport::reply(const std::string& link, std::string_view bytes) {
  if (send_part(router_.get(), link, ZMQ_SNDMORE) &&
      send_parts(router_.get(), Speaker::client, bytes)) {
    return true;
  }
  ++refused_;
  return false;
}

void Transport::close(milliseconds linger) {
  const int ms = static_cast<int>(linger.count());
  for (auto& [route, link] : links_) {
    if (link.socket()) zmq_setsockopt(link.socket(), ZMQ_LINGER, &ms, sizeof(ms));
  }
  if (router_) zmq_setsockopt(router_.get(), ZMQ_LINGER, &ms, sizeof(ms));
  links_.clear();
  router_.reset();
  zap_.reset();
  context_.reset();
}

}  // namespace rejoin
