#include "net/disk/backup_file.hpp"

#include <xxhash.h>

#include <span>
#include <utility>
#include <vector>

#include "crdt/bytes.hpp"
#include "crdt/codec.hpp"
#include "net/disk/sqlite_storage.hpp"

namespace rejoin {
namespace {

constexpr std::string_view magic = "rejoin backup 1\n";
constexpr std::string_view any_magic = "rejoin backup ";
constexpr std::uint64_t end_mark = ~std::uint64_t{0};

// What is read at once, and appended at once.
constexpr std::uint64_t group_bytes = 4 * 1024 * 1024;

std::string fixed(std::uint64_t number) {
  std::string out;
  put_fixed64(out, number);
  return out;
}

std::uint64_t sum_of(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string encode_head(const BackupHead& head) {
  std::string out;
  put_unsigned(out, head.store.high);
  put_unsigned(out, head.store.low);
  put_string(out, head.cluster);
  put_string(out, head.replica);
  put_string(out, encoded(head.token));
  put_unsigned(out, head.records);
  put_unsigned(out, head.bytes);
  return out;
}

std::optional<BackupHead> decode_head(std::string_view bytes) {
  ByteReader in(bytes);
  BackupHead out;
  std::string token;
  if (!get_unsigned(in, out.store.high) || !get_unsigned(in, out.store.low) ||
      !get_string(in, out.cluster) || !get_string(in, out.replica) || !get_string(in, token) ||
      !get_unsigned(in, out.records) || !get_unsigned(in, out.bytes)) {
    return std::nullopt;
  }
  auto clock = decoded<CausalContext>(token);
  if (!clock) return std::nullopt;
  out.token = *std::move(clock);
  return out;
}

// Gives every record, checked; each(record) may end it with an Error.
template <class Each>
Result<BackupHead> read_all(FileSystem& files, const std::string& path, Each&& each) {
  auto reader = BackupReader::open(files, path);
  if (!reader) return reader.error();
  for (bool first = true;; first = false) {
    auto bytes = (*reader)->next();
    if (!bytes) return bytes.error();
    if (!*bytes) return (*reader)->head();
    const auto record = decode_record(**bytes, (*reader)->head().store);
    if (!record || first != std::holds_alternative<IdentityRecord>(*record)) {
      return Error{ErrorCode::storage_corrupt,
                   path + " is no whole backup: " +
                       (record ? "it does not begin with whose it is" : record.error().message)};
    }
    if (auto taken = each(**std::move(bytes)); !taken) return taken.error();
  }
}

// Appends records in groups: a commit for each would take hours.
class Filling {
 public:
  explicit Filling(Storage& storage) : storage_(storage) {}

  Result<void> add(std::string record) {
    bytes_ += record.size();
    group_.push_back(std::move(record));
    return bytes_ < group_bytes ? Result<void>() : flush();
  }
  Result<void> flush() {
    bytes_ = 0;
    const std::vector<std::string> group = std::exchange(group_, {});
    return group.empty() ? Result<void>() : storage_.append(group);
  }

 private:
  Storage& storage_;
  std::vector<std::string> group_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<BackupWriter>> BackupWriter::create(FileSystem& files, std::string path,
                                                           const BackupHead& head) {
  std::unique_ptr<BackupWriter> writer(new BackupWriter(files, std::move(path)));
  auto file = files.open(writer->path_ + ".part", Opening::create);
  if (!file) return file.error();
  writer->file_ = std::move(file).value();
  if (auto emptied = writer->file_->truncate(0); !emptied) return emptied.error();
  if (auto begun = writer->file_->write(0, magic); !begun) return begun.error();
  writer->offset_ = magic.size();
  if (auto written = writer->frame(encode_head(head)); !written) return written.error();
  return writer;
}

Result<void> BackupWriter::frame(std::string_view bytes) {
  const std::string sum = fixed(sum_of(bytes, frames_++));
  sum_ = sum_of(sum, sum_);
  std::string out = fixed(bytes.size());
  out += bytes;
  out += sum;
  if (auto written = file_->write(offset_, out); !written) return written;
  offset_ += out.size();
  return {};
}

Result<void> BackupWriter::add(std::string_view record) {
  return frame(record);
}

Result<void> BackupWriter::finish() {
  if (auto done = file_->write(offset_, fixed(end_mark) + fixed(sum_)); !done) return done;
  if (auto synced = file_->sync(); !synced) return synced;
  file_.reset();
  return files_.rename(path_ + ".part", path_);
}

Error BackupReader::damaged(const std::string& what) const {
  return {ErrorCode::storage_corrupt,
          path_ + " is no whole backup: " + what + "; take another copy of it, or an older backup"};
}

Result<std::string> BackupReader::bytes(std::uint64_t size) {
  if (size > size_ - offset_) return damaged("it ends too early");
  std::string out(size, '\0');
  auto got = file_->read(offset_, out);
  if (!got) return got.error();
  if (*got != size) return damaged("it ends too early");
  offset_ += size;
  return out;
}

Result<std::uint64_t> BackupReader::number() {
  auto read = bytes(8);
  if (!read) return read.error();
  std::uint64_t out = 0;
  for (const char c : *read) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

// Nothing: the end mark, and it fits.
Result<std::optional<std::string>> BackupReader::frame() {
  const auto size = number();
  if (!size) return size.error();
  if (*size == end_mark) {
    const auto sum = number();
    if (!sum) return sum.error();
    if (*sum != sum_) return damaged("its end does not fit");
    if (offset_ != size_) return damaged("it goes on behind its end");
    return std::optional<std::string>();
  }
  auto content = bytes(*size);
  if (!content) return content.error();
  const auto sum = number();
  if (!sum) return sum.error();
  if (*sum != sum_of(*content, frames_)) {
    return damaged("the checksum of part " + std::to_string(frames_) + " does not fit");
  }
  ++frames_;
  sum_ = sum_of(fixed(*sum), sum_);
  return std::optional<std::string>(std::move(content).value());
}

Result<std::unique_ptr<BackupReader>> BackupReader::open(FileSystem& files,
                                                         const std::string& path) {
  std::unique_ptr<BackupReader> reader(new BackupReader(path));
  auto file = files.open(path, Opening::existing);
  if (!file) return file.error();
  reader->file_ = std::move(file).value();
  auto size = reader->file_->size();
  if (!size) return size.error();
  reader->size_ = *size;
  const auto begin = reader->bytes(std::min<std::uint64_t>(magic.size(), *size));
  if (!begin) return begin.error();
  if (*begin != magic) {
    if (!begin->starts_with(any_magic)) return reader->damaged("it does not begin as one");
    return Error{ErrorCode::version_unsupported,
                 path + " was written by a newer version: restore it with that one"};
  }
  auto bytes = reader->frame();
  if (!bytes) return bytes.error();
  auto head = *bytes ? decode_head(**bytes) : std::nullopt;
  if (!head) return reader->damaged("its head cannot be read");
  reader->head_ = *std::move(head);
  return reader;
}

Result<std::optional<std::string>> BackupReader::next() {
  auto record = frame();
  if (!record) return record;
  const std::uint64_t records = frames_ - 1;
  if (!*record && records != head_.records) return damaged("records are missing");
  return record;
}

Result<BackupHead> check_backup(FileSystem& files, const std::string& path) {
  return read_all(files, path, [](const std::string&) { return Result<void>(); });
}

Result<BackupHead> restore_backup(FileSystem& files, const std::string& path,
                                  const std::string& directory) {
  auto checked = check_backup(files, path);
  if (!checked) return checked;
  const std::string part = directory + ".part";
  auto left = files.exists(part);
  if (!left) return left.error();
  if (*left) {
    return Error{ErrorCode::storage_failed,
                 part + " is left of a restore that did not end: remove it and try again"};
  }
  {
    auto storage = SqliteStorage::open(files, part, checked->store);
    if (!storage) return storage.error();
    Filling filling(**storage);
    auto read =
        read_all(files, path, [&](std::string record) { return filling.add(std::move(record)); });
    if (!read) return read;
    if (auto flushed = filling.flush(); !flushed) return flushed.error();
  }
  if (auto named = files.rename(part, directory); !named) return named.error();
  return checked;
}

}  // namespace rejoin
