// An application of one's own in the simulator: a shopping cart, what shoppers do with it, and what
// must never happen to them. docs/simulation.md walks through this program.
//
// The cart is a type of this program's. Of two carts its first draft takes the newer one: that
// passes as long as everybody is connected. In the simulator two shops are cut off from each other
// for a while, by the core that a deployed node runs, and the invariant "what I put in is there"
// finds an item that vanished. The program prints the run, made as small as it can be, as a story;
// then the same for the second draft, with hundreds of seeds of a network that fails, in which all
// is well. Exits with 0 if both came out like this.

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <tuple>

#include "crdt/lattice_value.hpp"
#include "sim/simulation.hpp"

using namespace std::chrono_literals;
namespace sim = rejoin::sim;

struct Line {
  std::int64_t count = 0;
  std::uint64_t said = 0;  // a stamp; the greater one is the later word
  rejoin::ReplicaId by;    // breaks ties

  friend bool operator==(const Line&, const Line&) = default;
};

struct Items {
  std::map<std::string, Line> lines;

  std::uint64_t said() const {
    std::uint64_t last = 0;
    for (const auto& [item, line] : lines) last = std::max(last, line.said);
    return last;
  }
  friend bool operator==(const Items&, const Items&) = default;
};

// The newer cart wins.
struct FirstDraft : Items {
  static constexpr std::string_view name = "example.cart.first";

  bool merge(const FirstDraft& other) {
    if (other.said() <= said()) return false;
    *this = other;
    return true;
  }
  friend bool operator==(const FirstDraft&, const FirstDraft&) = default;
};

// Of each item the later word wins.
struct SecondDraft : Items {
  static constexpr std::string_view name = "example.cart.second";

  bool merge(const SecondDraft& other) {
    const Items before = *this;
    for (const auto& [item, theirs] : other.lines) {
      Line& mine = lines[item];
      if (std::tie(theirs.said, theirs.by) > std::tie(mine.said, mine.by)) mine = theirs;
    }
    return !(static_cast<const Items&>(*this) == before);
  }
  friend bool operator==(const SecondDraft&, const SecondDraft&) = default;
};

// Both travel as their lines.
template <class Draft>
requires std::derived_from<Draft, Items>
struct rejoin::Codec<Draft> {
  using Lines = rejoin::Codec<std::map<std::string, Line>>;
  static constexpr std::uint32_t tag = Lines::tag;
  static void encode(std::string& out, const Draft& cart) { Lines::encode(out, cart.lines); }
  static bool decode(rejoin::ByteReader& in, Draft& cart) { return Lines::decode(in, cart.lines); }
};

template <class Draft>
const rejoin::Key<rejoin::LatticeValue<Draft>> cart{"anna's cart"};

// The application: what it does to the store, as it would on a real node.
template <class Draft>
auto put(const std::string& item, std::int64_t count) {
  return [=](rejoin::Transaction& tx) -> rejoin::Result<void> {
    Draft now = rejoin::open(tx, cart<Draft>).value();
    now.lines[item] = {count, std::max(tx.now().value, now.said() + 1), tx.self()};
    rejoin::open(tx, cart<Draft>).join(tx, now);
    return {};
  };
}

// What a shopper may expect: what was put in at this shop, and never taken out, is in the cart.
template <class Draft>
void expect(sim::Simulation& run) {
  run.invariant("what I put in is there", [](const sim::View& shop) -> std::string {
    const auto lines = shop.get(cart<Draft>).lines;
    for (const std::string item : {"milk", "tea", "bread"}) {
      if (shop.did("put " + item) && !lines.contains(item)) return item + " is gone";
    }
    return {};
  });
}

// One run, written down: while the line between the shops is down, both are used.
template <class Draft>
sim::Report one_evening() {
  sim::Simulation run({.seed = 1, .nodes = 3});
  run.latency(5ms, 20ms);
  run.at(1s).on(0).op("put bread", put<Draft>("bread", 1));
  run.at(2s).split({{0, 1}, {2}}).lasting(5s);
  run.at(3s).on(0).op("put milk", put<Draft>("milk", 2));
  run.at(4s).on(2).op("put tea", put<Draft>("tea", 1));
  run.at(5s).crash(1).lasting(1s);
  expect<Draft>(run);
  return run.run();
}

// Many runs, drawn: shoppers everywhere, on links that fail and nodes that crash.
template <class Draft>
sim::Report many_evenings(std::uint64_t seeds) {
  return sim::property(4, seeds, [](sim::Simulation& run, const sim::Draws& draws) {
    const std::string items[] = {"milk", "tea", "bread"};
    run.latency(1ms, 30ms).loss(0.1).duplicates(0.1, 2s).reordering(0.2, 200ms);
    for (std::uint64_t k = 0; k < 12; ++k) {
      const std::uint64_t drawn = draws.bits(sim::Purpose::operation_value, k);
      const std::string item = items[drawn % 3];
      const auto when = std::chrono::milliseconds(drawn / 3 % 6000);
      run.at(when)
          .on(static_cast<unsigned>(drawn / 18000 % 4))
          .op("put " + item, put<Draft>(item, static_cast<std::int64_t>(k)));
    }
    run.at(1s).split({{0, 1}, {2, 3}}).lasting(2s);
    run.at(4s).crash(static_cast<unsigned>(draws.bits(sim::Purpose::fault_target) % 4)).lasting(1s);
    run.sometimes("two items in one cart",
                  [](const sim::View& shop) { return shop.get(cart<Draft>).lines.size() > 1; });
    expect<Draft>(run);
  });
}

int main() {
  const sim::Report first = one_evening<FirstDraft>();
  std::cout << "First draft: " << first.verdict() << "\n\n" << first.story() << '\n';

  const sim::Report again = one_evening<SecondDraft>();
  std::cout << "Second draft: " << again.verdict() << '\n';
  const sim::Report many = many_evenings<SecondDraft>(100);
  std::cout << "Second draft, up to " << many.verdict() << '\n';

  const bool found = !first.ok() && first.outcome() && first.outcome()->violation &&
                     first.outcome()->violation->type == "what I put in is there";
  return found && again.ok() && many.ok() ? 0 : 1;
}
