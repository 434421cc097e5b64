#include "net/disk/store_file.hpp"

#include <xxhash.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <map>
#include <span>

#include "crdt/bytes.hpp"

namespace rejoin {
namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t header_bytes = 100;
constexpr std::size_t version_offset = 60;
constexpr std::size_t application_offset = 68;

// meta is one tree: a separate index could be damaged where reading all rows does not look.
constexpr const char* tables =
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL,"
    " checksum INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE log(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL, checksum INTEGER NOT NULL);"
    "CREATE TABLE checkpoint(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL,"
    " checksum INTEGER NOT NULL);";

constexpr std::string_view application = "rejoin";

std::string hex(StoreId store) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(store.high),
                static_cast<unsigned long long>(store.low));
  return text;
}

std::int64_t meta_checksum(std::string_view key, std::string_view value) {
  std::string bound;
  put_string(bound, key);
  put_string(bound, value);
  return static_cast<std::int64_t>(XXH3_64bits(bound.data(), bound.size()));
}

Result<void> write_meta(Statement& statement, std::string_view key, const std::string& value) {
  return statement.bind_text(1, key).bind_text(2, value).bind(3, meta_checksum(key, value)).run();
}

std::uint32_t big_endian(std::string_view header, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8) | static_cast<unsigned char>(header[offset + i]);
  }
  return value;
}

Result<std::uint64_t> number_in(const std::map<std::string, std::string>& meta,
                                const std::string& key) {
  const std::string& text = meta.at(key);
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault == std::errc() && end == text.data() + text.size()) return value;
  return corrupt("meta says " + key + " is '" + text + "'");
}

Error version_found(const std::string& version) {
  return {ErrorCode::version_unsupported,
          "the store has format version " + version + ", this program knows version " +
              std::to_string(store_format_version) + "; run the newer program that wrote it"};
}

Result<void> set(Database& database, const std::string& pragma, const std::string& expected) {
  auto answer = database.ask("PRAGMA " + pragma);
  if (!answer) return answer.error();
  if (*answer == expected) return {};
  return Error{ErrorCode::storage_failed,
               "SQLite answered '" + *answer + "' to PRAGMA " + pragma + ", not " + expected};
}

Result<void> configure(Database& database) {
  // A new one's.
  auto paged = database.run("PRAGMA page_size=" + std::to_string(page_bytes));
  if (!paged) return paged;
  // Exclusive before WAL: then the index of the log is in our memory, not in memory shared by a
  // file.
  if (auto done = set(database, "locking_mode=EXCLUSIVE", "exclusive"); !done) return done;
  if (auto done = set(database, "journal_mode=WAL", "wal"); !done) return done;
  // The rest answer nothing. Room of replaced records need not be overwritten; a log that one large
  // checkpoint has made long is cut.
  auto done = database.run(
      "PRAGMA synchronous=FULL;"
      "PRAGMA temp_store=MEMORY;"
      "PRAGMA cell_size_check=ON;"
      "PRAGMA trusted_schema=OFF;"
      "PRAGMA secure_delete=OFF;"
      "PRAGMA journal_size_limit=8388608");
  if (!done) return done;
  return set(database, "synchronous", "2");
}

Result<void> fill_new_store(const std::string& path, Vfs& vfs, StoreId store) {
  auto database = open_database(path, vfs);
  if (!database) return database.error();
  Database& db = **database;
  if (auto made = db.run(std::string("BEGIN;") + tables); !made) return made;
  if (auto set_id = db.run("PRAGMA application_id=" + std::to_string(store_application_id) +
                           ";PRAGMA user_version=" + std::to_string(store_format_version));
      !set_id) {
    return set_id;
  }
  auto statement = prepare_update_meta(db);
  if (!statement) return statement.error();
  const std::array<std::pair<std::string_view, std::string>, 3> rows = {{
      {"application", std::string(application)},
      {"format", std::to_string(store_format_version)},
      {"store", hex(store)},
  }};
  for (const auto& [key, value] : rows) {
    if (auto written = write_meta(*statement, key, value); !written) return written;
  }
  if (auto written = write_extent(db, Extent{}); !written) return written;
  if (auto committed = db.run("COMMIT"); !committed) return committed;
  return set(db, "wal_checkpoint(TRUNCATE)", "0");
}

}  // namespace

std::string store_path(const std::string& directory) {
  return directory + "/store.sqlite";
}

const char* name_of(Table table) {
  return table == Table::log ? "log" : "checkpoint";
}

std::int64_t checksum_of(Table table, std::uint64_t number, StoreId store, std::string_view bytes) {
  std::string place;
  put_byte(place, static_cast<std::uint8_t>(table));
  put_fixed64(place, number);
  put_fixed64(place, store.high);
  put_fixed64(place, store.low);
  const std::uint64_t seed = XXH3_64bits(place.data(), place.size());
  return static_cast<std::int64_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
}

