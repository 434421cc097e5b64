#pragma once

// Gate: a TCP port on this machine that leads to another one, and that can be closed.
//
// Open, it forwards every connection, both ways. Closed, it breaks those that there are and turns
// away those that come: a cut. Where it leads can be set and changed at any time, so two processes
// can be told of each other before either of them has a port.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "examples/word_count/poller.hpp"

namespace word_count {

class Gate {
 public:
  // Listens, open, leading nowhere. Nothing: this machine gives no port.
  static std::unique_ptr<Gate> make(Poller& poller);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // "tcp://127.0.0.1:PORT"
  const std::string& address() const { return address_; }
  // An address of the same form; connections that there are break.
  void lead_to(const std::string& address);
  void open() { open_ = true; }
  void close();

  std::uint64_t turned_away() const { return turned_away_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  class Connection;

  Gate(Poller& poller, int listener);
  void accept_all();
  void drop(Connection* connection);

  Poller& poller_;
  int listener_;
  std::string address_;
  std::optional<std::uint16_t> target_;
  bool open_ = true;
  std::set<std::unique_ptr<Connection>> connections_;
  std::uint64_t turned_away_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace word_count
