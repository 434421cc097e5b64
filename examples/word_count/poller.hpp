#pragma once

// Poller: one thread waits for many descriptors; who owns one is called when something is up.
// Descriptors are non-blocking, so a call too many costs nothing. A handler may watch and forget
// any descriptor, its own too.

#include <poll.h>

#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace word_count {

class Poller {
 public:
  using Handler = std::function<void()>;

  // events: POLLIN, POLLOUT, both, or 0 for errors only. Replaces what was watched before.
  void watch(int descriptor, short events, Handler handler) {
    watched_[descriptor] = {events, std::move(handler)};
  }
  // Requires: it is watched.
  void watch(int descriptor, short events) { watched_.at(descriptor).events = events; }
  void forget(int descriptor) { watched_.erase(descriptor); }

  // Once. False: nothing happened in this time, or a signal came.
  bool wait(std::chrono::milliseconds at_most);

 private:
  struct Watched {
    short events = 0;
    Handler handler;
  };
  std::map<int, Watched> watched_;
};

}  // namespace word_count
