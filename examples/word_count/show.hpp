#pragma once

// Show: what a person watches. On a terminal the story scrolls above bars that are redrawn in
// place; in a pipe all of it is plain lines.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace word_count {

class Show {
 public:
  struct Row {
    std::string name;
    std::uint64_t counted = 0;
    std::uint64_t words = 0;
    std::string state;
    bool in_trouble = false;
  };

  Show();

  // A line of the story, with the time since the start.
  void tell(const std::string& text);
  // How far everybody is. Cheap: most calls show nothing.
  void progress(const std::vector<Row>& rows);
  // The last line.
  void conclude(bool good, const std::string& text);

  double seconds() const;

 private:
  void erase_rows();
  void draw(const std::vector<Row>& rows);
  std::string colored(const char* code, const std::string& text) const;

  const bool terminal_;
  const bool color_;
  const std::chrono::steady_clock::time_point start_;
  std::vector<Row> rows_;
  std::size_t drawn_ = 0;  // rows on the terminal below the story
  std::chrono::steady_clock::time_point drawn_at_;
  std::uint64_t tenths_told_ = 0;
};

}  // namespace word_count
