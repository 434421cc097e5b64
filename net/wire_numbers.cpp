#include "net/wire_numbers.hpp"

#include <algorithm>

namespace rejoin::wire {
namespace {

// Two equal numbers in a row cost as much as a group of their own.
constexpr std::size_t run_min = 3;

// How many numbers any bytes can say at most: two bytes make a group.
std::uint64_t numbers_max(std::string_view bytes) {
  return bytes.size() * (group_max + 1) / 2;
}

std::size_t run_at(const Column& numbers, std::size_t from) {
  std::size_t end = from + 1;
  while (end < numbers.size() && end - from < group_max && numbers[end] == numbers[from]) ++end;
  return end - from;
}

}  // namespace

void refuse_malformed(const std::string& what) {
  throw Refused(ErrorCode::malformed, what);
}

void Budget::charge(std::uint64_t bytes, std::uint64_t times) {
  if (bytes != 0 && times > left_ / bytes) {
    throw Refused(ErrorCode::limit_exceeded, "its content is larger than a frame may say");
  }
  left_ -= bytes * times;
}

void put_column(std::string& out, const Column& numbers) {
  for (std::size_t at = 0; at < numbers.size();) {
    const std::size_t run = run_at(numbers, at);
    if (run >= run_min) {
      put_unsigned(out, 2 * run + 1);
      put_unsigned(out, numbers[at]);
      at += run;
      continue;
    }
    std::size_t end = at;
    while (end < numbers.size() && end - at < group_max && run_at(numbers, end) < run_min) ++end;
    put_unsigned(out, 2 * (end - at));
    for (; at < end; ++at) put_unsigned(out, numbers[at]);
  }
}

Column get_column(ByteReader& in, std::uint64_t count, const char* name) {
  if (count > numbers_max(in.rest())) refuse_malformed(std::string(name) + " end too early");
  Column out;
  out.reserve(count);
  while (out.size() < count) {
    const std::uint64_t head = get_number(in, name);
    const std::uint64_t size = head / 2;
    if (size == 0 || size > group_max || size > count - out.size()) {
      refuse_malformed(std::string(name) + " have a group of impossible size");
    }
    if (head % 2 == 1) {
      out.append(size, get_number(in, name));
    } else {
      for (std::uint64_t i = 0; i < size; ++i) out.push_back(get_number(in, name));
    }
  }
  return out;
}

std::uint64_t total_of(const Column& counts, std::string_view listed, const char* name) {
  const std::uint64_t limit = numbers_max(listed);
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) {
    if (count > limit - total) refuse_malformed(std::string(name) + " promise more than follows");
    total += count;
  }
  return total;
}

std::uint64_t get_number(ByteReader& in, const char* name) {
  std::uint64_t out = 0;
  if (!get_unsigned(in, out))
    refuse_malformed(std::string(name) + " hold no number where one must be");
  return out;
}

std::string_view get_bytes(ByteReader& in, std::uint64_t size, const char* name) {
  std::string_view out;
  if (!in.bytes(size, out)) refuse_malformed(std::string(name) + " end too early");
  return out;
}

void expect_end(const ByteReader& in, const char* name) {
  if (!in.empty()) refuse_malformed(std::string(name) + " go on after their end");
}

}  // namespace rejoin::wire
