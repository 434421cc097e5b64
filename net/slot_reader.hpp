#pragma once

// SlotReader: read access to slots by name, for a store and for a transaction that reads its own
// writes.

#include <functional>
#include <string_view>

#include "crdt/dot.hpp"
#include "net/key.hpp"

namespace rejoin {

class SlotReader {
 public:
  // A live dot and its value.
  using FragmentVisitor = std::function<void(const Dot& dot, std::string_view value)>;
  using PathVisitor = std::function<void(std::string_view path)>;

  virtual ~SlotReader() = default;

  virtual void each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const = 0;
  // Rising paths, with the prefix, of slots that have live dots.
  virtual void each_path(const ObjectKey& object, std::string_view prefix,
                         const PathVisitor& visit) const = 0;
};

}  // namespace rejoin
