#include "net/client_message.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <cstring>
#include <exception>
#include <memory>

#include "net/capnp_client.hpp"

namespace rejoin {
namespace {

using namespace client_wire;

// A list of structs without fields costs no bytes, so the traversal limit is what bounds it.
constexpr std::uint64_t traversal_factor = 4;
constexpr int nesting_max = 16;
constexpr std::uint32_t segments_max = 512;

std::string bytes_of(capnp::MessageBuilder& message) {
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// Bytes that came from outside, copied to where words may lie.
class Message {
 public:
  // Null if the frame of the message is wrong or too large.
  static Result<std::unique_ptr<Message>> open(std::string_view bytes, std::uint64_t bytes_max) {
    if (bytes.size() > bytes_max) {
      return Error{ErrorCode::limit_exceeded,
                   "a client message of " + std::to_string(bytes.size()) + " bytes; the limit is " +
                       std::to_string(bytes_max)};
    }
    if (bytes.size() < sizeof(capnp::word) || bytes.size() % sizeof(capnp::word) != 0) {
      return malformed("its size is not a number of words");
    }
    std::uint32_t segments = 0;
    std::memcpy(&segments, bytes.data(), sizeof(segments));
    if (segments >= segments_max) return malformed("too many segments");
    return std::make_unique<Message>(bytes);
  }

  explicit Message(std::string_view bytes)
      : words_(kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word))) {
    std::memcpy(words_.begin(), bytes.data(), bytes.size());
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words_.size() * traversal_factor;
    options.nestingLimit = nesting_max;
    reader_ = std::make_unique<capnp::FlatArrayMessageReader>(words_, options);
  }

  template <class Root>
  typename Root::Reader root() {
    return reader_->getRoot<Root>();
  }

 private:
  kj::Array<capnp::word> words_;
  std::unique_ptr<capnp::FlatArrayMessageReader> reader_;
};

// Whatever Cap'n Proto throws at bad bytes ends here.
template <class T, class F>
Result<T> guarded(F&& decode) {
  try {
    return decode();
  } catch (const kj::Exception& e) {
    return malformed(e.getDescription().cStr());
  } catch (const std::exception& e) {
    return malformed(e.what());
  }
}

void write_wait(const Quorum& peers, wire::Wait::Builder out) {
  switch (peers.kind) {
    case Quorum::Kind::all:
      out.setAll();
      break;
    case Quorum::Kind::majority:
      out.setMajority();
      break;
    case Quorum::Kind::at_least:
      out.setAtLeast(peers.number);
      break;
  }
}

bool read_wait(wire::Wait::Reader in, Quorum& out) {
  switch (in.which()) {
    case wire::Wait::ALL:
      out = {Quorum::Kind::all, 0};
      return true;
    case wire::Wait::MAJORITY:
      out = {Quorum::Kind::majority, 0};
      return true;
    case wire::Wait::AT_LEAST:
      out = {Quorum::Kind::at_least, in.getAtLeast()};
      return true;
  }
  return false;
}

void write_peers(const std::vector<Status::Peer>& peers, capnp::List<wire::Peer>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) {
    const Status::Peer& peer = peers[i];
    wire::Peer::Builder to = out[i];
    to.setAddress(peer.address);
    to.setName(peer.name);
    to.setReplica(peer.replica);
    to.setState(peer.state);
    to.setLagDots(peer.lag_dots);
    to.setLagMs(peer.lag_ms);
    to.setFramesOut(peer.frames_out);
    to.setBytesOut(peer.bytes_out);
    to.setFramesIn(peer.frames_in);
    to.setBytesIn(peer.bytes_in);
  }
}

void write_status(const Status& status, wire::Status::Builder out) {
  out.setName(status.name);
  out.setCluster(status.cluster);
  out.setAddress(status.address);
  out.setReplica(status.replica);
  out.setStorage(status.storage);
  out.setFailure(status.failure);
  out.setObjects(status.objects);
  out.setSlotsLive(status.slots_live);
  out.setValueBytes(status.value_bytes);
  out.setStoredBytes(status.stored_bytes);
  out.setClockDots(status.clock_dots);
  out.setLinksRefused(status.links_refused);
  out.setEventsDropped(status.events_dropped);
  write_peers(status.peers, out.initPeers(static_cast<unsigned>(status.peers.size())));
  out.setFramesIn(status.stats.frames_in);
  out.setFramesRefused(status.stats.frames_refused);
  out.setBytesIn(status.stats.bytes_in);
  out.setFramesOut(status.stats.frames_out);
  out.setBytesOut(status.stats.bytes_out);
  out.setEntriesMade(status.stats.entries_made);
  out.setEntriesMerged(status.stats.entries_merged);
  out.setEntriesDuplicate(status.stats.entries_duplicate);
  out.setRepairsGiven(status.stats.repairs_given);
  out.setRepairsTaken(status.stats.repairs_taken);
  out.setRepairsInterrupted(status.stats.repairs_interrupted);
  out.setResends(status.stats.resends);
  auto duplicated = out.initDuplicated(static_cast<unsigned>(status.duplicated.size()));
  for (unsigned i = 0; i < duplicated.size(); ++i) duplicated.set(i, status.duplicated[i]);
  out.setAccessRefused(status.access_refused);
  out.setEncrypted(status.encrypted);
}

