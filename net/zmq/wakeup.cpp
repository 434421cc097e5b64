#include "net/zmq/wakeup.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace rejoin {

Wakeup::~Wakeup() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> Wakeup::open() {
  descriptor_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor_ >= 0) return {};
  return Error{ErrorCode::transport_failed,
               std::string("cannot make an eventfd: ") + std::strerror(errno)};
}

void Wakeup::wake() const {
  // Full means that a wake is waiting already.
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(descriptor_, &one, sizeof(one));
}

void Wakeup::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof(count));
}

}  // namespace rejoin
