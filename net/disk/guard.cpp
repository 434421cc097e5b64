#include "net/disk/guard.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "crdt/bytes.hpp"
#include "net/disk/store_file.hpp"

namespace rejoin {
namespace {

constexpr std::string_view magic("rejoin guard 1\n\0", 16);
constexpr std::uint64_t mark_offset = 64;  // after the identity: magic, store, checksum
constexpr std::uint64_t mark_bytes = 3 * 8;
constexpr std::uint64_t sums_offset = 512;  // a sector of their own
constexpr std::uint64_t sum_bytes = 8;
constexpr std::uint64_t pages_at_once = 64;

std::string fixed64(std::uint64_t value) {
  std::string out;
  put_fixed64(out, value);
  return out;
}

// A text followed by its checksum.
std::string summed(std::string text, StoreId store) {
  put_fixed64(text, XXH3_64bits_withSeed(text.data(), text.size(), store.high ^ store.low));
  return text;
}

std::string identity_of(StoreId store) {
  return summed(std::string(magic) + fixed64(store.high) + fixed64(store.low), store);
}

std::string bytes_of(const Guard::Mark& mark, StoreId store) {
  return summed(fixed64(mark.last) + fixed64(mark.upto), store);
}

// A page of zeros that was never written has the sum of a gap in the guard's file.
std::uint64_t sum_of(std::uint64_t page, std::string_view bytes) {
  if (bytes.find_first_not_of('\0') == std::string_view::npos) return 0;
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), page);
}

// What is there of so many bytes.
Result<std::string> read_some(File& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  auto got = file.read(offset, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

// The sums of the database's pages from `first` on, as they are; empty at its end.
Result<std::string> sums_from(File& database, std::uint64_t first) {
  auto bytes = read_some(database, (first - 1) * page_bytes, pages_at_once * page_bytes);
  if (!bytes) return bytes.error();
  std::string sums;
  for (std::uint64_t at = 0; at < bytes->size(); at += page_bytes) {
    put_fixed64(sums,
                sum_of(first + at / page_bytes, std::string_view(*bytes).substr(at, page_bytes)));
  }
  return sums;
}

}  // namespace

std::string Guard::path_in(const std::string& directory) {
  return directory + "/store.guard";
}

Result<std::unique_ptr<Guard>> Guard::open(FileSystem& files, const std::string& directory,
                                           StoreId store) {
  auto there = files.exists(path_in(directory));
  if (!there) return there.error();
  if (!*there) return std::unique_ptr<Guard>();
  auto file = files.open(path_in(directory), Opening::existing);
  if (!file) return file.error();
  std::unique_ptr<Guard> guard(new Guard(files, directory, store, *std::move(file)));
  if (auto read = guard->read_head(); !read) return read.error();
  return guard;
}

Result<std::unique_ptr<Guard>> Guard::create(FileSystem& files, const std::string& directory,
                                             StoreId store) {
  const std::string unfinished = path_in(directory) + ".new";
  if (auto removed = files.remove(unfinished); !removed) return removed.error();
  auto file = files.open(unfinished, Opening::create);
  if (!file) return file.error();
  std::unique_ptr<Guard> guard(new Guard(files, directory, store, *std::move(file)));
  if (auto filled = guard->fill(); !filled) return filled.error();
  if (auto synced = guard->sync(); !synced) return synced.error();
  if (auto named = files.rename(unfinished, path_in(directory)); !named) return named.error();
  return guard;
}

Result<void> Guard::read_head() {
  auto head = read_some(*file_, 0, sums_offset);
  if (!head) return head.error();
  head->resize(sums_offset, '\0');
  const std::string_view marked = std::string_view(*head).substr(mark_offset, mark_bytes);
  ByteReader in(marked);
  Mark mark;
  const bool read = get_fixed64(in, mark.last) && get_fixed64(in, mark.upto);
  if (read && marked == bytes_of(mark, store_)) mark_ = mark;
  std::string expected = identity_of(store_);
  expected.resize(sums_offset, '\0');
  expected.replace(mark_offset, mark_bytes, marked);
  if (*head == expected) return {};
  return corrupt("the first bytes of " + path_in(directory_) + " are not those of its guard");
}

Result<void> Guard::fill() {
  auto database = files_.open(store_path(directory_), Opening::existing);
  if (!database) return database.error();
  if (auto written = file_->write(0, identity_of(store_)); !written) return written;
  for (std::uint64_t page = 1;; page += pages_at_once) {
    auto sums = sums_from(**database, page);
    if (!sums) return sums.error();
    if (sums->empty()) return {};
    auto written = file_->write(sums_offset + (page - 1) * sum_bytes, *sums);
    if (!written) return written;
  }
}

Result<void> Guard::acknowledge(const Mark& mark) {
  mark_ = mark;
  return file_->write(mark_offset, bytes_of(mark, store_));
}

Result<void> Guard::wrote(std::uint64_t offset, std::string_view bytes) {
  if (offset % page_bytes != 0 || bytes.size() != page_bytes) {
    return Error{ErrorCode::storage_failed,
                 "SQLite wrote part of a page, which it does not do in this mode"};
  }
  const std::uint64_t page = offset / page_bytes + 1;
  return file_->write(sums_offset + (page - 1) * sum_bytes, fixed64(sum_of(page, bytes)));
}

Result<void> Guard::check() const {
  auto database = files_.open(store_path(directory_), Opening::existing);
  if (!database) return database.error();
  for (std::uint64_t page = 1;; page += pages_at_once) {
    auto sums = sums_from(**database, page);
    if (!sums) return sums.error();
    if (sums->empty()) return {};
    auto expected = read_some(*file_, sums_offset + (page - 1) * sum_bytes, sums->size());
    if (!expected) return expected.error();
    expected->resize(sums->size(), '\0');  // pages of zeros at the end were never written
    const auto differs = std::mismatch(sums->begin(), sums->end(), expected->begin()).first;
    if (differs == sums->end()) continue;
    const auto bad = static_cast<std::uint64_t>(differs - sums->begin()) / sum_bytes;
    return corrupt("page " + std::to_string(page + bad) +
                   " is damaged, or another program changed it (then remove " +
                   path_in(directory_) + ")");
  }
}

}  // namespace rejoin
