#include "sim/workload.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "crdt/aw_set.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_set.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "net/stored.hpp"
#include "sim/families.hpp"

namespace rejoin::sim {
namespace {

// One operation of a transaction, with its draws.
class Operation {
 public:
  Operation(const Workload& workload, const Draws& draws, std::uint64_t k, unsigned part,
            unsigned node, const Store& store, Transaction& tx, Specification& specification)
      : workload_(workload),
        draws_(draws),
        k_(k),
        part_(part),
        node_(node),
        store_(store),
        tx_(tx),
        specification_(specification) {}

  void run() {
    switch (family()) {
      case Family::g_counter:
        return counter<GCounter>(static_cast<std::int64_t>(1 + value() % 9));
      case Family::pn_counter:
        return counter<PnCounter>(either_way());
      case Family::resettable_counter:
        return resettable();
      case Family::bounded_counter:
        return bounded();
      case Family::max_register:
        return extremum<MaxRegister<std::int64_t>>();
      case Family::min_register:
        return extremum<MinRegister<std::int64_t>>();
      case Family::ordered_register:
        return extremum<Ordered>();
      case Family::lww_register:
        return reg<LwwRegister<Text>>();
      case Family::mv_register:
        return reg<MvRegister<Text>>();
      case Family::ew_flag:
        return ew_flag();
      case Family::dw_flag:
        return dw_flag();
      case Family::g_set:
        return g_set();
      case Family::two_phase_set:
        return two_phase_set();
      case Family::aw_set:
        return aw_set();
      case Family::rw_set:
        return marked_set<RwSet<Text>>();
      case Family::lww_set:
        return marked_set<LwwSet<Text>>();
      case Family::g_map:
        return g_map();
      case Family::or_map:
        return or_map();
      case Family::lww_map:
        return lww_map();
      case Family::multi_map:
        return multi_map();
      case Family::hyper_log_log:
        return sketch();
      case Family::lattice_value:
        return notes();
    }
  }

 private:
  std::uint64_t bits(Purpose purpose) const { return draws_.bits(purpose, k_, part_); }
  std::uint64_t value() const { return bits(Purpose::operation_value); }
  bool removes(double probability) const {
    return chance(mix64(bits(Purpose::operation_kind)), probability);
  }
  std::string name() const {
    const std::uint64_t key = bits(Purpose::operation_key);
    if (chance(key, workload_.hot)) return "key0";
    return "key" + std::to_string(mix64(key) % workload_.keys);
  }
  Family family() const {
    const std::vector<Family>& families = workload_.families;
    return families[bits(Purpose::operation_kind) % families.size()];
  }
  std::int64_t either_way() const { return static_cast<std::int64_t>(value() % 19) - 9; }
  // Fields and elements are few, so that they meet.
  std::string element() const { return "e" + std::to_string(value() % workload_.elements); }
  std::string field() const { return "f" + std::to_string(mix64(value()) % 3); }
  // Says who wrote it, so that a wrong value shows where it came from.
  std::string text() const {
    return "t" + std::to_string(k_) + "." + std::to_string(part_) + "n" + std::to_string(node_);
  }

  void note(const Step& step) { specification_.step(node_, tx_.self(), store_, step); }
  void note(Step::Kind kind, const ObjectKey& object, std::string path, std::string written = {},
            std::int64_t number = 0) {
    note({kind, {object, std::move(path)}, std::move(written), number, {}, false, {}});
  }
  // What stands, or is out, in a slot of a set or a map.
  void note_put(const ObjectKey& object, std::string path, std::string text, bool taken,
                std::string field = {}) {
    note({Step::Kind::put,
          {object, std::move(path)},
          std::move(text),
          0,
          std::move(field),
          taken,
          {}});
  }
  std::optional<Meant> seen(const ObjectKey& object, std::string path) const {
    return specification_.seen(store_, {object, std::move(path)});
  }
  void note_clear(const ObjectKey& object, const std::string& prefix = {}) {
    for (std::string& path : specification_.filled(store_, object)) {
      if (path.starts_with(prefix)) note(Step::Kind::clear, object, std::move(path));
    }
  }
  template <class T>
  void remove_key(const Key<T>& key) {
    note_clear(key.object());
    tx_.remove(key);
  }

  // ---- counters, registers, flags

