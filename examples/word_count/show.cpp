#include "examples/word_count/show.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "examples/word_count/text.hpp"

namespace word_count {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t bar_width = 24;
constexpr unsigned columns_min = 80;  // narrower, a row would take two lines
constexpr std::chrono::milliseconds redraw_after{40};

const char* const green = "32";
const char* const red = "31";
const char* const bold = "1";

bool can_move_cursor() {
  const char* kind = std::getenv("TERM");
  winsize size{};
  const bool narrow = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
                      size.ws_col < columns_min;
  return ::isatty(STDOUT_FILENO) == 1 && !narrow && kind != nullptr &&
         std::string_view(kind) != "dumb";
}

bool wants_color() {
  const char* refused = std::getenv("NO_COLOR");
  return refused == nullptr || *refused == '\0';
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

Show::Show()
    : terminal_(can_move_cursor()),
      color_(terminal_ && wants_color()),
      start_(steady_clock::now()) {}

double Show::seconds() const {
  return std::chrono::duration<double>(steady_clock::now() - start_).count();
}

std::string Show::colored(const char* code, const std::string& text) const {
  return color_ ? std::string("\x1b[") + code + 'm' + text + "\x1b[0m" : text;
}

void Show::erase_rows() {
  if (drawn_ > 0) std::printf("\x1b[%zuA\r\x1b[J", drawn_);
  drawn_ = 0;
}

void Show::tell(const std::string& text) {
  erase_rows();
  std::printf("%5.1f s  %s\n", seconds(), text.c_str());
  if (terminal_) draw(rows_);
  std::fflush(stdout);
}

void Show::draw(const std::vector<Row>& rows) {
  erase_rows();
  for (const Row& row : rows) {
    const std::size_t full = row.words == 0 ? 0 : bar_width * row.counted / row.words;
    const std::string state = row.in_trouble ? colored(red, row.state) : row.state;
    std::printf("         %s [%s%s] %s of %s words  %s\n", colored(bold, row.name).c_str(),
                colored(green, std::string(full, '#')).c_str(),
                std::string(bar_width - full, '.').c_str(), padded(grouped(row.counted), 9).c_str(),
                grouped(row.words).c_str(), state.c_str());
  }
  drawn_ = rows.size();
  drawn_at_ = steady_clock::now();
}

void Show::progress(const std::vector<Row>& rows) {
  rows_ = rows;
  if (terminal_) {
    if (steady_clock::now() - drawn_at_ < redraw_after) return;
    draw(rows_);
    std::fflush(stdout);
    return;
  }
  std::uint64_t counted = 0, words = 0;
  for (const Row& row : rows) {
    counted += row.counted;
    words += row.words;
  }
  const std::uint64_t tenths = words == 0 ? 0 : 10 * counted / words;
  if (tenths <= tenths_told_) return;
  tenths_told_ = tenths;
  std::string line = padded(std::to_string(10 * tenths), 3) + " % counted:";
  for (const Row& row : rows) {
    line += "  " + row.name + ' ' + grouped(row.counted) + '/' + grouped(row.words);
    if (row.in_trouble) line += " (" + row.state + ')';
  }
  tell(line);
}

void Show::conclude(bool good, const std::string& text) {
  if (terminal_ && !rows_.empty()) draw(rows_);
  drawn_ = 0;
  std::fflush(stdout);
  std::printf("%s\n", colored(good ? green : red, text).c_str());
  std::fflush(stdout);
}

}  // namespace word_count
