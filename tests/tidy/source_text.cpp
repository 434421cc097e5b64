#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>  // std::not_fn
#include <regex>

namespace rejoin::tidy {
namespace {

enum class Inside { code, line_comment, block_comment, string, character };

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Reads a file character by character; says what the current one is inside of.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  char current() const { return text_[at_]; }
  bool is_comment() const {
    return inside_ == Inside::line_comment || inside_ == Inside::block_comment;
  }
  bool is_literal() const { return inside_ == Inside::string || inside_ == Inside::character; }

  // Enters what begins at the current character; returns how many characters belong together.
  std::size_t enter() {
    if (inside_ != Inside::code) return inside_width();
    if (starts("//")) {
      inside_ = Inside::line_comment;
    } else if (starts("/*")) {
      inside_ = Inside::block_comment;
      return 2;
    } else if (current() == '"') {
      inside_ = Inside::string;
      opened_ = at_;
    } else if (current() == '\'' && (at_ == 0 || !is_word(text_[at_ - 1]))) {
      inside_ = Inside::character;  // after a word it separates digits
      opened_ = at_;
    }
    return 1;
  }

  // Leaves what ends with the `width` characters just read.
  void leave(std::size_t width) {
    const std::string_view read = text_.substr(at_, width);
    const bool line_ends = read == "\n";
    switch (inside_) {
      case Inside::code:
        break;
      case Inside::line_comment:
        if (line_ends) inside_ = Inside::code;
        break;
      case Inside::block_comment:
        if (read == "*/") inside_ = Inside::code;
        break;
      case Inside::string:
        if (line_ends || (read == "\"" && at_ != opened_)) inside_ = Inside::code;
        break;
      case Inside::character:
        if (line_ends || (read == "'" && at_ != opened_)) inside_ = Inside::code;
        break;
    }
    at_ += width;
  }

 private:
  bool starts(std::string_view s) const { return text_.substr(at_, s.size()) == s; }

  std::size_t inside_width() const {
    if (inside_ == Inside::block_comment) return starts("*/") ? 2 : 1;
    const bool escaped = is_literal() && current() == '\\' && at_ + 1 < text_.size();
    return escaped ? 2 : 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t opened_ = 0;  // where the current literal began
  Inside inside_ = Inside::code;
};

}  // namespace

std::string without_comments(std::string_view text, bool blank_literals) {
  std::string result;
  result.reserve(text.size());
  Scanner scanner(text);
  while (!scanner.done()) {
    const std::size_t width = scanner.enter();
    const bool blank = scanner.is_comment() || (blank_literals && scanner.is_literal());
    for (char c : text.substr(result.size(), width)) {
      result += blank && c != '\n' ? ' ' : c;
    }
    scanner.leave(width);
  }
  return result;
}

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  const std::string code = without_comments(text, false);
  std::vector<Include> result;
  int number = 0;
  for (std::string_view line : lines_of(code)) {
    ++number;
    std::match_results<std::string_view::const_iterator> match;
    if (line.find('#') == std::string_view::npos) continue;
    if (std::regex_match(line.begin(), line.end(), match, pattern)) {
      result.push_back({number, match[2].str(), match[1].str() == "\""});
    }
  }
  return result;
}

std::vector<Word> words_of(std::string_view text) {
  const std::string code = without_comments(text, true);
  std::vector<Word> result;
  int number = 0;
  for (std::string_view line : lines_of(code)) {
    ++number;
    auto at = line.begin();
    while (true) {
      const auto begin = std::find_if(at, line.end(), is_word);
      if (begin == line.end()) break;
      at = std::find_if_not(begin, line.end(), is_word);
      result.push_back({number, std::string(begin, at)});
    }
  }
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    result.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return result;
}

int columns_of(std::string_view line) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  return static_cast<int>(std::count_if(line.begin(), line.end(), std::not_fn(continues)));
}

}  // namespace rejoin::tidy
