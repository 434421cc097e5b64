#pragma once

// A handful of replicas joined by hand: frames wait in order until the test delivers or drops them,
// records become durable when the test says so, and time moves only when it is told to. For tests of the
// core's exact behaviour; whole systems under faults are the simulator's.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/mv_register.hpp"
#include "net/replica.hpp"
#include "net/stored.hpp"

namespace rejoin::testing {

struct Member {
  std::unique_ptr<Replica> replica;
  std::vector<std::string> disk;         // durable records
  std::vector<std::string> undurable;    // polled, not yet durable
  std::uint64_t acknowledged = 0;        // records of this incarnation reported durable
  std::vector<RouteId> routes;           // by the index of the member they lead to; 0 to itself
  std::vector<Event> events;
  bool slow_disk = false;                // keeps records until persist() is called
};

struct InFlight {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string bytes;
};

class Cluster {
 public:
  explicit Cluster(std::size_t size, Config config = {}) : config_(config), members_(size) {
    for (std::size_t i = 0; i < size; ++i) boot(i, 1, true);
  }

  Replica& operator[](std::size_t i) { return *members_[i].replica; }
  Member& member(std::size_t i) { return members_[i]; }
  Now now() const { return now_; }
  StoreId store_id() const { return StoreId::named("test"); }

  // Frames that the filter returns false for are dropped when they would be delivered.
  std::function<bool(const InFlight&)> passes = [](const InFlight&) { return true; };

  template <class F>
  Commit transact(std::size_t i, F&& f) {
    const Result<Commit> commit = members_[i].replica->transact(
        [&](Transaction& tx) -> Result<void> {
          f(tx);
          return {};
        },
        now_);
    collect(i);
    return *commit;
  }

  // Everything the member polled becomes durable.
  void persist(std::size_t i) {
    Member& member = members_[i];
    for (std::string& record : member.undurable) member.disk.push_back(std::move(record));
    member.acknowledged += member.undurable.size();
    member.undurable.clear();
    member.replica->handle_persisted(member.acknowledged, now_);
    collect(i);
  }

  // Delivers what is on the way until nothing is.
  void settle() {
    for (std::size_t i = 0; i < members_.size(); ++i) collect(i);
    while (!wire_.empty()) {
      const InFlight frame = std::move(wire_.front());
      wire_.pop_front();
      if (!passes(frame) || !members_[frame.to].replica) continue;
      (void)members_[frame.to].replica->handle_frame(frame.bytes, now_);
      collect(frame.to);
    }
  }

  // Time passes; deadlines fire in order.
  void advance(std::uint64_t ms) {
    const std::uint64_t end = now_.mono_ns + ms * 1'000'000;
    while (true) {
      settle();
      std::uint64_t next = end;
      for (const Member& member : members_) {
        if (!member.replica) continue;
        if (const auto at = member.replica->poll_timeout()) next = std::min(next, *at);
      }
      now_.wall_ms += (std::max(next, now_.mono_ns) - now_.mono_ns) / 1'000'000;
      now_.mono_ns = std::max(next, now_.mono_ns);
      if (now_.mono_ns >= end) break;
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].replica) members_[i].replica->handle_timeout(now_);
      }
    }
    settle();
  }

  // The process dies: what was not durable is lost.
  void crash(std::size_t i) {
    members_[i].replica.reset();
    members_[i].undurable.clear();
  }
  void boot(std::size_t i, std::uint64_t incarnation, bool new_directory) {
    Member& member = members_[i];
    member.replica = std::make_unique<Replica>(Replica::Setup{
        config_, store_id(), ReplicaId{i + 1, incarnation}, std::string(1, char('a' + int(i)))});
    for (const std::string& record : member.disk) {
      const Result<void> restored = member.replica->restore(record);
      REJOIN_ASSERT(restored);
    }
    member.acknowledged = 0;
    member.replica->start(now_, new_directory);
    member.routes.assign(members_.size(), 0);
    for (std::size_t to = 0; to < members_.size(); ++to) {
      if (to != i) member.routes[to] = member.replica->add_route(now_);
    }
    collect(i);
  }

 private:
  void collect(std::size_t i) {
    Member& member = members_[i];
    if (!member.replica) return;
    for (std::string& record : member.replica->poll_persist()) {
      member.undurable.push_back(std::move(record));
    }
    if (!member.slow_disk && !member.undurable.empty()) return persist(i);
    while (auto frame = member.replica->poll_transmit()) {
      const auto to = std::find(member.routes.begin(), member.routes.end(), frame->route);
      wire_.push_back({i, static_cast<std::size_t>(to - member.routes.begin()),
                       std::move(frame->bytes)});
    }
    while (auto event = member.replica->poll_event()) member.events.push_back(std::move(*event));
  }

  Config config_;
  std::vector<Member> members_;
  std::deque<InFlight> wire_;
  Now now_{1'000'000'000, 1'700'000'000'000};
};

}  // namespace rejoin::testing
