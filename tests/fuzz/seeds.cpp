// Writes the inputs that each fuzz target begins with: fuzz_seeds FOLDER makes
// FOLDER/TARGET/NUMBER, and nothing else stays in FOLDER/TARGET.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/target.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  for (const rejoin::fuzz::Target* target : rejoin::fuzz::targets()) {
    const auto folder = std::filesystem::path(arguments[1]) / target->name;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::size_t number = 0;
    for (const std::string& seed : target->seeds()) {
      std::ofstream out(folder / std::to_string(number++), std::ios::binary);
      if (!(out << seed)) {
        std::fprintf(stderr, "%s: cannot be written\n", folder.c_str());
        return 1;
      }
    }
  }
  return 0;
}
