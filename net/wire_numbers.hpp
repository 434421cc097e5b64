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

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/bytes.hpp"
#include "crdt/result.hpp"

namespace rejoin::wire {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

[[noreturn]] void refuse_malformed(const std::string& what);

// What the decoded values may come to. One name or path in a table can be that of many slots, so
// what a decoder allocates is not bounded by what it reads; it is charged here before it is made.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : left_(bytes) {}
  // Refuses with limit_exceeded if there is not that much left.
  void charge(std::uint64_t bytes, std::uint64_t times = 1);

 private:
  std::uint64_t left_;
};

// A list of numbers. A frame has two dozen of them, mostly of one or two numbers: the first few
// take no allocation.
class Column {
 public:
  Column() = default;
  Column(std::size_t count, std::uint64_t number) { append(count, number); }

  std::size_t size() const { return size_; }
  const std::uint64_t* begin() const { return many_.empty() ? few_.data() : many_.data(); }
  const std::uint64_t* end() const { return begin() + size_; }
  std::uint64_t* begin() { return many_.empty() ? few_.data() : many_.data(); }
  std::uint64_t* end() { return begin() + size_; }
  std::uint64_t operator[](std::size_t i) const { return begin()[i]; }
  std::uint64_t& operator[](std::size_t i) { return begin()[i]; }

  void reserve(std::size_t count) {
    if (count > few_.size()) spill(count);
  }
  void push_back(std::uint64_t number) {
    if (many_.empty() && size_ < few_.size()) {
      few_[size_] = number;
    } else {
      if (many_.empty()) spill(2 * few_.size());
      many_.push_back(number);
    }
    ++size_;
  }
  void append(std::size_t count, std::uint64_t number) {
    reserve(size_ + count);
    for (std::size_t i = 0; i < count; ++i) push_back(number);
  }

  friend bool operator==(const Column& a, const Column& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  void spill(std::size_t capacity) {
    const bool first = many_.empty();
    many_.reserve(capacity);
    if (first) many_.assign(few_.begin(), few_.begin() + static_cast<std::ptrdiff_t>(size_));
  }

  std::size_t size_ = 0;
  std::array<std::uint64_t, 4> few_{};
  std::vector<std::uint64_t> many_;  // once they are too many: all of them
};

constexpr std::uint64_t group_max = 119;

void put_column(std::string& out, const Column& numbers);
// Refuses what put_column cannot have written for this many numbers.
Column get_column(ByteReader& in, std::uint64_t count, const char* name);
// The sum of counts: at most as many as the bytes that list the counted things could say.
std::uint64_t total_of(const Column& counts, std::string_view listed, const char* name);
std::uint64_t get_number(ByteReader& in, const char* name);
std::string_view get_bytes(ByteReader& in, std::uint64_t size, const char* name);
void expect_end(const ByteReader& in, const char* name);

// A difference modulo 2^64 as a number that is small if the difference is, whatever its sign.
constexpr std::uint64_t folded(std::uint64_t difference) {
  return (difference << 1) ^ (difference >> 63 == 0 ? 0 : ~std::uint64_t{0});
}
constexpr std::uint64_t unfolded(std::uint64_t number) {
  return (number >> 1) ^ ((number & 1) == 0 ? 0 : ~std::uint64_t{0});
}

}  // namespace rejoin::wire
