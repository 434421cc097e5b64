#include "net/zmq/backups.hpp"

#include <sodium.h>

#include <utility>

namespace rejoin {
namespace {

// 0 is a question for a new one.
std::uint64_t new_number() {
  std::uint64_t number = 0;
  while (number == 0) randombytes_buf(&number, sizeof(number));
  return number;
}

}  // namespace

Result<std::uint64_t> Backups::begin(const NodeState& state, const Asker& asker, Now now) {
  expire(now);
  if (session_ && (session_->owner.link != asker.link || session_->owner.key != asker.key)) {
    return Error{ErrorCode::limit_exceeded,
                 "another backup of this node is being taken: try again when it is done; one that "
                 "was given up is forgotten after 30 s"};
  }
  end();  // before the next is made: one copy of the store is enough
  Session session;
  session.owner = asker;
  session.records = state.replica.checkpoint();
  session.asked_ns = now.mono_ns;
  session.head.session = new_number();
  session.head.store = state.labels.store;
  session.head.cluster = state.labels.cluster;
  session.head.replica = to_string(state.replica.self());
  session.head.token = state.replica.store().clock();
  session.head.records = session.records.size();
  for (const std::string& record : session.records) session.head.bytes += record.size();
  session_ = std::move(session);
  return session_->head.session;
}

bool Backups::is(std::uint64_t session, const Asker& asker) const {
  return session_ && session_->head.session == session && session_->owner.key == asker.key;
}

const CausalContext* Backups::token(std::uint64_t session, const Asker& asker) const {
  return is(session, asker) ? &session_->head.token : nullptr;
}

Result<BackupReply> Backups::page(const BackupRequest& request, const Asker& asker, Now now) {
  if (!is(request.session, asker)) {
    return Error{ErrorCode::aborted,
                 "the node no longer keeps this backup, since it restarted or was not asked for "
                 "30 s: run it again"};
  }
  Session& session = *session_;
  if (request.from < session.freed) {
    return Error{ErrorCode::invalid_argument, "these records of the backup were fetched before"};
  }
  session.asked_ns = now.mono_ns;
  BackupReply reply = session.head;
  if (request.from >= session.records.size()) {
    session_.reset();
    return reply;
  }
  for (; session.freed < request.from; ++session.freed) {
    std::string().swap(session.records[session.freed]);
  }
  std::uint64_t bytes = 0;
  for (std::uint64_t i = request.from; i < session.records.size() && bytes < page_bytes; ++i) {
    bytes += session.records[i].size();
    reply.page.push_back(session.records[i]);
  }
  return reply;
}

void Backups::expire(Now now) {
  if (session_ && now.mono_ns >= session_->asked_ns + idle_ns) session_.reset();
}

std::optional<std::uint64_t> Backups::timeout() const {
  if (!session_) return std::nullopt;
  return session_->asked_ns + idle_ns;
}

}  // namespace rejoin
