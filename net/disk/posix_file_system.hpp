#pragma once

// The machine's own file system. Files are readable by their owner only.

#include <memory>
#include <string>

#include "net/disk/file_system.hpp"

namespace rejoin {

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Opening opening) override;
  Result<bool> exists(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> make_directory(const std::string& path) override;
  // An flock. The file holds the owner's process id, for the message to whoever comes second.
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;
};

}  // namespace rejoin
