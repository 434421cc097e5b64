#include "sim/sessions.hpp"

#include <algorithm>

namespace rejoin::sim {

std::optional<std::string> Sessions::read(std::size_t session, unsigned node,
                                          const Replica& replica) {
  Session& client = sessions_[session];
  if (!replica.covers(client.token)) {
    ++waits_;
    return std::nullopt;
  }
  ++reads_;
  if (client.at != node) ++moves_;
  client.at = node;
  const CausalContext& clock = replica.store().clock();
  // A clock does not shrink while its node lives (that is a check of its own), so each entry is
  // looked for once at each start of each node.
  Session::Found& found = client.found[node];
  if (found.at != replica.self()) found = {replica.self(), 0};
  for (; found.entries < client.wrote.size(); ++found.entries) {
    const EntryNumber entry = client.wrote[found.entries];
    if (ledger_.covered(entry, clock)) continue;
    return "a client's token is covered here, and what it wrote, " + name_of(entry) +
           ", is not there";
  }
  if (!clock.covers(client.token)) return "a client's token is covered here, and the clock is not";
  client.token.merge(replica.token());
  return std::nullopt;
}

void Sessions::wrote(std::size_t session, unsigned node, const Commit& commit) {
  if (commit.flush > 0) writes_.push_back({session, node, commit, std::nullopt, {}});
}

std::optional<std::string> Sessions::advance(unsigned node, const Replica& replica,
                                             const std::vector<EntryNumber>& made) {
  std::optional<std::string> wrong;
  std::erase_if(writes_, [&](Write& write) {
    if (write.node != node) return false;
    if (!write.token) {
      write.token = replica.token_of(write.commit);
      if (!write.token) return false;
      write.entries = made;
    }
    if (!replica.covers(*write.token)) return false;
    for (EntryNumber entry : write.entries) {
      if (ledger_.covered(entry, *write.token)) continue;
      wrong = "a write's token lacks what was flushed with it, " + name_of(entry);
    }
    Session& client = sessions_[write.session];
    client.token.merge(*write.token);
    client.wrote.insert(client.wrote.end(), write.entries.begin(), write.entries.end());
    return true;
  });
  return wrong;
}

void Sessions::forget(unsigned node) {
  std::erase_if(writes_, [&](const Write& write) { return write.node == node; });
}

std::string Sessions::name_of(EntryNumber entry) const {
  return to_string(ledger_.dot(ledger_.entry(entry).dots.front()).dot);
}

}  // namespace rejoin::sim
