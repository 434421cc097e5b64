// One repair without the log, from one donor or from several (rule 4), as a small machine:
//
//   open --advance, each slot, in any order--> complete --finish--> over
//     `-----------------------interrupt-----------'------------------^
//
// Between any two steps everybody goes on writing, merging and repairing. Each slot belongs to one
// donor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/rules/model.hpp"

namespace rejoin::rules {

class Repair {
 public:
  // The donors show their digests. The stores must outlive the repair.
  Repair(const std::vector<const Store*>& donors, Store& receiver,
         const std::vector<std::string>& slots, Variant variant);

  const std::vector<std::string>& slots() const { return slots_; }
  // Slots that have not been advanced. None: the repair is complete.
  std::vector<std::string> waiting() const;

  // The donor's object comes, as it was at the cut. May come again, as a frame may.
  void advance(const std::string& slot);

  // Takes all of it, and claims what the donors agree on. Requires: no slot is waiting.
  void finish();

  // Forgets what came.
  void interrupt();

 private:
  struct Part {
    const Store* donor;
    Slots shown;                     // what the digests of this session are of
    Cut cut;                         // taken no later than the first digest is shown
    std::optional<Session> session;  // empty before the cut is taken and after the end
  };

  void take_cuts();
  void close();

  Variant variant_;
  Store* receiver_;
  std::vector<Part> parts_;
  std::vector<std::string> slots_;
  std::map<std::string, std::size_t> part_of_;
  std::set<std::string> done_;
};

}  // namespace rejoin::rules
