#pragma once

// Sessions: clients that go from node to node with a token, as an application's users do behind a
// load balancer. What a session has written, and what it was shown, must be there at every node
// that says it covers the session's token: read-your-writes and monotonic reads (Terry et al.,
// Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994). A node that does not cover
// it yet would make the client wait; that is counted, so that a run in which no client ever moved
// is seen.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/replica.hpp"
#include "sim/ledger.hpp"

namespace rejoin::sim {

class Sessions {
 public:
  Sessions(const Ledger& ledger, std::size_t sessions) : ledger_(ledger), sessions_(sessions) {}

  std::size_t of(std::uint64_t transaction) const { return transaction % sessions_.size(); }

  // The session comes to the node, and reads if the node covers its token. A sentence if something
  // that it wrote or was shown before is not there.
  std::optional<std::string> read(std::size_t session, unsigned node, const Replica& replica);
  // It wrote: its token follows once the commit has one.
  void wrote(std::size_t session, unsigned node, const Commit& commit);
  // The node did something; since the last call it made these entries. A session gets its token
  // once it is durable there. A sentence if the token lacks what was flushed with the write.
  std::optional<std::string> advance(unsigned node, const Replica& replica,
                                     const std::vector<EntryNumber>& made);
  // The node stopped; what has no token yet gets none.
  void forget(unsigned node);

  std::uint64_t reads() const { return reads_; }
  std::uint64_t moves() const { return moves_; }  // reads at another node than the last
  std::uint64_t waits() const { return waits_; }  // nodes that did not cover the token

 private:
  struct Session {
    struct Found {  // the first so many of what it wrote are there
      ReplicaId at;
      std::size_t entries = 0;
    };
    CausalContext token;
    std::vector<EntryNumber> wrote;
    std::map<unsigned, Found> found;  // by node
    unsigned at = 0;
  };
  struct Write {
    std::size_t session = 0;
    unsigned node = 0;
    Commit commit;
    std::optional<Token> token;  // once it was flushed
    std::vector<EntryNumber> entries;
  };

  std::string name_of(EntryNumber entry) const;

  const Ledger& ledger_;
  std::vector<Session> sessions_;
  std::vector<Write> writes_;  // whose token is not durable yet
  std::uint64_t reads_ = 0;
  std::uint64_t moves_ = 0;
  std::uint64_t waits_ = 0;
};

}  // namespace rejoin::sim