  template <class T>
  void counter(std::int64_t by) {
    const Key<T> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    note(Step::Kind::amend, key.object(), {}, {}, by);
    open<T>(tx_, key).add(tx_, by);
  }
  void resettable() {
    const Key<ResettableCounter> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    if (removes(workload_.clears + workload_.removes)) {
      note(Step::Kind::reset, key.object(), {});
      return open<ResettableCounter>(tx_, key).reset(tx_);
    }
    const std::int64_t by = either_way() == 0 ? 1 : either_way();
    note(Step::Kind::amend, key.object(), {}, {}, by);
    open<ResettableCounter>(tx_, key).add(tx_, by);
  }
  void bounded() {
    const Key<Stock> key{name()};
    auto stock = open<Stock>(tx_, key);
    const auto n = static_cast<std::int64_t>(value() % 9);
    const std::uint64_t act = mix64(value()) % 4;
    if (act < 2) {
      note(Step::Kind::amend, key.object(), {}, {}, n);
      return stock.add(tx_, n);
    }
    const std::int64_t rights = rights_in(seen(key.object(), {}).value_or(Meant()), tx_.self());
    if (n > rights) specification_.refuses(ErrorCode::insufficient_rights);
    if (act == 2) {
      if (n <= rights) note(Step::Kind::subtract, key.object(), {}, {}, n);
      return stock.subtract(tx_, n);
    }
    // To somebody who wrote to this counter, else to itself.
    const ReplicaId to = some_writer(key.object());
    if (n <= rights) {
      note({Step::Kind::move, {key.object(), {}}, {}, n, {}, false, to});
    }
    stock.move_rights(tx_, to, n);
  }
  ReplicaId some_writer(const ObjectKey& object) const {
    const auto all = seen(object, {});
    if (!all || all->moved.empty()) return tx_.self();
    auto at = all->moved.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(mix64(value() + 1) % all->moved.size()));
    return at->first.second;
  }
  template <class T>
  void extremum() {
    const Key<T> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    const auto number = static_cast<std::int64_t>(value() % 1000);
    note(Step::Kind::amend, key.object(), {}, {}, number);
    open<T>(tx_, key).set(tx_, number);
  }
  template <class T>
  void reg() {
    const Key<T> key{name()};
    if (removes(workload_.removes)) return remove_key(key);
    note(Step::Kind::put, key.object(), {}, text());
    open<T>(tx_, key).set(tx_, text());
  }
  void ew_flag() {
    const Key<EwFlag> key{name()};
    if (removes(0.5)) {
      note(Step::Kind::clear, key.object(), {});
      return open<EwFlag>(tx_, key).disable(tx_);
    }
    note(Step::Kind::put, key.object(), {});
    open<EwFlag>(tx_, key).enable(tx_);
  }
  void dw_flag() {
    const Key<DwFlag> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto flag = open<DwFlag>(tx_, key);
    const bool takes = removes(0.5);
    note_put(key.object(), {}, {}, takes);
    return takes ? flag.disable(tx_) : flag.enable(tx_);
  }

  // ---- sets

  void g_set() {
    const Key<GSet<Text>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    const std::string path = encoded(element());
    if (!seen(key.object(), path)) note(Step::Kind::put, key.object(), path, element());
    open<GSet<Text>>(tx_, key).add(tx_, element());
  }
  void two_phase_set() {
    const Key<TwoPhaseSet<Text>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto set = open<TwoPhaseSet<Text>>(tx_, key);
    const std::string path = encoded(element());
    const auto there = seen(key.object(), path);
    const bool out = there && there->taken;
    if (removes(workload_.clears + workload_.removes)) {
      if (!out) note_put(key.object(), path, element(), true);
      return set.remove(tx_, element());
    }
    if (out) specification_.refuses(ErrorCode::removed_for_good);
    if (!there) note_put(key.object(), path, element(), false);
    static_cast<void>(set.add(tx_, element()));
  }
  void aw_set() {
    const Key<AwSet<Text>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    if (removes(workload_.clears + workload_.removes)) {
      note(Step::Kind::clear, key.object(), encoded(element()));
      open<AwSet<Text>>(tx_, key).remove(tx_, element());
    } else {
      note(Step::Kind::put, key.object(), encoded(element()), element());
      open<AwSet<Text>>(tx_, key).add(tx_, element());
    }
  }
  template <class T>
  void marked_set() {
    const Key<T> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto set = open<T>(tx_, key);
    const bool takes = removes(workload_.clears + workload_.removes);
    note_put(key.object(), encoded(element()), element(), takes);
    return takes ? set.remove(tx_, element()) : set.add(tx_, element());
  }

