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

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crdt/replica_id.hpp"
#include "crdt/sequence_set.hpp"
#include "net/key.hpp"
#include "net/wire_numbers.hpp"

namespace rejoin::wire {

// First note() all of them, then close(), then ask for indices.
class ReplicaTable {
 public:
  void note(const ReplicaId& replica);
  void close();
  std::uint64_t index(const ReplicaId& replica) const;
  std::size_t size() const { return replicas_.size(); }
  std::string bytes() const;

 private:
  std::vector<ReplicaId> replicas_;
};

// As ReplicaTable. What is noted must outlive the table.
class ObjectTable {
 public:
  void note(const ObjectKey& object);
  void close();
  std::uint64_t index(const ObjectKey& object);
  std::string bytes() const;

 private:
  std::vector<const ObjectKey*> objects_;
  std::size_t last_ = 0;  // neighbours mostly lie in one object
};

std::vector<ReplicaId> get_replicas(std::string_view bytes);
std::vector<ObjectKey> get_objects(std::string_view bytes);

struct PathColumns {
  Column shared;
  Column fresh;
};

class PathWriter {
 public:
  // The path must outlive the next call. Lengths go to columns of the caller's choice: the paths of
  // puts and of removals are one sequence, but their lengths stand with the puts and with the
  // removals.
  void put(std::string_view path, PathColumns& columns);
  std::string take() { return std::move(bytes_); }

 private:
  std::string_view previous_;
  std::string bytes_;
};

class PathReader {
 public:
  explicit PathReader(std::string_view bytes) : in_(bytes) {}
  std::string get(std::uint64_t shared, std::uint64_t fresh, Budget& budget);
  void finish() const { expect_end(in_, "paths"); }

 private:
  ByteReader in_;
  std::string previous_;
};

// The item at an index that came from outside.
template <class T>
const T& at(const std::vector<T>& table, std::uint64_t index, const char* name) {
  if (index >= table.size()) refuse_malformed(std::string(name) + " has no such index");
  return table[index];
}

// Sequences written as differences to where the replica's last interval ended.
class SequencePredictor {
 public:
  explicit SequencePredictor(std::size_t replicas) : next_(replicas, 1) {}
  std::uint64_t put(std::uint64_t replica, Interval interval);
  // Refuses what is not within 1..sequence_max. The index must have been checked.
  Interval get(std::uint64_t replica, std::uint64_t first, std::uint64_t extra);

 private:
  Column next_;
};

}  // namespace rejoin::wire
