#pragma once

// What DIRECTORY/store.sqlite looks like: its header, its tables, its checksums; how it is made,
// and what is checked before SQLite may touch it. Only the sources of this folder include it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crdt/result.hpp"
#include "net/disk/database.hpp"
#include "net/disk/file_system.hpp"
#include "net/disk/vfs.hpp"
#include "net/frame.hpp"

namespace rejoin {

constexpr std::uint32_t store_application_id = 0x724a4e31;  // "rJN1", at byte 68 of the file
constexpr std::uint32_t store_format_version = 1;           // at byte 60

constexpr std::uint64_t page_bytes = 4096;  // as open_database sets it

std::string store_path(const std::string& directory);

// Which table a row was written to is part of its checksum.
enum class Table : std::uint8_t { log = 1, checkpoint = 2 };
const char* name_of(Table table);
std::int64_t checksum_of(Table table, std::uint64_t number, StoreId store, std::string_view bytes);

// Where log and checkpoint end. Kept as checked rows of meta, since a lost last row leaves no gap.
struct Extent {
  std::uint64_t last = 0;                // the last record's number
  std::uint64_t upto = 0;                // the checkpoint says the same as all records up to it
  std::uint64_t checkpoint_records = 0;  // so many rows it has
};

// Reads and checks all of meta. Errors: storage_corrupt, version_unsupported, foreign_store.
Result<Extent> read_meta(Database& database, StoreId store);
// Writes the rows of an extent; in the caller's transaction.
Result<void> write_extent(Database& database, const Extent& extent);
// The same for its `last` alone, which is what an append changes. `statement` is update_meta's.
Result<void> write_last(Statement& statement, std::uint64_t last);
Result<Statement> prepare_update_meta(Database& database);

// Opens the file with the settings that durability rests on, and checks that they hold.
Result<std::unique_ptr<Database>> open_database(const std::string& path, Vfs& vfs);

// Makes an empty store under another name, durably, and then renames it: a file at store_path() is
// always whole, so one that is not was damaged.
Result<void> create_store_file(FileSystem& files, const std::string& directory, StoreId store);

// Is the file at `path` one of ours, as far as its first bytes tell? SQLite is not asked, since it
// might change what it opens. Errors: storage_corrupt, foreign_store, version_unsupported.
Result<void> check_header(FileSystem& files, const std::string& path);

Error corrupt(const std::string& found);

}  // namespace rejoin
