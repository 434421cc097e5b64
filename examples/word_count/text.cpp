#include "examples/word_count/text.hpp"

#include <fstream>
#include <iterator>

namespace word_count {
namespace {

// Not std::isalpha: the locale has no say in what a letter is.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t boundary(std::string_view text, std::size_t index, std::size_t pieces) {
  std::size_t at = text.size() * index / pieces;
  while (at > 0 && at < text.size() && is_letter(text[at - 1]) && is_letter(text[at])) ++at;
  return at;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return std::nullopt;
  return bytes;
}

bool write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes << std::flush;
  return out.good();
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (is_letter(c)) {
      word += lowered(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string_view piece_of(std::string_view text, std::size_t index, std::size_t pieces) {
  const std::size_t begin = boundary(text, index, pieces);
  return text.substr(begin, boundary(text, index + 1, pieces) - begin);
}

std::string listing_of(const Counts& counts) {
  std::string listing;
  for (const auto& [word, count] : counts) listing += std::to_string(count) + ' ' + word + '\n';
  return listing;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace word_count
