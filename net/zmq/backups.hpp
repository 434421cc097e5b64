#pragma once

// Backups: what a node keeps while a client takes one: the records of one moment, as a checkpoint
// would have them, handed out in pages. One at a time, since it is a copy of the store in memory;
// what was fetched is freed, and all of it when the client is done or has not asked for idle_ns.
// With the node's mutex held.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/client_message.hpp"
#include "net/event.hpp"
#include "net/zmq/node_state.hpp"

namespace rejoin {

// Over which link, and with which key; none in plaintext.
struct Asker {
  std::string link;
  std::string key;
};

class Backups {
 public:
  static constexpr std::uint64_t idle_ns = 30'000'000'000;
  static constexpr std::uint64_t page_bytes = 1024 * 1024;

  // Takes the records now. Error: limit_exceeded, while another is being fetched.
  Result<std::uint64_t> begin(const NodeState& state, Now now);
  // The clock that must be durable before any page is handed out; null if there is no such session.
  const CausalContext* token(std::uint64_t session) const;
  // Records from `request.from` on; none behind the last, and then the session ends. Errors:
  // aborted (there is no such session any more), invalid_argument (a record fetched before).
  Result<BackupReply> page(const BackupRequest& request, Now now);

  void expire(Now now);
  // When the session would end, on Now::mono_ns's scale.
  std::optional<std::uint64_t> timeout() const;

 private:
  struct Session {
    BackupReply head;  // without a page
    std::vector<std::string> records;
    std::uint64_t freed = 0;  // so many of them were fetched
    std::uint64_t asked_ns = 0;
  };

  std::optional<Session> session_;
  std::uint64_t last_ = 0;
};

}  // namespace rejoin
