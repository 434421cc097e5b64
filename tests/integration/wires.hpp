// Wires: addresses that lead to other addresses, and that can be cut: a partition on loopback.
// While they are cut every connection ends as soon as it is made. Bytes pass unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rejoin::integration {

class Wires {
 public:
  // One to each of these, tcp://127.0.0.1:PORT; cut until heal().
  explicit Wires(const std::vector<std::string>& targets);
  ~Wires();
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  // Whoever connects here is led to the target of that number.
  const std::string& address(std::size_t target) const { return wires_[target].address; }
  // Ends all connections; what was on its way is lost.
  void cut();
  void heal();

 private:
  struct Wire {
    std::string address;
    std::uint16_t target = 0;
    int listener = -1;
  };
  struct Connection {
    int near = -1;
    int far = -1;
    std::thread forth;
    std::thread back;
  };

  void accept_until_stopped();
  void take(const Wire& wire);

  std::vector<Wire> wires_;
  int stopper_ = -1;  // an eventfd
  std::mutex mutex_;  // guards what follows
  bool is_cut_ = true;
  std::list<Connection> connections_;
  std::thread acceptor_;
};

}  // namespace rejoin::integration
