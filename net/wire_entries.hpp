#pragma once

// Batches of entries and of slots as columns: what net/schema/entries.capnp has as Data.
//
// n entries, i intervals, p puts, r removals. A column is that of wire_numbers.hpp; the columns of
// a Data follow one another in the order in which they are named.
//
//     EntryBatch.dots      n; intervals of each entry. Per interval: replica, first as
//                          difference to that replica's last interval, length - 1
//     EntryBatch.puts      puts of each entry. Per put: object, its dot's place among its entry's
//                          dots as difference to the one after the put before, shared, fresh, value
//                          size
//     EntryBatch.removals  removals of each entry. Per removal: object, replica, first (as above,
//                          but among removals), length - 1, shared, fresh
//     SlotBatch.slots      n; fragments of each slot. Per slot: object, shared, fresh
//     SlotBatch.fragments  per fragment: replica, sequence (as first), 0 or value size + 1
//
// So a batch in which each entry makes one put is little more than its paths and values. Entries
// are written at once as the words that their EntryBatch is in a message, its pointers first: they
// hold wherever the words stand. Encoding requires well-formed values (see decode_frame). Decoding
// throws Refused, and never makes more than the budget. Cost: O(size), and O(log n) per put for its
// place.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/entry.hpp"
#include "net/wire_numbers.hpp"

namespace rejoin::wire {

// What an entry and its parts are charged beyond names, paths and values; Entry::bytes() is their
// sum: about what they take encoded, mostly more.
constexpr std::uint64_t entry_cost = 32;
constexpr std::uint64_t replica_cost = 24;
constexpr std::uint64_t interval_cost = 16;
constexpr std::uint64_t put_cost = 16;
constexpr std::uint64_t removal_cost = 48;
constexpr std::uint64_t slot_cost = 32;
constexpr std::uint64_t fragment_cost = 32;

struct EntryColumns {
  std::string_view replicas, objects, dots, puts, removals, paths, values;
};

template <class Bytes>
struct SlotColumns {
  Bytes replicas, objects, slots, fragments, paths, values;
};

constexpr std::size_t entry_batch_pointers = 7;

std::string put_entries(std::span<const Entry* const> entries);
std::string put_entries(const std::vector<Entry>& entries);
std::vector<Entry> get_entries(const EntryColumns& columns, Budget& budget);

SlotColumns<std::string> put_slots(const std::vector<SlotState>& slots);
std::vector<SlotState> get_slots(const SlotColumns<std::string_view>& columns, Budget& budget);

}  // namespace rejoin::wire
