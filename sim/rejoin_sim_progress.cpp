#include "sim/rejoin_sim_progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace rejoin::sim {
namespace {

constexpr double terminal_interval = 0.1;
constexpr double pipe_interval = 5;
constexpr std::size_t width = 24;

}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

bool Progress::due(double wall_seconds) {
  if (wall_seconds < shown_at_ + (terminal_ ? terminal_interval : pipe_interval)) return false;
  shown_at_ = wall_seconds;
  return true;
}

void Progress::show(double done, const std::string& line) {
  if (!terminal_) {
    std::cerr << line << "\n";
    return;
  }
  const auto filled = static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * width);
  std::cerr << "\r[" << std::string(filled, '#') << std::string(width - filled, '.') << "] " << line
            << "\x1b[K" << std::flush;
}

void Progress::clear() {
  if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
}

std::string duration_text(double seconds) {
  std::array<char, 64> text{};
  if (seconds < 120) {
    std::snprintf(text.data(), text.size(), "%.0f s", seconds);
  } else if (seconds < 7200) {
    std::snprintf(text.data(), text.size(), "%.0f min", seconds / 60);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f h", seconds / 3600);
  }
  return text.data();
}

double parse_duration(const std::string& text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return -1;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (unit == "ms") return number / 1000;
  if (unit.empty() || unit == "s") return number;
  if (unit == "m") return number * 60;
  if (unit == "h") return number * 3600;
  return -1;
}

}  // namespace rejoin::sim
