#pragma once

// Progress: a bar on a terminal, drawn over itself; elsewhere a line every few seconds. Standard
// error, so that results can be piped.

#include <cstdint>
#include <string>

namespace rejoin::sim {

class Progress {
 public:
  Progress();

  // Time to show something: a moment has passed since it last was.
  bool due(double wall_seconds);
  // How much is done, in [0, 1], and a line about it.
  void show(double done, const std::string& line);
  void clear();

 private:
  bool terminal_;
  double shown_at_ = 0;
};

// "42 s", "3 min", "5.2 h".
std::string duration_text(double seconds);
// "60s", "5m", "2h", "500ms"; a bare number is seconds. Negative: none of these.
double parse_duration(const std::string& text);

}  // namespace rejoin::sim
