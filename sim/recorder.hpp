#pragma once

// Recorder: writes the Recording of a run while the World runs it. A world without one does none of
// this work, and the trace of a run is the same with it. Cost: what a node holds is looked at after
// each of its events that may have changed it, O(live dots).

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/frame.hpp"
#include "net/store.hpp"
#include "sim/ledger.hpp"
#include "sim/recording.hpp"

namespace rejoin::sim {

class Recorder {
 public:
  using Each = std::function<void(const Recording&, const Recorded&)>;
  // `each` is called with everything as it happens.
  explicit Recorder(Each each = {}) : each_(std::move(each)) {}

  // Keeps only these events of the run, both included: a stretch of a long one.
  void only(std::uint64_t first, std::uint64_t last) {
    first_ = first;
    last_ = last;
  }

  const Recording& recording() const { return recording_; }
  Recording take() { return std::move(recording_); }

  // ---- called by the World: the run, and where it is
  void begin(const std::string& scenario, unsigned nodes);
  void faults(const std::vector<Fault>& faults, const std::vector<FaultSpec>& specs);
  void at(Time now, std::uint64_t event);
  void finish(const Outcome& outcome) { recording_.outcome = outcome; }

  // ---- nodes
  void transaction(unsigned node, std::uint64_t number, Done done, const std::string& acts);
  void entry(unsigned node, EntryNumber number, const Entry& entry);
  void acknowledged(unsigned node, EntryNumber number);
  // What the node holds now, if it differs from the last time.
  void look(unsigned node, const Store& store);
  void start(unsigned node, std::uint64_t starts, std::size_t records, const std::string& name);
  void stop(unsigned node, std::size_t lost, std::size_t fault, FaultKind kind);
  // Everything else that has a node, a number and words.
  void note(What what, unsigned node, std::uint64_t amount = 0, std::string_view text = {},
            std::size_t fault = Recorded::no_fault);

  // ---- frames: send, what faults did to it, how many copies are coming
  void send(unsigned source, unsigned target, std::uint64_t bytes, std::uint64_t hash,
            const Frame& frame);
  void bite(std::size_t fault, std::uint64_t bytes);
  void sent(std::size_t copies);
  // The number of the last message that was sent.
  std::uint32_t message() const;
  void deliver(unsigned node, std::uint32_t message);
  // A copy that does not reach the replica; a cut says its name by bite() before.
  void lost(unsigned node, std::uint32_t message, Lost how);
  void held(unsigned node, std::uint32_t message, Time until, std::size_t fault);

  // ---- faults and phases
  void fault_begins(std::size_t index, const Fault& fault);
  void fault_ends(std::size_t index);
  void phase(std::string_view name) { note(What::phase, Recorded::nobody, 0, name); }

 private:
  struct Seen {  // of a node
    CausalContext clock;
    CausalContext removed;
    std::uint64_t live = 0;
    std::uint64_t bytes = 0;
    std::uint64_t state = 0;
    bool stale = true;  // it may have changed though the numbers above did not
    std::map<ObjectKey, std::uint64_t> objects;
    std::vector<EntryNumber> invisible;
  };
  struct Made {
    CausalContext dots;
    Time at = 0;
    Time acknowledged_at = 0;
  };

  void add(Recorded event);
  void look_at_objects(unsigned node, const Store& store);
  void look_at_entries(unsigned node, const Store& store);
  void note_size(unsigned node, std::uint64_t values, std::uint64_t context);
  std::uint32_t key_number(const ObjectKey& object);

  Each each_;
  Recording recording_;
  Time now_ = 0;
  std::uint64_t event_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = std::numeric_limits<std::uint64_t>::max();
  std::vector<Seen> seen_;
  std::vector<Made> made_;
  std::map<ObjectKey, std::uint32_t> keys_;
  std::vector<Time> sent_at_;        // by message
  std::vector<FrameKind> kinds_;     // by message
  std::vector<std::size_t> biters_;  // of the frame at hand
};

}  // namespace rejoin::sim
