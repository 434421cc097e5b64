#pragma once

// Points: named situations that runs must come into, or they show nothing about them. Which of them
// a run reached is in its outcome; a campaign names those that none of its runs did (`sometimes`,
// as Antithesis and FoundationDB have it). A new one is a row here and the line that reaches it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rejoin::sim {

enum class Point : std::uint8_t {
  conflict,
  transaction_refused,
  resend,
  repair,
  repair_interrupted,
  log_trimmed_while_away,
  clock_overtaken,
  power_cut_during_sync,
  checkpoint_while_one_is_down,
  storage_refused,
  storage_full_or_failed,
  entry_lost_with_its_disk,
  session_waited,
};

struct PointRow {
  Point point;
  std::string_view name;
  std::string_view when;
};

constexpr std::array<PointRow, 13> all_points = {{
    {Point::conflict, "conflict", "two writes to a slot did not see each other"},
    {Point::transaction_refused, "transaction_refused", "a transaction refused, or its type did"},
    {Point::resend, "resend", "a frame's entries were sent again"},
    {Point::repair, "repair", "a repair was taken to its end"},
    {Point::repair_interrupted, "repair_interrupted", "a repair ended before its last chunk"},
    {Point::log_trimmed_while_away, "log_trimmed_while_away",
     "a node came back, and another's log had lost what it lacks"},
    {Point::clock_overtaken, "clock_overtaken",
     "a write was stamped ahead of its node's wall clock"},
    {Point::power_cut_during_sync, "power_cut_during_sync",
     "the power went in the middle of a sync"},
    {Point::checkpoint_while_one_is_down, "checkpoint_while_one_is_down",
     "a node took a checkpoint while another was down"},
    {Point::storage_refused, "storage_refused", "a store did not open"},
    {Point::storage_full_or_failed, "storage_full_or_failed", "a store took no more writes"},
    {Point::entry_lost_with_its_disk, "entry_lost_with_its_disk",
     "no node has an entry that one had made"},
    {Point::session_waited, "session_waited", "a client came to a node that lacked what it knew"},
}};

// Which were reached, a bit each.
class Points {
 public:
  void reach(Point point) { bits_ |= bit(point); }
  void reach_if(Point point, bool reached) { bits_ |= reached ? bit(point) : 0; }
  bool reached(Point point) const { return (bits_ & bit(point)) != 0; }

 private:
  static constexpr std::uint64_t bit(Point point) {
    return std::uint64_t{1} << static_cast<unsigned>(point);
  }
  std::uint64_t bits_ = 0;
};

constexpr std::optional<Point> point_called(std::string_view name) {
  for (const PointRow& row : all_points) {
    if (row.name == name) return row.point;
  }
  return std::nullopt;
}

}  // namespace rejoin::sim
