#pragma once

// What the tests of storage share: a directory that goes away, and short words for loading and
// filling.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/disk/file_system.hpp"
#include "net/disk/sqlite_storage.hpp"
#include "net/storage.hpp"
#include "sim/fault_file_system.hpp"

namespace rejoin::disk_test {

using sim::FaultFileSystem;
using sim::Survival;

using Records = std::vector<std::string>;

constexpr StoreId our_store{0x1122334455667788, 0x99aabbccddeeff00};
constexpr StoreId other_store{1, 2};

// A new empty directory on the real disk, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "rejoin-disk-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string store() const { return path_ + "/store.sqlite"; }
  std::string guard() const { return path_ + "/store.guard"; }

 private:
  std::string path_;
};

inline std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_contents(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline Result<Records> loaded(Storage& storage) {
  Records records;
  auto done = storage.load([&](std::string_view record) {
    records.emplace_back(record);
    return Result<void>();
  });
  if (!done) return done.error();
  return records;
}

// What a store holds that must open.
inline Records records_of(Storage& storage) {
  auto records = loaded(storage);
  EXPECT_TRUE(records) << records.error().message;
  return records ? *records : Records();
}

// A record that names its number, of a length that varies with it: some fill pages, some are empty.
inline std::string record(std::uint64_t number) {
  if (number % 13 == 0) return {};
  return "record " + std::to_string(number) + std::string(number * 37 % 600, 'r') +
         (number % 17 == 0 ? std::string(9000, 'o') : std::string());
}

inline Records records(std::uint64_t first, std::uint64_t last) {
  Records result;
  for (std::uint64_t number = first; number <= last; ++number) result.push_back(record(number));
  return result;
}

inline std::unique_ptr<SqliteStorage> opened(FileSystem& files, const std::string& directory) {
  auto storage = SqliteStorage::open(files, directory, our_store);
  EXPECT_TRUE(storage) << storage.error().message;
  return storage ? std::move(storage).value() : nullptr;
}

}  // namespace rejoin::disk_test
