#pragma once

// Oracle: what must hold at one node after every event, checked against the ledger of all nodes.
// Each check names itself, so that a smaller failing run can be required to fail in the same way.
//
//     inflation      the clock never shrinks while the node lives
//     invented       no dot in the clock or live that nobody made; a live value is the one that was
//     made resurrection   a dot that was in the clock and not live does not become live rule 5
//     entries in the clock: what they removed is not live, what they wrote is live or removed lost
//     what was live and is not was removed by somebody durability     no frame shows a dot whose
//     record is not on the sender's disk
//
// Cost: O(live dots + values never removed) an event.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/frame.hpp"
#include "net/store.hpp"
#include "sim/ledger.hpp"

namespace rejoin::sim {

struct Finding {
  std::string oracle;
  std::string detail;
};

class Oracle {
 public:
  Oracle(const Ledger& ledger, unsigned nodes) : ledger_(ledger), views_(nodes) {}

  // The node begins anew: what it knew before counts no more.
  void forget(unsigned node) { views_[node] = {}; }
  // Compares with the view of the last call for this node, and takes the new one.
  std::optional<Finding> check(unsigned node, const Store& store);

  // Changes whenever the clock does.
  std::uint64_t clock_hash(unsigned node) const { return views_[node].clock_hash; }

 private:
  struct View {
    CausalContext clock;
    std::uint64_t clock_hash = 0;
    std::vector<std::uint32_t> numbers;  // store's replica index -> ledger's replica number
    std::vector<std::uint64_t> live_at;  // dot number -> the last check at which it was live
    std::vector<bool> covered;           // entry number -> its dots are in the clock; stays true
    std::vector<DotNumber> live;
    std::uint64_t checks = 0;
  };

  std::optional<Finding> check_live(View& view, const Store& store) const;
  std::optional<Finding> check_became_live(const View& view, DotNumber number,
                                           const ObjectKey& object, const std::string& path,
                                           const std::string& value) const;
  std::optional<Finding> check_rule_5(View& view, const CausalContext& clock) const;
  bool covered(View& view, EntryNumber entry, const CausalContext& clock) const;
  DotNumber number_of(View& view, const Store& store, LocalDot dot) const;

  const Ledger& ledger_;
  std::vector<View> views_;
};

// All dots that a frame shows its receiver, as merged whole or as live.
CausalContext shown_by(const Frame& frame);
// All dots that a stored record brings back.
CausalContext held_by(const Record& record);
// Whether all that those dots did is in it: slots show some of it.
bool is_whole(const Record& record);

}  // namespace rejoin::sim
