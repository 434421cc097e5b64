#pragma once

// Platter: what lies under a node's disk and outlives its crashes. Records go in as to a Storage,
// and come back from load(), unless a fault was told to it first. Two kinds: records in memory,
// with what a sound storage makes of each fault (memory_platter), and the real SQLite storage on
// files that fail (sqlite_platter.hpp).
//
//     lying        appends and checkpoints say that they are durable; a power cut takes them back,
//                  but for a drawn part. Once it is told to be honest again, they are durable
//     fail_next    the next append is refused, with a drawn part of it written
//     full         every append and checkpoint is refused
//     rot          a bit of what is stored changes, in one place
//     misdirect    the next append writes one record over another
//     short_read   the next load is refused, later ones are not
//
// A refused append is final until the next load, as a Storage's is. A load that finds what was not
// written refuses with storage_corrupt, and changes nothing.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crdt/result.hpp"

namespace rejoin::sim {

class Platter {
 public:
  virtual ~Platter() = default;

  // Opens it as after a start. Errors as Storage's.
  virtual Result<std::vector<std::string>> load() = 0;
  // What is there now, for a copy of it; empty if it cannot be read.
  virtual std::vector<std::string> records() const = 0;
  virtual Result<void> append(std::span<const std::string> records) = 0;
  // All that was appended is these records now.
  virtual Result<void> checkpoint(std::span<const std::string> records) = 0;
  // Records ever appended, as far as they are there.
  virtual std::uint64_t last() const = 0;

  // The power goes while `unsynced` was being written: of that a drawn part is there.
  virtual void cut_power(std::span<const std::string> unsynced, std::uint64_t bits) = 0;
  virtual void wipe() = 0;
  // Another directory in the place of this one, with these records.
  virtual void put(std::span<const std::string> records) = 0;

  virtual void lie(bool lies) = 0;
  virtual void fail_next(std::uint64_t bits) = 0;
  virtual void fill(bool full) = 0;
  // False: there is nothing that could.
  virtual bool rot(std::uint64_t bits) = 0;
  virtual void misdirect(std::uint64_t bits) = 0;
  virtual void short_read() = 0;
  // What was to happen next and did not, will not.
  virtual void mend() = 0;
};

std::unique_ptr<Platter> memory_platter();

}  // namespace rejoin::sim
