#include "net/wire_plain.hpp"

#include "crdt/assert.hpp"

namespace rejoin::wire {
namespace {

// Words of data and pointers of the structs of net/schema/, and the numbers of kinds.
struct Size {
  std::uint64_t data = 0;
  std::uint64_t pointers = 0;

  constexpr std::uint64_t words() const { return data + pointers; }
};
constexpr Size frame_size{7, 1};
constexpr Size clock_size{2, 1};
constexpr Size entries_size{1, 1};
constexpr Size batch_size{0, entry_batch_pointers};
constexpr Size record_size{5, 2};
constexpr std::uint64_t entries_frame = 2;
constexpr std::uint64_t clock_frame = 3;
constexpr std::uint64_t entries_record = 2;

// To what lies so many words behind the pointer.
constexpr std::uint64_t struct_pointer(Size size, std::uint64_t behind = 0) {
  return behind << 2 | size.data << 32 | size.pointers << 48;
}
constexpr std::uint64_t data_pointer(std::uint64_t bytes, std::uint64_t behind) {
  return behind << 2 | 1 | (bytes << 3 | 2) << 32;
}
constexpr std::uint64_t data_bytes(std::uint64_t pointer) {
  return pointer >> 35;
}
constexpr std::uint64_t data_bytes_max = (std::uint64_t{1} << 29) - 1;

constexpr std::size_t words_of(std::size_t bytes) {
  return (bytes + word_bytes - 1) / word_bytes;
}

// A message of so many words beyond its root's pointer, which `write` writes.
template <class Write>
std::string message_of(std::size_t words, Size root, std::size_t room, Write&& write) {
  std::string out;
  const std::size_t bytes = (2 + words) * word_bytes;
  out.reserve(bytes + room);
  ByteWriter writer(out, bytes);
  writer.word(std::uint64_t{1 + words} << 32);  // of one segment
  writer.word(struct_pointer(root));
  write(writer);
  return out;
}

void put_frame_head(ByteWriter& out, const ReplicaId& sender, const StoreId& store,
                    std::uint64_t kind, Size body) {
  out.word(protocol_version | kind << 16);
  out.word(store.high);
  out.word(store.low);
  out.word(sender.node.half(0));
  out.word(sender.node.half(8));
  out.word(sender.incarnation);
  out.word(0);  // the session of a RepairGone
  out.word(struct_pointer(body));
}

// Whether the message is one segment, whose root has this size and lies at its start.
bool begins(ByteReader& in, Size root) {
  const std::size_t words = in.size() / word_bytes;
  std::uint64_t head = 0;
  std::uint64_t pointer = 0;
  return in.size() % word_bytes == 0 && in.word(head) && head == (words - 1) << 32 &&
         in.word(pointer) && pointer == struct_pointer(root);
}

bool expect_word(ByteReader& in, std::uint64_t expected) {
  std::uint64_t word = 0;
  return in.word(word) && word == expected;
}

// Pointers to data that follow one another in their order, the last of them at the end.
template <std::size_t count>
bool get_data(ByteReader& in, std::array<std::string_view, count>& out) {
  std::array<std::uint64_t, count> pointers{};
  for (std::uint64_t& pointer : pointers) {
    if (!in.word(pointer)) return false;
  }
  const std::size_t begin = in.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (pointers[i] == 0) continue;
    const std::uint64_t bytes = data_bytes(pointers[i]);
    const std::uint64_t behind = count - 1 - i + (begin - in.size()) / word_bytes;
    std::string_view padding;
    if (pointers[i] != data_pointer(bytes, behind) || !in.bytes(bytes, out[i]) ||
        !in.bytes(words_of(bytes) * word_bytes - bytes, padding)) {
      return false;
    }
  }
  return in.empty();
}

bool get_batch(ByteReader& in, EntryColumns& out) {
  std::array<std::string_view, entry_batch_pointers> data;
  if (!get_data(in, data)) return false;
  out = {data[0], data[1], data[2], data[3], data[4], data[5], data[6]};
  return true;
}

bool get_body(ByteReader& in, PlainClock& out) {
  std::array<std::string_view, 1> data;
  if (!expect_word(in, struct_pointer(clock_size)) || !in.word(out.seen) || !in.word(out.asks) ||
      !get_data(in, data)) {
    return false;
  }
  out.clock = data[0];
  return true;
}

bool get_body(ByteReader& in, PlainEntries& out) {
  return expect_word(in, struct_pointer(entries_size)) && in.word(out.sequence) &&
         expect_word(in, struct_pointer(batch_size)) && get_batch(in, out.columns);
}

// The kind that stands beside the version goes to `kind`.
bool get_head(ByteReader& in, PlainHead& out, std::uint64_t& kind) {
  std::uint64_t first = 0;
  if (!in.word(first) || !in.word(out.store.high) || !in.word(out.store.low)) return false;
  out.version = static_cast<std::uint16_t>(first);
  kind = first >> 16 & 0xffff;
  return true;
}

}  // namespace

