#pragma once

// Network: the fate of each frame. It carries nothing: it says when a frame that is sent now
// arrives, how often, or that it does not, and writes a receipt for what a fault did. Each fate is
// keyed by the link and by how many frames the link has carried, so one more frame elsewhere
// changes nothing here.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/fault.hpp"
#include "sim/random.hpp"
#include "sim/recorder.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

class Network {
 public:
  Network(const Draws& draws, const LinkSettings& settings, const std::vector<Fault>& faults,
          std::vector<Receipt>& receipts)
      : draws_(draws), settings_(settings), faults_(faults), receipts_(receipts) {}

  void record_with(Recorder* recorder) { recorder_ = recorder; }

  // When copies of the frame arrive: none, one, or more.
  std::vector<Time> send(unsigned source, unsigned target, std::uint64_t bytes, Time now);
  // Asked when a frame arrives: did a cut begin while it was under way?
  bool cut_on_arrival(unsigned source, unsigned target, std::uint64_t bytes, Time now);

 private:
  struct Link {
    std::uint64_t frames = 0;
    Time last_arrival = 0;  // of frames so far: who arrives before it overtakes
  };

  bool cut(unsigned source, unsigned target, std::uint64_t bytes, Time now);
  Time latency(unsigned source, unsigned target, std::uint64_t k) const;
  std::uint64_t draw(Purpose purpose, const Fault& fault, unsigned source, unsigned target,
                     std::uint64_t k) const;
  void bite(const Fault& fault, std::uint64_t bytes);

  const Draws& draws_;
  const LinkSettings& settings_;
  const std::vector<Fault>& faults_;
  std::vector<Receipt>& receipts_;
  std::map<std::pair<unsigned, unsigned>, Link> links_;  // only those that carried something
  Recorder* recorder_ = nullptr;
};

}  // namespace rejoin::sim
