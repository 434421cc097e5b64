// Values of your own in a replicated store; docs/own-types.md tells the same in words.
//
//     Address    a plain struct: nothing to write
//     Order      a struct of a Cap'n Proto schema
//     HighScore  a lattice: a name, a merge, a codec
//     ByLength   an order: a name and a comparison
//
// A node stores one of each, is stopped, and started again on its directory. Prints what it read
// then; exits with 0 if it is what was written.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <shop.capnp.h>
#include <tuple>

#include "crdt/lattice_value.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/or_map.hpp"
#include "crdt/ordered_register.hpp"
#include "net/capnp_value.hpp"
#include "net/zmq/node.hpp"

// A plain struct. Its fields are found and encoded in their order.
struct Address {
  std::string street;
  int number = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

// A struct of a schema: kept as its canonical bytes.
using Order = rejoin::CapnpValue<shop::Order>;

// A lattice. Its codec is that of a plain struct; its name is part of the key, so choose it once.
struct HighScore {
  static constexpr std::string_view name = "example.high_score";
  std::string player;
  std::int64_t points = 0;

  // The greater of both; the player breaks a tie, so that it is a join.
  bool merge(const HighScore& other) {
    if (std::tie(other.points, other.player) <= std::tie(points, player)) return false;
    *this = other;
    return true;
  }
  friend bool operator==(const HighScore&, const HighScore&) = default;
};

// An order. Texts of one length are told apart by their bytes.
struct ByLength {
  static constexpr std::string_view name = "example.by_length";
  bool operator()(const std::string& a, const std::string& b) const { return a.size() < b.size(); }
};

using rejoin::Key, rejoin::Result;
const Key<rejoin::OrMap<std::string, rejoin::LwwRegister<Address>>> homes{"homes"};
const Key<rejoin::LwwRegister<Order>> last_order{"last order"};
const Key<rejoin::LatticeValue<HighScore>> best{"best"};
const Key<rejoin::OrderedRegister<std::string, ByLength>> longest{"longest"};

template <class T>
T need(Result<T> result) {
  if (!result) std::printf("SURPRISE: %s\n", result.error().message.c_str()), std::exit(1);
  return *std::move(result);
}

int main() {
  std::string directory = (std::filesystem::temp_directory_path() / "rejoin-own-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  rejoin::NodeOptions options;
  options.directory = directory;
  options.insecure = true;  // a node alone needs no keys; plaintext must be said

  need(need(rejoin::Node::start(options))->transact([](rejoin::Transaction& tx) -> Result<void> {
    auto map = rejoin::open(tx, homes);
    map["anna"].set(tx, {"Hill", 7});
    rejoin::open(tx, last_order).set(tx, *Order::made([](shop::Order::Builder order) {
      order.setItem("tea");
      order.setAmount(3);
    }));
    rejoin::open(tx, best).join(tx, {"anna", 120});
    rejoin::open(tx, best).join(tx, {"ben", 90});
    rejoin::open(tx, longest).set(tx, "a word");
    rejoin::open(tx, longest).set(tx, "word");
    return {};
  }));

  const auto node = need(rejoin::Node::start(options));
  const auto home = node->read(homes).at(0).second;
  const auto order = node->read(last_order);
  const HighScore score = node->read(best);
  const auto word = node->read(longest);
  if (!home || !order || !word) return 1;
  const bool right = order->read([](shop::Order::Reader read) {
    std::printf("order: %u of %s\n", read.getAmount(), read.getItem().cStr());
    return read.getAmount() == 3;
  });
  std::printf("anna lives at %s %d\n", home->street.c_str(), home->number);
  std::printf("best: %s with %ld\n", score.player.c_str(), static_cast<long>(score.points));
  std::printf("longest: %s\n", word->c_str());
  std::filesystem::remove_all(directory);
  const bool all = right && *home == Address{"Hill", 7} && score.player == "anna";
  return all && *word == "a word" ? 0 : 1;
}
