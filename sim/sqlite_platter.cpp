#include "sim/sqlite_platter.hpp"

#include <optional>
#include <string>
#include <utility>

#include "crdt/assert.hpp"
#include "crdt/hash.hpp"
#include "net/disk/sqlite_storage.hpp"
#include "net/disk/vfs.hpp"
#include "sim/fault_file_system.hpp"
#include "sim/random.hpp"

namespace rejoin::sim {
namespace {

constexpr const char* directory = "node";

// A small append changes its files about as often: a header and a page of the log for each of two
// pages, a sync, a mark of the guard. An opening some more often.
constexpr std::uint64_t changes_of_append = 6;
constexpr std::uint64_t changes_of_opening = 60;
// An opening begins with so many calls that nothing can do without.
constexpr std::uint64_t calls_of_opening = 6;
// So often the power goes again while the store is opened.
constexpr double again = 0.2;

Survival drawn_survival(std::uint64_t bits) {
  const std::uint64_t kind = bits % 6;
  return kind == 0 ? Survival::none : kind == 1 ? Survival::all : Survival::some;
}

// SQLite's generator while it lives.
class Seeded {
 public:
  explicit Seeded(std::uint64_t seed) { seed_sqlite(static_cast<std::uint32_t>(mix64(seed) | 1)); }
  Seeded(const Seeded&) = delete;
  Seeded& operator=(const Seeded&) = delete;
  ~Seeded() { seed_sqlite(0); }
};

class SqlitePlatter final : public Platter {
 public:
  SqlitePlatter(StoreId store, std::uint64_t seed)
      : store_(store), seed_(seed), files_(std::make_unique<FaultFileSystem>()) {}
  ~SqlitePlatter() override {
    const Seeded seeded(next());
    let_go();
  }

  Result<std::vector<std::string>> load() override {
    const Seeded seeded(next());
    storage_.reset();  // in order, if it was open
    if (const auto bits = std::exchange(cut_again_, std::nullopt)) {
      files_->cut_power(1 + *bits % changes_of_opening);
      auto opened = SqliteStorage::open(*files_, directory, store_);
      const bool was_cut = !files_->has_power();
      if (opened) storage_ = *std::move(opened);
      if (was_cut) lose_power(mix64(*bits));
      if (!was_cut) files_->plan_nothing();
      if (!was_cut && !opened) return opened.error();
    }
    if (!storage_) {
      auto opened = SqliteStorage::open(*files_, directory, store_);
      if (!opened) return opened.error();
      storage_ = *std::move(opened);
    }
    last_ = storage_->last();
    return records_of(*storage_);
  }

  std::vector<std::string> records() const override {
    Result<std::vector<std::string>> records = std::vector<std::string>();
    if (storage_) {
      records = records_of(*storage_);
    } else {
      look([&](Storage& storage) { records = records_of(storage); });
    }
    return records ? *std::move(records) : std::vector<std::string>();
  }

  Result<void> append(std::span<const std::string> records) override {
    const Seeded seeded(next());
    if (!storage_) return Error{ErrorCode::storage_failed, "the store is not open"};
    auto done = storage_->append(records);
    if (done) last_ = storage_->last();
    return done;
  }

  Result<void> checkpoint(std::span<const std::string> records) override {
    const Seeded seeded(next());
    if (!storage_) return Error{ErrorCode::storage_failed, "the store is not open"};
    return storage_->checkpoint(records, storage_->last());
  }

  std::uint64_t last() const override { return last_; }

  void cut_power(std::span<const std::string> unsynced, std::uint64_t bits) override {
    const Seeded seeded(next());
    const std::uint64_t written = uniform(bits, std::uint64_t{0}, std::uint64_t{unsynced.size()});
    if (storage_ && written > 0) {
      files_->cut_power(1 + mix64(bits) % (2 * changes_of_append));
      static_cast<void>(storage_->append(unsynced.first(written)));
    }
    lose_power(mix64(bits + 1));
    if (chance(mix64(bits + 2), again)) cut_again_ = mix64(bits + 3);
    last_ = 0;  // of what cannot be read
    look([&](Storage& storage) { last_ = storage.last(); });
  }

  void wipe() override {
    let_go();
    files_->put({});
    last_ = 0;
    cut_again_.reset();
    mend();
  }

  void put(std::span<const std::string> records) override {
    wipe();
    const Seeded seeded(next());
    files_->lie(false);
    files_->limit_bytes(~std::uint64_t{0});
    {
      auto opened = SqliteStorage::open(*files_, directory, store_);
      REJOIN_ASSERT(opened);
      REJOIN_ASSERT((*opened)->append(records));
      last_ = (*opened)->last();
    }
    files_->lie(lies_);
    fill(full_);
  }

  void lie(bool lies) override {
    lies_ = lies;
    files_->lie(lies);
  }
  void fail_next(std::uint64_t bits) override { files_->fail_change(1 + bits % changes_of_append); }
  void fill(bool full) override {
    full_ = full;
    files_->limit_bytes(full ? files_->bytes() : ~std::uint64_t{0});
  }
  // Of the database: what its log holds too is written over when it is opened.
  bool rot(std::uint64_t bits) override {
    return files_->rot(std::string(directory) + "/store.sqlite", bits);
  }
  void misdirect(std::uint64_t bits) override {
    files_->misdirect_write(1 + mix64(bits) % 4, mix64(bits + 1));
  }
  void short_read() override { files_->fail_call(1 + next() % calls_of_opening, 0); }
  void mend() override { files_->plan_nothing(); }

 private:
  std::uint64_t next() { return combine64(seed_, ++calls_); }

  // The process ends where it is: nothing reaches the files any more.
  void let_go() {
    files_->cut_power();
    storage_.reset();
    files_->power_on(Survival::all);
    files_->lie(lies_);
  }
  void lose_power(std::uint64_t bits) {
    files_->cut_power();
    storage_.reset();
    files_->power_on(drawn_survival(bits), bits);
  }

  static Result<std::vector<std::string>> records_of(Storage& storage) {
    std::vector<std::string> records;
    auto done = storage.load([&](std::string_view record) {
      records.emplace_back(record);
      return Result<void>();
    });
    if (!done) return done.error();
    return records;
  }

  // In a copy of the files, so that they stay as the power cut left them; not if it does not open.
  template <class F>
  void look(F&& f) const {
    FaultFileSystem copy;
    copy.put(files_->files());
    const Seeded seeded(seed_);
    auto opened = SqliteStorage::open(copy, directory, store_);
    if (opened) f(**opened);
  }

  StoreId store_;
  std::uint64_t seed_;
  std::uint64_t calls_ = 0;
  std::unique_ptr<FaultFileSystem> files_;
  std::unique_ptr<SqliteStorage> storage_;
  std::uint64_t last_ = 0;
  std::optional<std::uint64_t> cut_again_;  // while it is opened next
  bool lies_ = false;
  bool full_ = false;
};

}  // namespace

std::unique_ptr<Platter> sqlite_platter(StoreId store, std::uint64_t seed) {
  return std::make_unique<SqlitePlatter>(store, seed);
}

}  // namespace rejoin::sim
