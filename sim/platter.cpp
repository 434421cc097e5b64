#include "sim/platter.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "crdt/assert.hpp"
#include "crdt/hash.hpp"
#include "net/memory_storage.hpp"
#include "sim/random.hpp"

namespace rejoin::sim {
namespace {

Error refused(const char* what) {
  return Error{ErrorCode::storage_failed, what};
}

// Each record keeps the checksum it was written with, as those of the real storage do.
class MemoryPlatter final : public Platter {
 public:
  Result<std::vector<std::string>> load() override {
    failed_ = false;
    if (std::exchange(short_read_, false)) return refused("fewer bytes were read than asked for");
    if (damaged_) {
      return Error{ErrorCode::storage_corrupt,
                   "the checksum of record " + std::to_string(*damaged_) + " does not fit"};
    }
    return storage_.records();
  }
  std::vector<std::string> records() const override { return storage_.records(); }

  Result<void> append(std::span<const std::string> records) override {
    if (failed_) return refused("writing has stopped");
    if (full_) {
      failed_ = true;
      return refused("no space left on the device");
    }
    if (fails_next_) {
      failed_ = true;
      const std::uint64_t written = uniform(*std::exchange(fails_next_, std::nullopt),
                                            std::uint64_t{0}, std::uint64_t{records.size()});
      write(false, records.first(written));
      return refused("input/output error");
    }
    if (misdirected_ && !records.empty() && storage_.last() > 0) {
      damaged_ =
          uniform(*std::exchange(misdirected_, std::nullopt), std::uint64_t{1}, storage_.last());
    }
    write(false, records);
    return {};
  }

  Result<void> checkpoint(std::span<const std::string> records) override {
    if (failed_ || full_) {
      failed_ = true;
      return refused("no space left on the device");
    }
    damaged_.reset();  // what it replaces is read by nobody any more
    write(true, records);
    return {};
  }

  std::uint64_t last() const override { return storage_.last(); }

  void cut_power(std::span<const std::string> unsynced, std::uint64_t bits) override {
    if (lies_) {
      const std::vector<Write> since = std::exchange(lied_, {});
      storage_ = honest_;
      const std::uint64_t kept =
          uniform(mix64(bits), std::uint64_t{0}, std::uint64_t{since.size()});
      for (std::uint64_t i = 0; i < kept; ++i) apply(since[i].checkpoint, since[i].records);
      if (kept < since.size()) unsynced = {};
    }
    const std::uint64_t kept = uniform(bits, std::uint64_t{0}, std::uint64_t{unsynced.size()});
    apply(false, unsynced.first(kept));
    if (lies_) honest_ = storage_;
  }

  void wipe() override {
    storage_ = honest_ = {};
    lied_.clear();
    damaged_.reset();
    misdirected_.reset();
    fails_next_.reset();
    short_read_ = failed_ = false;
  }

  void put(std::span<const std::string> records) override {
    wipe();
    apply(false, records);
    if (lies_) honest_ = storage_;
  }

  void lie(bool lies) override {
    lied_.clear();
    lies_ = lies;
    honest_ = lies ? storage_ : MemoryStorage();
  }
  void fail_next(std::uint64_t bits) override { fails_next_ = bits; }
  void fill(bool full) override { full_ = full; }
  bool rot(std::uint64_t bits) override {
    if (storage_.records().empty()) return false;
    damaged_ = uniform(bits, std::uint64_t{1}, std::uint64_t{storage_.records().size()});
    return true;
  }
  void misdirect(std::uint64_t bits) override { misdirected_ = bits; }
  void short_read() override { short_read_ = true; }
  void mend() override {
    fails_next_.reset();
    misdirected_.reset();
    short_read_ = false;
  }

 private:
  struct Write {
    bool checkpoint = false;
    std::vector<std::string> records;
  };

  void write(bool checkpoint, std::span<const std::string> records) {
    apply(checkpoint, records);
    if (lies_) lied_.push_back({checkpoint, {records.begin(), records.end()}});
  }
  void apply(bool checkpoint, std::span<const std::string> records) {
    REJOIN_ASSERT(checkpoint ? storage_.checkpoint(records, storage_.last())
                             : storage_.append(records));
  }

  MemoryStorage storage_;    // as a reader sees it
  bool lies_ = false;        // and while it does:
  MemoryStorage honest_;     // what was there when it began
  std::vector<Write> lied_;  // since then
  std::optional<std::uint64_t> damaged_;
  std::optional<std::uint64_t> misdirected_;
  std::optional<std::uint64_t> fails_next_;
  bool full_ = false;
  bool short_read_ = false;
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<Platter> memory_platter() {
  return std::make_unique<MemoryPlatter>();
}

}  // namespace rejoin::sim
