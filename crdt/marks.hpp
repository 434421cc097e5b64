#pragma once

// Marks: what remove-wins types keep in a cell: each live dot says whether it gave or took. One
// that took decides. A change removes the marks that it saw, so only marks of concurrent changes
// meet.

#include <vector>

#include "crdt/order.hpp"
#include "crdt/replica_id.hpp"
#include "crdt/slots.hpp"

namespace rejoin {

enum class Mark : std::uint8_t { taken = 0, given = 1 };

struct Marks {
  bool given = false;
  bool taken = false;

  bool holds() const { return given && !taken; }
  bool contested() const { return given && taken; }
};

template <>
struct Codec<Mark> {
  static constexpr std::uint32_t tag = 20;
  static void encode(std::string& out, const Mark& mark) {
    put_byte(out, static_cast<std::uint8_t>(mark));
  }
  static bool decode(ByteReader& in, Mark& mark) {
    std::uint8_t number = 0;
    if (!in.byte(number) || number > 1) return false;
    mark = static_cast<Mark>(number);
    return true;
  }
};

Marks marks_in(const auto& cell) {
  Marks marks;
  cell.each([&](const ReplicaId&, Mark mark) {
    (mark == Mark::given ? marks.given : marks.taken) = true;
  });
  return marks;
}

// The keys of a table of cells of marks for which which(marks), in order.
template <class T>
std::vector<T> marked(const auto& table, auto&& which) {
  std::vector<T> out;
  table.each([&](const T& element) {
    if (which(marks_in(table.at(element)))) out.push_back(element);
  });
  return in_order(std::move(out));
}

}  // namespace rejoin
