#pragma once

// Wakeup: lets any thread end the I/O thread's wait. Wakes before the wait count, and many count
// once.

#include "crdt/result.hpp"

namespace rejoin {

class Wakeup {
 public:
  Wakeup() = default;
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Once, before anything else. Error: transport_failed.
  Result<void> open();
  void wake() const;   // any thread
  void clear() const;  // the waiting thread, before it looks at what it was woken for
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace rejoin
