#include "tests/integration/stored_dots.hpp"

#include <filesystem>
#include <stdexcept>
#include <variant>

#include "crdt/hash.hpp"
#include "net/disk/posix_file_system.hpp"
#include "net/disk/sqlite_storage.hpp"
#include "net/replica.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {
namespace {

template <class T>
T sound(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

// Whose directory it is: a replica takes back only the records of its own node.
NodeId owner_of(Storage& storage, StoreId store) {
  NodeId owner;
  const auto loaded = storage.load([&](std::string_view bytes) -> Result<void> {
    const auto record = decode_record(bytes, store);
    if (!record) return record.error();
    if (const auto* identity = std::get_if<IdentityRecord>(&*record)) owner = identity->node;
    return {};
  });
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return owner;
}

}  // namespace

std::string StoredDots::read(const std::string& directory) {
  const TemporaryDirectory copies;
  const std::string copy = copies.path("copy");
  std::filesystem::copy(directory, copy);
  PosixFileSystem files;
  const auto storage = sound(SqliteStorage::open(files, copy, store_));
  Replica replica({Config{}, store_, ReplicaId{owner_of(*storage, store_), 1}, "reader"});
  const auto loaded = storage->load([&](std::string_view record) {
    note(record);
    return replica.restore(record);
  });
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return replica.store().canonical();
}

void StoredDots::note(std::string_view record) {
  const Record decoded = sound(decode_record(record, store_));
  if (const auto* entries = std::get_if<EntriesRecord>(&decoded)) {
    for (const Entry& entry : entries->entries) {
      for (const Put& put : entry.puts) note(put.dot, put.slot, put.value);
    }
  } else if (const auto* slots = std::get_if<SlotsRecord>(&decoded)) {
    for (const SlotState& state : slots->slots) {
      for (const Fragment& fragment : state.fragments) {
        if (fragment.has_value) note(fragment.dot, state.slot, fragment.value);
      }
    }
  }
}

void StoredDots::note(const Dot& dot, const SlotKey& slot, const std::string& value) {
  std::uint64_t meaning = hash64(slot.object.name, slot.object.type.family);
  meaning = combine64(meaning, hash64(slot.path));
  meaning = combine64(meaning, hash64(value));
  const auto [at, added] = meant_.try_emplace(dot, meaning);
  if (added || at->second == meaning) return;
  conflicts_.push_back(to_string(dot.replica) + ":" + std::to_string(dot.sequence) + " in " +
                       slot.object.name);
}

}  // namespace rejoin::integration
