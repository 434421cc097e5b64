// A replica of the real parts (store, log, batch and transactions) with a store of the model as its
// shadow: whatever happens to one happens to both, and `difference()` tells where they disagree.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/batch.hpp"
#include "net/log.hpp"
#include "net/store.hpp"
#include "tests/rules/history.hpp"
#include "tests/rules/model.hpp"

namespace rejoin::rules {

// What the real parts made, in the model's words. Slots are named by their place in `slots()`.
const std::vector<SlotKey>& slots();
const std::string& name_of(const SlotKey& slot);
Dots modelled(const CausalContext& context);
Entry modelled(const rejoin::Entry& entry);

class Shadowed {
 public:
  Shadowed(std::uint64_t id, Random& random);
  Shadowed(const Shadowed&) = delete;
  Shadowed& operator=(const Shadowed&) = delete;

  // One transaction on one or two slots; its entry comes at the flush.
  void transact(Random& random);
  // Every value that was ever made, by its dot, is in `written`. Returns a sentence if the entries
  // are not what the operations saw when they ran (rule 6).
  std::optional<std::string> flush(Ledger& ledger, std::map<Dot, std::string>& written);

  // Entries of the log that the other lacks, some lost, in any order and joined in any groups;
  // nothing if the log does not reach.
  std::vector<rejoin::Entry> for_peer(const Shadowed& peer, Random& random, bool all) const;
  bool log_serves(const Shadowed& peer) const;
  void receive(const rejoin::Entry& entry);

  // A repair from a donor: asked for and applied one chunk at a time.
  bool repairing() const { return repair_.has_value(); }
  void begin_repair(Shadowed& donor);
  void ask_for_chunk(const Shadowed& donor, Random& random);
  bool chunk_is_on_its_way() const { return repair_ && repair_->chunk; }
  std::optional<std::string> apply_chunk();
  void interrupt_repair();

  // Whether what was written down, replayed into an empty store, gives the same bytes.
  bool replays() const;

  const rejoin::Store& real() const { return real_; }
  const Store& model() const { return model_; }
  std::optional<std::string> difference(const std::map<Dot, std::string>& written) const;

 private:
  struct Chunk {
    std::vector<SlotState> slots;
    std::optional<SlotKey> upto;
  };
  struct Repair {
    std::shared_ptr<rejoin::Store::Cut> taken;
    Cut cut;
    Slots shown;  // the donor's slots in the model at the cut
    Session session;
    std::optional<SlotKey> cursor;
    std::optional<Chunk> chunk;
  };
  struct Record {
    std::vector<rejoin::Entry> entries;
    std::vector<SlotState> slots;
    CausalContext clock;
    CausalContext removed;
  };
  struct Waiting {
    Dots seen;
    bool puts = false;
  };

  ReplicaId self_;
  Config config_;
  rejoin::Store real_;
  Batch batch_;
  EntryLog log_;
  Store model_;
  std::map<std::string, Waiting> waiting_;  // by slot: what the operations saw
  std::optional<Repair> repair_;
  std::vector<Record> disk_;
  std::uint64_t values_ = 0;
};

}  // namespace rejoin::rules
