#pragma once

// Network: the passage of each frame. It says when a frame that is sent now arrives, where, how
// often and as what, or that it does not, and writes a receipt for what a fault did. Each passage
// is keyed by the link and by how many frames the link has carried, and each fault judges a frame
// whether or not another one does, so a frame or a fault more changes nothing elsewhere.
//
//     send ----> cut, lost ------------------------------------------> nothing
//          \---> waits in a link's queue (bandwidth) --depart--> under way --arrive--> taken
//           \--------------------------------------------------/      |   \--> lost
//                                                                     +-- held: arrives later
//
// Cost: send O(faults that are active now); a link's memory once it has carried something.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/fault.hpp"
#include "sim/flat_map.hpp"
#include "sim/random.hpp"
#include "sim/recorder.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// A frame's bytes, shared by its copies.
struct Payload {
  std::string bytes;
  std::uint64_t hash = 0;
  Time sent = 0;
  std::uint32_t message = 0;             // of the recording
  std::shared_ptr<const Payload> sound;  // of a damaged one: as it was sent
};

// What became of a frame that was not cut when it was sent.
struct CarriedFrame {
  Link link;
  std::uint64_t frame = 0;  // of the link's
  Time at = 0;
  Time usual = 0;              // how long it would take if nothing were wrong
  std::vector<Time> arrivals;  // none: lost
};

// One copy on its way; or, without a payload, the moment at which a link's queue lets one go.
struct Delivery {
  Time at = 0;
  unsigned source = 0;
  unsigned target = 0;
  std::uint32_t cause = 0;  // 1 + the index of the fault that bites if it is taken; 0: none
  std::shared_ptr<const Payload> payload;
};

class Network {
 public:
  // `faults` may grow no more; they are looked at by the order of their beginnings and ends.
  Network(const Draws& draws, const LinkSettings& settings, const std::vector<Fault>& faults,
          std::vector<Receipt>& receipts, unsigned nodes, std::uint64_t frame_bytes_max);

  void record_with(Recorder* recorder) { recorder_ = recorder; }

  void pin(const std::vector<Fate>& fates);
  // Notes every frame there, for who makes a smaller scenario of a run.
  void note_to(std::vector<CarriedFrame>* noted) { noted_ = noted; }

  // What goes on its way by this. Valid until the next call.
  std::span<const Delivery> send(unsigned source, unsigned target,
                                 std::shared_ptr<const Payload> payload, Time now);
  std::span<const Delivery> depart(unsigned source, unsigned target, Time now);

  // How many copies of the frame that was sent last will come, as far as is known.
  std::size_t copies_coming() const { return copies_coming_; }

  // Asked once, when a copy arrives where somebody is up, or nobody: what becomes of it?
  enum class Arrival : std::uint8_t { taken, lost, held };
  // `delivery.at` is set anew if it is held.
  Arrival arrive(Delivery& delivery, bool up, Time now);
  // The fault of this cause did what it is for. For damage, told by whoever saw it refused.
  void bite(std::uint32_t cause, std::uint64_t bytes);
  // The node starts: connections to it are new.
  void starts(unsigned node, Time now);

 private:
  struct Traffic {
    std::uint64_t frames = 0;
    std::optional<Time> base;  // its latency, once drawn
    Time last_jammed = 0;      // arrival of the last frame that waited for a cut to heal
    std::uint64_t under_way = 0;
    std::uint64_t queue = 0;  // 1 + its index; 0: it has none
  };
  // What one fault knows of one link.
  struct FaultOnLink {
    bool in_burst = false;
    std::uint64_t counted = 0;  // frames missed, or that wait
    std::uint64_t starts = 0;   // of the target, when counted began
    Time held_until = 0;        // the last arrival of what was held back
    Time unheld = 0;            // and when that would have arrived
  };
  // A link of limited bandwidth.
  struct Queue {
    struct Waiting {
      Delivery delivery;
      Time latency = 0;
      std::size_t by = 0;
      std::size_t note = 0;  // 1 + its index; 0: none
    };
    std::deque<Waiting> waiting;  // the first is on its way out
    std::uint64_t bytes = 0;      // of those behind it
  };
  // What the active faults say of one frame, before any of it is done.
  struct Passage {
    unsigned source = 0;
    unsigned target = 0;
    std::uint64_t k = 0;
    Time now = 0;
    Time latency = 0;
    Time held = 0;  // by reordering, beyond its latency
    Time leaves = 0;
    unsigned slower = 1;
    std::uint64_t bandwidth = 0;
    std::size_t narrow = 0;  // the fault that sets it
    unsigned arrives_at = 0;
    std::uint32_t cause = 0;
    std::shared_ptr<const Payload> payload;
  };

  enum class Role : std::uint8_t { none, cut, loss, delay, form, copy, queue };
  static Role role_of(FaultKind kind);

  void pass(Passage& passage, Traffic& link);
  void pass_as_pinned(const Fate& fate, const Passage& passage);
  void note(const Passage& passage, Time usual);
  Traffic& link_of(unsigned source, unsigned target);
  FaultOnLink& state_of(std::size_t fault, unsigned source, unsigned target);
  void advance(Time now);
  void judge(std::size_t index, Passage& passage, Traffic& link);
  void judge_cut(std::size_t index, Passage& passage);
  void judge_loss(std::size_t index, Passage& passage, const Traffic& link);
  void judge_delay(std::size_t index, Passage& passage);
  void judge_form(std::size_t index, Passage& passage);
  std::shared_ptr<const Payload> damaged(const Fault& fault, const Passage& passage) const;
  void count_overtaken(const Passage& passage, Time arrival);
  void go(Delivery delivery);
  void wait_in_queue(Traffic& link, const Passage& passage, Time latency);
  void leave_after(const Queue::Waiting& frame, unsigned source, unsigned target, Time now);
  static void drop_from(Queue& queue, QueueDrop drop, std::uint64_t bits);
  Time base_of(Traffic& link, unsigned source, unsigned target);
  std::uint64_t draw(Purpose purpose, const Fault& fault, const Passage& passage) const;

  const Draws& draws_;
  const LinkSettings& settings_;
  const std::vector<Fault>& faults_;
  std::vector<Receipt>& receipts_;
  unsigned nodes_;
  std::uint64_t frame_bytes_max_;

  struct Change {
    Time at = 0;
    std::size_t fault = 0;
  };
  std::vector<Change> changes_;  // beginnings and ends, rising
  std::size_t changed_ = 0;
  std::vector<std::size_t> active_;  // of faults that concern frames, in the scenario's order

  std::vector<Traffic> flat_;  // all pairs, of few nodes
  FlatMap<Traffic> sparse_;    // of many: those that carried something
  FlatMap<FaultOnLink> states_;
  std::vector<Queue> queues_;
  std::vector<std::uint64_t> starts_;  // of each node
  struct Broken {
    Time at = 0;
    std::size_t by = 0;
    bool ever = false;
  };
  std::vector<Broken> broken_;  // when each node's connections broke last

  // Of the frame that is judged.
  std::vector<std::size_t> cut_by_;
  std::vector<std::size_t> jammed_by_;
  std::vector<std::size_t> lost_by_;
  std::vector<std::size_t> delayed_by_;
  struct Copy {
    std::size_t by = 0;
    Time after = 0;
  };
  std::vector<Copy> copies_;
  std::vector<Delivery> out_;
  std::size_t copies_coming_ = 0;
  std::map<std::pair<Link, std::uint64_t>, Fate> fates_;
  std::vector<CarriedFrame>* noted_ = nullptr;
  Recorder* recorder_ = nullptr;
};

}  // namespace rejoin::sim
