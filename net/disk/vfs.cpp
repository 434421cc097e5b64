#include "net/disk/vfs.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "net/disk/guard.hpp"

namespace rejoin {

struct Vfs::Adapter {
  explicit Adapter(FileSystem& file_system) : files(file_system) {}

  FileSystem& files;
  Guard* guard = nullptr;
  std::string name;
  std::optional<Error> failure;
  std::optional<Error> last_error;
  sqlite3_vfs vfs{};

  // Remembers the error, and gives SQLite its number.
  int note(const Error& error, int code) {
    last_error = error;
    return code;
  }

  // Runs what changes the disk, unless the fuse is blown.
  template <class Operation>
  int change(int code, Operation&& operation) {
    if (failure) return code;
    Result<void> result = operation();
    if (result) return SQLITE_OK;
    failure = result.error();
    return note(*failure, code);
  }
};

namespace {

// SQLite allocates this and calls it through its first member.
struct OpenFile {
  sqlite3_file base;
  File* file;
  void* adapter;
  bool is_database;
};
static_assert(offsetof(OpenFile, base) == 0);

// The callbacks below are one line each over File, but for what SQLite asks beyond.
template <class Adapter>
struct Callbacks {
  static File& file_of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->file; }
  static Adapter& adapter_of(sqlite3_file* file) {
    return *static_cast<Adapter*>(reinterpret_cast<OpenFile*>(file)->adapter);
  }
  // Null for any file but a guarded database.
  static Guard* guard_of(sqlite3_file* file) {
    return reinterpret_cast<OpenFile*>(file)->is_database ? adapter_of(file).guard : nullptr;
  }
  static Adapter& adapter_of(sqlite3_vfs* vfs) { return *static_cast<Adapter*>(vfs->pAppData); }

  static int close(sqlite3_file* file) {
    delete reinterpret_cast<OpenFile*>(file)->file;
    file->pMethods = nullptr;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    auto* bytes = static_cast<char*>(into);
    const auto wanted = static_cast<std::size_t>(size);
    auto got = file_of(file).read(static_cast<std::uint64_t>(offset), {bytes, wanted});
    if (!got) return adapter_of(file).note(got.error(), SQLITE_IOERR_READ);
    if (*got == wanted) return SQLITE_OK;
    std::memset(bytes + *got, 0, wanted - *got);  // SQLite relies on it
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
    const auto at = static_cast<std::uint64_t>(offset);
    return adapter_of(file).change(SQLITE_IOERR_WRITE, [&] {
      Result<void> written = file_of(file).write(at, bytes);
      if (Guard* guard = guard_of(file); guard != nullptr && written) {
        written = guard->wrote(at, bytes);
      }
      return written;
    });
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    return adapter_of(file).change(SQLITE_IOERR_TRUNCATE, [&] {
      return file_of(file).truncate(static_cast<std::uint64_t>(size));
    });
  }

  static int sync(sqlite3_file* file, int) {
    return adapter_of(file).change(SQLITE_IOERR_FSYNC, [&] {
      Guard* guard = guard_of(file);
      const Result<void> guarded = guard == nullptr ? Result<void>() : guard->sync();
      return guarded ? file_of(file).sync() : guarded;
    });
  }

  static int size(sqlite3_file* file, sqlite3_int64* out) {
    auto bytes = file_of(file).size();
    if (!bytes) return adapter_of(file).note(bytes.error(), SQLITE_IOERR_FSTAT);
    *out = static_cast<sqlite3_int64>(*bytes);
    return SQLITE_OK;
  }

