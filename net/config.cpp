#include "net/config.hpp"

#include <string>

#include "net/frame.hpp"

namespace rejoin {
namespace {

// A year. Far below where a sum of such times in nanoseconds could overflow.
constexpr std::uint64_t interval_ms_max = 366ULL * 24 * 60 * 60 * 1000;
// A frame must hold a hello and an entry, and be something that one message can be.
constexpr std::uint64_t frame_floor = 2 * frame_envelope_bytes;
constexpr std::uint64_t frame_ceiling = 1024ULL * 1024 * 1024;

// Collects the first complaint.
class Checker {
 public:
  void require(bool holds, const char* field, const std::string& rule) {
    if (!holds && message_.empty()) message_ = std::string(field) + " must be " + rule;
  }
  void interval(std::uint64_t ms, const char* field, std::uint64_t least) {
    require(ms >= least && ms <= interval_ms_max, field,
            "from " + std::to_string(least) + " to " + std::to_string(interval_ms_max));
  }
  Result<void> verdict() const {
    if (message_.empty()) return {};
    return Error{ErrorCode::invalid_argument, message_};
  }

 private:
  std::string message_;
};

}  // namespace

Result<void> Config::validate() const {
  Checker check;
  check.require(frame_bytes_max >= frame_floor && frame_bytes_max <= frame_ceiling,
                "frame_bytes_max",
                "from " + std::to_string(frame_floor) + " to " + std::to_string(frame_ceiling));
  check.require(
      entry_bytes_max > 0 && entry_bytes_max + frame_envelope_bytes <= frame_bytes_max &&
          entry_bytes_max <= frame_ceiling,
      "entry_bytes_max",
      "above 0, and at least " + std::to_string(frame_envelope_bytes) + " below frame_bytes_max");
  check.require(key_bytes_max > 0 && key_bytes_max < entry_bytes_max, "key_bytes_max",
                "above 0 and below entry_bytes_max");
  check.require(value_bytes_max > 0 && value_bytes_max < entry_bytes_max, "value_bytes_max",
                "above 0 and below entry_bytes_max");
  check.require(
      slot_bytes_max() + frame_envelope_bytes <= frame_bytes_max, "value_bytes_max",
      "at most a fifth of what frame_bytes_max leaves beside three of key_bytes_max and " +
          std::to_string(frame_envelope_bytes));
  check.require(repair_chunk_bytes > 0 && repair_chunk_bytes <= frame_bytes_max / 2,
                "repair_chunk_bytes", "above 0 and at most half of frame_bytes_max");
  check.require(flight_bytes_max > 0, "flight_bytes_max", "above 0");
  check.interval(batch_window_ms, "batch_window_ms", 0);
  check.interval(digest_interval_ms, "digest_interval_ms", 1);
  check.interval(relay_after_ms, "relay_after_ms", 1);
  check.interval(hello_interval_ms, "hello_interval_ms", 1);
  check.interval(resend_after_ms, "resend_after_ms", 1);
  check.interval(peer_timeout_ms, "peer_timeout_ms", 1);
  check.require(peer_timeout_ms > digest_interval_ms, "peer_timeout_ms",
                "above digest_interval_ms, or every idle peer counts as silent");
  check.interval(repair_timeout_ms, "repair_timeout_ms", 1);
  check.interval(drift_ms_max, "drift_ms_max", 0);
  return check.verdict();
}

}  // namespace rejoin
