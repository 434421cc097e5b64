// What tidy knows about the text of a C++ file: its includes, and its words outside comments and
// literals. No preprocessor runs, so an include in a branch that is not taken counts as well.
//
// Not for  raw string literals: their text is read as code from their second line on. A file that
//          needs one with an #include in it belongs under tests/, where no rule on includes holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rejoin::tidy {

struct Include {
  int line;
  std::string path;
  bool quoted;  // "path", not <path>
};

struct Word {
  int line;
  std::string text;
};

// The text with every comment blanked and, if `blank_literals`, the inside of every string and
// character literal too. Lines keep their numbers.
std::string without_comments(std::string_view text, bool blank_literals);

std::vector<Include> includes_of(std::string_view text);

// Identifiers and keywords, in order.
std::vector<Word> words_of(std::string_view text);

// Lines without their ends. A last line without an end counts; an empty rest does not.
std::vector<std::string_view> lines_of(std::string_view text);

// Code points of a line in UTF-8: what an editor shows as columns.
int columns_of(std::string_view line);

}  // namespace rejoin::tidy
