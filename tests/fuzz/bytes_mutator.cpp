#include "tests/fuzz/bytes_mutator.hpp"

#include <algorithm>

#include "crdt/causal_context.hpp"

namespace rejoin::fuzz {
namespace {

constexpr std::uint64_t part_max = 32;  // bytes that one change adds, takes or repeats

std::uint64_t at_an_end(Random& random) {
  static constexpr std::uint64_t ends[] = {
      0,          1,          2,          119,        120,        239,
      240,        255,        256,        65535,      65536,      UINT32_MAX,
      1ULL << 32, 1ULL << 53, 1ULL << 61, 1ULL << 62, 1ULL << 63, UINT64_MAX};
  const std::uint64_t end = ends[random.below(std::size(ends))];
  return end + random.below(3) - 1;
}

void change_once(std::string& bytes, Random& random) {
  const std::uint64_t at = bytes.empty() ? 0 : random.below(bytes.size());
  const std::uint64_t size = std::min(1 + random.below(part_max), bytes.size() - at);
  switch (random.below(9)) {
    case 0:
      if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
      return;
    case 1:
      if (!bytes.empty()) bytes[at] = static_cast<char>(random.below(256));
      return;
    case 2:
      if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] + (random.one_in(2) ? 1 : -1));
      return;
    case 3:
      bytes.erase(at, size);
      return;
    case 4:
      bytes.insert(at, bytes.substr(at, size));
      return;
    case 5:
      bytes.insert(at, random.bytes(part_max));
      return;
    case 6: {  // a number, in place of one byte or before it
      std::string number;
      put_unsigned(number, mutated(0, random));
      bytes.replace(at, random.below(2), number);
      return;
    }
    case 7:
      bytes.insert(at, encoded(test::random_context(random)));
      return;
    default:
      bytes.resize(at);
  }
}

}  // namespace

std::uint64_t mutated(std::uint64_t number, Random& random) {
  switch (random.below(5)) {
    case 0:
      return number + 1;
    case 1:
      return number - 1;
    case 2:
      return number ^ (std::uint64_t{1} << random.below(64));
    case 3:
      return random.below(300);
    default:
      return at_an_end(random);
  }
}

std::string mutated(std::string bytes, Random& random) {
  for (std::uint64_t n = 1 + random.below(3); n > 0; --n) change_once(bytes, random);
  return bytes;
}

}  // namespace rejoin::fuzz
