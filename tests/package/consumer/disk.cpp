// A project outside, on rejoin::disk: a record outlives the object that wrote it.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "net/disk/posix_file_system.hpp"
#include "net/disk/sqlite_storage.hpp"

namespace fs = std::filesystem;
using rejoin::Result, rejoin::SqliteStorage;

bool keeps(const std::string& directory) {
  rejoin::PosixFileSystem files;
  const rejoin::StoreId store = rejoin::StoreId::named("packages");
  {
    const auto storage = SqliteStorage::open(files, directory, store);
    if (!storage || !(*storage)->append(std::vector<std::string>{"one", "two"})) return false;
  }
  const auto storage = SqliteStorage::open(files, directory, store);
  if (!storage) return false;
  std::string read;
  const auto loaded = (*storage)->load([&](std::string_view record) -> Result<void> {
    read.append(record);
    return {};
  });
  return loaded && read == "onetwo" && (*storage)->last() == 2;
}

int main() {
  std::string directory = (fs::temp_directory_path() / "rejoin-package-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 2;
  const bool kept = keeps(directory);
  fs::remove_all(directory);
  return kept ? 0 : 1;
}
