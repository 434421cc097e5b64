#pragma once

// What a user brings to a run: operations of their own (OwnAct), and types of their own (OwnType)
// that a scenario's workload names like one of ours. The simulator knows no more of them than this.
//
//     OwnAct     performed in a transaction of a node; tells the specification what it does
//     OwnEvent   one that was performed: by whom, when, and what its node saw of its key then
//     OwnType    draws operations, reads a key, and says what a key is to read: a function of the
//                events alone
//
// own_lattice.hpp makes an OwnType of a lattice; sim/laws/ makes one of a law kit's Subject.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/result.hpp"
#include "crdt/type_tag.hpp"
#include "crdt/writer.hpp"
#include "net/store.hpp"

namespace rejoin::sim {

struct Stage;

class OwnAct : public std::enable_shared_from_this<OwnAct> {
 public:
  OwnAct() = default;
  OwnAct(const OwnAct&) = delete;
  OwnAct& operator=(const OwnAct&) = delete;
  virtual ~OwnAct() = default;

  // One line. Of a type that a scenario can name, what act_from() reads; what stands behind " # "
  // is for people.
  virtual std::string text() const = 0;
  // An error: the transaction refuses, and nothing of it happens.
  virtual Result<void> perform(Stage& stage) const = 0;
  // Simpler ones to try instead, the simplest first.
  virtual std::vector<std::shared_ptr<const OwnAct>> simpler() const { return {}; }
};

struct OwnEvent {
  std::uint64_t number = 0;  // in the order in which they happened
  std::shared_ptr<const OwnAct> act;
  At at{ReplicaId(), HybridTime()};
  std::set<std::uint64_t> saw;  // by number
};
using OwnEvents = std::map<std::uint64_t, std::shared_ptr<const OwnEvent>>;

// Is all there that one of them saw? Of other pasts nothing can be said.
bool is_whole(const OwnEvents& events);

class OwnType {
 public:
  OwnType() = default;
  OwnType(const OwnType&) = delete;
  OwnType& operator=(const OwnType&) = delete;
  virtual ~OwnType() = default;

  // What scenarios call it: one word, none of ours.
  virtual std::string word() const = 0;
  // Of its keys in a store.
  virtual TypeTag tag() const = 0;
  // A function of these bits. The same bits must give the same operation everywhere.
  virtual std::shared_ptr<const OwnAct> draw(const std::string& key, std::uint64_t bits) const = 0;
  // Back from what text() wrote behind the key.
  virtual Result<std::shared_ptr<const OwnAct>> parse(const std::string& key,
                                                      std::string_view operation) const = 0;
  // The key's value, as text that differs where values differ.
  virtual std::string read(const Store& store, const std::string& key) const = 0;
  // What read() is to say of a key with these effects. Requires is_whole(). Nothing: the type has
  // no specification.
  virtual std::optional<std::string> specified(const OwnEvents& events) const = 0;
};

using OwnTypes = std::vector<std::shared_ptr<const OwnType>>;
// Null if there is none of that name.
std::shared_ptr<const OwnType> own_type_called(const OwnTypes& types, std::string_view word);

}  // namespace rejoin::sim
