#include "net/frame.hpp"

#include <xxhash.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "net/capnp_message.hpp"
#include "net/schema/frame.capnp.h"
#include "net/wire_plain.hpp"

namespace rejoin {
namespace {

using wire::data_of;
using wire::get_clock;
using wire::view_of;

// Decoded, a frame's content may come to this many times bytes_max: names and paths that were
// written once and belong to many slots.
constexpr std::uint64_t growth_max = 4;

void fill(schema::Replica::Builder out, const ReplicaId& replica) {
  out.setNodeHigh(replica.node.half(0));
  out.setNodeLow(replica.node.half(8));
  out.setIncarnation(replica.incarnation);
}

void fill(schema::Slot::Builder out, const SlotKey& slot) {
  out.setFamily(slot.object.type.family);
  out.setValue(slot.object.type.value);
  out.setName(data_of(slot.object.name));
  out.setPath(data_of(slot.path));
}

SlotKey slot_of(schema::Slot::Reader in) {
  return {{{in.getFamily(), in.getValue()}, std::string(view_of(in.getName()))},
          std::string(view_of(in.getPath()))};
}

// What a body is made of before its message is: encoded bulk, whose size decides the message's.
struct Bulk {
  std::string clock;
  std::string removed;
  wire::SlotColumns<std::string> slots;
  std::size_t other = 0;

