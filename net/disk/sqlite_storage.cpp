#include "net/disk/sqlite_storage.hpp"

#include <optional>
#include <utility>

#include "net/disk/database.hpp"
#include "net/disk/guard.hpp"
#include "net/disk/store_file.hpp"
#include "net/disk/vfs.hpp"
#include "net/disk/wal_check.hpp"

namespace rejoin {
namespace {

using Each = std::function<Result<void>(std::string_view)>;

// SQLite's own limit for a row is 10^9 bytes.
constexpr std::uint64_t record_bytes_max = 512 * 1024 * 1024;

std::uint64_t bytes_of(std::span<const std::string> records) {
  std::uint64_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  return bytes;
}

Result<void> check_sizes(std::span<const std::string> records) {
  for (const std::string& record : records) {
    if (record.size() <= record_bytes_max) continue;
    return Error{ErrorCode::limit_exceeded, "a record of " + std::to_string(record.size()) +
                                                " bytes is above the limit of 512 MiB"};
  }
  return {};
}

// Says what can be done about an error that keeps a store from opening.
Error with_advice(Error error, const std::string& path) {
  if (error.message.find(path) == std::string::npos) error.message = path + ": " + error.message;
  if (error.code == ErrorCode::storage_corrupt) {
    error.message += "; restore a backup, or move the directory away to start empty as a new node";
  }
  return error;
}

}  // namespace

// In the order of their making: the lock goes last.
struct SqliteStorage::Parts {
  Parts(FileSystem& file_system, std::string in_directory, StoreId store_id)
      : files(file_system), directory(std::move(in_directory)), store(store_id), vfs(file_system) {}

  FileSystem& files;
  std::string directory;
  StoreId store;
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<Guard> guard;
  Vfs vfs;
  std::unique_ptr<Database> database;
  Statement insert_log;
  Statement insert_checkpoint;
  Statement update_meta;
  Extent extent;
  std::uint64_t log_bytes = 0;
  std::uint64_t checkpoint_bytes = 0;

