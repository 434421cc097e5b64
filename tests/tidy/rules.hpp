// The rules on the form of this repository, run as a test: who may include whom, what never appears
// where, how long a file may be. The table of folders is in rules.cpp, a row for each folder.
//
// All folders are one include root to the compiler, so nothing but this check stops a wrong
// include.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rejoin::tidy {

struct Violation {
  std::string path;  // from the root of the checkout
  int line;          // 0: the file as a whole
  std::string rule;  // the short name, as planted in tidy_test.cpp
  std::string says;
};

// The files git knows or would add, from the root of the checkout; every file below it, except in
// build folders, where git does not answer. Sorted.
std::vector<std::string> project_files(const std::filesystem::path& root);

// Every file below, except in build folders. Sorted.
std::vector<std::string> files_below(const std::filesystem::path& root);

std::vector<Violation> check_text(const std::string& path, std::string_view text);

std::vector<Violation> check_files(const std::filesystem::path& root,
                                   const std::vector<std::string>& files);

}  // namespace rejoin::tidy
