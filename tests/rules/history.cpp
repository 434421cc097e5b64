#include "tests/rules/history.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tests/rules/repair.hpp"
#include "tests/rules/replica.hpp"

namespace rejoin::rules {

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

namespace {

class History {
 public:
  History(std::uint64_t seed, Variant variant);
  std::optional<std::string> play();

 private:
  // How entries travel: pushed as they come, or the whole answer to a clock difference.
  enum class Delivery : std::uint8_t { partial, whole };

  void any_event();
  void operate(Replica& replica);
  void flush(std::size_t replica);
  void push(const Replica& from, Replica& to, Delivery delivery);
  void open_repair(std::size_t donors);
  void move_repair();
  void come_to_rest();
  void exchange(std::size_t from, std::size_t to);
  std::optional<std::string> violation() const;
  std::optional<std::string> unequal() const;

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      std::swap(items[left - 1], items[random_.below(left)]);
    }
  }
  Replica& any_replica() { return replicas_[random_.below(replicas_.size())]; }

  Variant variant_;
  bool by_log_;  // while coming to rest: by the log wherever it reaches, or by repair as often
  Random random_;
  std::vector<std::string> slots_;
  std::vector<Replica> replicas_;
  std::vector<std::vector<Write>>
      pending_;                  // of each replica: operations that ran and are not flushed
  std::vector<Repair> repairs_;  // open ones
  bool whole_ = true;            // no repair had several donors
  Ledger ledger_;
};

History::History(std::uint64_t seed, Variant variant)
    : variant_(variant), by_log_(seed % 2 == 1), random_(seed) {
  const std::uint64_t replicas = 2 + random_.below(3);
  const std::uint64_t slots = 2 + random_.below(3);
  for (std::uint64_t id = 0; id < replicas; ++id) replicas_.emplace_back(id, variant);
  for (std::uint64_t i = 0; i < slots; ++i) slots_.emplace_back(1, "wxyz"[i]);
  pending_.resize(replicas);
}

std::optional<std::string> History::play() {
  const std::uint64_t events = 5 + random_.below(75);
  for (std::uint64_t event = 0; event < events; ++event) {
    any_event();
    if (auto wrong = violation()) return "after event " + std::to_string(event) + ": " + *wrong;
  }
  come_to_rest();
  if (auto wrong = violation()) return "at rest: " + *wrong;
  return unequal();
}

void History::any_event() {
  const std::uint64_t choice = random_.below(100);
  Replica& replica = any_replica();
  if (choice < 28) {
    operate(replica);
  } else if (choice < 48) {
    push(replica, any_replica(), Delivery::partial);
  } else if (choice < 53) {
    replica.compact_log();
  } else if (choice < 55) {
    const std::size_t size = replica.log().size();
    if (size > 0) replica.forget_log_entry(random_.below(size));
  } else if (choice < 62) {
    open_repair(1);
  } else if (choice < 66) {
    open_repair(2);
  } else if (!repairs_.empty()) {
    move_repair();
  }
}

// Runs operations on one or two slots of a replica, and flushes what is pending there, now or at a
// later event.
void History::operate(Replica& replica) {
  const auto index = static_cast<std::size_t>(&replica - replicas_.data());
  if (pending_[index].empty()) {
    std::vector<std::string> touched = slots_;
    shuffle(touched);
    touched.resize(1 + random_.below(2));
    for (const std::string& slot : touched) {
      const auto kind = random_.percent(60) ? Write::Kind::put : Write::Kind::remove;
      pending_[index].push_back({slot, kind, replica.store().at(slot)});
    }
    if (random_.percent(30)) return;
  }
  flush(index);
}

void History::flush(std::size_t replica) {
  const std::vector<Write> writes = std::exchange(pending_[replica], {});
  Values seen;
  for (const Write& write : writes) {
    for (const Dot& dot : write.seen) seen.insert({write.slot, dot});
  }
  if (const auto entry = replicas_[replica].commit(writes)) ledger_.record(*entry, seen);
}

