// append_loop DIRECTORY: appends record after record, and checkpoints now and then, until it is
// killed. Writes the number of each acknowledged record to the standard output, as eight bytes.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "net/disk/posix_file_system.hpp"
#include "net/disk/sqlite_storage.hpp"
#include "tests/disk/disk_fixture.hpp"

int main(int argc, char** argv) {
  using namespace rejoin;
  if (argc != 2) return 2;
  PosixFileSystem files;
  auto storage = SqliteStorage::open(files, argv[1], disk_test::our_store);
  if (!storage) {
    std::fprintf(stderr, "append_loop: %s\n", storage.error().message.c_str());
    return 1;
  }
  while (true) {
    const std::uint64_t next = (*storage)->last() + 1;
    if (!(*storage)->append(disk_test::records(next, next + next % 3))) return 1;
    const std::uint64_t last = (*storage)->last();
    if (write(STDOUT_FILENO, &last, sizeof last) != sizeof last) return 1;
    if (last % 11 != 0) continue;
    // It says the same as all records before, as a checkpoint must: here, by naming the last of
    // them.
    if (!(*storage)->checkpoint(disk_test::Records{"up to " + std::to_string(last)}, last))
      return 1;
  }
}