Error corrupt(const std::string& found) {
  return {ErrorCode::storage_corrupt, found};
}

Result<Statement> prepare_update_meta(Database& database) {
  return database.prepare("INSERT OR REPLACE INTO meta(key, value, checksum) VALUES(?, ?, ?)");
}

Result<void> write_last(Statement& statement, std::uint64_t last) {
  return write_meta(statement, "last", std::to_string(last));
}

Result<void> write_extent(Database& database, const Extent& extent) {
  auto statement = prepare_update_meta(database);
  if (!statement) return statement.error();
  if (auto written = write_last(*statement, extent.last); !written) return written;
  auto written = write_meta(*statement, "checkpoint_upto", std::to_string(extent.upto));
  if (!written) return written;
  return write_meta(*statement, "checkpoint_records", std::to_string(extent.checkpoint_records));
}

Result<Extent> read_meta(Database& database, StoreId store) {
  auto rows = database.prepare("SELECT key, value, checksum FROM meta ORDER BY key");
  if (!rows) return rows.error();
  std::map<std::string, std::string> meta;
  while (true) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    const bool typed = rows->has_types("tti");  // asked first: reading may convert
    const std::string key(rows->bytes(0));
    const std::string value(rows->bytes(1));
    // By type as well: a key that became a blob reads the same, but is not found when it is
    // replaced.
    if (!typed || rows->integer(2) != meta_checksum(key, value)) {
      return corrupt("the checksum of '" + key + "' in meta does not fit");
    }
    if (!meta.emplace(key, value).second) return corrupt("'" + key + "' is in meta twice");
  }
  for (const char* key :
       {"application", "format", "store", "last", "checkpoint_upto", "checkpoint_records"}) {
    if (!meta.contains(key)) return corrupt(std::string("'") + key + "' is missing in meta");
  }
  if (meta.at("application") != application) return corrupt("meta names another application");
  if (meta.at("format") != std::to_string(store_format_version)) {
    return version_found(meta.at("format"));
  }
  if (meta.at("store") != hex(store)) {
    return Error{ErrorCode::foreign_store,
                 "the directory belongs to the cluster with store id " + meta.at("store") +
                     ", not to " + hex(store) +
                     "; give this node another directory, or the name of that cluster"};
  }
  auto last = number_in(meta, "last");
  auto upto = number_in(meta, "checkpoint_upto");
  auto records = number_in(meta, "checkpoint_records");
  if (!last) return last.error();
  if (!upto) return upto.error();
  if (!records) return records.error();
  if (*upto > *last) return corrupt("the checkpoint reaches beyond the last record");
  return Extent{*last, *upto, *records};
}

Result<std::unique_ptr<Database>> open_database(const std::string& path, Vfs& vfs) {
  auto opened = Database::open(path, vfs);
  if (!opened) return opened;
  if (auto done = configure(**opened); !done) {
    vfs.fail(done.error());  // while it is open: closing would copy the log into the file
    return done.error();
  }
  return opened;
}

Result<void> create_store_file(FileSystem& files, const std::string& directory, StoreId store) {
  const std::string unfinished = store_path(directory) + ".new";
  for (const char* suffix : {"", "-wal", "-journal"}) {
    if (auto removed = files.remove(unfinished + suffix); !removed) return removed;
  }
  {
    Vfs vfs(files);
    if (auto filled = fill_new_store(unfinished, vfs, store); !filled) {
      vfs.fail(filled.error());
      return filled;
    }
    if (vfs.failure()) return *vfs.failure();
  }
  return files.rename(unfinished, store_path(directory));
}

Result<void> check_header(FileSystem& files, const std::string& path) {
  auto file = files.open(path, Opening::existing);
  if (!file) return file.error();
  std::array<char, header_bytes> bytes{};
  auto got = (*file)->read(0, std::span<char>(bytes.data(), bytes.size()));
  if (!got) return got.error();
  const std::string_view header(bytes.data(), bytes.size());
  if (*got < header_bytes) {
    return corrupt("it has " + std::to_string(*got) + " bytes, too few for a database");
  }
  if (!header.starts_with(magic)) return corrupt("its first bytes are not those of a database");
  if (big_endian(header, application_offset) != store_application_id) {
    return Error{ErrorCode::foreign_store,
                 "it is a SQLite database of another program; give this node another directory"};
  }
  const std::uint32_t version = big_endian(header, version_offset);
  if (version > store_format_version) return version_found(std::to_string(version));
  if (version < store_format_version) {
    return corrupt("it has format version " + std::to_string(version) + ", which never was");
  }
  return {};
}

}  // namespace rejoin
