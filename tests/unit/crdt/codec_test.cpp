#include "crdt/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rejoin {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

// Holds `rising` values of one type against the three promises of a codec.
template <class T>
void expect_ordered_delimited_and_canonical(const std::vector<T>& rising) {
  for (std::size_t i = 0; i < rising.size(); ++i) {
    const std::string bytes = encoded(rising[i]);
    const std::optional<T> back = decoded<T>(bytes);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, rising[i]);
    EXPECT_FALSE(decoded<T>(bytes + '\0'));
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_FALSE(decoded<T>(bytes.substr(0, cut)));
    }
    for (std::size_t j = 0; j < i; ++j) {
      const std::string less = encoded(rising[j]);
      EXPECT_LT(less, bytes) << "values " << j << " and " << i;
      EXPECT_FALSE(bytes.starts_with(less)) << "values " << j << " and " << i;
    }
  }
}

// All byte strings of up to three bytes: what decodes must be what encode writes.
template <class T>
void expect_no_second_encoding() {
  std::size_t accepted = 0;
  const auto offer = [&](const std::string& bytes) {
    const std::optional<T> value = decoded<T>(bytes);
    if (!value) return;
    ++accepted;
    ASSERT_EQ(encoded(*value), bytes);
  };
  offer("");
  for (int a = 0; a < 256; ++a) {
    const std::string one(1, static_cast<char>(a));
    offer(one);
    for (int b = 0; b < 256; ++b) {
      const std::string two = one + static_cast<char>(b);
      offer(two);
      for (int c : {0, 1, 2, 0x7e, 0x7f, 0x80, 0x81, 0xef, 0xf0, 0xff}) {
        offer(two + static_cast<char>(c));
      }
    }
  }
  EXPECT_GT(accepted, 0u);
}

TEST(Codec, UnsignedKeepsOrderOverAllSizes) {
  std::vector<std::uint64_t> rising{0, 1, 239, 240, 255, 256};
  for (int bit = 9; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    rising.insert(rising.end(), {power - 1, power, power + 1});
  }
  rising.push_back(~std::uint64_t{0});

  expect_ordered_delimited_and_canonical(rising);
  expect_no_second_encoding<std::uint64_t>();
}

TEST(Codec, SignedKeepsOrderAcrossZero) {
  std::vector<std::int64_t> rising{0, 1, 255, 256, std::numeric_limits<std::int64_t>::max(),
                                   -1, -2, -256, -257, std::numeric_limits<std::int64_t>::min()};
  for (int bit = 9; bit < 63; ++bit) {
    const std::int64_t power = std::int64_t{1} << bit;
    rising.insert(rising.end(), {power - 1, power, power + 1, -power, -power - 1});
  }
  std::sort(rising.begin(), rising.end());
  rising.erase(std::unique(rising.begin(), rising.end()), rising.end());

  expect_ordered_delimited_and_canonical(rising);
  expect_no_second_encoding<std::int64_t>();
}

TEST(Codec, NarrowIntegersRefuseWhatDoesNotFit) {
  EXPECT_FALSE(decoded<std::uint8_t>(encoded(std::uint64_t{256})));
  EXPECT_FALSE(decoded<std::int8_t>(encoded(std::int64_t{128})));
  EXPECT_FALSE(decoded<std::int8_t>(encoded(std::int64_t{-129})));
  EXPECT_FALSE(decoded<bool>(encoded(std::uint64_t{2})));
  EXPECT_EQ(decoded<std::int8_t>(encoded(std::int64_t{-128})), std::int8_t{-128});
  EXPECT_EQ(encoded(std::int32_t{-5}), encoded(std::int64_t{-5})) << "width is not in the bytes";
}

TEST(Codec, DoublesKeepOrderAndNanComesLast) {
  const std::vector<double> rising{-infinity, -1e300, -1.0, -1e-300,
                                   -std::numeric_limits<double>::denorm_min(), 0.0,
                                   std::numeric_limits<double>::denorm_min(), 0.5, 1.0, 1e300,
                                   infinity};
  expect_ordered_delimited_and_canonical(rising);
  EXPECT_LT(encoded(infinity), encoded(nan_value));
}

