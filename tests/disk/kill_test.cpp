// kill -9 at any moment loses nothing that was acknowledged, and gives the lock back.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "crdt/hash.hpp"
#include "net/disk/posix_file_system.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

std::string helper_path() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "disk_append_loop";
}

// Runs the helper until it has acknowledged so often, and kills it. Returns the last number that it
// acknowledged, whatever came through until its end.
std::uint64_t killed_after(const std::string& directory, std::uint64_t acknowledgements) {
  const std::string helper = helper_path();
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(helper.c_str(), helper.c_str(), directory.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  std::uint64_t number = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t count = 0;
  while (read(ends[0], &number, sizeof number) == sizeof number) {
    acknowledged = number;
    if (++count == acknowledgements) kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the helper ended by itself";
  close(ends[0]);
  return acknowledged;
}

// Every record up to `last` is there: itself, or in the checkpoint that names it.
void expect_all(Storage& storage) {
  Records found = records_of(storage);
  std::uint64_t next = 1;
  for (const std::string& one : found) {
    if (next == 1 && one.starts_with("up to ")) {
      next = std::stoull(one.substr(6)) + 1;
      continue;
    }
    ASSERT_EQ(one, record(next));
    ++next;
  }
  EXPECT_EQ(next, storage.last() + 1);
}

TEST(Kill, LosesNothingAcknowledged) {
  TemporaryDirectory directory;
  PosixFileSystem files;
  std::uint64_t before = 0;
  std::uint64_t unacknowledged = 0;

  for (std::uint64_t round = 1; round <= 20; ++round) {
    const std::uint64_t acknowledged = killed_after(directory.path(), 1 + mix64(round) % 60);
    ASSERT_GT(acknowledged, before);

    const auto storage = opened(files, directory.path());

    ASSERT_NE(storage, nullptr);
    ASSERT_GE(storage->last(), acknowledged) << "round " << round;
    expect_all(*storage);
    unacknowledged += storage->last() - acknowledged;
    before = storage->last();
    if (round % 2 == 0) continue;
    // Half of the rounds go on from what was recovered here, half from what the process left.
    ASSERT_TRUE(storage->append(records(before + 1, before + 1)));
    ++before;
  }

  std::cout << "  20 kills, " << before << " records, 0 lost, " << unacknowledged
            << " kept that were not acknowledged\n";
}

}  // namespace
}  // namespace rejoin::disk_test
