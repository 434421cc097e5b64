// One target as libFuzzer calls it. REJOIN_FUZZ_TARGET names it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/target.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace {

const rejoin::fuzz::Target& target = rejoin::fuzz::REJOIN_FUZZ_TARGET;

// Of four inputs one is left to libFuzzer, which knows what comparisons were not met.
constexpr std::uint64_t own_share = 4;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto wrong = target.check(bytes)) {
    std::fprintf(stderr, "%s: %s\n", target.name.data(), wrong->c_str());
    std::abort();
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  rejoin::fuzz::Random random(seed);
  if (random.one_in(own_share)) return LLVMFuzzerMutate(data, size, size_max);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto changed = target.mutate(bytes, random);
  if (!changed || changed->size() > size_max) return LLVMFuzzerMutate(data, size, size_max);
  std::copy(changed->begin(), changed->end(), data);
  return changed->size();
}
