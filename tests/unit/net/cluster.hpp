#pragma once

// A handful of replicas joined by hand: frames wait in order until the test delivers or drops them,
// records become durable when the test says so, and time moves only when it is told to. For tests
// of the core's exact behaviour; whole systems under faults are the simulator's.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/mv_register.hpp"
#include "net/replica.hpp"
#include "net/stored.hpp"

namespace rejoin::testing {

struct Member {
  Config config;           // of the next boot
  std::uint64_t node = 0;  // of the next boot
  std::unique_ptr<Replica> replica;
  std::vector<std::string> disk;       // durable records
  std::vector<std::string> undurable;  // polled, not yet durable
  std::uint64_t acknowledged = 0;      // records of this incarnation reported durable
  std::vector<RouteId> routes;         // by the index of the member they lead to; 0 to itself
  std::vector<Event> events;
  bool slow_disk = false;  // keeps records until persist() is called
};

struct InFlight {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string bytes;
};

class Cluster {
 public:
  explicit Cluster(std::size_t size, Config config = {}) : members_(size) {
    for (std::size_t i = 0; i < size; ++i) {
      members_[i].config = config;
      members_[i].node = i + 1;
      boot(i, 1, true);
    }
  }

  Replica& operator[](std::size_t i) { return *members_[i].replica; }
  Member& member(std::size_t i) { return members_[i]; }
  Now now() const { return now_; }
  StoreId store_id() const { return StoreId::named("test"); }

  // Frames that the filter returns false for are dropped when they would be delivered.
  std::function<bool(const InFlight&)> passes = [](const InFlight&) { return true; };
  // Sees each frame as it is sent.
  std::function<void(const InFlight&)> observe = [](const InFlight&) {};
  // How long a frame is on its way, in nanoseconds, asked as it is sent. 0: until settle().
  std::function<std::uint64_t(const InFlight&)> takes_ns = [](const InFlight&) { return 0; };
  // May repeat and reorder what is on the way, before each delivery.
  std::function<void(std::deque<InFlight>&)> disorder = [](std::deque<InFlight>&) {};
  // Who answers at an address, if not the member that had it first.
  std::map<std::size_t, std::size_t> tenants;
  // All that was sent; a test may clear it.
  std::vector<InFlight> sent;