  // ---- maps

  void g_map() {
    const Key<Counters> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    note({Step::Kind::amend,
          {key.object(), encoded(field())},
          {},
          either_way(),
          field(),
          false,
          {}});
    open<Counters>(tx_, key)[field()].add(tx_, either_way());
  }
  void or_map() {
    const Key<Nested> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto map = open<Nested>(tx_, key);
    const std::string outer = encoded(field());
    if (removes(workload_.clears + workload_.removes / 2)) {
      note_clear(key.object(), outer);
      return map.remove(tx_, field());
    }
    const std::string path = outer + encoded(element());
    if (removes(workload_.clears + workload_.removes)) {
      note(Step::Kind::clear, key.object(), path);
      return map[field()].remove(tx_, element());
    }
    note({Step::Kind::amend,
          {key.object(), path},
          {},
          either_way(),
          field() + "/" + element(),
          false,
          {}});
    map[field()][element()].add(tx_, either_way());
  }
  void lww_map() {
    const Key<LwwMap<Text, Text>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto map = open<LwwMap<Text, Text>>(tx_, key);
    const bool takes = removes(workload_.clears + workload_.removes);
    note_put(key.object(), encoded(field()), text(), takes, field());
    return takes ? map.remove(tx_, field()) : map.set(tx_, field(), text());
  }
  void multi_map() {
    const Key<MultiMap<Text, Text>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    auto map = open<MultiMap<Text, Text>>(tx_, key);
    const std::string outer = encoded(field());
    if (removes(workload_.clears + workload_.removes / 2)) {
      note_clear(key.object(), outer);
      return map.remove_all(tx_, field());
    }
    const std::string path = outer + encoded(element());
    if (removes(workload_.clears + workload_.removes)) {
      note(Step::Kind::clear, key.object(), path);
      return map.remove(tx_, field(), element());
    }
    note_put(key.object(), path, element(), false, field());
    map.add(tx_, field(), element());
  }

  // ---- a sketch, and a lattice of the user's

  // So few elements that its estimate is their number.
  void sketch() {
    const Key<Sketch> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    const std::string element = "e" + std::to_string(value() % std::min(workload_.elements, 8U));
    note(Step::Kind::amend, key.object(), {}, element);
    open<Sketch>(tx_, key).add(tx_, element);
  }
  void notes() {
    const Key<Notes> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    note(Step::Kind::amend, key.object(), {}, element());
    open<Notes>(tx_, key).join(tx_, Noted{{element()}});
  }

  const Workload& workload_;
  const Draws& draws_;
  std::uint64_t k_;
  unsigned part_;
  unsigned node_;
  const Store& store_;
  Transaction& tx_;
  Specification& specification_;
};

}  // namespace

std::vector<Family> drawn_families(const Workload& workload, const Draws& draws) {
  std::vector<Family> families = workload.families.empty() ? all_families() : workload.families;
  if (families.size() <= families_at_once) return families;
  const auto drawn = [&](Family family) {
    return draws.bits(Purpose::operation_families, static_cast<std::uint64_t>(family));
  };
  std::sort(families.begin(), families.end(),
            [&](Family a, Family b) { return drawn(a) < drawn(b); });
  families.resize(families_at_once);
  return families;
}

Result<void> run_transaction(const Workload& workload, const Draws& draws, std::uint64_t k,
                             unsigned node, const Store& store, Transaction& tx,
                             Specification& specification) {
  const std::uint64_t count = draws.bits(Purpose::operation_count, k);
  const unsigned parts =
      chance(count, workload.wide) ? 2 + static_cast<unsigned>(mix64(count) % 2) : 1;
  for (unsigned part = 0; part < parts; ++part) {
    Operation(workload, draws, k, part, node, store, tx, specification).run();
  }
  if (chance(draws.bits(Purpose::operation_abort, k), workload.aborts)) {
    return Error{ErrorCode::aborted, "drawn to refuse"};
  }
  return {};
}

}  // namespace rejoin::sim
