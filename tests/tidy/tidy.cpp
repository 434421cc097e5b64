// tidy ROOT: checks the form of a checkout. Exit code 0: nothing found; 1: the findings are listed,
// one a line, as a compiler lists its own; 2: wrong usage, or nothing to check.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/tidy/rules.hpp"

namespace {

int run(const std::filesystem::path& root) {
  const std::vector<std::string> files = rejoin::tidy::project_files(root);
  if (files.empty()) {
    std::fprintf(stderr, "tidy: no files in %s\n", root.c_str());
    return 2;
  }
  const auto found = rejoin::tidy::check_files(root, files);
  for (const auto& violation : found) {
    std::printf("%s:%d: %s [%s]\n", violation.path.c_str(), violation.line, violation.says.c_str(),
                violation.rule.c_str());
  }
  std::printf("tidy: %zu files, %zu findings\n", files.size(), found.size());
  return found.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: tidy ROOT\n");
    return 2;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tidy: %s\n", error.what());
    return 2;
  }
}
