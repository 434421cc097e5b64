#include "net/wire_numbers.hpp"

#include <algorithm>

namespace rejoin::wire {
namespace {

// How many numbers so many bytes can say at most: two of them make a group.
std::uint64_t numbers_max(std::size_t bytes) {
  return bytes * (group_max + 1) / 2;
}

// Three equal numbers in a row: two of them cost as much as a group of their own.
bool repeats(std::span<const std::uint64_t> numbers, std::size_t at) {
  return at + 2 < numbers.size() && numbers[at] == numbers[at + 1] &&
         numbers[at] == numbers[at + 2];
}

}  // namespace

void refuse_malformed(const std::string& what) {
  throw Refused(ErrorCode::malformed, what);
}

void refuse_malformed(const char* name, const char* what) {
  refuse_malformed(std::string(name) + ' ' + what);
}

void Budget::refuse() {
  throw Refused(ErrorCode::limit_exceeded, "its content is larger than a frame may say");
}

void put_column(ByteWriter& out, std::span<const std::uint64_t> numbers) {
  for (std::size_t at = 0; at < numbers.size();) {
    const bool run = repeats(numbers, at);
    const std::size_t most = std::min<std::size_t>(numbers.size() - at, group_max);
    std::size_t size = 1;
    while (size < most &&
           (run ? numbers[at + size] == numbers[at] : !repeats(numbers, at + size))) {
      ++size;
    }
    out.number(2 * size + (run ? 1 : 0));
    for (const std::uint64_t number : numbers.subspan(at, run ? 1 : size)) out.number(number);
    at += size;
  }
}

void get_column(ByteReader& in, Numbers out, const char* name) {
  expect_columns(in, 1, out.size(), name);
  for (std::size_t at = 0; at < out.size();) {
    const std::uint64_t head = get_number(in, name);
    const std::uint64_t size = head / 2;
    if (size == 0 || size > group_max || size > out.size() - at) {
      refuse_malformed(name, "have a group of impossible size");
    }
    const Numbers group = out.subspan(at, size);
    if (head % 2 == 1) {
      std::fill(group.begin(), group.end(), get_number(in, name));
    } else {
      for (std::uint64_t& number : group) number = get_number(in, name);
    }
    at += size;
  }
}

void expect_columns(const ByteReader& in, std::uint64_t columns, std::uint64_t numbers,
                    const char* name) {
  if (numbers > numbers_max(in.size()) / columns) refuse_malformed(name, "end too early");
}

std::uint64_t total_of(std::span<const std::uint64_t> counts, std::string_view listed,
                       const char* name) {
  const std::uint64_t limit = numbers_max(listed.size());
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) {
    if (count > limit - total) refuse_malformed(name, "promise more than follows");
    total += count;
  }
  return total;
}

}  // namespace rejoin::wire