Status read_status(wire::Status::Reader in) {
  Status out;
  out.name = string_of(in.getName());
  out.cluster = string_of(in.getCluster());
  out.address = string_of(in.getAddress());
  out.replica = string_of(in.getReplica());
  out.storage = string_of(in.getStorage());
  out.failure = string_of(in.getFailure());
  out.objects = in.getObjects();
  out.slots_live = in.getSlotsLive();
  out.value_bytes = in.getValueBytes();
  out.stored_bytes = in.getStoredBytes();
  out.clock_dots = in.getClockDots();
  out.links_refused = in.getLinksRefused();
  out.events_dropped = in.getEventsDropped();
  for (const wire::Peer::Reader peer : in.getPeers()) {
    out.peers.push_back({string_of(peer.getAddress()), string_of(peer.getName()),
                         string_of(peer.getReplica()), string_of(peer.getState()),
                         peer.getLagDots(), peer.getLagMs(), peer.getFramesOut(),
                         peer.getBytesOut(), peer.getFramesIn(), peer.getBytesIn()});
  }
  out.stats.frames_in = in.getFramesIn();
  out.stats.frames_refused = in.getFramesRefused();
  out.stats.bytes_in = in.getBytesIn();
  out.stats.frames_out = in.getFramesOut();
  out.stats.bytes_out = in.getBytesOut();
  out.stats.entries_made = in.getEntriesMade();
  out.stats.entries_merged = in.getEntriesMerged();
  out.stats.entries_duplicate = in.getEntriesDuplicate();
  out.stats.repairs_given = in.getRepairsGiven();
  out.stats.repairs_taken = in.getRepairsTaken();
  out.stats.repairs_interrupted = in.getRepairsInterrupted();
  out.stats.resends = in.getResends();
  for (const auto node : in.getDuplicated()) out.duplicated.push_back(string_of(node));
  out.access_refused = in.getAccessRefused();
  out.encrypted = in.getEncrypted();
  return out;
}

// A code that this program does not know was refused all the same.
ErrorCode code_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::access_denied); ++i) {
    if (name == name_of(static_cast<ErrorCode>(i))) return static_cast<ErrorCode>(i);
  }
  return ErrorCode::aborted;
}

struct ReplyWriter {
  wire::Reply::Builder out;

