#include "net/memory_storage.hpp"

#include <iterator>

namespace rejoin {
namespace {

std::uint64_t bytes_of(std::span<const std::string> records) {
  std::uint64_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  return bytes;
}

}  // namespace

Result<void> MemoryStorage::load(const std::function<Result<void>(std::string_view)>& each) {
  for (const auto* part : {&checkpoint_, &log_}) {
    for (const std::string& record : *part) {
      if (auto taken = each(record); !taken) return taken;
    }
  }
  return {};
}

Result<void> MemoryStorage::append(std::span<const std::string> records) {
  log_.insert(log_.end(), records.begin(), records.end());
  log_bytes_ += bytes_of(records);
  return {};
}

Result<void> MemoryStorage::checkpoint(std::span<const std::string> records, std::uint64_t upto) {
  if (auto allowed = check_checkpoint(upto, upto_, last()); !allowed) return allowed;
  const auto replaced = static_cast<std::ptrdiff_t>(upto - upto_);
  log_.erase(log_.begin(), log_.begin() + replaced);
  checkpoint_.assign(records.begin(), records.end());
  upto_ = upto;
  log_bytes_ = bytes_of(log_);
  checkpoint_bytes_ = bytes_of(checkpoint_);
  return {};
}

std::vector<std::string> MemoryStorage::records() const {
  std::vector<std::string> result = checkpoint_;
  result.insert(result.end(), log_.begin(), log_.end());
  return result;
}

}  // namespace rejoin
