#pragma once

// What batches of entries and of slots share: a table of replicas, one of objects, and paths that
// leave out what they share with the path before.
//
//     replicas = (16 bytes of the node, 8 of the incarnation)*       rising
//     objects  = (family, value tag, size, name)*                    rising
//     path     = its first `shared` bytes are those of the path before; `fresh` more are in the
//     blob
//
// Tables are written in order and read only in order, so that none names a thing twice.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "crdt/replica_id.hpp"
#include "crdt/sequence_set.hpp"
#include "crdt/short_vector.hpp"
#include "net/key.hpp"
#include "net/wire_numbers.hpp"

namespace rejoin::wire {

constexpr std::size_t replica_bytes = 24;

// First note() all of them, then close(), then ask for indices.
class ReplicaTable {
 public:
  void note(const ReplicaId& replica) {
    if (replicas_.empty() || *std::prev(replicas_.end()) != replica) replicas_.push_back(replica);
  }
  void close();
  std::uint64_t index(const ReplicaId& replica) {
    if (last_ >= replicas_.size() || replicas_[last_] != replica) find(replica);
    return last_;
  }
  std::size_t size() const { return replicas_.size(); }
  std::size_t bytes() const { return replica_bytes * replicas_.size(); }
  void put(ByteWriter& out) const;

 private:
  void find(const ReplicaId& replica);

  ShortVector<ReplicaId, 4> replicas_;
  std::size_t last_ = 0;  // neighbours are mostly of one replica
};

// As ReplicaTable. What is noted must outlive the table.
class ObjectTable {
 public:
  void note(const ObjectKey& object) {
    if (objects_.empty() || **std::prev(objects_.end()) != object) objects_.push_back(&object);
  }
  void close();
  std::uint64_t index(const ObjectKey& object) {
    if (last_ >= objects_.size() || (objects_[last_] != &object && *objects_[last_] != object)) {
      find(object);
    }
    return last_;
  }
  std::size_t bytes_max() const;
  void put(ByteWriter& out) const;

 private:
  void find(const ObjectKey& object);

  ShortVector<const ObjectKey*, 4> objects_;
  std::size_t last_ = 0;  // neighbours mostly lie in one object
};

// An object's key, whose name is in the bytes that were read.
struct ObjectView {
  TypeTag type;
  std::string_view name;

  ObjectKey key() const { return {type, std::string(name)}; }
  friend auto operator<=>(const ObjectView&, const ObjectView&) = default;
};

ShortVector<ReplicaId, 4> get_replicas(std::string_view bytes);
ShortVector<ObjectView, 4> get_objects(std::string_view bytes);

// How much of a path is that of the one before, and what is not.
struct PathPart {
  std::uint64_t shared = 0;
  std::string_view fresh;
};

class PathWriter {
 public:
  // The path must outlive the next call.
  PathPart next(std::string_view path) {
    const auto differ =
        std::mismatch(previous_.begin(), previous_.end(), path.begin(), path.end()).first;
    const std::size_t common = static_cast<std::size_t>(differ - previous_.begin());
    previous_ = path;
    return {common, path.substr(common)};
  }

 private:
  std::string_view previous_;
};

class PathReader {
 public:
  // The bytes must outlive the reader.
  explicit PathReader(std::string_view bytes) : in_(bytes) {}
  std::string get(std::uint64_t shared, std::uint64_t fresh, Budget& budget);
  void finish() const { expect_end(in_, "paths"); }

 private:
  ByteReader in_;
  std::string_view previous_;  // in the bytes, or in kept_
  std::string kept_;
};

// The item at an index that came from outside.
template <class Table>
const auto& at(const Table& table, std::uint64_t index, const char* name) {
  if (index >= table.size()) refuse_malformed(name, "has no such index");
  return table[index];
}

// Sequences written as differences to where the replica's last interval ended.
class SequencePredictor {
 public:
  explicit SequencePredictor(std::size_t replicas) {
    next_.resize(replicas);
    std::fill(next_.begin(), next_.end(), 1);
  }
  std::uint64_t put(std::uint64_t replica, Interval interval);
  // Refuses what is not within 1..sequence_max. The index must have been checked.
  Interval get(std::uint64_t replica, std::uint64_t first, std::uint64_t extra);

 private:
  ShortVector<std::uint64_t, 4> next_;
};

}  // namespace rejoin::wire
