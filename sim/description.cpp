#include "sim/description.hpp"

#include <utility>
#include <variant>

#include "sim/ledger.hpp"

namespace rejoin::sim {
namespace {

template <class... Fs>
struct Visitor : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Visitor(Fs...) -> Visitor<Fs...>;

std::string described(const std::optional<SlotKey>& slot, const char* otherwise) {
  return slot ? to_string(*slot) : otherwise;
}

}  // namespace

std::string described(const CausalContext& dots) {
  std::string out;
  dots.each_interval([&](const ReplicaId& replica, Interval interval) {
    out += (out.empty() ? "" : " ") + to_string(Dot{replica, interval.first});
    if (interval.last > interval.first) out += "-" + std::to_string(interval.last);
  });
  return "{" + out + "}";
}

std::string described(const Entry& entry) {
  std::string out = "entry " + described(entry.dots);
  for (const Put& put : entry.puts) {
    out += " +" + to_string(put.slot) + "@" + to_string(put.dot);
  }
  for (const Removal& removal : entry.removals) {
    out +=
        " -" + to_string(removal.slot) + "@" + to_string(Dot{removal.replica, removal.dots.first});
    if (removal.dots.last > removal.dots.first) out += "-" + std::to_string(removal.dots.last);
  }
  return out;
}

std::string described(const Frame& frame) {
  return std::visit(Visitor{[](const Hello& hello) {
                              return std::string(hello.heard ? "hello, heard you " : "hello ") +
                                     described(hello.clock);
                            },
                            [](const Reject& reject) { return "reject: " + reject.reason; },
                            [](const Entries& entries) {
                              std::string out = "entries #" + std::to_string(entries.sequence);
                              for (const Entry& entry : entries.entries)
                                out += " [" + described(entry) + "]";
                              return out;
                            },
                            [](const ClockShown& shown) {
                              return "clock " + described(shown.clock) + " seen #" +
                                     std::to_string(shown.seen) +
                                     (shown.asks > 0 ? ", asks " + std::to_string(shown.asks) : "");
                            },
                            [](const RepairOffer&) { return std::string("repair offer"); },
                            [](const RepairRequest& request) {
                              return "repair request from " + described(request.from, "the start");
                            },
                            [](const RepairChunk& chunk) {
                              return "repair chunk " + described(chunk.from, "the start") + " .. " +
                                     described(chunk.upto, "the end") + ", " +
                                     std::to_string(chunk.slots.size()) + " slots";
                            },
                            [](const RepairGone&) { return std::string("repair gone"); },
                            [](const Goodbye&) { return std::string("goodbye"); }},
                    frame.body);
}

std::string described(const Event& event) {
  const auto node = [](const NodeId& id) { return rejoin::to_string(id); };
  return std::visit(
      Visitor{
          [](const Changed& changed) { return "changed " + changed.object.name; },
          [](const PeerUp& peer) { return "peer up: " + peer.name; },
          [](const PeerDown& peer) { return "peer down: " + peer.name; },
          [](const FrameRefused& refused) { return "refused a frame: " + refused.error.message; },
          [&](const NodeDuplicated& twice) { return "two processes are " + node(twice.node); },
          [](const OwnPastUnknown& past) {
            return "a peer knows " + std::to_string(past.dots) + " dots of ours that we do not";
          },
          [](const StorageFailed& failed) { return "storage failed: " + failed.error.message; },
          [&](const RepairFinished& repair) {
            return "repaired by " + node(repair.donor) + ", " + std::to_string(repair.slots) +
                   " slots";
          },
          [](const AccessRefused& refused) {
            return "access refused to " + refused.who + ": " + refused.error.message;
          }},
      event);
}

}  // namespace rejoin::sim
