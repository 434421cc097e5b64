#include "sim/fault_file_system.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "crdt/hash.hpp"

namespace rejoin::sim {

namespace {

constexpr std::uint64_t page = 4096;

}  // namespace

class FaultFile final : public File {
 public:
  FaultFile(FaultFileSystem& files, std::shared_ptr<FaultFileSystem::Node> node, std::string path)
      : files_(files), node_(std::move(node)), path_(std::move(path)) {}

  Result<std::uint64_t> read(std::uint64_t offset, std::span<char> into) override {
    if (auto allowed = files_.call("read", path_); !allowed) return allowed.error();
    const std::string& content = node_->cached;
    if (offset >= content.size()) return std::uint64_t{0};
    const auto size = std::min<std::uint64_t>(into.size(), content.size() - offset);
    content.copy(into.data(), size, offset);
    return size;
  }
  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    return files_.write(*node_, path_, {offset, std::string(bytes), false});
  }
  Result<void> truncate(std::uint64_t size) override {
    return files_.write(*node_, path_, {size, {}, true});
  }
  Result<void> sync() override { return files_.sync(node_, path_); }
  Result<std::uint64_t> size() override {
    if (auto allowed = files_.call("inspect", path_); !allowed) return allowed.error();
    return std::uint64_t{node_->cached.size()};
  }
  Result<void> keep_others_out() override { return files_.call("lock", path_); }

 private:
  FaultFileSystem& files_;
  std::shared_ptr<FaultFileSystem::Node> node_;
  std::string path_;
};

