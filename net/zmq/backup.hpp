#pragma once

// Backups of a running node, over the network, into a file; see net/disk/backup_file.hpp for the
// file, and for restore_backup.
//
// The node goes on working; what is written is one moment of it. It keeps the records in memory
// until they are fetched: as many bytes as its store has, for one backup at a time.

#include <chrono>
#include <string>

#include "net/disk/backup_file.hpp"
#include "net/zmq/client.hpp"

namespace rejoin {

struct BackupOptions {
  bool replace = false;                     // a file that is there
  std::chrono::milliseconds timeout{5000};  // for each page
};

// Errors: invalid_argument (the file is there), those of asking, of the node, and of writing. A
// backup that did not end leaves nothing.
Result<BackupHead> take_backup(Client& client, FileSystem& files, const std::string& path,
                               const BackupOptions& options);

}  // namespace rejoin