DataWriter::DataWriter(std::string& out, std::size_t pointers, std::size_t bytes_max)
    : ByteWriter(out, 2 * pointers * word_bytes + bytes_max), out_(out), pointer_at_(size()) {
  for (std::size_t i = 0; i < pointers; ++i) word(0);
  begin_ = size();
}

void DataWriter::close() {
  const std::size_t bytes = size() - begin_;
  REJOIN_ASSERT(bytes <= data_bytes_max);
  if (bytes > 0) {
    pad();
    const std::size_t behind = (begin_ - pointer_at_) / word_bytes - 1;
    store_little_endian(out_.data() + pointer_at_, data_pointer(bytes, behind));
  }
  pointer_at_ += word_bytes;
  begin_ = size();
}

std::string plain_clock_frame(const ReplicaId& sender, const StoreId& store, std::string_view clock,
                              std::uint64_t seen, std::uint64_t asks, std::size_t room) {
  const std::size_t words = frame_size.words() + clock_size.words() + words_of(clock.size());
  return message_of(words, frame_size, room, [&](ByteWriter& out) {
    put_frame_head(out, sender, store, clock_frame, clock_size);
    out.word(seen);
    out.word(asks);
    out.word(data_pointer(clock.size(), 0));
    out.bytes(clock);
    out.pad();
  });
}

std::string plain_entries_frame(const ReplicaId& sender, const StoreId& store,
                                std::uint64_t sequence, std::string_view batch, std::size_t room) {
  const std::size_t words = frame_size.words() + entries_size.words() + words_of(batch.size());
  return message_of(words, frame_size, room, [&](ByteWriter& out) {
    put_frame_head(out, sender, store, entries_frame, entries_size);
    out.word(sequence);
    out.word(struct_pointer(batch_size));
    out.bytes(batch);
  });
}

std::string plain_entries_record(const StoreId& store, std::string_view batch) {
  const std::size_t words = record_size.words() + words_of(batch.size());
  return message_of(words, record_size, 0, [&](ByteWriter& out) {
    out.word(record_version | entries_record << 16);
    out.word(store.high);
    out.word(store.low);
    out.word(0);  // of other kinds: a node or an incarnation
    out.word(0);
    out.word(struct_pointer(batch_size, 1));
    out.word(0);  // the removed dots of a clock
    out.bytes(batch);
  });
}

std::optional<PlainFrame> plain_frame(std::string_view message) {
  ByteReader in(message);
  std::optional<PlainFrame> out(std::in_place);
  std::uint64_t kind = 0;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::uint64_t gone = 0;
  bool plain = begins(in, frame_size) && get_head(in, out->head, kind) && in.word(high) &&
               in.word(low) && in.word(out->sender.incarnation) && in.word(gone);
  out->sender.node = NodeId::of_halves(high, low);
  if (kind == clock_frame) {
    plain = plain && get_body(in, out->body.emplace<PlainClock>());
  } else {
    plain = plain && kind == entries_frame && get_body(in, out->body.emplace<PlainEntries>());
  }
  if (!plain) out.reset();
  return out;
}

std::optional<PlainRecord> plain_record(std::string_view message) {
  ByteReader in(message);
  std::optional<PlainRecord> out(std::in_place);
  std::uint64_t kind = 0;
  std::uint64_t unused = 0;
  const bool plain = begins(in, record_size) && get_head(in, out->head, kind) &&
                     kind == entries_record && in.word(unused) && in.word(unused) &&
                     expect_word(in, struct_pointer(batch_size, 1)) && expect_word(in, 0) &&
                     get_batch(in, out->entries);
  if (!plain) out.reset();
  return out;
}

}  // namespace rejoin::wire