  void operator()(const Error& error) {
    auto to = out.initRefused();
    to.setCode(name_of(error.code));
    to.setMessage(error.message);
  }
  void operator()(const WrittenReply& reply) { out.setWritten(data_of(clock_bytes(reply.token))); }
  void operator()(const ValuesReply& reply) {
    auto to = out.initValues();
    to.setToken(data_of(clock_bytes(reply.token)));
    auto list = to.initList(static_cast<unsigned>(reply.values.size()));
    for (unsigned i = 0; i < list.size(); ++i) write_item(reply.values[i], list[i]);
  }
  void operator()(const HeldReply& reply) {
    auto to = out.initHeld();
    to.setToken(data_of(clock_bytes(reply.token)));
    auto list = to.initHolders(static_cast<unsigned>(reply.holders.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, reply.holders[i]);
    to.setNeeded(reply.needed);
  }
  void operator()(const Status& status) { write_status(status, out.initStatus()); }
  void operator()(const WatchPage& page) { write_page(page, out.initWatched()); }
  void operator()(const BackupReply& reply) { write_backup(reply, out.initBackup()); }
};

Result<ClientRequest> read_request(wire::Request::Reader in) {
  if (in.getVersion() != client_version) {
    return Error{ErrorCode::version_unsupported,
                 "client protocol version " + std::to_string(in.getVersion()) +
                     "; this node speaks " + std::to_string(client_version) +
                     ": use the rejoin of the node's version"};
  }
  ClientRequest out;
  out.id = in.getId();
  if (in.getHasStore()) out.store = StoreId{in.getStoreHigh(), in.getStoreLow()};
  out.timeout_ms = in.getTimeoutMs();
  if (!read_clock(in.getAfter(), out.after)) return malformed("the token is not a clock");
  switch (in.which()) {
    case wire::Request::OPERATION:
      if (!read_operation(in.getOperation(), out.body.emplace<Operation>())) {
        return malformed("an unknown operation; is the node older than the rejoin that asks?");
      }
      return out;
    case wire::Request::WAIT:
      if (!read_wait(in.getWait(), out.body.emplace<WaitRequest>().peers)) {
        return malformed("an unknown kind of wait");
      }
      return out;
    case wire::Request::STATUS:
      out.body.emplace<StatusRequest>();
      return out;
    case wire::Request::WATCH:
      if (!read_watch(in.getWatch(), out.body.emplace<WatchRequest>())) {
        return malformed("the clock of a page is not a clock");
      }
      return out;
    case wire::Request::BACKUP:
      out.body = BackupRequest{in.getBackup().getSession(), in.getBackup().getFrom()};
      return out;
  }
  return malformed("an unknown request; is the node older than the rejoin that asks?");
}

Result<ValuesReply> read_values(wire::Values::Reader in) {
  ValuesReply out;
  if (!read_clock(in.getToken(), out.token)) return malformed("the token is not a clock");
  for (const wire::Value::Reader value : in.getList()) {
    if (!read_item(value, out.values.emplace_back())) return malformed("an unknown value");
  }
  return out;
}

Result<HeldReply> read_held(wire::Held::Reader in) {
  HeldReply out;
  if (!read_clock(in.getToken(), out.token)) return malformed("the token is not a clock");
  for (const capnp::Text::Reader holder : in.getHolders()) out.holders.push_back(string_of(holder));
  out.needed = in.getNeeded();
  return out;
}

Result<ClientReply> read_reply(wire::Reply::Reader in) {
  if (in.getVersion() != client_version) {
    return Error{ErrorCode::version_unsupported,
                 "the node answers in client protocol version " + std::to_string(in.getVersion()) +
                     "; this program speaks " + std::to_string(client_version) +
                     ": use the rejoin of the node's version"};
  }
  ClientReply out;
  out.id = in.getId();
  switch (in.which()) {
    case wire::Reply::REFUSED:
      out.body = Error{code_named(string_of(in.getRefused().getCode())),
                       string_of(in.getRefused().getMessage())};
      return out;
    case wire::Reply::WRITTEN: {
      WrittenReply written;
      if (!read_clock(in.getWritten(), written.token)) return malformed("the token is not a clock");
      out.body = std::move(written);
      return out;
    }
    case wire::Reply::VALUES: {
      auto values = read_values(in.getValues());
      if (!values) return values.error();
      out.body = *std::move(values);
      return out;
    }
    case wire::Reply::HELD: {
      auto held = read_held(in.getHeld());
      if (!held) return held.error();
      out.body = *std::move(held);
      return out;
    }
    case wire::Reply::STATUS:
      out.body = read_status(in.getStatus());
      return out;
    case wire::Reply::WATCHED:
      if (!read_page(in.getWatched(), out.body.emplace<WatchPage>())) {
        return malformed("a page of a watch that nobody writes");
      }
      return out;
    case wire::Reply::BACKUP:
      if (!read_backup(in.getBackup(), out.body.emplace<BackupReply>())) {
        return malformed("the token is not a clock");
      }
      return out;
  }
  return malformed("an unknown reply");
}

}  // namespace

std::string encode_request(const ClientRequest& request) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<wire::Request>();
  out.setVersion(client_version);
  out.setId(request.id);
  if (request.store) {
    out.setHasStore(true);
    out.setStoreHigh(request.store->high);
    out.setStoreLow(request.store->low);
  }
  out.setTimeoutMs(request.timeout_ms);
  out.setAfter(data_of(clock_bytes(request.after)));
  if (const auto* operation = std::get_if<Operation>(&request.body)) {
    write_operation(*operation, out.initOperation());
  } else if (const auto* wait = std::get_if<WaitRequest>(&request.body)) {
    write_wait(wait->peers, out.initWait());
  } else if (const auto* watch = std::get_if<WatchRequest>(&request.body)) {
    write_watch(*watch, out.initWatch());
  } else if (const auto* backup = std::get_if<BackupRequest>(&request.body)) {
    out.initBackup().setSession(backup->session);
    out.getBackup().setFrom(backup->from);
  } else {
    out.setStatus();
  }
  return bytes_of(message);
}

Result<ClientRequest> decode_request(std::string_view bytes) {
  return guarded<ClientRequest>([&]() -> Result<ClientRequest> {
    auto message = Message::open(bytes, request_bytes_max);
    if (!message) return message.error();
    return read_request((*message)->root<wire::Request>());
  });
}

std::string encode_reply(const ClientReply& reply) {
  capnp::MallocMessageBuilder message;
  auto out = message.initRoot<wire::Reply>();
  out.setVersion(client_version);
  out.setId(reply.id);
  std::visit(ReplyWriter{out}, reply.body);
  return bytes_of(message);
}

Result<ClientReply> decode_reply(std::string_view bytes) {
  return guarded<ClientReply>([&]() -> Result<ClientReply> {
    auto message = Message::open(bytes, reply_bytes_max);
    if (!message) return message.error();
    return read_reply((*message)->root<wire::Reply>());
  });
}

}  // namespace rejoin
