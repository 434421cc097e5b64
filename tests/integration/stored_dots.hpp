// What lies in the data directories of nodes that do not run: the state that each would start with,
// and every dot with the value that it names, over all directories and all times that were looked
// at. One dot with two values is the end of convergence, whoever minted it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/frame.hpp"

namespace rejoin::integration {

class StoredDots {
 public:
  explicit StoredDots(StoreId store) : store_(store) {}

  // Reads a copy of the directory, since reading recovers a store and that is the node's to do.
  // Returns the canonical bytes of what a node would start with.
  std::string read(const std::string& directory);

  std::size_t size() const { return meant_.size(); }
  // Sentences about dots that name two values.
  const std::vector<std::string>& conflicts() const { return conflicts_; }

 private:
  void note(std::string_view record);
  void note(const Dot& dot, const SlotKey& slot, const std::string& value);

  StoreId store_;
  std::map<Dot, std::uint64_t> meant_;  // slot and value, hashed
  std::vector<std::string> conflicts_;
};

}  // namespace rejoin::integration
