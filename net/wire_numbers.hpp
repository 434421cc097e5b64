#pragma once

// Columns of numbers inside frames and records, and how a decoder refuses.
//
// A column of n numbers is a list of groups, n known from elsewhere:
//
//     group = 2k, k numbers           as they are
//           | 2k + 1, one number      k times the same
//
// with 1 <= k <= group_max, so that a header is one byte and a byte stands for at most about 60
// numbers: a regular column costs next to nothing, and a hostile one cannot ask for much more than
// it is long.
//
// Decoders inside net/ throw Refused; it never leaves decode_frame and decode_record.

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "crdt/bytes.hpp"
#include "crdt/result.hpp"
#include "crdt/short_vector.hpp"

namespace rejoin::wire {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

[[noreturn]] void refuse_malformed(const std::string& what);
[[noreturn]] void refuse_malformed(const char* name, const char* what);

// What the decoded values may come to. One name or path in a table can be that of many slots, so
// what a decoder allocates is not bounded by what it reads; it is charged here before it is made.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : left_(bytes) {}
  // Refuses with limit_exceeded if there is not that much left.
  void charge(std::uint64_t bytes) {
    if (bytes > left_) refuse();
    left_ -= bytes;
  }
  void charge(std::uint64_t bytes, std::uint64_t times) {
    if (bytes != 0 && times > left_ / bytes) refuse();
    left_ -= bytes * times;
  }

 private:
  [[noreturn]] static void refuse();

  std::uint64_t left_;
};

using Numbers = std::span<std::uint64_t>;

// So many columns of equally many numbers. A frame has two dozen columns, mostly of one number or
// two: those take no allocation.
template <std::size_t columns>
class Columns {
 public:
  Columns() = default;
  explicit Columns(std::size_t rows) { resize(rows); }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  void resize(std::size_t rows) {
    cells_.resize(columns * rows);
    first_ = cells_.begin();
    rows_ = rows;
  }
  std::size_t rows() const { return rows_; }
  Numbers operator[](std::size_t column) const { return {first_ + column * rows_, rows_}; }

 private:
  ShortVector<std::uint64_t, 4 * columns> cells_;
  std::uint64_t* first_ = nullptr;
  std::size_t rows_ = 0;
};

constexpr std::uint64_t group_max = 119;

// What a column of so many numbers takes at most: each in a group of its own.
constexpr std::size_t column_bytes_max(std::size_t numbers) {
  return numbers * (1 + number_bytes_max);
}
void put_column(ByteWriter& out, std::span<const std::uint64_t> numbers);
// Refuses what put_column cannot have written for this many numbers.
void get_column(ByteReader& in, Numbers out, const char* name);
// How many numbers so many bytes can say at most: two of them make a group.
constexpr std::uint64_t numbers_max(std::size_t bytes) {
  return bytes * (group_max + 1) / 2;
}
// Refuses, before they are made, so many columns of so many numbers that the bytes cannot hold.
template <std::uint64_t columns>
void expect_columns(const ByteReader& in, std::uint64_t numbers, const char* name) {
  if (numbers > numbers_max(in.size()) / columns) refuse_malformed(name, "end too early");
}
template <std::size_t columns>
void put_all(ByteWriter& out, const Columns<columns>& all) {
  if (all.rows() == 0) return;
  for (std::size_t i = 0; i < columns; ++i) put_column(out, all[i]);
}
// Makes that many rows.
template <std::size_t columns>
void get_all(ByteReader& in, std::uint64_t rows, Columns<columns>& out, const char* name) {
  if (rows == 0) return;
  expect_columns<columns>(in, rows, name);
  out.resize(rows);
  for (std::size_t i = 0; i < columns; ++i) get_column(in, out[i], name);
}
// The sum of counts: at most as many as the bytes that list the counted things could say.
std::uint64_t total_of(std::span<const std::uint64_t> counts, std::string_view listed,
                       const char* name);

inline std::uint64_t get_number(ByteReader& in, const char* name) {
  std::uint64_t out = 0;
  if (!in.number(out)) refuse_malformed(name, "hold no number where one must be");
  return out;
}
inline std::string_view get_bytes(ByteReader& in, std::uint64_t size, const char* name) {
  std::string_view out;
  if (!in.bytes(size, out)) refuse_malformed(name, "end too early");
  return out;
}
inline void expect_end(const ByteReader& in, const char* name) {
  if (!in.empty()) refuse_malformed(name, "go on after their end");
}

// A difference modulo 2^64 as a number that is small if the difference is, whatever its sign.
constexpr std::uint64_t folded(std::uint64_t difference) {
  return (difference << 1) ^ (difference >> 63 == 0 ? 0 : ~std::uint64_t{0});
}
constexpr std::uint64_t unfolded(std::uint64_t number) {
  return (number >> 1) ^ ((number & 1) == 0 ? 0 : ~std::uint64_t{0});
}

}  // namespace rejoin::wire