  // The directory's lock keeps other nodes out. This keeps out whoever opens the file by hand; it
  // is taken once and held, since exclusive locking never gives it back anyway.
  static int lock(sqlite3_file* file, int) {
    auto locked = file_of(file).keep_others_out();
    if (locked) return SQLITE_OK;
    const bool taken = locked.error().code == ErrorCode::storage_locked;
    return adapter_of(file).note(locked.error(), taken ? SQLITE_BUSY : SQLITE_IOERR_LOCK);
  }
  static int unlock(sqlite3_file*, int) { return SQLITE_OK; }
  static int check_reserved_lock(sqlite3_file*, int* out) {
    *out = 0;
    return SQLITE_OK;
  }
  static int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 4096; }
  // As FileSystem says: a power cut leaves alone what was not being written. Without it, every
  // commit would be filled up to a whole sector.
  static int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods table = [] {
      sqlite3_io_methods m{};
      m.iVersion = 1;  // without shared memory and memory-mapped pages
      m.xClose = close;
      m.xRead = read;
      m.xWrite = write;
      m.xTruncate = truncate;
      m.xSync = sync;
      m.xFileSize = size;
      m.xLock = lock;
      m.xUnlock = unlock;
      m.xCheckReservedLock = check_reserved_lock;
      m.xFileControl = file_control;
      m.xSectorSize = sector_size;
      m.xDeviceCharacteristics = device_characteristics;
      return m;
    }();
    return &table;
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* out, int flags,
                  int* out_flags) {
    out->pMethods = nullptr;
    if (path == nullptr) return SQLITE_CANTOPEN;  // a temporary file: temp_store=MEMORY has none
    Adapter& adapter = adapter_of(vfs);
    const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
    auto file = adapter.files.open(path, create ? Opening::create : Opening::existing);
    if (!file) return adapter.note(file.error(), SQLITE_CANTOPEN);
    auto* opened = reinterpret_cast<OpenFile*>(out);
    opened->file = std::move(file).value().release();
    opened->adapter = &adapter;
    opened->is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    out->pMethods = methods();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int) {
    Adapter& adapter = adapter_of(vfs);
    return adapter.change(SQLITE_IOERR_DELETE, [&] { return adapter.files.remove(path); });
  }

  static int access(sqlite3_vfs* vfs, const char* path, int, int* out) {
    auto there = adapter_of(vfs).files.exists(path);
    if (!there) return adapter_of(vfs).note(there.error(), SQLITE_IOERR_ACCESS);
    *out = *there ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    const int length = std::snprintf(out, static_cast<std::size_t>(size), "%s", path);
    return length < size ? SQLITE_OK : SQLITE_CANTOPEN;
  }

  static int randomness(sqlite3_vfs*, int size, char* out) {
    std::memset(out, 0, static_cast<std::size_t>(size));
    return size;
  }
  static int sleep(sqlite3_vfs*, int) { return 0; }
  static int current_time(sqlite3_vfs*, double* out) {
    *out = 2440587.5;  // 1970 as a Julian day; nothing of ours asks for the time
    return SQLITE_OK;
  }
  static int last_system_error(sqlite3_vfs*, int, char*) { return 0; }

  static void fill(sqlite3_vfs& vfs, Adapter& adapter) {
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 4096;
    vfs.zName = adapter.name.c_str();
    vfs.pAppData = &adapter;
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_system_error;
  }
};

}  // namespace

Vfs::Vfs(FileSystem& files) : adapter_(std::make_unique<Adapter>(files)) {
  char name[40];
  std::snprintf(name, sizeof name, "rejoin-%p", static_cast<void*>(adapter_.get()));
  adapter_->name = name;
  Callbacks<Adapter>::fill(adapter_->vfs, *adapter_);
  sqlite3_vfs_register(&adapter_->vfs, 0);
}

Vfs::~Vfs() {
  sqlite3_vfs_unregister(&adapter_->vfs);
}

const char* Vfs::name() const {
  return adapter_->name.c_str();
}

void Vfs::guard_with(Guard& guard) {
  adapter_->guard = &guard;
}

const std::optional<Error>& Vfs::failure() const {
  return adapter_->failure;
}

void Vfs::fail(Error error) {
  if (!adapter_->failure) adapter_->failure = std::move(error);
}

const std::optional<Error>& Vfs::last_error() const {
  return adapter_->last_error;
}

void seed_sqlite(std::uint32_t seed) {
  sqlite3_initialize();
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed), nullptr);
}

}  // namespace rejoin
