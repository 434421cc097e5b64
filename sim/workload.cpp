#include "sim/workload.hpp"

#include <array>
#include <string>

#include "crdt/aw_set.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/pn_counter.hpp"
#include "net/stored.hpp"

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
    switch (bits(Purpose::operation_kind) % 7) {
      case 0:
        return counter<GCounter>(static_cast<std::int64_t>(1 + value() % 9));
      case 1:
        return counter<PnCounter>(static_cast<std::int64_t>(value() % 19) - 9);
      case 2:
        return reg<LwwRegister<std::string>>();
      case 3:
        return reg<MvRegister<std::string>>();
      case 4:
        return extremum<MaxRegister<std::int64_t>>();
      case 5:
        return extremum<MinRegister<std::int64_t>>();
      default:
        return set();
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
  // Says who wrote it, so that a wrong value shows where it came from.
  std::string text() const {
    return "t" + std::to_string(k_) + "." + std::to_string(part_) + "n" + std::to_string(node_);
  }

  void note(Step::Kind kind, const ObjectKey& object, std::string path, std::string written = {},
            std::int64_t number = 0) {
    specification_.step(node_, tx_.self(), store_,
                        {kind, {object, std::move(path)}, std::move(written), number});
  }
  template <class T>
  void remove_key(const Key<T>& key) {
    for (std::string& path : specification_.filled(store_, key.object())) {
      note(Step::Kind::clear, key.object(), std::move(path));
    }
    tx_.remove(key);
  }

  template <class T>
  void counter(std::int64_t by) {
    const Key<T> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    note(Step::Kind::amend, key.object(), {}, {}, by);
    open<T>(tx_, key).add(tx_, by);
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
  void set() {
    const Key<AwSet<std::string>> key{name()};
    if (removes(workload_.clears)) return remove_key(key);
    const std::string element = "e" + std::to_string(value() % workload_.elements);
    if (removes(workload_.clears + workload_.removes)) {
      note(Step::Kind::clear, key.object(), encoded(element));
      open<AwSet<std::string>>(tx_, key).remove(tx_, element);
    } else {
      note(Step::Kind::put, key.object(), encoded(element), element);
      open<AwSet<std::string>>(tx_, key).add(tx_, element);
    }
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
