#pragma once

// A file system in memory that fails, loses its power and forgets, on a plan.
//
//     cached    what a reader sees now
//     durable   what is there after a power cut: grows with each sync, by what was not lost before
//
// A sync that fails loses the writes that it was to keep: a later sync does not bring them back,
// while readers go on seeing them. That is what Linux does.
//
// What SQLite stands on in the simulator (sqlite_platter.hpp) and in the tests of the disk. Nothing
// here reads a clock or an address: the same calls and the same plan give the same bytes.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/disk/file_system.hpp"

namespace rejoin::sim {

// What becomes of changes that were not synced when the power goes.
enum class Survival { none, all, some };

class FaultFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Opening opening) override;
  Result<bool> exists(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

  // The n-th change from now on (a write, truncation, sync, new file, removal or renaming) fails,
  // and those after it work again.
  void fail_change(std::uint64_t n) { fail_change_ = changes_ + n; }
  void fail_sync(std::uint64_t n) { fail_sync_ = syncs_ + n; }
  // The same for the n-th call of any kind: a read, a size, an opening or a lock too. So many
  // quarters of what it should do are done: a write's bytes; for others all of it, or nothing.
  void fail_call(std::uint64_t n, unsigned quarters) {
    fail_call_ = calls_ + n;
    quarters_done_ = quarters;
  }
  // The n-th sync from now on says that it worked, and lost everything. So many changes later, the
  // power goes.
  void lie_in_sync(std::uint64_t n, std::uint64_t cut_after) {
    lie_in_sync_ = syncs_ + n;
    cut_after_lie_ = cut_after;
  }
  // From now on every sync says that it worked and keeps nothing. In the end, what was written
  // since is on the disk, as when a cache is emptied late.
  void lie(bool lies);
  // The n-th write from now on lands elsewhere in its file, on the beginning of a drawn page.
  void misdirect_write(std::uint64_t n, std::uint64_t bits) {
    misdirect_ = writes_ + n;
    misdirect_bits_ = bits;
  }
  // At once, a bit of the file is another, also on the disk. False: there is none.
  bool rot(const std::string& path, std::uint64_t bits);
  // Before the n-th change from now on, the power goes: everything fails until power_on.
  void cut_power(std::uint64_t n) { cut_ = changes_ + n; }
  // A write that would make all files together larger fails: the disk is full.
  void limit_bytes(std::uint64_t bytes) { bytes_max_ = bytes; }
  // At once.
  void cut_power() { powered_ = false; }
  // What is planned will not happen.
  void plan_nothing() {
    cut_ = fail_change_ = fail_sync_ = fail_call_ = lie_in_sync_ = misdirect_ = 0;
  }
  bool has_power() const { return powered_; }
  bool has_failed() const { return failed_; }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t changes() const { return changes_; }
  std::uint64_t syncs() const { return syncs_; }
  // Of all files, as a reader sees them.
  std::uint64_t bytes() const;

  // Starts again from what a power cut leaves. With Survival::some, each unsynced write survives or
  // not, or up to some byte of it, or in some of its sectors, as the seed says. No file may be
  // open.
  void power_on(Survival survival, std::uint64_t seed = 0);

  // All files as a reader sees them; and the same put in place, durably.
  std::map<std::string, std::string> files() const;
  void put(const std::map<std::string, std::string>& files);
  // Of all changes so far, in order.
  std::uint64_t trace() const { return trace_; }

 private:
  friend class FaultFile;
  friend class FaultLock;
  struct Change {
    std::uint64_t offset = 0;
    std::string bytes;
    bool truncates = false;  // to `offset`
  };
  struct Node {
    std::string cached;
    std::string durable;
    std::vector<Change> unsynced;
  };
  static void apply(const Change& change, std::string& content);
  static void apply_torn(const Change& change, std::string& content, std::uint64_t seed);
  static void survive(Node& node, Survival survival, std::uint64_t seed);
  // Counts a call; its error, if it is to fail.
  Result<void> call(const std::string& what, const std::string& path);
  Result<void> change(const std::string& what, const std::string& path, std::uint64_t detail = 0);
  // Whether a change that failed was done all the same.
  bool done_all_the_same() const { return powered_ && quarters_done_ == 4; }
  Result<void> write(Node& node, const std::string& path, Change change);
  bool has_room_for(const Node& node, const Change& change) const;
  Result<void> sync(const std::shared_ptr<Node>& node, const std::string& path);
  Error off(const std::string& path) const;

  std::map<std::string, std::shared_ptr<Node>> names_;
  std::map<std::string, std::shared_ptr<Node>> durable_names_;
  std::set<std::string> locks_;
  std::uint64_t calls_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t fail_call_ = 0;
  std::uint64_t bytes_max_ = ~std::uint64_t{0};
  unsigned quarters_done_ = 2;
  std::uint64_t fail_change_ = 0;
  std::uint64_t fail_sync_ = 0;
  std::uint64_t lie_in_sync_ = 0;
  std::uint64_t cut_after_lie_ = 0;
  std::uint64_t misdirect_ = 0;
  std::uint64_t misdirect_bits_ = 0;
  std::uint64_t cut_ = 0;
  std::uint64_t trace_ = 0;
  bool failed_ = false;
  bool powered_ = true;
  bool lies_ = false;
};

}  // namespace rejoin::sim
