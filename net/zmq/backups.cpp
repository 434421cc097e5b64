#include "net/zmq/backups.hpp"

#include <utility>

namespace rejoin {

Result<std::uint64_t> Backups::begin(const NodeState& state, Now now) {
  expire(now);
  if (session_) {
    return Error{ErrorCode::limit_exceeded,
                 "another backup of this node is being taken: try again when it is done; one that "
                 "was given up is forgotten after 30 s"};
  }
  Session session;
  session.records = state.replica.checkpoint();
  session.asked_ns = now.mono_ns;
  session.head.session = ++last_;
  session.head.store = state.labels.store;
  session.head.cluster = state.labels.cluster;
  session.head.replica = to_string(state.replica.self());
  session.head.token = state.replica.store().clock();
  session.head.records = session.records.size();
  for (const std::string& record : session.records) session.head.bytes += record.size();
  session_ = std::move(session);
  return last_;
}

const CausalContext* Backups::token(std::uint64_t session) const {
  return session_ && session_->head.session == session ? &session_->head.token : nullptr;
}

Result<BackupReply> Backups::page(const BackupRequest& request, Now now) {
  if (!session_ || session_->head.session != request.session) {
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
