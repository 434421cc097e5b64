#include "crdt/hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rejoin {
namespace {

// Golden: every compiler and machine must agree, since traces and type tags hold these numbers.
TEST(Hash64, GivesTheSameNumbersEverywhere) {
  EXPECT_EQ(hash64(""), 0x58016df76f315627ULL);
  EXPECT_EQ(hash64("a"), 0x01c15611b9893a4fULL);
  EXPECT_EQ(hash64("12345678"), 0xd2837d7f3b9311daULL);
  EXPECT_EQ(hash64("The quick brown fox jumps over the lazy dog"), 0xf59231d85079b7dcULL);
  EXPECT_EQ(hash64("a", 1), 0x88361de1cee04f4aULL);
  EXPECT_EQ(mix64(1), 0x5692161d100b05e5ULL);
  EXPECT_EQ(combine64(1, 2), 0x5f77162e6ff25f13ULL);
}

TEST(Hash64, LengthSeedAndOrderAllMatter) {
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length < 40; ++length) {
    seen.insert(hash64(std::string(length, '\0')));
  }
  for (std::uint64_t seed = 1; seed < 40; ++seed) seen.insert(hash64("", seed));
  for (char first = 'a'; first <= 'z'; ++first) seen.insert(hash64(std::string{first, 'x'}));
  for (char last = 'a'; last <= 'w'; ++last) seen.insert(hash64(std::string{'x', last}));

  EXPECT_EQ(seen.size(), 40u + 39u + 26u + 23u);
  EXPECT_NE(combine64(1, 2), combine64(2, 1));
}

}  // namespace
}  // namespace rejoin