  Frame decoded(const InFlight& frame) const {
    return *decode_frame(frame.bytes, store_id(), UINT64_MAX);
  }
  template <class Body>
  bool is(const InFlight& frame) const {
    return std::holds_alternative<Body>(decoded(frame).body);
  }
  // How many frames of a kind were sent, by anyone or by one member, to anyone or to one.
  static constexpr std::size_t any = SIZE_MAX;
  template <class Body>
  std::size_t count(std::size_t from = any, std::size_t to = any) const {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [&](const InFlight& frame) {
          return (from == any || frame.from == from) && (to == any || frame.to == to) &&
                 is<Body>(frame);
        }));
  }
  template <class E>
  std::vector<E> events(std::size_t i) const {
    std::vector<E> out;
    for (const Event& event : members_[i].events) {
      if (const E* wanted = std::get_if<E>(&event)) out.push_back(*wanted);
    }
    return out;
  }
  // All that run hold the same bytes.
  bool equal() const {
    const Replica* first = nullptr;
    for (const Member& member : members_) {
      if (!member.replica) continue;
      if (first == nullptr) first = member.replica.get();
      if (member.replica->store().canonical() != first->store().canonical()) return false;
    }
    return true;
  }

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

  // What the member polled becomes durable: everything, or the first few records.
  void persist(std::size_t i, std::size_t count = SIZE_MAX) {
    Member& member = members_[i];
    count = std::min(count, member.undurable.size());
    const auto end = member.undurable.begin() + static_cast<std::ptrdiff_t>(count);
    member.disk.insert(member.disk.end(), member.undurable.begin(), end);
    member.undurable.erase(member.undurable.begin(), end);
    member.acknowledged += count;
    member.replica->handle_persisted(member.acknowledged, now_);
    collect(i);
  }

  // Delivers what is on the way until nothing is.
  void settle() {
    for (std::size_t i = 0; i < members_.size(); ++i) collect(i);
    for (; !late_.empty() && late_.begin()->first <= now_.mono_ns; late_.erase(late_.begin())) {
      wire_.push_back(std::move(late_.begin()->second));
    }
    std::size_t delivered = 0;
    while (!wire_.empty()) {
      if (++delivered > frames_max) {
        ADD_FAILURE() << "frames without end";
        wire_.clear();
      }
      if (wire_.empty()) return;
      disorder(wire_);
      const InFlight frame = std::move(wire_.front());
      wire_.pop_front();
      const auto tenant = tenants.find(frame.to);
      const std::size_t to = tenant == tenants.end() ? frame.to : tenant->second;
      if (!passes(frame) || !members_[to].replica) continue;
      (void)members_[to].replica->handle_frame(frame.bytes, now_);
      collect(to);
    }
  }

  // Time passes; deadlines fire in order.
  void advance(std::uint64_t ms) {
    const std::uint64_t end = now_.mono_ns + ms * 1'000'000;
    std::size_t in_vain = 0;  // deadlines that are due again at once
    while (in_vain < 100) {
      settle();
      std::uint64_t next = late_.empty() ? end : std::min(end, late_.begin()->first);
      for (const Member& member : members_) {
        if (!member.replica) continue;
        if (const auto at = member.replica->poll_timeout()) next = std::min(next, *at);
      }
      in_vain = next > now_.mono_ns ? 0 : in_vain + 1;
      now_.wall_ms += (std::max(next, now_.mono_ns) - now_.mono_ns) / 1'000'000;
      now_.mono_ns = std::max(next, now_.mono_ns);
      if (now_.mono_ns >= end) break;
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].replica) members_[i].replica->handle_timeout(now_);
      }
    }
    EXPECT_LT(in_vain, 100U) << "a deadline that never passes";
    settle();
  }

  // The process dies: what was not durable is lost.
  void crash(std::size_t i) {
    members_[i].replica.reset();
    members_[i].undurable.clear();
  }
  void boot(std::size_t i, std::uint64_t incarnation, bool new_directory) {
    Member& member = members_[i];
    member.replica = std::make_unique<Replica>(
        Replica::Setup{member.config, store_id(), ReplicaId{member.node, incarnation},
                       std::string(1, static_cast<char>('a' + static_cast<int>(i)))});
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
  void restart(std::size_t i, std::uint64_t incarnation) {
    crash(i);
    boot(i, incarnation, members_[i].disk.empty());
  }

  // Takes what the member polled.
  void collect(std::size_t i) {
    Member& member = members_[i];
    if (!member.replica) return;
    for (std::string& record : member.replica->poll_persist()) {
      member.undurable.push_back(std::move(record));
    }
    if (!member.slow_disk && !member.undurable.empty()) return persist(i);
    while (auto frame = member.replica->poll_transmit()) {
      const auto to = std::find(member.routes.begin(), member.routes.end(), frame->route);
      if (to == member.routes.end()) continue;
      sent.push_back(
          {i, static_cast<std::size_t>(to - member.routes.begin()), std::move(frame->bytes)});
      observe(sent.back());
      const std::uint64_t takes = takes_ns(sent.back());
      if (takes == 0) {
        wire_.push_back(sent.back());
      } else {
        late_.emplace(now_.mono_ns + takes, sent.back());
      }
    }
    while (auto event = member.replica->poll_event()) member.events.push_back(std::move(*event));
  }

 private:
  static constexpr std::size_t frames_max = 20'000;  // in one go, far above any test's
  std::vector<Member> members_;
  std::deque<InFlight> wire_;
  std::multimap<std::uint64_t, InFlight> late_;  // by when they arrive
  Now now_{1'000'000'000, 1'700'000'000'000};
};

}  // namespace rejoin::testing
