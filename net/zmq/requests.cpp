#include "net/zmq/requests.hpp"

#include <algorithm>
#include <utility>

#include "net/zmq/node.hpp"

namespace rejoin {
namespace {

constexpr std::size_t pending_max = 10'000;
constexpr std::uint64_t timeout_ms_max = 3'600'000;

// What a watch that is told all instead of what it resumed after has to become durable.
constexpr std::uint64_t anew_ns = 2'000'000'000;

Peers peers_of(const Quorum& quorum) {
  switch (quorum.kind) {
    case Quorum::Kind::all:
      return Peers::all();
    case Quorum::Kind::majority:
      return Peers::majority();
    case Quorum::Kind::at_least:
      break;
  }
  return Peers::at_least(quorum.number);
}

std::string count(std::size_t number, const char* noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace

void Requests::take(const Asker& asker, std::string_view bytes, Now now,
                    const Result<void>& allowed) {
  const std::string& link = asker.link;
  if (!allowed) return answer(link, 0, allowed.error());
  auto request = decode_request(bytes);
  if (!request) return answer(link, 0, request.error());
  if (request->store && *request->store != state_.labels.store) {
    return answer(
        link, request->id,
        Error{ErrorCode::foreign_store, "this node belongs to the cluster '" +
                                            state_.labels.cluster + "': ask a node of yours"});
  }
  if (pending_.size() >= pending_max) {
    return answer(link, request->id,
                  Error{ErrorCode::limit_exceeded,
                        count(pending_.size(), "request") + " wait already: try again later"});
  }
  Pending pending;
  pending.asker = asker;
  pending.deadline_ns = now.mono_ns + std::min(request->timeout_ms, timeout_ms_max) * 1'000'000;
  pending.request = *std::move(request);
  if (auto body = go_on(pending, now)) {
    answer(link, pending.request.id, *std::move(body));
  } else {
    pending_.push_back(std::move(pending));
  }
}

void Requests::revoke(const MayAsk& may_ask) {
  if (const Asker* owner = backups_.owner(); owner && !may_ask(owner->key)) backups_.end();
  std::vector<Pending> resting;
  for (Pending& pending : pending_) {
    const auto allowed = may_ask(pending.asker.key);
    if (allowed) {
      resting.push_back(std::move(pending));
      continue;
    }
    Error error = allowed.error();
    const bool wrote = pending.step == Step::persisting && !pending.values;
    if (wrote) error.message += "; it could when it wrote this, which stays";
    answer(pending.asker.link, pending.request.id, std::move(error));
  }
  pending_ = std::move(resting);
}

void Requests::advance(Now now) {
  std::vector<Pending> resting;
  for (Pending& pending : pending_) {
    auto body = go_on(pending, now);
    if (!body && pending.deadline_ns <= now.mono_ns) body = late(pending, now);
    if (body) {
      answer(pending.asker.link, pending.request.id, *std::move(body));
    } else {
      resting.push_back(std::move(pending));
    }
  }
  pending_ = std::move(resting);
  backups_.expire(now);
}

void Requests::refuse_all(const Error& error) {
  for (const Pending& pending : pending_) answer(pending.asker.link, pending.request.id, error);
  pending_.clear();
}

std::optional<std::uint64_t> Requests::timeout() const {
  std::optional<std::uint64_t> next = backups_.timeout();
  for (const Pending& pending : pending_) {
    next = std::min(next.value_or(pending.deadline_ns), pending.deadline_ns);
  }
  return next;
}

std::vector<Requests::Answer> Requests::answers() {
  return std::exchange(answers_, {});
}

std::optional<Requests::Body> Requests::go_on(Pending& pending, Now now) {
  switch (pending.step) {
    case Step::covering:
      if (!state_.replica.covers(pending.request.after)) return std::nullopt;
      return act(pending, now);
    case Step::persisting:
      return persisted(pending);
    case Step::watching:
      return watch(pending);
    case Step::backing:
      return backup(pending, now);
    case Step::holding:
      break;
  }
  const std::vector<NodeId> holders = state_.replica.holders(pending.token);
  if (holders.size() < pending.needed) return std::nullopt;
  HeldReply held{pending.token, {}, static_cast<std::uint32_t>(pending.needed)};
  for (const NodeId& holder : holders) held.holders.push_back(to_string(holder));
  return held;
}

std::optional<Requests::Body> Requests::act(Pending& pending, Now now) {
  if (std::holds_alternative<StatusRequest>(pending.request.body)) return state_.status();
  if (const auto* wait = std::get_if<WaitRequest>(&pending.request.body)) {
    return begin_wait(pending, wait->peers);
  }
  if (std::holds_alternative<WatchRequest>(pending.request.body)) {
    pending.step = Step::watching;
    return go_on(pending, now);
  }
  if (auto* asked = std::get_if<BackupRequest>(&pending.request.body)) {
    if (asked->session == 0) {
      const auto session = backups_.begin(state_, pending.asker, now);
      if (!session) return session.error();
      *asked = {*session, 0};
    }
    pending.step = Step::backing;
    return go_on(pending, now);
  }
  const auto& operation = std::get<Operation>(pending.request.body);
  if (operation.writes()) return write(pending, operation, now);
  auto values = read(operation, state_.replica.store(), state_.replica.self());
  if (!values) return values.error();
  // What was read may have been merged a moment ago: it is told when a crash cannot take it back.
  pending.values = *std::move(values);
  pending.token = state_.replica.store().clock();
  pending.step = Step::persisting;
  return go_on(pending, now);
}

std::optional<Requests::Body> Requests::persisted(Pending& pending) const {
  if (!pending.values) {
    if (auto token = state_.durable(pending.commit)) return WrittenReply{*std::move(token)};
    if (state_.failure) return *state_.refuses_writes();
    return std::nullopt;
  }
  // A storage that failed makes nothing durable any more, and reading goes on.
  if (!state_.failure && !state_.replica.covers(pending.token)) return std::nullopt;
  return ValuesReply{state_.failure ? state_.replica.token() : pending.token,
                     *std::exchange(pending.values, std::nullopt)};
}

std::optional<Requests::Body> Requests::write(Pending& pending, const Operation& operation,
                                              Now now) {
  if (auto error = state_.refuses_writes()) return *std::move(error);
  const auto commit =
      state_.replica.transact([&](Transaction& tx) { return apply(operation, tx); }, now);
  if (!commit) return commit.error();
  pending.commit = *commit;
  pending.step = Step::persisting;
  return go_on(pending, now);
}

std::optional<Requests::Body> Requests::begin_wait(Pending& pending, const Quorum& peers) {
  pending.needed = peers_of(peers).needed(state_.peers());
  if (pending.needed > state_.peers()) {
    return Error{ErrorCode::invalid_argument,
                 "cannot wait for " + count(pending.needed, "peer") + ": this node has " +
                     count(state_.peers(), "peer") + "; wait for fewer, or give it more (--peer)"};
  }
  pending.token = pending.request.after.empty() ? state_.replica.token() : pending.request.after;
  pending.step = Step::holding;
  return go_on(pending, {});
}

WatchView Requests::view() const {
  return {state_.replica.store(), state_.replica.log(), state_.replica.shown()};
}

std::optional<Requests::Body> Requests::watch(Pending& pending) {
  const auto& request = std::get<WatchRequest>(pending.request.body);
  CausalContext& since = pending.request.after;
  while (!pending.page) {
    if (request.resumes && !request.rest && since.covers(state_.replica.shown())) {
      return std::nullopt;
    }
    WatchPage page = watch_page(view(), request, since);
    if (page.snapshot || request.rest || !page.objects.empty()) {
      pending.page = std::move(page);
      pending.token = state_.replica.store().clock();
    } else {
      since = std::move(page.upto);  // nothing that it watches changed
    }
  }
  if (!state_.failure && !state_.replica.covers(pending.token)) return std::nullopt;
  return *std::exchange(pending.page, std::nullopt);
}

std::optional<Requests::Body> Requests::backup(Pending& pending, Now now) {
  const auto& request = std::get<BackupRequest>(pending.request.body);
  const CausalContext* token = backups_.token(request.session, pending.asker);
  if (token && !state_.failure && !state_.replica.covers(*token)) return std::nullopt;
  auto reply = backups_.page(request, pending.asker, now);
  if (!reply) return reply.error();
  return *std::move(reply);
}

std::optional<Requests::Body> Requests::late(Pending& pending, Now now) {
  const auto* watched = std::get_if<WatchRequest>(&pending.request.body);
  switch (pending.step) {
    case Step::covering:
      if (watched) {
        // The token may be of a disk that was lost. Whoever watches is told what there is.
        pending.page = watch_anew(view(), watched->prefix, SnapshotReason::unknown);
        pending.token = state_.replica.store().clock();
        pending.step = Step::watching;
        pending.deadline_ns = now.mono_ns + anew_ns;
        return watch(pending);
      }
      return Error{ErrorCode::timed_out,
                   "this node has not seen all of the token yet: is it linked to the node that "
                   "gave it (rejoin status)? Else give it more --timeout"};
    case Step::persisting:
      return Error{ErrorCode::timed_out,
                   pending.values ? "what was read is not yet on disk: give it more --timeout"
                                  : "written, but not yet known to be on disk: read it back later"};
    case Step::watching:
      if (watched->resumes && !watched->rest && !pending.page) {
        return WatchPage{false, false, {}, pending.request.after, {}, {}};
      }
      return Error{ErrorCode::timed_out, "what is watched is not yet on disk: try again"};
    case Step::backing:
      backups_.end();  // nobody was told its number; only who owns it rests here
      return Error{ErrorCode::timed_out,
                   "the backup is not yet on the node's own disk: give it more --timeout"};
    case Step::holding:
      break;
  }
  const std::size_t holders = state_.replica.holders(pending.token).size();
  return Error{ErrorCode::timed_out,
               std::to_string(holders) + " of the " + count(pending.needed, "peer") +
                   " waited for hold it: see rejoin status, or give it more --timeout"};
}

void Requests::answer(const std::string& link, std::uint64_t id, Body body) {
  std::string bytes = encode_reply({id, std::move(body)});
  if (bytes.size() > reply_bytes_max) {
    bytes = encode_reply({id, Error{ErrorCode::limit_exceeded,
                                    "the answer takes " + std::to_string(bytes.size()) +
                                        " bytes, too many for a client: keep less under one "
                                        "key, or ask for one field of a map"}});
  }
  answers_.push_back({link, std::move(bytes)});
}

}  // namespace rejoin