  std::size_t size() const { return clock.size() + removed.size() + wire::size_of(slots) + other; }
};

std::size_t size_of(const std::optional<SlotKey>& slot) {
  return slot ? slot->object.name.size() + slot->path.size() : 0;
}

template <class Body>
Bulk bulk_of(const Body& body) {
  Bulk out;
  if constexpr (std::is_same_v<Body, Hello>) {
    out.clock = encoded(body.clock);
    out.other = body.name.size();
  } else if constexpr (std::is_same_v<Body, Reject>) {
    out.other = body.reason.size();
  } else if constexpr (std::is_same_v<Body, RepairRequest>) {
    out.clock = encoded(body.context);
    out.other = size_of(body.from);
  } else if constexpr (std::is_same_v<Body, RepairChunk>) {
    out.clock = encoded(body.cut_clock);
    out.removed = encoded(body.cut_removed);
    out.slots = wire::put_slots(body.slots);
    out.other = size_of(body.from) + size_of(body.upto);
  }
  return out;
}

void fill_body(schema::Frame::Builder frame, const Hello& hello, const Bulk& bulk) {
  schema::Hello::Builder out = frame.initHello();
  out.setVersionMin(hello.version_min);
  out.setVersionMax(hello.version_max);
  out.setRoute(hello.route);
  out.setFeatures(hello.features);
  out.setFrameBytesMax(hello.frame_bytes_max);
  out.setName(data_of(hello.name));
  out.setClock(data_of(bulk.clock));
  if (hello.heard) {
    schema::Heard::Builder heard = out.initHeard();
    fill(heard.initReplica(), hello.heard->replica);
    heard.setRoute(hello.heard->route);
  }
  out.setAsks(hello.asks);
  out.setAnswers(hello.answers);
}

void fill_body(schema::Frame::Builder frame, const Reject& reject, const Bulk&) {
  schema::Reject::Builder out = frame.initReject();
  out.setVersionMin(reject.version_min);
  out.setVersionMax(reject.version_max);
  out.setReason(data_of(reject.reason));
}

void fill_body(schema::Frame::Builder frame, const RepairOffer&, const Bulk&) {
  frame.setRepairOffer();
}

void fill_body(schema::Frame::Builder frame, const RepairRequest& request, const Bulk& bulk) {
  schema::RepairRequest::Builder out = frame.initRepairRequest();
  out.setSession(request.session);
  out.setContext(data_of(bulk.clock));
  if (request.from) fill(out.initFrom(), *request.from);
}

void fill_body(schema::Frame::Builder frame, const RepairChunk& chunk, const Bulk& bulk) {
  schema::RepairChunk::Builder out = frame.initRepairChunk();
  out.setSession(chunk.session);
  if (chunk.from) fill(out.initFrom(), *chunk.from);
  if (chunk.upto) fill(out.initUpto(), *chunk.upto);
  out.setCutClock(data_of(bulk.clock));
  out.setCutRemoved(data_of(bulk.removed));
  wire::fill(out.initBatch(), bulk.slots);
}

void fill_body(schema::Frame::Builder frame, const RepairGone& gone, const Bulk&) {
  frame.setRepairGone(gone.session);
}

void fill_body(schema::Frame::Builder frame, const Goodbye&, const Bulk&) {
  frame.setGoodbye();
}

Hello read_body(schema::Hello::Reader in) {
  Hello out;
  out.version_min = in.getVersionMin();
  out.version_max = in.getVersionMax();
  if (out.version_min > out.version_max) wire::refuse_malformed("its versions are out of order");
  out.features = in.getFeatures();
  out.name = view_of(in.getName());
  out.route = in.getRoute();
  if (in.hasHeard()) {
    const schema::Heard::Reader heard = in.getHeard();
    const schema::Replica::Reader replica = heard.getReplica();
    out.heard = Hello::Heard{
        {NodeId::of_halves(replica.getNodeHigh(), replica.getNodeLow()), replica.getIncarnation()},
        heard.getRoute()};
  }
  out.clock = get_clock(in.getClock(), "its clock");
  out.frame_bytes_max = in.getFrameBytesMax();
  out.asks = in.getAsks();
  out.answers = in.getAnswers();
  return out;
}

Reject read_body(schema::Reject::Reader in) {
  return {in.getVersionMin(), in.getVersionMax(), std::string(view_of(in.getReason()))};
}

Entries read_body(schema::EntriesBody::Reader in, wire::Budget budget) {
  return {in.getSequence(), wire::get_entries(wire::columns_of(in.getBatch()), budget)};
}

ClockShown read_body(schema::ClockShown::Reader in) {
  return {get_clock(in.getClock(), "it"), in.getSeen(), in.getAsks()};
}

RepairRequest read_body(schema::RepairRequest::Reader in) {
  RepairRequest out;
  out.session = in.getSession();
  out.context = get_clock(in.getContext(), "its context");
  if (in.hasFrom()) out.from = slot_of(in.getFrom());
  return out;
}

RepairChunk read_body(schema::RepairChunk::Reader in, wire::Budget budget) {
  RepairChunk out;
  out.session = in.getSession();
  if (in.hasFrom()) out.from = slot_of(in.getFrom());
  if (in.hasUpto()) out.upto = slot_of(in.getUpto());
  out.cut_clock = get_clock(in.getCutClock(), "its cut's clock");
  out.cut_removed = get_clock(in.getCutRemoved(), "its cut's removed dots");
  out.slots = wire::get_slots(wire::columns_of(in.getBatch()), budget);
  if (!out.slots.empty()) {
    if (out.from && out.slots.front().slot < *out.from) {
      wire::refuse_malformed("it has slots before its range");
    }
    if (out.upto && out.slots.back().slot >= *out.upto) {
      wire::refuse_malformed("it has slots after its range");
    }
  }
  return out;
}

decltype(Frame::body) read_any(schema::Frame::Reader in, const char*& kind, wire::Budget budget) {
  switch (in.which()) {
    case schema::Frame::HELLO:
      kind = "hello frame";
      return read_body(in.getHello());
    case schema::Frame::REJECT:
      kind = "reject frame";
      return read_body(in.getReject());
    case schema::Frame::ENTRIES:
      kind = "entries frame";
      return read_body(in.getEntries(), budget);
    case schema::Frame::CLOCK:
      kind = "clock frame";
      return read_body(in.getClock());
    case schema::Frame::REPAIR_OFFER:
      return RepairOffer{};
    case schema::Frame::REPAIR_REQUEST:
      kind = "repair request frame";
      return read_body(in.getRepairRequest());
    case schema::Frame::REPAIR_CHUNK:
      kind = "repair chunk frame";
      return read_body(in.getRepairChunk(), budget);
    case schema::Frame::REPAIR_GONE:
      return RepairGone{in.getRepairGone()};
    case schema::Frame::GOODBYE:
      return Goodbye{};
  }
  throw wire::Refused(ErrorCode::version_unsupported,
                      "its kind, number " + std::to_string(static_cast<unsigned>(in.which())) +
                          ", is of a version newer than " + std::to_string(protocol_version));
}

std::uint64_t checksum_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

// Whether what stands behind the message is its checksum.
bool is_sealed(std::string_view message, std::string_view seal) {
  return load_little_endian(seal.data()) == checksum_of(message);
}

template <class Body>
std::string encode_body(const ReplicaId& sender, const Body& body, const StoreId& store) {
  const Bulk bulk = bulk_of(body);
  wire::MessageBuilder message(bulk.size());
  schema::Frame::Builder out = message.initRoot<schema::Frame>();
  out.setVersion(protocol_version);
  out.setStoreHigh(store.high);
  out.setStoreLow(store.low);
  out.setNodeHigh(sender.node.half(0));
  out.setNodeLow(sender.node.half(8));
  out.setIncarnation(sender.incarnation);
  fill_body(out, body, bulk);
  return sealed_frame(message.bytes(frame_seal_bytes));
}

std::string encode_body(const ReplicaId& sender, const ClockShown& shown, const StoreId& store) {
  return encode_clock_frame(sender, encoded(shown.clock), shown.seen, shown.asks, store);
}

std::string encode_body(const ReplicaId& sender, const Entries& entries, const StoreId& store) {
  return sealed_frame(wire::plain_entries_frame(
      sender, store, entries.sequence, wire::put_entries(entries.entries), frame_seal_bytes));
}

// The head was checked.
Frame read_plain(const wire::PlainFrame& in, const char*& kind, wire::Budget budget) {
  if (const auto* shown = std::get_if<wire::PlainClock>(&in.body)) {
    kind = "clock frame";
    return {in.sender, ClockShown{get_clock(shown->clock, "it"), shown->seen, shown->asks}};
  }
  kind = "entries frame";
  const auto& entries = std::get<wire::PlainEntries>(in.body);
  return {in.sender, Entries{entries.sequence, wire::get_entries(entries.columns, budget)}};
}

}  // namespace

StoreId StoreId::named(std::string_view cluster) {
  const XXH128_hash_t hash = XXH3_128bits(cluster.data(), cluster.size());
  return {hash.high64, hash.low64};
}

std::string sealed_frame(std::string message) {
  char seal[frame_seal_bytes];
  store_little_endian(seal, checksum_of(message));
  message.append(seal, sizeof seal);
  return message;
}

std::string encode_frame(const Frame& frame, const StoreId& store) {
  return std::visit([&](const auto& body) { return encode_body(frame.sender, body, store); },
                    frame.body);
}

struct EntryBytes {
  std::string batch;
};

EncodedEntries encode_entries(std::span<const Entry* const> entries) {
  return std::make_shared<const EntryBytes>(EntryBytes{wire::put_entries(entries)});
}

std::string encode_entries_frame(const ReplicaId& sender, std::uint64_t sequence,
                                 const EncodedEntries& entries, const StoreId& store) {
  return sealed_frame(
      wire::plain_entries_frame(sender, store, sequence, entries->batch, frame_seal_bytes));
}

std::string encode_clock_frame(const ReplicaId& sender, std::string_view clock, std::uint64_t seen,
                               std::uint64_t asks, const StoreId& store) {
  return sealed_frame(wire::plain_clock_frame(sender, store, clock, seen, asks, frame_seal_bytes));
}

Result<Frame> decode_frame(std::string_view bytes, const StoreId& store, std::uint64_t bytes_max) {
  if (bytes.size() > bytes_max) {
    return Error{ErrorCode::limit_exceeded, "frame: " + std::to_string(bytes.size()) +
                                                " bytes, above the limit of " +
                                                std::to_string(bytes_max)};
  }
  const std::size_t size = bytes.size() - std::min(bytes.size(), frame_seal_bytes);
  const std::string_view message = bytes.substr(0, size);
  if (size == 0 || !is_sealed(message, bytes.substr(size))) {
    return Error{ErrorCode::malformed, "frame: its checksum does not match: damaged on its way"};
  }
  const char* kind = "frame";
  const auto check_head = [&](std::uint16_t version, const StoreId& theirs) {
    wire::check_head("frame", version, protocol_version_min, protocol_version, theirs, store);
  };
  return wire::decode_guarded<Frame>(kind, [&] {
    const wire::Budget budget(growth_max * bytes_max);
    if (const auto plain = wire::plain_frame(message)) {
      check_head(plain->head.version, plain->head.store);
      return read_plain(*plain, kind, budget);
    }
    return wire::read_message<schema::Frame>(message, [&](schema::Frame::Reader in) {
      check_head(in.getVersion(), {in.getStoreHigh(), in.getStoreLow()});
      const ReplicaId sender{NodeId::of_halves(in.getNodeHigh(), in.getNodeLow()),
                             in.getIncarnation()};
      return Frame{sender, read_any(in, kind, budget)};
    });
  });
}

}  // namespace rejoin
