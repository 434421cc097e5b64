#include "tests/disk/cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "crdt/hash.hpp"
#include "net/disk/vfs.hpp"
#include "net/operation.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

constexpr std::size_t link_frames_max = 64;
constexpr int rounds_max = 4000;

Config drawn_config(std::uint64_t seed) {
  Config config;
  config.entry_bytes_max = 256 * 1024;
  config.frame_bytes_max = 768 * 1024;
  config.value_bytes_max = 128 * 1024;
  config.repair_chunk_bytes = 256 + mix64(seed + 1) % 4096;
  config.log_bytes_max = mix64(seed + 2) % 3 == 0 ? 512 : 64 * 1024;  // short: repairs
  config.batch_window_ms = mix64(seed + 3) % 3 == 0 ? 20 : 0;
  config.digest_interval_ms = 200;
  return config;
}

}  // namespace

Cluster::Cluster(std::uint64_t seed, unsigned size)
    : seed_(seed),
      value_bytes_(mix64(seed) % 8 == 0 ? 60'000 : 120),
      checkpoint_floor_(value_bytes_ > 1000 ? 2'000'000 : 3000),
      config_(drawn_config(seed)),
      store_(our_store),
      links_(std::size_t{size} * size) {
  seed_sqlite(static_cast<std::uint32_t>(seed | 1));
  for (unsigned i = 0; i < size; ++i) {
    members_.push_back(std::make_unique<Member>());
    members_.back()->id = NodeId(i + 1);
  }
}

Cluster::~Cluster() {
  for (auto& member : members_) stop(*member);
  seed_sqlite(0);
}

std::uint64_t Cluster::draw(std::uint64_t below) {
  return combine64(seed_, ++draws_) % below;
}

bool Cluster::start(unsigned number, Error& error) {
  Member& member = *members_[number];
  auto opened = SqliteStorage::open(member.disk, "dir", store_);
  if (!opened) {
    error = opened.error();
    return false;
  }
  member.storage = *std::move(opened);
  const ReplicaId self(member.id, ++member.starts);
  auto replica = std::make_unique<Replica>(Replica::Setup{config_, store_, self, "member"});
  const auto loaded =
      member.storage->load([&](std::string_view record) { return replica->restore(record); });
  if (!loaded) {
    error = loaded.error();
    member.storage.reset();
    return false;
  }
  member.replica = std::move(replica);
  member.replica->start(now(), member.storage->last() == 0);
  EXPECT_TRUE(member.replica->store().clock().covers(member.shown))
      << "member " << number << " has lost what it showed";
  for (unsigned other = 0; other < size(); ++other) {
    if (other != number) member.route_to[member.replica->add_route(now())] = other;
  }
  drain(member);
  return true;
}

// The disk decides what is left, so the process may no longer reach it.
void Cluster::stop(Member& member) {
  if (member.replica) repairs_ += member.replica->stats().repairs_taken;
  member.disk.cut_power();
  member.replica.reset();
  member.storage.reset();
  member.waiting.clear();
  member.route_to.clear();
  member.persisted = 0;
  member.stopped_writing = false;
}

void Cluster::crash(unsigned number, Survival survival) {
  Member& member = *members_[number];
  stop(member);
  member.disk.power_on(survival, draw(1ULL << 60));
}

void Cluster::step() {
  Member& member = *members_[draw(size())];
  const std::uint64_t act = draw(10);
  if (act < 4) {
    const std::size_t first = draw(links_.size());
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const std::size_t link = (first + i) % links_.size();
      if (!links_[link].empty()) return deliver(link);
    }
  }
  if (act == 9) return pass_time(1 + draw(400));
  if (!member.replica) return;
  if (act < 7) {
    transact(member);
  } else {
    persist(member);
  }
}

void Cluster::transact(Member& member) {
  const std::uint64_t operations = 1 + draw(3);
  const auto committed = member.replica->transact(
      [&](Transaction& tx) -> Result<void> {
        for (std::uint64_t i = 0; i < operations; ++i) {
          const std::uint64_t kind = draw(5);
          const std::string key = "key" + std::to_string(draw(6));
          const std::string text = std::to_string(draw(8));
          const std::string large(draw(value_bytes_), 'v');
          const Operation operation =
              kind == 0   ? Operation{Family::g_counter, Verb::add, key, {}}
              : kind == 1 ? Operation{Family::aw_set, Verb::add, key, text}
              : kind == 2 ? Operation{Family::aw_set, Verb::remove, key, text}
              : kind == 3 ? Operation{Family::mv_register, Verb::set, key, text}
                          : Operation{Family::lww_register, Verb::set, key, text + large};
          if (auto applied = apply(operation, tx); !applied) return applied;
        }
        return {};
      },
      now());
  if (!committed) {
    EXPECT_TRUE(member.stopped_writing) << committed.error().message;
  }
  drain(member);
}

void Cluster::deliver(std::size_t link) {
  const std::string frame = std::move(links_[link].front());
  links_[link].pop_front();
  Member& to = *members_[link % size()];
  if (!to.replica) return;
  const auto handled = to.replica->handle_frame(frame, now());
  EXPECT_TRUE(handled) << handled.error().message;
  drain(to);
}

void Cluster::pass_time(std::uint64_t ms) {
  now_ns_ += ms * 1'000'000;
  for (auto& member : members_) {
    if (!member->replica) continue;
    member->replica->handle_timeout(now());
    drain(*member);
  }
}

