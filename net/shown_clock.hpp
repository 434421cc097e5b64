#pragma once

// ShownClock: the clock that a replica shows its peers, with its bytes, encoded once for all the
// frames that carry it, and a version that rises whenever the clock does.

#include <cstdint>
#include <string>

#include "crdt/causal_context.hpp"

namespace rejoin {

class ShownClock {
 public:
  operator const CausalContext&() const { return clock_; }
  const CausalContext* operator->() const { return &clock_; }
  std::uint64_t version() const { return version_; }
  const std::string& bytes() {
    if (bytes_.empty()) Codec<CausalContext>::encode(bytes_, clock_);  // never empty
    return bytes_;
  }
  void merge(const CausalContext& dots) {
    if (!clock_.merge(dots)) return;
    bytes_.clear();
    ++version_;
  }

 private:
  CausalContext clock_;
  std::string bytes_;  // empty: not encoded yet
  std::uint64_t version_ = 1;
};

}  // namespace rejoin