// Sends what the receiver lacks, and with it some that it has, in any order and joined in any
// groups.
void History::push(const Replica& from, Replica& to, Delivery delivery) {
  std::vector<Entry> out;
  std::vector<Entry> known;
  for (const auto& [dots, entry] : from.log()) {
    (contains_all(to.store().clock(), dots) ? known : out).push_back(entry);
  }
  if (out.empty()) return;
  for (const Entry& entry : known) {
    if (random_.percent(30)) out.push_back(entry);
  }
  shuffle(out);
  if (delivery == Delivery::partial) out.resize(random_.below(out.size() + 1));
  while (!out.empty()) {
    const std::size_t size = std::min<std::size_t>(out.size(), 1 + random_.below(3));
    std::vector<Entry> together;
    for (std::size_t i = 0; i < size; ++i) {
      together.push_back(std::move(out.back()));
      out.pop_back();
    }
    to.receive(together);
  }
}

void History::open_repair(std::size_t donors) {
  if (replicas_.size() <= donors) return;
  whole_ = whole_ && donors == 1;
  std::vector<std::size_t> roles(replicas_.size());
  for (std::size_t i = 0; i < roles.size(); ++i) roles[i] = i;
  shuffle(roles);
  std::vector<const Store*> from;
  for (std::size_t i = 1; i <= donors; ++i) from.push_back(&replicas_[roles[i]].store());
  repairs_.emplace_back(from, replicas_[roles[0]].store(), slots_, variant_);
}

void History::move_repair() {
  const std::size_t index = random_.below(repairs_.size());
  Repair& repair = repairs_[index];
  const std::vector<std::string> waiting = repair.waiting();
  if (random_.percent(5)) {
    repair.interrupt();
  } else if (waiting.empty()) {
    repair.finish();
  } else {
    const bool twice = random_.percent(10);  // a frame that came before may come again
    const std::vector<std::string>& from = twice ? repair.slots() : waiting;
    const std::string& slot = from[random_.below(from.size())];
    repair.advance(slot);
    return;
  }
  repairs_.erase(repairs_.begin() + static_cast<std::ptrdiff_t>(index));
}

void History::come_to_rest() {
  for (Repair& repair : repairs_) repair.interrupt();
  for (std::size_t replica = 0; replica < replicas_.size(); ++replica) flush(replica);
  for (std::size_t round = 0; round < 3 * replicas_.size(); ++round) {
    for (std::size_t from = 0; from < replicas_.size(); ++from) {
      for (std::size_t to = 0; to < replicas_.size(); ++to) {
        if (from != to) exchange(from, to);
      }
    }
  }
}

void History::exchange(std::size_t from, std::size_t to) {
  const Replica& sender = replicas_[from];
  Replica& receiver = replicas_[to];
  const bool lacks = !contains_all(receiver.store().clock(), sender.store().clock());
  const bool prefer_log = by_log_ || random_.percent(50);
  if (lacks && prefer_log && sender.log_serves(receiver.store())) {
    push(sender, receiver, Delivery::whole);
  } else if (lacks || !by_log_) {
    Repair repair({&sender.store()}, receiver.store(), slots_, variant_);
    for (const std::string& slot : slots_) repair.advance(slot);
    repair.finish();
  }
}

std::optional<std::string> History::violation() const {
  for (std::size_t replica = 0; replica < replicas_.size(); ++replica) {
    if (auto wrong = ledger_.violation(replicas_[replica].store(), whole_)) {
      return "at replica " + std::to_string(replica) + ", " + *wrong;
    }
  }
  return std::nullopt;
}

std::optional<std::string> History::unequal() const {
  const Values live = ledger_.live();
  for (std::size_t replica = 0; replica < replicas_.size(); ++replica) {
    const Store& store = replicas_[replica].store();
    const std::string where = "at rest: at replica " + std::to_string(replica);
    if (store.clock() != ledger_.dots()) return where + ", D is not every dot";
    if (!store.removals().empty()) return where + ", R is not empty";
    if (store.live() != live) return where + ", M is not what must be live";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> play(std::uint64_t seed, Variant variant) {
  return History(seed, variant).play();
}

}  // namespace rejoin::rules
