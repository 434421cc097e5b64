#pragma once

// Frames between replicas and records on disk, as values; their bytes are Cap'n Proto messages
// (net/schema/frame.capnp, net/schema/record.capnp). Who answers what: docs/protocol.md.
//
// A frame is its message, sealed: a checksum of all before it stands behind, so that damage on the
// way is refused and never merged, whatever the link. Records leave that to the storage.
//
// encode_frame(decode) is total over well-formed values. decode takes hostile bytes: it never
// throws, reads at most what was sent, caps segments, nesting and traversal, and checks every dot,
// interval and length. Errors: malformed (the checksum is looked at first), version_unsupported,
// foreign_store (the store id is checked before the body), limit_exceeded (above bytes_max).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crdt/result.hpp"
#include "net/entry.hpp"

namespace rejoin {

// Which store frames and records belong to. Made from the cluster's name, so that two clusters
// never mix.
struct StoreId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static StoreId named(std::string_view cluster);
  friend auto operator<=>(const StoreId&, const StoreId&) = default;
};

constexpr std::uint16_t protocol_version = 1;
constexpr std::uint16_t protocol_version_min = 1;
constexpr std::uint16_t record_version = 1;

// What a frame may cost beyond the bytes of its entries or slots.
constexpr std::uint64_t frame_envelope_bytes = 4096;

// Which of the sender's ways to a peer a hello travelled, so that the answer can name it.
using RouteId = std::uint32_t;

struct Hello {
  std::uint16_t version_min = protocol_version_min;
  std::uint16_t version_max = protocol_version;
  std::uint64_t features = 0;
  std::string name;  // a label for people
  RouteId route = 0;
  struct Heard {  // the receiver's own hello came on this route of its
    ReplicaId replica;
    RouteId route = 0;
    friend bool operator==(const Heard&, const Heard&) = default;
  };
  std::optional<Heard> heard;
  CausalContext clock;
  std::uint64_t frame_bytes_max = 0;
  // Whether who was heard is there now, or was a late frame: not 0, only a living process that is
  // it can give the number back.
  std::uint64_t asks = 0;
  std::uint64_t answers = 0;
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Reject {  // why a hello was refused: for the log of its sender, which goes on trying
  std::uint16_t version_min = 0;
  std::uint16_t version_max = 0;
  std::string reason;
  friend bool operator==(const Reject&, const Reject&) = default;
};

struct Entries {
  std::uint64_t sequence = 0;  // of frames with entries from this sender to this peer, from 1
  std::vector<Entry> entries;
  friend bool operator==(const Entries&, const Entries&) = default;
};

struct ClockShown {
  CausalContext clock;
  std::uint64_t seen = 0;  // all Entries frames up to this sequence are in the clock, or were lost
  std::uint64_t asks = 0;  // not 0: answer what became of Entries frames up to this sequence
  friend bool operator==(const ClockShown&, const ClockShown&) = default;
};

struct RepairOffer {  // the log no longer reaches you
  friend bool operator==(const RepairOffer&, const RepairOffer&) = default;
};

struct RepairRequest {
  std::uint64_t session = 0;
  CausalContext context;        // the receiver's D + R: values under it need not be sent
  std::optional<SlotKey> from;  // nothing: begin, and take the cut
  friend bool operator==(const RepairRequest&, const RepairRequest&) = default;
};

struct RepairChunk {
  std::uint64_t session = 0;
  std::optional<SlotKey> from;  // the request's
  std::optional<SlotKey> upto;  // every slot in [from, upto) is here or empty; nothing: to the end
  CausalContext cut_clock;      // D and R of the cut
  CausalContext cut_removed;
  std::vector<SlotState> slots;
  friend bool operator==(const RepairChunk&, const RepairChunk&) = default;
};

struct RepairGone {  // the donor does not know the session (any more)
  std::uint64_t session = 0;
  friend bool operator==(const RepairGone&, const RepairGone&) = default;
};

struct Goodbye {  // the sender stops on purpose
  friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

struct Frame {
  ReplicaId sender;
  std::variant<Hello, Reject, Entries, ClockShown, RepairOffer, RepairRequest, RepairChunk,
               RepairGone, Goodbye>
      body;
  friend bool operator==(const Frame&, const Frame&) = default;
};

// Bytes of the seal: XXH3, 64 bits, little-endian.
constexpr std::size_t frame_seal_bytes = 8;
// A frame of a message that somebody else made.
std::string sealed_frame(std::string message);

std::string encode_frame(const Frame& frame, const StoreId& store);
// Entries as an Entries frame has them, encoded once for all the frames that carry them.
struct EntryBytes;
using EncodedEntries = std::shared_ptr<const EntryBytes>;
EncodedEntries encode_entries(std::span<const Entry* const> entries);
std::string encode_entries_frame(const ReplicaId& sender, std::uint64_t sequence,
                                 const EncodedEntries& entries, const StoreId& store);
// A ClockShown frame, of a clock that was encoded before.
std::string encode_clock_frame(const ReplicaId& sender, std::string_view clock, std::uint64_t seen,
                               std::uint64_t asks, const StoreId& store);
Result<Frame> decode_frame(std::string_view bytes, const StoreId& store, std::uint64_t bytes_max);

// What a replica writes down, in order. Replaying all of it gives the store again.
struct IdentityRecord {  // first of a new directory
  NodeId node;
  friend bool operator==(const IdentityRecord&, const IdentityRecord&) = default;
};
struct IncarnationRecord {  // one at each start, before the first dot
  std::uint64_t incarnation = 0;
  friend bool operator==(const IncarnationRecord&, const IncarnationRecord&) = default;
};
struct EntriesRecord {
  std::vector<Entry> entries;
  friend bool operator==(const EntriesRecord&, const EntriesRecord&) = default;
};
struct SlotsRecord {  // these slots hold exactly this, with all values
  std::vector<SlotState> slots;
  // From the clock record on that follows; without one, never. So a repair is there whole, or not.
  bool until_clock = false;
  friend bool operator==(const SlotsRecord&, const SlotsRecord&) = default;
};
struct ClockRecord {  // D gains clock, R gains removed
  CausalContext clock;
  CausalContext removed;
  friend bool operator==(const ClockRecord&, const ClockRecord&) = default;
};
using Record =
    std::variant<IdentityRecord, IncarnationRecord, EntriesRecord, SlotsRecord, ClockRecord>;

std::string encode_record(const Record& record, const StoreId& store);
// That of an EntriesRecord, without a copy of its entries.
std::string encode_entries_record(std::span<const Entry* const> entries, const StoreId& store);
// Errors as decode_frame's, but no size limit: what is on our disk was written by us.
Result<Record> decode_record(std::string_view bytes, const StoreId& store);

}  // namespace rejoin
