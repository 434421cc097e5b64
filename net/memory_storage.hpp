#pragma once

// Storage in memory: for a node whose data may die with its process, and for the simulator, which
// keeps the object across a simulated crash. It never fails. Same numbering and same loads as
// SqliteStorage. Cost: append and load linear in their records; checkpoint in those that it keeps
// and writes.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/storage.hpp"

namespace rejoin {

class MemoryStorage final : public Storage {
 public:
  Result<void> load(const std::function<Result<void>(std::string_view)>& each) override;
  Result<void> append(std::span<const std::string> records) override;
  Result<void> checkpoint(std::span<const std::string> records, std::uint64_t upto) override;
  std::uint64_t last() const override { return upto_ + log_.size(); }
  std::uint64_t log_bytes() const override { return log_bytes_; }
  std::uint64_t checkpoint_bytes() const override { return checkpoint_bytes_; }

  // What is there after a crash: what load would give, in its order.
  std::vector<std::string> records() const;

 private:
  std::vector<std::string> checkpoint_;
  std::vector<std::string> log_;  // numbered from upto_ + 1
  std::uint64_t upto_ = 0;        // the checkpoint says the same as all records up to here
  std::uint64_t log_bytes_ = 0;
  std::uint64_t checkpoint_bytes_ = 0;
};

}  // namespace rejoin
