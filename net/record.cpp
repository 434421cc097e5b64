// Records of net/frame.hpp: what a replica writes down.

#include <limits>
#include <utility>

#include "net/capnp_message.hpp"
#include "net/frame.hpp"
#include "net/schema/record.capnp.h"
#include "net/wire_plain.hpp"

namespace rejoin {
namespace {

using wire::data_of;
using wire::get_clock;

std::string with_head(std::size_t data_bytes, const StoreId& store, auto&& fill_body) {
  wire::MessageBuilder message(data_bytes);
  schema::Record::Builder out = message.initRoot<schema::Record>();
  out.setVersion(record_version);
  out.setStoreHigh(store.high);
  out.setStoreLow(store.low);
  fill_body(out);
  return message.bytes();
}

std::string encode_body(const IdentityRecord& record, const StoreId& store) {
  return with_head(0, store, [&](schema::Record::Builder out) {
    schema::Record::Identity::Builder identity = out.initIdentity();
    identity.setNodeHigh(record.node.half(0));
    identity.setNodeLow(record.node.half(8));
  });
}

std::string encode_body(const IncarnationRecord& record, const StoreId& store) {
  return with_head(0, store,
                   [&](schema::Record::Builder out) { out.setIncarnation(record.incarnation); });
}

std::string encode_body(const EntriesRecord& record, const StoreId& store) {
  return wire::plain_entries_record(store, wire::put_entries(record.entries));
}

std::string encode_body(const SlotsRecord& record, const StoreId& store) {
  const wire::SlotColumns<std::string> columns = wire::put_slots(record.slots);
  return with_head(wire::size_of(columns), store, [&](schema::Record::Builder out) {
    wire::fill(out.initSlots(), columns);
    out.setUntilClock(record.until_clock);
  });
}

std::string encode_body(const ClockRecord& record, const StoreId& store) {
  const std::string clock = encoded(record.clock);
  const std::string removed = encoded(record.removed);
  return with_head(clock.size() + removed.size(), store, [&](schema::Record::Builder out) {
    schema::Record::Clock::Builder both = out.initClock();
    both.setClock(data_of(clock));
    both.setRemoved(data_of(removed));
  });
}

constexpr const char* entries_kind = "entries record";

// What is on our disk was written by us.
wire::Budget no_limit() {
  return wire::Budget(std::numeric_limits<std::uint64_t>::max());
}

Record read_any(schema::Record::Reader in, const char*& kind) {
  wire::Budget budget = no_limit();
  switch (in.which()) {
    case schema::Record::IDENTITY: {
      const schema::Record::Identity::Reader identity = in.getIdentity();
      return IdentityRecord{NodeId::of_halves(identity.getNodeHigh(), identity.getNodeLow())};
    }
    case schema::Record::INCARNATION:
      return IncarnationRecord{in.getIncarnation()};
    case schema::Record::ENTRIES:
      kind = entries_kind;
      return EntriesRecord{wire::get_entries(wire::columns_of(in.getEntries()), budget)};
    case schema::Record::SLOTS:
      kind = "slots record";
      return SlotsRecord{wire::get_slots(wire::columns_of(in.getSlots()), budget),
                         in.getUntilClock()};
    case schema::Record::CLOCK: {
      kind = "clock record";
      const schema::Record::Clock::Reader both = in.getClock();
      return ClockRecord{get_clock(both.getClock(), "its clock"),
                         get_clock(both.getRemoved(), "its removed dots")};
    }
  }
  throw wire::Refused(ErrorCode::version_unsupported,
                      "its kind, number " + std::to_string(static_cast<unsigned>(in.which())) +
                          ", is of a version newer than " + std::to_string(record_version));
}

}  // namespace

std::string encode_record(const Record& record, const StoreId& store) {
  return std::visit([&](const auto& body) { return encode_body(body, store); }, record);
}

std::string encode_entries_record(std::span<const Entry* const> entries, const StoreId& store) {
  return wire::plain_entries_record(store, wire::put_entries(entries));
}

Result<Record> decode_record(std::string_view bytes, const StoreId& store) {
  const char* kind = "record";
  const auto check_head = [&](std::uint16_t version, const StoreId& theirs) {
    wire::check_head("record", version, record_version, record_version, theirs, store);
  };
  return wire::decode_guarded<Record>(kind, [&]() -> Record {
    if (const auto plain = wire::plain_record(bytes)) {
      check_head(plain->head.version, plain->head.store);
      kind = entries_kind;
      wire::Budget budget = no_limit();
      return EntriesRecord{wire::get_entries(plain->entries, budget)};
    }
    return wire::read_message<schema::Record>(bytes, [&](schema::Record::Reader in) {
      check_head(in.getVersion(), {in.getStoreHigh(), in.getStoreLow()});
      return read_any(in, kind);
    });
  });
}

}  // namespace rejoin