TEST(Codec, DoublesHaveOneZeroAndOneNan) {
  EXPECT_EQ(encoded(-0.0), encoded(0.0));
  EXPECT_EQ(encoded(-nan_value), encoded(nan_value));
  ASSERT_TRUE(decoded<double>(encoded(nan_value)));
  EXPECT_TRUE(std::isnan(*decoded<double>(encoded(nan_value))));

  std::string negative_zero;
  put_fixed64(negative_zero, ~(std::uint64_t{1} << 63));
  std::string other_nan;
  put_fixed64(other_nan, 0xfff8000000000001ULL);
  EXPECT_FALSE(decoded<double>(negative_zero));
  EXPECT_FALSE(decoded<double>(other_nan));
}

TEST(Codec, FloatRefusesADoubleThatItCannotHold) {
  EXPECT_EQ(decoded<float>(encoded(0.5F)), 0.5F);
  EXPECT_FALSE(decoded<float>(encoded(0.1)));
  EXPECT_FALSE(decoded<float>(encoded(1e300)));
}

TEST(Codec, StringsKeepOrderWithZeroBytesInside) {
  const std::vector<std::string> rising{
      "", std::string(1, '\0'), std::string(2, '\0'), std::string("\0\x01", 2),
      std::string("\0\xff", 2), "\x01", "a", std::string("a\0", 2), std::string("a\0b", 3),
      "a\x01", "ab", "b", "\xff", "\xff\xff"};
  expect_ordered_delimited_and_canonical(rising);
  expect_no_second_encoding<std::string>();
}

TEST(Codec, CompositesKeepTheOrderOfTheirParts) {
  using Pair = std::pair<std::string, std::int64_t>;
  expect_ordered_delimited_and_canonical<Pair>(
      {{"", 5}, {"a", -1}, {"a", 0}, {std::string("a\0", 2), -9}, {"ab", -9}, {"b", 0}});
  expect_ordered_delimited_and_canonical<std::optional<std::int64_t>>(
      {std::nullopt, -1, 0, 1000});
  expect_ordered_delimited_and_canonical<std::vector<std::string>>(
      {{}, {""}, {"", ""}, {"", "a"}, {"a"}, {"a", ""}, {"b"}});
  expect_no_second_encoding<std::vector<std::uint8_t>>();
  expect_no_second_encoding<std::optional<std::uint64_t>>();
  expect_no_second_encoding<std::vector<std::uint64_t>>();
}

TEST(Codec, NanIsNoKeyWhereverItHides) {
  using Nested = std::tuple<int, std::vector<std::optional<double>>>;

  EXPECT_FALSE(can_be_key(nan_value));
  EXPECT_FALSE(can_be_key(std::optional<float>(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_FALSE(can_be_key(Nested{1, {0.0, std::nullopt, nan_value}}));
  EXPECT_TRUE(can_be_key(Nested{1, {0.0, std::nullopt, infinity}}));
  EXPECT_TRUE(can_be_key(std::string("nan")));
  static_assert(has_non_keys<Nested> && !has_non_keys<std::pair<int, std::string>>);
}

// Tags are written to disks and wires: this test fails when one moves.
TEST(Codec, TagsStandStill) {
  EXPECT_EQ(Codec<std::uint8_t>::tag, 2u);
  EXPECT_EQ(Codec<std::int64_t>::tag, 3u);
  EXPECT_EQ(Codec<std::string>::tag, 6u);
  EXPECT_NE((Codec<std::pair<int, std::string>>::tag), (Codec<std::pair<std::string, int>>::tag));
  EXPECT_NE(Codec<std::optional<int>>::tag, Codec<std::vector<int>>::tag);
  EXPECT_GE(Codec<std::optional<int>>::tag, std::uint32_t{1} << 31);
}

}  // namespace
}  // namespace rejoin
