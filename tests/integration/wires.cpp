#include "tests/integration/wires.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace rejoin::integration {
namespace {

constexpr int waiting_max = 16;

sockaddr_in at_port(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

// On a port that the machine chooses; `address` gets it.
int listen_anywhere(std::string& address) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here = at_port(0);
  socklen_t length = sizeof(here);
  const auto name = reinterpret_cast<sockaddr*>(&here);
  if (bind(listener, name, length) != 0 || listen(listener, waiting_max) != 0 ||
      getsockname(listener, name, &length) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  address = "tcp://127.0.0.1:" + std::to_string(ntohs(here.sin_port));
  return listener;
}

bool send_all(int to, const char* bytes, std::size_t count) {
  for (std::size_t sent = 0; sent < count;) {
    const ssize_t now = send(to, bytes + sent, count - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<std::size_t>(now);
  }
  return true;
}

// Until either side ends; then both do.
void carry(int from, int to) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0 || !send_all(to, buffer.data(), static_cast<std::size_t>(got))) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace

Wires::Wires(const std::vector<std::string>& targets)
    : wires_(targets.size()), stopper_(eventfd(0, EFD_CLOEXEC)) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    wires_[i].target = port_of(targets[i]);
    wires_[i].listener = listen_anywhere(wires_[i].address);
  }
  acceptor_ = std::thread([this] { accept_until_stopped(); });
}

Wires::~Wires() {
  eventfd_write(stopper_, 1);
  acceptor_.join();
  cut();
  for (const Wire& wire : wires_) close(wire.listener);
  close(stopper_);
}

void Wires::cut() {
  const std::lock_guard lock(mutex_);
  is_cut_ = true;
  for (Connection& connection : connections_) {
    shutdown(connection.near, SHUT_RDWR);
    shutdown(connection.far, SHUT_RDWR);
    connection.forth.join();
    connection.back.join();
    close(connection.near);
    close(connection.far);
  }
  connections_.clear();
}

void Wires::heal() {
  const std::lock_guard lock(mutex_);
  is_cut_ = false;
}

void Wires::accept_until_stopped() {
  std::vector<pollfd> waits = {{stopper_, POLLIN, 0}};
  for (const Wire& wire : wires_) waits.push_back({wire.listener, POLLIN, 0});
  while (poll(waits.data(), waits.size(), -1) > 0 && waits[0].revents == 0) {
    for (std::size_t i = 0; i < wires_.size(); ++i) {
      if (waits[i + 1].revents != 0) take(wires_[i]);
    }
  }
}

void Wires::take(const Wire& wire) {
  const int near = accept4(wire.listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  const std::lock_guard lock(mutex_);
  const int far = is_cut_ ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in there = at_port(wire.target);
  if (far < 0 || connect(far, reinterpret_cast<const sockaddr*>(&there), sizeof(there)) != 0) {
    if (far >= 0) close(far);
    close(near);
    return;
  }
  connections_.push_back({near, far, std::thread(carry, near, far), std::thread(carry, far, near)});
}

}  // namespace rejoin::integration
