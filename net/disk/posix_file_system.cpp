#include "net/disk/posix_file_system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rejoin {
namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;

// Where SQLite's own locks lie in a database file, so that other programs meet ours.
constexpr off_t sqlite_lock_offset = 0x40000000;
constexpr off_t sqlite_lock_bytes = 512;

Error failed(const std::string& what, const std::string& path, int reason) {
  return {ErrorCode::storage_failed,
          "cannot " + what + " " + path + ": " + std::generic_category().message(reason)};
}

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

Descriptor open_descriptor(const std::string& path, int flags) {
  while (true) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, file_mode);
    if (number >= 0 || errno != EINTR) return Descriptor(number);
  }
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_directory(const std::string& path) {
  const Descriptor directory = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  if (!directory.open()) return failed("open directory", path, errno);
  if (::fsync(directory.number()) != 0) return failed("sync directory", path, errno);
  return {};
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path, bool name_may_be_new)
      : descriptor_(std::move(descriptor)),
        path_(std::move(path)),
        name_may_be_new_(name_may_be_new) {}

  Result<std::uint64_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got == 0) break;
      if (got > 0) {
        done += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        return failed("read", path_, errno);
      }
    }
    return std::uint64_t{done};
  }

  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
      } else if (errno != EINTR) {
        return failed("write", path_, errno);
      }
    }
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    while (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return failed("truncate", path_, errno);
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return failed("sync", path_, errno);
    if (name_may_be_new_) {
      if (auto synced = sync_directory(directory_of(path_)); !synced) return synced;
      name_may_be_new_ = false;
    }
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(descriptor_.number(), &status) != 0) return failed("inspect", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> keep_others_out() override {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = sqlite_lock_offset;
    range.l_len = sqlite_lock_bytes;
    // A lock of the open file, not of the process: those of the process end when it closes any
    // other descriptor of the same file.
    if (::fcntl(descriptor_.number(), F_OFD_SETLK, &range) == 0) return {};
    if (errno != EAGAIN && errno != EACCES) return failed("lock", path_, errno);
    return Error{ErrorCode::storage_locked,
                 path_ + " is open in another program; close that program and try again"};
  }

 private:
  Descriptor descriptor_;
  std::string path_;
  bool name_may_be_new_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

// Who holds a lock, as its file says; for people, so anything unreadable is just unknown.
std::string owner_of(const Descriptor& descriptor) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(descriptor.number(), text.data(), text.size(), 0);
  std::string owner;
  for (ssize_t i = 0; i < got; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') break;
    owner += c;
  }
  return owner.empty() ? "another process" : "process " + owner;
}

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, Opening opening) {
  const bool create = opening == Opening::create;
  Descriptor descriptor = open_descriptor(path, O_RDWR | (create ? O_CREAT : 0));
  if (!descriptor.open()) return failed("open", path, errno);
  // One that was there may have been made by a process that died before it synced the name.
  return std::unique_ptr<File>(std::make_unique<PosixFile>(std::move(descriptor), path, create));
}

Result<bool> PosixFileSystem::exists(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return failed("inspect", path, errno);
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return sync_directory(directory_of(path));
  if (errno == ENOENT) return {};
  return failed("remove", path, errno);
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename " + from + " to", to, errno);
  return sync_directory(directory_of(to));
}

Result<void> PosixFileSystem::make_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    return S_ISDIR(status.st_mode) ? Result<void>() : failed("use directory", path, ENOTDIR);
  }
  if (errno != ENOENT) return failed("inspect", path, errno);
  const std::string parent = directory_of(path);
  if (parent != path) {
    if (auto made = make_directory(parent); !made) return made;
  }
  if (::mkdir(path.c_str(), directory_mode) != 0 && errno != EEXIST) {
    return failed("make directory", path, errno);
  }
  return sync_directory(parent);
}

Result<std::unique_ptr<FileLock>> PosixFileSystem::lock(const std::string& path) {
  Descriptor descriptor = open_descriptor(path, O_RDWR | O_CREAT);
  if (!descriptor.open()) return failed("open", path, errno);
  while (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return failed("lock", path, errno);
    return Error{ErrorCode::storage_locked, path + " is held by " + owner_of(descriptor)};
  }
  // Only a courtesy to whoever comes second: the lock holds without it.
  const std::string owner = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor.number(), 0) == 0) {
    (void)!::pwrite(descriptor.number(), owner.data(), owner.size(), 0);
  }
  return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(std::move(descriptor)));
}

}  // namespace rejoin
