#include "net/disk/wal_check.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "net/disk/store_file.hpp"

namespace rejoin {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::size_t frame_bytes = frame_header_bytes + page_bytes;
constexpr std::uint32_t magic = 0x377f0682;  // the lowest bit says that sums are big-endian

std::uint32_t big_endian(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t offset) {
  return __builtin_bswap32(big_endian(bytes, offset));
}

constexpr bool machine_is_big = std::endian::native == std::endian::big;

struct Sum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend bool operator==(const Sum&, const Sum&) = default;
};

Sum sum_of(Sum sum, std::string_view bytes, bool big) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.first += (big ? big_endian(bytes, at) : little_endian(bytes, at)) + sum.second;
    sum.second += (big ? big_endian(bytes, at + 4) : little_endian(bytes, at + 4)) + sum.first;
  }
  return sum;
}

using Salt = std::pair<std::uint32_t, std::uint32_t>;

struct Header {
  explicit Header(std::string_view bytes)
      : big((big_endian(bytes, 0) & 1U) != 0),
        salt(big_endian(bytes, 16), big_endian(bytes, 20)),
        sum{big_endian(bytes, 24), big_endian(bytes, 28)},
        whole((big_endian(bytes, 0) & ~1U) == magic && big_endian(bytes, 8) == page_bytes &&
              sum == sum_of({}, bytes.substr(0, 24), big)) {}

  bool big;
  Salt salt;
  Sum sum;
  bool whole;
};

struct Frame {
  Frame(std::string_view bytes, Sum before, bool big)
      : page(big_endian(bytes, 0)),
        commits(big_endian(bytes, 4) != 0),
        salt(big_endian(bytes, 8), big_endian(bytes, 12)),
        sum{big_endian(bytes, 16), big_endian(bytes, 20)},
        fits(sum == sum_of(sum_of(before, bytes.substr(0, 8), big),
                           bytes.substr(frame_header_bytes), big)) {}

  std::uint32_t page;
  bool commits;
  Salt salt;
  Sum sum;
  bool fits;
};

// Reads exactly so many bytes; a file that ends before is an error of the caller's counting.
Result<std::string> read_exactly(File& file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  auto got = file.read(offset, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

class WalCheck {
 public:
  WalCheck(FileSystem& files, std::string path, std::unique_ptr<File> wal, Header header,
           std::uint64_t frames)
      : files_(files),
        path_(std::move(path)),
        wal_(std::move(wal)),
        header_(header),
        frames_(frames) {}

  Result<void> run() { return header_.whole ? check_frames() : check_copied(); }

 private:
  static std::uint64_t offset_of(std::uint64_t frame) { return header_bytes + frame * frame_bytes; }

  Result<std::string> read_frame(std::uint64_t frame) {
    return read_exactly(*wal_, offset_of(frame), frame_bytes);
  }

  // No frame of this log fits after a commit that does not.
  Result<void> check_frames() {
    Sum before = header_.sum;
    std::optional<std::uint64_t> first_bad;
    bool commit_lost = false;
    for (std::uint64_t i = 0; i < frames_; ++i) {
      auto bytes = read_frame(i);
      if (!bytes) return bytes.error();
      const Frame frame(*bytes, before, header_.big);
      const bool ours = frame.fits && frame.salt == header_.salt;
      if (ours && commit_lost) {
        return corrupt("frame " + std::to_string(*first_bad + 1) +
                       " of its write-ahead log is damaged, and later ones are whole");
      }
      if (!ours && !first_bad) first_bad = i;
      // A frame of an earlier log that was not overwritten differs in both salts: the commit is
      // its.
      const bool of_this_log =
          frame.salt.first == header_.salt.first || frame.salt.second == header_.salt.second;
      if (first_bad && frame.commits && of_this_log) commit_lost = true;
      before = frame.sum;
    }
    return {};
  }

  // Every page of the log, as its last commit left it, is in the database.
  Result<void> check_copied() {
    auto copies = committed_pages();
    if (!copies) return copies.error();
    if (copies->empty()) return {};
    auto database = files_.open(path_, Opening::existing);
    if (!database) return database.error();
    for (const auto& [page, frame] : *copies) {
      auto logged = read_frame(frame);
      if (!logged) return logged.error();
      auto stored = read_exactly(**database, std::uint64_t{page - 1} * page_bytes, page_bytes);
      if (!stored) return stored.error();
      if (std::string_view(*logged).substr(frame_header_bytes) == *stored) continue;
      return corrupt("the header of its write-ahead log is damaged, and page " +
                     std::to_string(page) + " is newer there than in the database");
    }
    return {};
  }

  // The last frame of each page, up to the last commit; judged without the header, by frames that
  // fit their predecessor and bear its salt.
  Result<std::map<std::uint32_t, std::uint64_t>> committed_pages() {
    std::map<std::uint32_t, std::uint64_t> committed;
    std::map<std::uint32_t, std::uint64_t> pending;
    std::optional<Frame> before;
    for (std::uint64_t i = 0; i < frames_; ++i) {
      auto bytes = read_frame(i);
      if (!bytes) return bytes.error();
      // The first frame has only the header to fit, so its successor vouches for it. Sums are in
      // this machine's order here: another's database would have to be damaged in its first bytes
      // too.
      const Frame frame(*bytes, before ? before->sum : header_.sum, machine_is_big);
      if (before && (!frame.fits || frame.salt != before->salt)) break;
      if (frame.page != 0) pending[frame.page] = i;
      if (frame.commits) {
        for (const auto& [page, at] : pending) committed[page] = at;
        pending.clear();
      }
      before = frame;
    }
    return committed;
  }

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<File> wal_;
  Header header_;
  std::uint64_t frames_;
};

}  // namespace

Result<void> check_wal(FileSystem& files, const std::string& path) {
  const std::string wal_path = path + "-wal";
  auto there = files.exists(wal_path);
  if (!there) return there.error();
  if (!*there) return {};
  auto wal = files.open(wal_path, Opening::existing);
  if (!wal) return wal.error();
  auto size = (*wal)->size();
  if (!size) return size.error();
  if (*size < header_bytes + frame_bytes) return {};  // no frame
  auto header = read_exactly(**wal, 0, header_bytes);
  if (!header) return header.error();
  const std::uint64_t frames = (*size - header_bytes) / frame_bytes;
  return WalCheck(files, path, std::move(wal).value(), Header(*header), frames).run();
}

}  // namespace rejoin
