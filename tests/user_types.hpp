#pragma once

// What users bring to our types, for tests: an order and a lattice.

#include <cstdint>
#include <iomanip>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>

namespace rejoin::test {

struct ByLength {
  static constexpr std::string_view name = "test.by_length";
  bool operator()(const std::string& a, const std::string& b) const { return a.size() < b.size(); }
};

// The best score ever, by points and then by player. A plain aggregate, so its codec comes by
// itself.
struct HighScore {
  static constexpr std::string_view name = "test.high_score";
  std::string player;
  std::int64_t points = 0;

  bool merge(const HighScore& other) {
    if (std::tie(other.points, other.player) <= std::tie(points, player)) return false;
    *this = other;
    return true;
  }
  friend bool operator==(const HighScore&, const HighScore&) = default;
  friend std::ostream& operator<<(std::ostream& out, const HighScore& score) {
    return out << std::quoted(score.player) << ' ' << score.points;
  }
};

}  // namespace rejoin::test
