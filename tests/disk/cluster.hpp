#pragma once

// A few replicas in one thread, each over a SqliteStorage on a disk of its own that fails on a
// plan: the whole stack below a Node, in virtual time, one drawn act after another.
//
//     crash     a node stops without a word; what its disk keeps is the caller's choice
//     start     it opens its store and goes on as a new incarnation
//
// Checked all the time: no dot is minted twice, no value changes on its way, what a node showed
// before it stopped is there when it starts. Checked by expect_converged(): all are equal by bytes,
// cover all that any of them ever showed, hold exactly what the entries say, and hold it again when
// they start from their disks.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/disk/sqlite_storage.hpp"
#include "net/replica.hpp"
#include "sim/fault_file_system.hpp"
#include "sim/ledger.hpp"

namespace rejoin::disk_test {

using sim::FaultFileSystem;
using sim::Survival;

class Cluster {
 public:
  // Some seeds draw large values, so that SQLite copies its log into the database on its own.
  Cluster(std::uint64_t seed, unsigned size);
  ~Cluster();

  unsigned size() const { return static_cast<unsigned>(members_.size()); }
  std::uint64_t draw(std::uint64_t below);
  FaultFileSystem& disk(unsigned member) { return members_[member]->disk; }
  bool running(unsigned member) const { return members_[member]->replica != nullptr; }
  // Its storage refused something since it started.
  bool stopped_writing(unsigned member) const { return members_[member]->stopped_writing; }

  // False: the store did not open; why, is in `error`.
  bool start(unsigned member, Error& error);
  void crash(unsigned member, Survival survival);
  // One act of one running member. A member whose disk lost its power stays as it is.
  void step();
  // As many as it takes, without faults; all members start first.
  void expect_converged();

  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t dots() const { return ledger_.dots().size(); }
  std::uint64_t repairs() const { return repairs_; }

 private:
  struct Member {
    NodeId id;
    FaultFileSystem disk;
    std::unique_ptr<SqliteStorage> storage;
    std::unique_ptr<Replica> replica;
    std::uint64_t starts = 0;
    std::uint64_t persisted = 0;  // records of this start
    bool stopped_writing = false;
    std::vector<std::string> waiting;  // records that were polled
    std::map<RouteId, unsigned> route_to;
    CausalContext shown;  // ever, in whatever incarnation
  };

  Now now() const { return {now_ns_, 1'700'000'000'000 + now_ns_ / 1'000'000}; }
  void transact(Member& member);
  void deliver(std::size_t link);
  void pass_time(std::uint64_t ms);
  void persist(Member& member);
  void drain(Member& member);
  void note(Member& member, const std::string& record);
  void stop(Member& member);
  bool all_equal() const;
  std::string canonical(const Member& member) const { return member.replica->store().canonical(); }
  void expect_what_entries_say(const Store& store) const;

  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
  std::uint64_t value_bytes_;
  std::uint64_t checkpoint_floor_;
  Config config_;
  StoreId store_;
  std::uint64_t now_ns_ = 0;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::deque<std::string>> links_;  // from * size + to
  sim::Ledger ledger_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t repairs_ = 0;
};

}  // namespace rejoin::disk_test
