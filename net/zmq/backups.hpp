#pragma once

// Backups: what a node keeps while a client takes one: the records of one moment, as a checkpoint
// would have them, handed out in pages. One at a time, since it is a copy of the store in memory;
// what was fetched is freed, and all of it when the client is done or has not asked for idle_ns.
// A session is its key's, and its number is drawn, so that nobody else can fetch or end it, in
// plaintext too; its link may be made anew meanwhile.
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

  // Takes the records now, and forgets an earlier session of the same link: who asks one question
  // at a time gave it up. Error: limit_exceeded, while another is being fetched.
  Result<std::uint64_t> begin(const NodeState& state, const Asker& asker, Now now);
  // The clock that must be durable before any page is handed out; null if it has no such session.
  const CausalContext* token(std::uint64_t session, const Asker& asker) const;
  // Records from `request.from` on; none behind the last, and then the session ends. Errors:
  // aborted (there is no such session any more), invalid_argument (a record fetched before).
  Result<BackupReply> page(const BackupRequest& request, const Asker& asker, Now now);

  // Whose session there is; null if there is none.
  const Asker* owner() const { return session_ ? &session_->owner : nullptr; }
  void end() { session_.reset(); }
  void expire(Now now);
  // When the session would end, on Now::mono_ns's scale.
  std::optional<std::uint64_t> timeout() const;

 private:
  struct Session {
    Asker owner;
    BackupReply head;  // without a page
    std::vector<std::string> records;
    std::uint64_t freed = 0;  // so many of them were fetched
    std::uint64_t asked_ns = 0;
  };

  bool is(std::uint64_t session, const Asker& asker) const;

  std::optional<Session> session_;
};

}  // namespace rejoin