  Result<void> begin();
  Result<void> read_all();
  Result<void> settle();
  Result<void> prepare();
  Result<std::uint64_t> scan(Table table, std::uint64_t first, std::uint64_t last,
                             const Each& each);
  template <class Body>
  Result<void> transact(const Extent& becomes, Body&& body);
  Result<void> insert(Statement& statement, Table table, std::uint64_t number,
                      std::string_view bytes);
};

// Opens and checks the file, which is there.
Result<void> SqliteStorage::Parts::begin() {
  const std::string path = store_path(directory);
  if (auto fits = check_header(files, path); !fits) return fits;
  if (auto whole = check_wal(files, path); !whole) return whole;
  auto opened = open_database(path, vfs);
  if (!opened) return opened.error();
  database = std::move(opened).value();
  Result<void> ready = read_all();
  if (ready) ready = settle();
  if (ready) ready = prepare();
  return ready;
}

// Reads every record once, so that what can be seen to be damaged is, before anything is written.
Result<void> SqliteStorage::Parts::read_all() {
  auto read = read_meta(*database, store);
  if (!read) return read.error();
  extent = *read;
  auto guarded = Guard::open(files, directory, store);
  if (!guarded) return guarded.error();
  guard = std::move(guarded).value();
  if (guard) vfs.guard_with(*guard);
  if (guard && (extent.last < guard->mark().last || extent.upto < guard->mark().upto)) {
    return corrupt("its log ends with record " + std::to_string(extent.last) + ", and " +
                   std::to_string(guard->mark().last) +
                   " were acknowledged: the end of the log is damaged, or this is an older file "
                   "(if you put it here, remove " +
                   Guard::path_in(directory) + ")");
  }
  const Each ignore = [](std::string_view) { return Result<void>(); };
  auto checkpoint_size = scan(Table::checkpoint, 1, extent.checkpoint_records, ignore);
  if (!checkpoint_size) return checkpoint_size.error();
  checkpoint_bytes = *checkpoint_size;
  auto log_size = scan(Table::log, extent.upto + 1, extent.last, ignore);
  if (!log_size) return log_size.error();
  log_bytes = *log_size;

  // Rows that read well may lie in a tree that is not: a page that is in use and also said to be
  // free would be lost to the next append.
  auto structure = database->ask("PRAGMA quick_check(1)");
  if (!structure) return structure.error();
  if (*structure != "ok") return corrupt(*structure);
  return {};
}

// Brings all of the write-ahead log into the file, and checks what no record covers.
Result<void> SqliteStorage::Parts::settle() {
  // What was just read may be in the system's cache only, if an earlier sync failed and the log of
  // before was kept. Copied into the file and synced, it is on the disk or the store does not open.
  auto busy = database->ask("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy) return busy.error();
  if (vfs.failure()) return *vfs.failure();
  if (*busy != "0") {
    return Error{ErrorCode::storage_failed,
                 "the write-ahead log could not be copied into the file"};
  }
  if (guard) return guard->check();
  auto made = Guard::create(files, directory, store);
  if (!made) return made.error();
  guard = std::move(made).value();
  vfs.guard_with(*guard);
  return {};
}

Result<void> SqliteStorage::Parts::prepare() {
  auto log = database->prepare("INSERT INTO log(number, bytes, checksum) VALUES(?, ?, ?)");
  if (!log) return log.error();
  insert_log = std::move(log).value();
  auto checkpoint =
      database->prepare("INSERT INTO checkpoint(number, bytes, checksum) VALUES(?, ?, ?)");
  if (!checkpoint) return checkpoint.error();
  insert_checkpoint = std::move(checkpoint).value();
  auto meta = prepare_update_meta(*database);
  if (!meta) return meta.error();
  update_meta = std::move(meta).value();
  return {};
}

// Gives every record from `first` to `last`; all must be there and whole. Returns their bytes.
Result<std::uint64_t> SqliteStorage::Parts::scan(Table table, std::uint64_t first,
                                                 std::uint64_t last, const Each& each) {
  const std::string name = name_of(table);
  auto rows = database->prepare("SELECT number, bytes, checksum FROM " + name + " ORDER BY number");
  if (!rows) return rows.error();
  std::uint64_t next = first;
  std::uint64_t bytes_read = 0;
  while (true) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto number = static_cast<std::uint64_t>(rows->integer(0));
    if (number != next || number > last) {
      return corrupt("record " + std::to_string(number) + " of " + name + " where " +
                     (next > last ? "the end" : std::to_string(next)) + " should be");
    }
    const bool typed = rows->has_types("ibi");  // asked first: reading may convert
    const std::string_view bytes = rows->bytes(1);
    if (!typed || rows->integer(2) != checksum_of(table, number, store, bytes)) {
      return corrupt("the checksum of record " + std::to_string(number) + " of " + name +
                     " does not fit");
    }
    if (auto taken = each(bytes); !taken) return taken.error();
    bytes_read += bytes.size();
    ++next;
  }
  if (next == last + 1) return bytes_read;
  return corrupt("record " + std::to_string(next) + " of " + name + " is missing, the last is " +
                 std::to_string(last));
}

// Runs `body` as one transaction, or fails for good. The guard hears of it when it is durable.
template <class Body>
Result<void> SqliteStorage::Parts::transact(const Extent& becomes, Body&& body) {
  if (vfs.failure()) {
    return Error{ErrorCode::storage_failed,
                 "writing has stopped, open the store again: " + vfs.failure()->message};
  }
  Result<void> done = database->run("BEGIN IMMEDIATE");
  if (done) done = body();
  if (done) done = database->run("COMMIT");
  if (done) done = guard->acknowledge({becomes.last, becomes.upto});
  if (done) {
    extent = becomes;
    return {};
  }
  const Error error{ErrorCode::storage_failed, done.error().message};
  vfs.fail(error);  // before anything else: nothing may reach the disk any more
  (void)database->run("ROLLBACK");
  return error;
}

Result<void> SqliteStorage::Parts::insert(Statement& statement, Table table, std::uint64_t number,
                                          std::string_view bytes) {
  return statement.bind(1, static_cast<std::int64_t>(number))
      .bind_blob(2, bytes)
      .bind(3, checksum_of(table, number, store, bytes))
      .run();
}

SqliteStorage::SqliteStorage(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteStorage::~SqliteStorage() = default;

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(FileSystem& files, std::string directory,
                                                           StoreId store) {
  const std::string path = store_path(directory);
  auto parts = std::make_unique<Parts>(files, directory, store);
  if (auto made = files.make_directory(directory); !made) return made.error();
  auto lock = files.lock(directory + "/lock");
  if (!lock) {
    Error error = lock.error();
    if (error.code == ErrorCode::storage_locked) {
      error.message += "; stop it, or give this node a directory of its own";
    }
    return error;
  }
  parts->lock = std::move(lock).value();

  auto there = files.exists(path);
  if (!there) return there.error();
  if (!*there) {
    const std::pair<std::string, const char*> others[] = {{path + "-wal", "write-ahead log"},
                                                          {Guard::path_in(directory), "guard"}};
    for (const auto& [other, what] : others) {
      auto other_there = files.exists(other);
      if (!other_there) return other_there.error();
      if (!*other_there) continue;
      return with_advice(corrupt(std::string("it is missing, but its ") + what + " is there"),
                         path);
    }
    if (auto made = create_store_file(files, directory, store); !made) return made.error();
  }
  if (auto ready = parts->begin(); !ready) {
    parts->vfs.fail(ready.error());  // closing leaves what was refused as it is
    return with_advice(ready.error(), path);
  }
  return std::unique_ptr<SqliteStorage>(new SqliteStorage(std::move(parts)));
}

Result<void> SqliteStorage::load(const Each& each) {
  auto checkpoint = parts_->scan(Table::checkpoint, 1, parts_->extent.checkpoint_records, each);
  if (!checkpoint) return checkpoint.error();
  auto log = parts_->scan(Table::log, parts_->extent.upto + 1, parts_->extent.last, each);
  if (!log) return log.error();
  return {};
}

Result<void> SqliteStorage::append(std::span<const std::string> records) {
  if (auto allowed = check_sizes(records); !allowed) return allowed;
  Parts& parts = *parts_;
  Extent extent = parts.extent;
  extent.last += records.size();
  auto done = parts.transact(extent, [&]() -> Result<void> {
    std::uint64_t number = parts.extent.last;
    for (const std::string& record : records) {
      auto inserted = parts.insert(parts.insert_log, Table::log, ++number, record);
      if (!inserted) return inserted;
    }
    return write_last(parts.update_meta, extent.last);
  });
  if (!done) return done;
  parts.log_bytes += bytes_of(records);
  return {};
}

Result<void> SqliteStorage::checkpoint(std::span<const std::string> records, std::uint64_t upto) {
  if (auto allowed = check_sizes(records); !allowed) return allowed;
  Parts& parts = *parts_;
  auto allowed = check_checkpoint(upto, parts.extent.upto, parts.extent.last);
  if (!allowed) return allowed;
  const Extent extent{parts.extent.last, upto, records.size()};
  std::uint64_t log_bytes = 0;
  auto done = parts.transact(extent, [&]() -> Result<void> {
    Result<void> cleared = parts.database->run(
        "DELETE FROM checkpoint; DELETE FROM log "
        "WHERE number <= " +
        std::to_string(upto));
    if (!cleared) return cleared;
    std::uint64_t number = 0;
    for (const std::string& record : records) {
      auto inserted = parts.insert(parts.insert_checkpoint, Table::checkpoint, ++number, record);
      if (!inserted) return inserted;
    }
    auto rest = parts.database->prepare("SELECT coalesce(sum(length(bytes)), 0) FROM log");
    if (!rest) return rest.error();
    if (auto row = rest->step(); !row) return row.error();
    log_bytes = static_cast<std::uint64_t>(rest->integer(0));
    rest->reset();
    return write_extent(*parts.database, extent);
  });
  if (!done) return done;
  parts.log_bytes = log_bytes;
  parts.checkpoint_bytes = bytes_of(records);
  return {};
}

std::uint64_t SqliteStorage::last() const {
  return parts_->extent.last;
}

std::uint64_t SqliteStorage::log_bytes() const {
  return parts_->log_bytes;
}

std::uint64_t SqliteStorage::checkpoint_bytes() const {
  return parts_->checkpoint_bytes;
}

}  // namespace rejoin
