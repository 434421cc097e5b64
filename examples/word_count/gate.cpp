#include "examples/word_count/gate.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace word_count {
namespace {

constexpr std::size_t buffer_bytes_max = 256 * 1024;
constexpr std::string_view address_prefix = "tcp://127.0.0.1:";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

int open_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return descriptor;
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == EINPROGRESS;
}

}  // namespace

// Two sockets, and what was read from each and not yet written to the other. It ends, both ways,
// when one of them does.
class Gate::Connection {
 public:
  Connection(Gate& gate, int outer, int inner) : gate_(gate), ends_{{{outer, {}}, {inner, {}}}} {
    for (const End& end : ends_) gate_.poller_.watch(end.descriptor, POLLIN, [this] { move(); });
    gate_.poller_.watch(inner, POLLIN | POLLOUT);
  }
  ~Connection() {
    for (const End& end : ends_) {
      gate_.poller_.forget(end.descriptor);
      ::close(end.descriptor);
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  struct End {
    int descriptor = -1;
    std::string outgoing;
  };

  void move() {
    const bool alive = carry(ends_[0], ends_[1]) && carry(ends_[1], ends_[0]);
    if (!alive) return gate_.drop(this);  // which destroys this
    watch(ends_[0], ends_[1]);
    watch(ends_[1], ends_[0]);
  }

  // False: one of the ends is closed or broken.
  bool carry(End& from, End& to) {
    std::array<char, 16 * 1024> buffer;
    while (to.outgoing.size() < buffer_bytes_max) {
      const ssize_t n = ::recv(from.descriptor, buffer.data(), buffer.size(), 0);
      if (n < 0 && would_block()) break;
      if (n <= 0) return false;
      to.outgoing.append(buffer.data(), static_cast<std::size_t>(n));
    }
    if (to.outgoing.empty()) return true;
    const ssize_t n = ::send(to.descriptor, to.outgoing.data(), to.outgoing.size(), MSG_NOSIGNAL);
    if (n < 0) return would_block();
    to.outgoing.erase(0, static_cast<std::size_t>(n));
    gate_.bytes_ += static_cast<std::uint64_t>(n);
    return true;
  }

  void watch(const End& end, const End& other) {
    const int reads = other.outgoing.size() < buffer_bytes_max ? POLLIN : 0;
    const int writes = end.outgoing.empty() ? 0 : POLLOUT;
    gate_.poller_.watch(end.descriptor, static_cast<short>(reads | writes));
  }

  Gate& gate_;
  std::array<End, 2> ends_;
};

std::unique_ptr<Gate> Gate::make(Poller& poller) {
  const int listener = open_socket();
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof(at);
  auto* const raw = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener, raw, size) != 0 || ::listen(listener, 16) != 0 ||
      ::getsockname(listener, raw, &size) != 0) {
    ::close(listener);
    return nullptr;
  }
  std::unique_ptr<Gate> gate(new Gate(poller, listener));
  gate->address_ = std::string(address_prefix) + std::to_string(ntohs(at.sin_port));
  return gate;
}

Gate::Gate(Poller& poller, int listener) : poller_(poller), listener_(listener) {
  poller_.watch(listener_, POLLIN, [this] { accept_all(); });
}

Gate::~Gate() {
  connections_.clear();
  poller_.forget(listener_);
  ::close(listener_);
}

void Gate::lead_to(const std::string& address) {
  connections_.clear();
  target_ = static_cast<std::uint16_t>(std::stoul(address.substr(address_prefix.size())));
}

void Gate::close() {
  open_ = false;
  connections_.clear();
}

void Gate::accept_all() {
  for (;;) {
    const int outer = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (outer < 0) return;
    if (!open_ || !target_) {
      if (!open_) ++turned_away_;
      ::close(outer);
      continue;
    }
    const int inner = open_socket();
    const sockaddr_in at = loopback(*target_);
    const int called = ::connect(inner, reinterpret_cast<const sockaddr*>(&at), sizeof(at));
    if (called != 0 && !would_block()) {
      ::close(outer);
      ::close(inner);
      continue;
    }
    connections_.insert(std::make_unique<Connection>(*this, outer, inner));
  }
}

void Gate::drop(Connection* connection) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& owned) { return owned.get() == connection; });
  if (found != connections_.end()) connections_.erase(found);
}

}  // namespace word_count
