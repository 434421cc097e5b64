#include "net/disk/database.hpp"

#include <utility>

namespace rejoin {
namespace {

ErrorCode code_of(int number) {
  switch (number & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // our statements are right: it is the schema that is not ours
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
      return ErrorCode::storage_corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::storage_locked;
    default:
      return ErrorCode::storage_failed;
  }
}

bool is_input_output(int number) {
  const int kind = number & 0xff;
  return kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_BUSY ||
         kind == SQLITE_FULL;
}

}  // namespace

Statement& Statement::bind(int position, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), position, value);
  return *this;
}

Statement& Statement::bind_text(int position, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int position, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), position, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = database_->error();
  reset();
  return error;
}

Result<void> Statement::run() {
  auto stepped = step();
  if (!stepped) return stepped.error();
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

bool Statement::has_types(std::string_view types) const {
  int column = 0;
  for (const char type : types) {
    const int expected = type == 'i' ? SQLITE_INTEGER : type == 't' ? SQLITE_TEXT : SQLITE_BLOB;
    if (sqlite3_column_type(statement_.get(), column++) != expected) return false;
  }
  return true;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Vfs& vfs) {
  std::unique_ptr<Database> database(new Database(vfs));
  database->path_ = path;
  // SQLite would take such a name for a URI.
  const std::string name = path.starts_with("file:") ? "./" + path : path;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs.name());
  database->handle_.reset(handle);
  if (handle == nullptr) return Error{ErrorCode::storage_failed, path + ": out of memory"};
  if (code != SQLITE_OK) return database->error();
  sqlite3_extended_result_codes(handle, 1);
  return database;
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) return error();
  Statement statement;
  statement.database_ = this;
  statement.statement_.reset(made);
  return statement;
}

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error();
}

Result<std::string> Database::ask(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  auto row = statement->step();
  if (!row) return row.error();
  return *row ? std::string(statement->bytes(0)) : std::string();
}

Error Database::error() {
  const int number = sqlite3_extended_errcode(handle_.get());
  std::string message = path_ + ": " + sqlite3_errmsg(handle_.get());
  if (is_input_output(number) && vfs_.last_error()) message += ": " + vfs_.last_error()->message;
  return {code_of(number), std::move(message)};
}

}  // namespace rejoin
