#pragma once

// A SQLite database and its statements, owned and with errors as values. Only the sources of this
// folder include it.
//
// Errors: storage_corrupt (the file is not what SQLite wrote), storage_locked (open elsewhere),
// storage_failed (anything else), with SQLite's words and those of the file system below it.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crdt/result.hpp"
#include "net/disk/vfs.hpp"

namespace rejoin {

class Database;

// A prepared statement. Bound bytes must live until reset.
class Statement {
 public:
  Statement() = default;

  Statement& bind(int position, std::int64_t value);
  Statement& bind_text(int position, std::string_view text);
  Statement& bind_blob(int position, std::string_view bytes);

  // To the next row: true, or to the end: false.
  Result<bool> step();
  // For a statement without rows: runs it, and makes it ready for the next run.
  Result<void> run();
  void reset();

  // Whether the current row has values of these types, a letter each: i(nteger), t(ext), b(lob).
  bool has_types(std::string_view types) const;
  // Of the current row; bytes live until the next step or reset.
  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // The Vfs must outlive it, and so must it its statements.
  static Result<std::unique_ptr<Database>> open(const std::string& path, Vfs& vfs);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(const std::string& sql);
  // Runs statements whose rows do not matter.
  Result<void> run(const std::string& sql);
  // The first column of the first row, as text; empty without a row.
  Result<std::string> ask(const std::string& sql);

  // What went wrong last.
  Error error();

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Database(Vfs& vfs) : vfs_(vfs) {}

  Vfs& vfs_;
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace rejoin