class FaultLock final : public FileLock {
 public:
  FaultLock(FaultFileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  ~FaultLock() override { files_.locks_.erase(path_); }

 private:
  FaultFileSystem& files_;
  std::string path_;
};

Error FaultFileSystem::off(const std::string& path) const {
  return {ErrorCode::storage_failed, "no power for " + path};
}

Result<void> FaultFileSystem::call(const std::string& what, const std::string& path) {
  if (!powered_) return off(path);
  if (++calls_ != fail_call_) return {};
  failed_ = true;
  return Error{ErrorCode::storage_failed, "cannot " + what + " " + path + ": planned"};
}

// Counts a change, and says whether it fails.
Result<void> FaultFileSystem::change(const std::string& what, const std::string& path,
                                     std::uint64_t detail) {
  if (powered_ && changes_ + 1 == cut_) powered_ = false;
  if (!powered_) {
    failed_ = true;
    return off(path);
  }
  ++changes_;
  trace_ = combine64(combine64(trace_, hash64(what + path)), detail);
  if (auto allowed = call(what, path); !allowed) return allowed;
  if (changes_ != fail_change_) return {};
  failed_ = true;
  return Error{ErrorCode::storage_failed, "cannot " + what + " " + path + ": planned"};
}

void FaultFileSystem::apply(const Change& change, std::string& content) {
  if (change.truncates) {
    content.resize(change.offset, '\0');
    return;
  }
  const std::size_t end = change.offset + change.bytes.size();
  if (content.size() < end) content.resize(end, '\0');
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

Result<void> FaultFileSystem::write(Node& node, const std::string& path, Change change_made) {
  const std::uint64_t detail = combine64(change_made.offset, hash64(change_made.bytes));
  const bool truncates = change_made.truncates;
  if (!truncates && ++writes_ == misdirect_) {
    const std::uint64_t pages = node.cached.size() / page + 1;
    change_made.offset = misdirect_bits_ % pages * page;
  }
  auto allowed = change(truncates ? "truncate" : "write", path, detail);
  if (!allowed && !powered_) return allowed;
  if (!has_room_for(node, change_made)) {
    failed_ = true;
    return Error{ErrorCode::storage_failed, "cannot write " + path + ": no space left"};
  }
  // A write that fails has written some of it.
  if (!allowed) change_made.bytes.resize(change_made.bytes.size() * quarters_done_ / 4);
  if (allowed || !truncates || done_all_the_same()) {
    apply(change_made, node.cached);
    node.unsynced.push_back(std::move(change_made));
  }
  return allowed;
}

bool FaultFileSystem::has_room_for(const Node& node, const Change& change_made) const {
  const std::uint64_t end = change_made.offset + change_made.bytes.size();
  if (end <= node.cached.size()) return true;
  return bytes() + (end - node.cached.size()) <= bytes_max_;
}

std::uint64_t FaultFileSystem::bytes() const {
  std::uint64_t used = 0;
  for (const auto& [name, node] : names_) used += node->cached.size();
  return used;
}

Result<void> FaultFileSystem::sync(const std::shared_ptr<Node>& node, const std::string& path) {
  auto allowed = change("sync", path);
  if (!allowed && !powered_) return allowed;
  if (++syncs_ == fail_sync_ && allowed) {
    failed_ = true;
    allowed = Error{ErrorCode::storage_failed, "cannot sync " + path + ": planned"};
  }
  if (lies_ && allowed) return {};
  if (syncs_ == lie_in_sync_) {
    cut_ = changes_ + cut_after_lie_;
  } else if (allowed) {
    for (const Change& change_made : node->unsynced) apply(change_made, node->durable);
    for (const auto& [name, named] : names_) {
      if (named == node) durable_names_[name] = node;
    }
  }
  node->unsynced.clear();  // always: what a failed or lying sync lost stays lost
  return allowed;
}

void FaultFileSystem::lie(bool lies) {
  if (lies_ && !lies) {
    for (const auto& [name, node] : names_) {
      node->durable = node->cached;
      node->unsynced.clear();
    }
    durable_names_ = names_;
  }
  lies_ = lies;
}

bool FaultFileSystem::rot(const std::string& path, std::uint64_t bits) {
  const auto found = names_.find(path);
  if (found == names_.end() || found->second->cached.empty()) return false;
  Node& node = *found->second;
  const std::uint64_t at = bits / 8 % node.cached.size();
  const auto mask = static_cast<unsigned char>(1U << bits % 8);
  for (std::string* content : {&node.cached, &node.durable}) {
    if (at >= content->size()) continue;
    (*content)[at] = static_cast<char>(static_cast<unsigned char>((*content)[at]) ^ mask);
  }
  return true;
}

Result<std::unique_ptr<File>> FaultFileSystem::open(const std::string& path, Opening opening) {
  if (!powered_) return off(path);
  auto found = names_.find(path);
  if (found == names_.end()) {
    if (opening == Opening::existing) {
      return Error{ErrorCode::storage_failed, "cannot open " + path + ": there is none"};
    }
    const auto allowed = change("create", path);
    if (allowed || done_all_the_same()) {
      found = names_.emplace(path, std::make_shared<Node>()).first;
    }
    if (!allowed) return allowed.error();
  } else if (auto allowed = call("open", path); !allowed) {
    return allowed.error();
  }
  return std::unique_ptr<File>(std::make_unique<FaultFile>(*this, found->second, path));
}

Result<bool> FaultFileSystem::exists(const std::string& path) {
  if (auto allowed = call("inspect", path); !allowed) return allowed.error();
  return names_.contains(path);
}

Result<void> FaultFileSystem::remove(const std::string& path) {
  const auto allowed = change("remove", path);
  if (allowed || done_all_the_same()) names_.erase(path);
  if (allowed) durable_names_.erase(path);
  return allowed;
}

Result<void> FaultFileSystem::rename(const std::string& from, const std::string& to) {
  const auto allowed = change("rename", from);
  if (!allowed && !done_all_the_same()) return allowed;
  const std::shared_ptr<Node> node = names_.at(from);
  names_[to] = node;
  names_.erase(from);
  if (allowed) {
    durable_names_[to] = node;
    durable_names_.erase(from);
  }
  return allowed;
}

Result<void> FaultFileSystem::make_directory(const std::string& path) {
  return change("make directory", path);
}

Result<std::unique_ptr<FileLock>> FaultFileSystem::lock(const std::string& path) {
  if (auto allowed = call("lock", path); !allowed) return allowed.error();
  if (!locks_.insert(path).second) {
    return Error{ErrorCode::storage_locked, path + " is held by somebody"};
  }
  return std::unique_ptr<FileLock>(std::make_unique<FaultLock>(*this, path));
}

// Up to some byte of it; or any of its sectors.
void FaultFileSystem::apply_torn(const Change& change, std::string& content, std::uint64_t seed) {
  constexpr std::uint64_t sector = 512;
  const std::uint64_t size = change.bytes.size();
  if (seed % 2 == 0) {
    apply({change.offset, change.bytes.substr(0, mix64(seed) % (size + 1)), false}, content);
    return;
  }
  for (std::uint64_t from = 0; from < size;) {
    const std::uint64_t until = std::min(size, from + sector - (change.offset + from) % sector);
    if (combine64(seed, from) % 2 == 0) {
      apply({change.offset + from, change.bytes.substr(from, until - from), false}, content);
    }
    from = until;
  }
}

void FaultFileSystem::survive(Node& node, Survival survival, std::uint64_t seed) {
  for (const Change& change_made : node.unsynced) {
    seed = mix64(seed + 1);
    const bool kept = survival == Survival::all || (survival == Survival::some && seed % 3 != 0);
    if (!kept) continue;
    if (survival == Survival::some && seed % 3 == 1 && !change_made.truncates) {
      apply_torn(change_made, node.durable, seed / 3);
    } else {
      apply(change_made, node.durable);
    }
  }
  node.unsynced.clear();
  node.cached = node.durable;
}

void FaultFileSystem::power_on(Survival survival, std::uint64_t seed) {
  for (const auto& [name, node] : names_) {
    const bool kept = survival == Survival::all ||
                      (survival == Survival::some && combine64(seed, hash64(name)) % 2 == 0);
    if (kept) durable_names_[name] = node;
  }
  names_ = durable_names_;
  for (const auto& [name, node] : names_) survive(*node, survival, combine64(seed, hash64(name)));
  powered_ = true;
  failed_ = false;
  plan_nothing();
}

std::map<std::string, std::string> FaultFileSystem::files() const {
  std::map<std::string, std::string> result;
  for (const auto& [name, node] : names_) result[name] = node->cached;
  return result;
}

void FaultFileSystem::put(const std::map<std::string, std::string>& files) {
  names_.clear();
  for (const auto& [name, content] : files) {
    names_[name] = std::make_shared<Node>(Node{content, content, {}});
  }
  durable_names_ = names_;
}

}  // namespace rejoin::sim
