#include "tests/integration/wires.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace rejoin::integration {

Wires::Wires(const std::vector<std::string>& targets) : bell_(eventfd(0, EFD_CLOEXEC)) {
  for (const std::string& target : targets) {
    auto gate = word_count::Gate::make(poller_);
    if (!gate) throw std::runtime_error("no port to listen on");
    gate->lead_to(target);
    gate->close();
    gates_.push_back(std::move(gate));
  }
  server_ = std::thread([this] { serve(); });
}

Wires::~Wires() {
  become(State::over);
  server_.join();
  close(bell_);
}

void Wires::become(State state) {
  std::unique_lock lock(mutex_);
  wished_ = state;
  eventfd_write(bell_, 1);
  changed_.wait(lock, [&] { return state_ == state; });
}

void Wires::serve() {
  bool is_over = false;
  poller_.watch(bell_, POLLIN, [&] {
    eventfd_t rings = 0;
    eventfd_read(bell_, &rings);
    const std::lock_guard lock(mutex_);
    state_ = wished_;
    for (const auto& gate : gates_) state_ == State::whole ? gate->open() : gate->close();
    is_over = state_ == State::over;
    changed_.notify_all();
  });
  while (!is_over) poller_.wait(std::chrono::hours(1));
}

}  // namespace rejoin::integration