// What a driver does in its turn: append all that waits; now and then a checkpoint.
void Cluster::persist(Member& member) {
  if (member.stopped_writing) return;
  Result<void> stored;
  if (!member.waiting.empty()) {
    stored = member.storage->append(member.waiting);
    if (stored) {
      member.persisted += member.waiting.size();
      member.waiting.clear();
      const std::uint64_t before = member.shown.count();
      member.replica->handle_persisted(member.persisted, now());
      member.shown.merge(member.replica->shown());
      acknowledged_ += member.shown.count() - before;
      drain(member);
    }
  }
  if (stored && member.waiting.empty() && wants_checkpoint(*member.storage, checkpoint_floor_)) {
    stored = member.storage->checkpoint(member.replica->checkpoint(), member.storage->last());
  }
  if (stored) return;
  EXPECT_TRUE(member.disk.has_failed()) << stored.error().message;
  EXPECT_EQ(stored.error().code, ErrorCode::storage_failed);
  member.replica->handle_storage_failed(stored.error());
  member.stopped_writing = true;
  drain(member);
}

void Cluster::drain(Member& member) {
  for (std::string& record : member.replica->poll_persist()) {
    note(member, record);
    member.waiting.push_back(std::move(record));
  }
  const auto from = static_cast<std::size_t>(member.replica->self().node.bytes[15] - 1);
  while (auto transmit = member.replica->poll_transmit()) {
    auto& link = links_[from * size() + member.route_to.at(transmit->route)];
    if (link.size() < link_frames_max) link.push_back(std::move(transmit->bytes));
  }
  while (member.replica->poll_event()) {
  }
}

// An entry on its way to a disk: the first that anybody sees of it.
void Cluster::note(Member& member, const std::string& record) {
  const auto decoded = decode_record(record, store_);
  ASSERT_TRUE(decoded) << decoded.error().message;
  const auto* made = std::get_if<EntriesRecord>(&*decoded);
  if (made == nullptr) return;
  for (const Entry& entry : made->entries) {
    bool made_here = true;
    entry.dots.each_replica([&](const ReplicaId& replica, const SequenceSet&) {
      made_here = made_here && replica == member.replica->self();
    });
    sim::EntryNumber number = 0;
    const auto wrong = made_here ? ledger_.record(entry, 0, 0, number) : ledger_.altered(entry);
    EXPECT_FALSE(wrong) << *wrong;
  }
}

bool Cluster::all_equal() const {
  for (const auto& member : members_) {
    if (!member->waiting.empty()) return false;
    if (member->replica->shown() != member->replica->store().clock()) return false;
    if (member->replica->shown() != members_[0]->replica->shown()) return false;
  }
  return std::all_of(members_.begin(), members_.end(), [&](const auto& member) {
    return canonical(*member) == canonical(*members_[0]);
  });
}

void Cluster::expect_converged() {
  for (unsigned i = 0; i < size(); ++i) {
    disk(i).plan_nothing();
    if (stopped_writing(i)) crash(i, Survival::all);
    Error error;
    if (!running(i)) {
      ASSERT_TRUE(start(i, error)) << error.message;
    }
  }
  int round = 0;
  for (; round < rounds_max && !all_equal(); ++round) {
    pass_time(20);
    for (auto& member : members_) persist(*member);
    for (std::size_t link = 0; link < links_.size(); ++link) {
      while (!links_[link].empty()) deliver(link);
    }
  }
  ASSERT_LT(round, rounds_max) << "the members do not become equal";
  const std::string converged = canonical(*members_[0]);
  for (const auto& member : members_) {
    EXPECT_TRUE(members_[0]->replica->shown().covers(member->shown)) << "shown, and lost";
  }
  const auto invented = ledger_.invented(members_[0]->replica->shown());
  EXPECT_FALSE(invented) << *invented;
  expect_what_entries_say(members_[0]->replica->store());
  for (unsigned i = 0; i < size(); ++i) {
    crash(i, Survival::none);
    Error error;
    ASSERT_TRUE(start(i, error)) << error.message;
    EXPECT_TRUE(canonical(*members_[i]) == converged) << "member " << i << " is not what it was";
  }
}

// A value lives if its dot is in the clock, and no entry in the clock removed it.
void Cluster::expect_what_entries_say(const Store& store) const {
  std::set<Dot> live;
  for (const auto& [object, slots] : store.objects()) {
    for (const auto& [path, slot] : slots) {
      for (const Store::Live& one : slot) {
        const Dot dot = store.full(one.dot);
        const sim::DotNumber number =
            ledger_.number(ledger_.replica_number(dot.replica), dot.sequence);
        ASSERT_NE(number, sim::no_number);
        EXPECT_EQ(ledger_.dot(number).value, one.value);
        live.insert(dot);
      }
    }
  }
  for (const sim::Ledger::MadeDot& made : ledger_.dots()) {
    const bool removed =
        std::any_of(made.removers.begin(), made.removers.end(),
                    [&](sim::EntryNumber entry) { return ledger_.covered(entry, store.clock()); });
    const bool expected = made.has_value && store.clock().contains(made.dot) && !removed;
    EXPECT_EQ(live.contains(made.dot), expected) << sim::to_string(made.dot);
  }
}

}  // namespace rejoin::disk_test
