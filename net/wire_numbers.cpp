#include "net/wire_numbers.hpp"

#include <algorithm>

namespace rejoin::wire {
namespace {

constexpr std::uint8_t single_group = 2;  // the head of a group of one number

// Three equal numbers in a row: two of them cost as much as a group of their own.
bool repeats(std::span<const std::uint64_t> numbers, std::size_t at) {
  return at + 2 < numbers.size() && numbers[at] == numbers[at + 1] &&
         numbers[at] == numbers[at + 2];
}

// Reads a column that is one number of one byte, as most are.
bool get_small(ByteReader& in, Numbers out) {
  const std::string_view bytes = in.rest();
  if (out.size() != 1 || bytes.size() < 2 || bytes[0] != single_group) return false;
  out[0] = static_cast<std::uint8_t>(bytes[1]);
  if (out[0] > single_byte_max) return false;
  in = ByteReader(bytes.substr(2));
  return true;
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
  if (numbers.size() == 1) {  // as most are
    out.byte(single_group);
    return out.number(numbers[0]);
  }
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
  if (get_small(in, out)) return;
  expect_columns<1>(in, out.size(), name);
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
