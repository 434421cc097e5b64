#include "net/config.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace rejoin {
namespace {

TEST(Config, TheDefaultIsValid) {
  EXPECT_TRUE(Config{}.validate());
}

TEST(Config, TimesOfZeroAreValidWhereTheyMeanAtOnceOrNever) {
  Config config;
  config.batch_window_ms = 0;
  config.drift_ms_max = 0;
  config.log_bytes_max = 0;
  EXPECT_TRUE(config.validate());
}

TEST(Config, TwoConcurrentValuesOfOneSlotFitAFrame) {
  Config config;
  config.value_bytes_max = 100'000;
  config.entry_bytes_max = 200'000;
  config.repair_chunk_bytes = 1000;
  config.frame_bytes_max = 3 * config.key_bytes_max + 5 * config.value_bytes_max + 4096;
  EXPECT_TRUE(config.validate());
  --config.frame_bytes_max;
  const Result<void> verdict = config.validate();
  ASSERT_FALSE(verdict);
  EXPECT_NE(verdict.error().message.find("value_bytes_max must be at most a fifth"),
            std::string::npos)
      << verdict.error().message;
}

TEST(Config, NamesTheFieldThatCannotBe) {
  constexpr std::uint64_t huge = ~std::uint64_t{0};
  const struct {
    const char* field;
    std::uint64_t Config::*member;
    std::uint64_t value;
  } cases[] = {
      {"frame_bytes_max", &Config::frame_bytes_max, 0},
      {"frame_bytes_max", &Config::frame_bytes_max, huge},
      {"entry_bytes_max", &Config::entry_bytes_max, 0},
      {"entry_bytes_max", &Config::entry_bytes_max, Config{}.frame_bytes_max},
      {"entry_bytes_max", &Config::entry_bytes_max, huge},
      {"key_bytes_max", &Config::key_bytes_max, 0},
      {"key_bytes_max", &Config::key_bytes_max, Config{}.entry_bytes_max},
      {"value_bytes_max", &Config::value_bytes_max, 0},
      {"value_bytes_max", &Config::value_bytes_max, huge},
      {"repair_chunk_bytes", &Config::repair_chunk_bytes, 0},
      {"repair_chunk_bytes", &Config::repair_chunk_bytes, Config{}.frame_bytes_max},
      {"flight_bytes_max", &Config::flight_bytes_max, 0},
      {"batch_window_ms", &Config::batch_window_ms, huge},
      {"digest_interval_ms", &Config::digest_interval_ms, 0},
      {"digest_interval_ms", &Config::digest_interval_ms, huge},
      {"hello_interval_ms", &Config::hello_interval_ms, 0},
      {"resend_after_ms", &Config::resend_after_ms, 0},
      {"peer_timeout_ms", &Config::peer_timeout_ms, 0},
      {"peer_timeout_ms", &Config::peer_timeout_ms, Config{}.digest_interval_ms},
      {"repair_timeout_ms", &Config::repair_timeout_ms, 0},
      {"drift_ms_max", &Config::drift_ms_max, huge},
  };
  for (const auto& wrong : cases) {
    Config config;
    config.*wrong.member = wrong.value;
    const Result<void> verdict = config.validate();
    ASSERT_FALSE(verdict) << wrong.field << " = " << wrong.value;
    EXPECT_EQ(verdict.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(verdict.error().message.find(wrong.field), 0U) << verdict.error().message;
  }
}

}  // namespace
}  // namespace rejoin
