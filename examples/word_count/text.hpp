#pragma once

// Text as this example sees it: a word is a longest run of the letters A-Z and a-z, in lower case,
// whatever the other bytes are. That is what `LC_ALL=C tr -cs A-Za-z '\n' | tr A-Z a-z` makes.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace word_count {

using Counts = std::map<std::string, std::int64_t>;

// Nothing if it cannot be read.
std::optional<std::string> read_file(const std::string& path);
bool write_file(const std::string& path, std::string_view bytes);

std::vector<std::string> words_of(std::string_view text);

// The pieces of all indices are the whole text, and no word lies across two of them: a boundary
// that would fall inside a word is moved behind it.
std::string_view piece_of(std::string_view text, std::size_t index, std::size_t pieces);

// A line for each word, "COUNT WORD", in the order of `LC_ALL=C sort`.
std::string listing_of(const Counts& counts);

// "12345" as "12,345".
std::string grouped(std::uint64_t number);

}  // namespace word_count
