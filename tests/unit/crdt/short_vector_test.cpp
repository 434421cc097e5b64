#include "crdt/short_vector.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crdt/hash.hpp"

namespace rejoin {
namespace {

using Short = ShortVector<std::string, 2>;

Short of(const std::vector<std::string>& values) {
  Short out;
  for (const std::string& value : values) out.push_back(value);
  return out;
}

std::vector<std::string> in(const Short& values) {
  return {values.begin(), values.end()};
}

// Long enough to own memory of their own: what is lost or freed twice shows.
std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::string(40, 'n') + std::to_string(i));
  return out;
}

TEST(ShortVector, HoldsAFewAndMany) {
  for (std::size_t count = 0; count < 9; ++count) {
    EXPECT_EQ(in(of(numbers(count))), numbers(count));
    EXPECT_EQ(of(numbers(count)).empty(), count == 0);
  }
}

TEST(ShortVector, IsCopiedAndMovedWhateverBothHeld) {
  for (std::size_t from = 0; from < 6; ++from) {
    for (std::size_t to = 0; to < 6; ++to) {
      const Short source = of(numbers(from));
      Short copied = of(numbers(to));
      copied = source;
      EXPECT_EQ(in(copied), numbers(from));
      EXPECT_EQ(in(source), numbers(from));

      Short given = source;
      Short taken = of(numbers(to));
      taken = std::move(given);
      EXPECT_EQ(in(taken), numbers(from));
      given = of(numbers(to));
      EXPECT_EQ(in(given), numbers(to));
      EXPECT_EQ(in(Short(std::move(taken))), numbers(from));
    }
  }
}

TEST(ShortVector, RoomThatWasReservedKeepsWhatIsThere) {
  Short values = of(numbers(2));
  values.reserve(7);
  EXPECT_EQ(in(values), numbers(2));
  values.clear();
  EXPECT_TRUE(values.empty());
  values.push_back("after");
  EXPECT_EQ(values[0], "after");
}

}  // namespace
}  // namespace rejoin
