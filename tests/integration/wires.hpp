// Wires: addresses that lead to other addresses, and that can be cut: a partition on loopback. The
// gates of the example word_count, with a thread of their own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "examples/word_count/gate.hpp"

namespace rejoin::integration {

class Wires {
 public:
  // One to each of these, tcp://127.0.0.1:PORT; cut until heal().
  explicit Wires(const std::vector<std::string>& targets);
  ~Wires();
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  // Whoever connects here is led to the target of that number.
  const std::string& address(std::size_t target) const { return gates_[target]->address(); }
  // Ends all connections; what was on its way is lost.
  void cut() { become(State::cut); }
  void heal() { become(State::whole); }

 private:
  enum class State { cut, whole, over };

  // Returns once they are.
  void become(State state);
  void serve();

  word_count::Poller poller_;
  std::vector<std::unique_ptr<word_count::Gate>> gates_;
  int bell_ = -1;     // an eventfd: the wish has changed
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  State wished_ = State::cut;
  State state_ = State::cut;
  std::thread server_;
};

}  // namespace rejoin::integration
