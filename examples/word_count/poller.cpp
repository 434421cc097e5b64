#include "examples/word_count/poller.hpp"

#include <vector>

namespace word_count {

bool Poller::wait(std::chrono::milliseconds at_most) {
  std::vector<pollfd> items;
  for (const auto& [descriptor, watched] : watched_) {
    items.push_back({descriptor, watched.events, 0});
  }
  if (::poll(items.data(), items.size(), static_cast<int>(at_most.count())) <= 0) return false;
  for (const pollfd& item : items) {
    if (item.revents == 0) continue;
    const auto found = watched_.find(item.fd);  // a handler before may have forgotten it
    if (found == watched_.end()) continue;
    const Handler handler = found->second.handler;  // a copy: it may forget itself
    handler();
  }
  return true;
}

}  // namespace word_count
