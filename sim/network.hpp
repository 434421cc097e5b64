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

// What became of a frame that was not cut when it was sent.
struct CarriedFrame {
  Link link;
  std::uint64_t frame = 0;  // of the link's
  Time at = 0;
  Time usual = 0;              // how long it would take if nothing were wrong
  std::vector<Time> arrivals;  // none: lost
};

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
  void pin(const std::vector<Fate>& fates);
  // Notes every frame there, for who makes a smaller scenario of a run.
  void note_to(std::vector<CarriedFrame>* noted) { noted_ = noted; }

 private:
  struct Traffic {
    std::uint64_t frames = 0;
    Time last_arrival = 0;  // of frames so far: who arrives before it overtakes
  };

  std::vector<Time> drawn(Link link, Traffic& traffic, std::uint64_t k, std::uint64_t bytes,
                          Time now);
  bool cut(unsigned source, unsigned target, std::uint64_t bytes, Time now);
  Time latency(unsigned source, unsigned target, std::uint64_t k) const;
  std::uint64_t draw(Purpose purpose, const Fault& fault, unsigned source, unsigned target,
                     std::uint64_t k) const;
  void bite(const Fault& fault, std::uint64_t bytes);

  const Draws& draws_;
  const LinkSettings& settings_;
  const std::vector<Fault>& faults_;
  std::vector<Receipt>& receipts_;
  std::map<Link, Traffic> links_;  // only those that carried something
  std::map<std::pair<Link, std::uint64_t>, Fate> fates_;
  std::vector<CarriedFrame>* noted_ = nullptr;
  Recorder* recorder_ = nullptr;
};

}  // namespace rejoin::sim
