#pragma once

// Plain messages: clocks and entries, which nearly all frames and records are, in the bytes that
// Cap'n Proto gives them (net/schema/), but written in one pass and read where they are.
//
// A plain message is one segment in which whatever a pointer leads to follows at once, so its
// layout is fixed but for the lengths of its data. What is laid out in any other way is not plain,
// and Cap'n Proto's to read; what is plain it would read as the same (PlainMessage.* in
// tests/unit/net/plain_message_test.cpp). Cost: O(size).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crdt/bytes.hpp"
#include "crdt/replica_id.hpp"
#include "net/frame.hpp"
#include "net/wire_entries.hpp"

namespace rejoin::wire {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

// Data one behind another, each from a whole word on, and before them the pointers that lead there.
// An empty one is left out: it reads as empty, and costs nothing.
class DataWriter : public ByteWriter {
 public:
  DataWriter(std::string& out, std::size_t pointers, std::size_t bytes_max);
  // What was written since the last time was the next of the data.
  void close();

 private:
  std::string& out_;
  std::size_t pointer_at_;
  std::size_t begin_;
};

// Frames, not sealed, with room for more bytes behind. A batch is what put_entries made.
std::string plain_clock_frame(const ReplicaId& sender, const StoreId& store, std::string_view clock,
                              std::uint64_t seen, std::uint64_t asks, std::size_t room);
std::string plain_entries_frame(const ReplicaId& sender, const StoreId& store,
                                std::uint64_t sequence, std::string_view batch, std::size_t room);
std::string plain_entries_record(const StoreId& store, std::string_view batch);

// What a message says before its body.
struct PlainHead {
  std::uint16_t version = 0;
  StoreId store;
};
struct PlainClock {
  std::string_view clock;
  std::uint64_t seen = 0;
  std::uint64_t asks = 0;
};
struct PlainEntries {
  std::uint64_t sequence = 0;
  EntryColumns columns;
};
struct PlainFrame {
  PlainHead head;
  ReplicaId sender;
  std::variant<PlainClock, PlainEntries> body;
};
struct PlainRecord {
  PlainHead head;
  EntryColumns entries;
};

// Nothing if the message is not plain. Values and data are not judged.
std::optional<PlainFrame> plain_frame(std::string_view message);
std::optional<PlainRecord> plain_record(std::string_view message);

}  // namespace rejoin::wire
