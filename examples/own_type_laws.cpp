// Is my merge right? The law kit answers for any type that has merge, ==, a default and copies.
// docs/laws.md walks through this program.
//
// A cart: how many of each item, and when that was last said; of two carts the later word counts.
// It looks right, and a test that merges two carts passes. Told three things in a Subject (what an
// operation is, how to draw one, how to perform one), the kit plays histories of three replicas, in
// which states are merged and changes are lost, doubled, reordered and regrouped.
//
// The first draft falls to a tie, the second to a clock that goes back, the third holds. Prints the
// three reports; exits with 0 if just the third is right.

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

enum class Draft { first, second, third };

struct Line {
  int count = 0;
  std::uint64_t said_ms = 0;

  friend bool operator==(const Line&, const Line&) = default;
};

template <Draft draft>
struct Cart {
  std::map<std::string, Line> lines;

  // Changes this cart and returns the change, itself a cart: its delta.
  Cart set(const std::string& item, int count, std::uint64_t now_ms) {
    Line& line = lines[item];
    if (draft == Draft::third) now_ms = std::max(now_ms, line.said_ms + 1);
    line = {count, now_ms};
    Cart delta;
    delta.lines[item] = line;
    return delta;
  }

  // Returns whether anything changed.
  bool merge(const Cart& other) {
    bool changed = false;
    for (const auto& [item, theirs] : other.lines) {
      Line& mine = lines[item];
      const bool later = draft == Draft::first ? theirs.said_ms > mine.said_ms
                                               : std::tie(theirs.said_ms, theirs.count) >
                                                     std::tie(mine.said_ms, mine.count);
      if (later) mine = theirs;
      changed |= later;
    }
    return changed;
  }

  friend bool operator==(const Cart&, const Cart&) = default;
};

struct SetCount {
  std::string item;
  int count = 0;

  friend std::ostream& operator<<(std::ostream& out, const SetCount& op) {
    return out << op.count << " of " << op.item;
  }
};

template <Draft draft>
struct rejoin::laws::Subject<Cart<draft>> {
  using T = Cart<draft>;
  using Op = SetCount;

  // Few items, few counts: what never meets never clashes.
  static rc::Gen<Op> operations() {
    auto drawn = rc::gen::pair(among<std::string>({"tea", "milk"}), few(3));
    return rc::gen::map(std::move(drawn), [](auto op) { return Op{op.first, op.second}; });
  }
  static T apply(T& cart, const Op& op, const At& at) {
    return cart.set(op.item, op.count, at.now().unix_ms());
  }
  static std::vector<std::string> value(const T& cart) {
    std::vector<std::string> out;
    for (const auto& [item, line] : cart.lines) {
      out.push_back(std::to_string(line.count) + ' ' + item);
    }
    return out;
  }
};

int main() {
  using rejoin::laws::check;
  const auto first = check<Cart<Draft::first>>();
  std::cout << "First draft: " << first << '\n';
  const auto second = check<Cart<Draft::second>>();
  std::cout << "Second draft: " << second << '\n';
  const auto third = check<Cart<Draft::third>>();
  std::cout << "Third draft: " << third;

  const bool as_told = first.broke("merge is commutative") && !second.ok() &&
                       !second.broke("merge is commutative") && third.ok();
  return as_told ? 0 : 1;
}
