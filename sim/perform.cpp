#include "sim/perform.hpp"

#include <iterator>
#include <optional>
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

class Performance {
 public:
  Performance(const Act& act, Stage& stage) : act_(act), stage_(stage), tx_(stage.tx) {}

  void run() {
    switch (act_.family) {
      case Family::g_counter:
        return counter<GCounter>();
      case Family::pn_counter:
        return counter<PnCounter>();
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
  void note(const Step& step) {
    stage_.specification.step(stage_.node, tx_.self(), stage_.store, step);
  }
  void note(Step::Kind kind, const ObjectKey& object, std::string path = {},
            std::string written = {}, std::int64_t number = 0, std::string field = {}) {
    note(
        {kind, {object, std::move(path)}, std::move(written), number, std::move(field), false, {}});
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
    return stage_.specification.seen(stage_.store, {object, std::move(path)});
  }
  void note_clear(const ObjectKey& object, const std::string& prefix = {}) {
    for (std::string& path : stage_.specification.filled(stage_.store, object)) {
      if (path.starts_with(prefix)) note(Step::Kind::clear, object, std::move(path));
    }
  }
  template <class T>
  Key<T> key() const {
    return Key<T>{act_.key};
  }
  bool is(Verb verb) const { return act_.verb == verb; }
  // A removal of the key, done.
  template <class T>
  bool removed_key(const Key<T>& key) {
    if (!is(Verb::remove) || !act_.field.empty() || !act_.text.empty()) return false;
    note_clear(key.object());
    tx_.remove(key);
    return true;
  }

  // ---- counters, registers, flags

  template <class T>
  void counter() {
    const auto key = this->key<T>();
    if (removed_key(key)) return;
    note(Step::Kind::amend, key.object(), {}, {}, act_.number);
    open<T>(tx_, key).add(tx_, act_.number);
  }
  void resettable() {
    const auto key = this->key<ResettableCounter>();
    if (removed_key(key)) return;
    if (is(Verb::reset)) {
      note(Step::Kind::reset, key.object());
      return open<ResettableCounter>(tx_, key).reset(tx_);
    }
    note(Step::Kind::amend, key.object(), {}, {}, act_.number);
    open<ResettableCounter>(tx_, key).add(tx_, act_.number);
  }
  void bounded() {
    const auto key = this->key<Stock>();
    auto stock = open<Stock>(tx_, key);
    const std::int64_t n = act_.number;
    if (is(Verb::add)) {
      note(Step::Kind::amend, key.object(), {}, {}, n);
      return stock.add(tx_, n);
    }
    const std::int64_t rights = rights_in(seen(key.object(), {}).value_or(Meant()), tx_.self());
    if (n > rights) stage_.specification.refuses(ErrorCode::insufficient_rights);
    if (is(Verb::subtract)) {
      if (n <= rights) note(Step::Kind::subtract, key.object(), {}, {}, n);
      return stock.subtract(tx_, n);
    }
    const ReplicaId to = act_.to.kind == Whom::Kind::writer
                             ? some_writer(key.object())
                             : stage_.replica_of(static_cast<unsigned>(act_.to.number));
    if (n <= rights) note({Step::Kind::move, {key.object(), {}}, {}, n, {}, false, to});
    stock.move_rights(tx_, to, n);
  }
  // Itself, if nobody wrote.
  ReplicaId some_writer(const ObjectKey& object) const {
    const auto all = seen(object, {});
    if (!all || all->moved.empty()) return tx_.self();
    auto at = all->moved.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(act_.to.number % all->moved.size()));
    return at->first.second;
  }
  template <class T>
  void extremum() {
    const auto key = this->key<T>();
    if (removed_key(key)) return;
    note(Step::Kind::amend, key.object(), {}, {}, act_.number);
    open<T>(tx_, key).set(tx_, act_.number);
  }
  template <class T>
  void reg() {
    const auto key = this->key<T>();
    if (removed_key(key)) return;
    note(Step::Kind::put, key.object(), {}, act_.text);
    open<T>(tx_, key).set(tx_, act_.text);
  }
  void ew_flag() {
    const auto key = this->key<EwFlag>();
    if (removed_key(key)) return;
    if (is(Verb::disable)) {
      note(Step::Kind::clear, key.object());
      return open<EwFlag>(tx_, key).disable(tx_);
    }
    note(Step::Kind::put, key.object());
    open<EwFlag>(tx_, key).enable(tx_);
  }
  void dw_flag() {
    const auto key = this->key<DwFlag>();
    if (removed_key(key)) return;
    auto flag = open<DwFlag>(tx_, key);
    note_put(key.object(), {}, {}, is(Verb::disable));
    return is(Verb::disable) ? flag.disable(tx_) : flag.enable(tx_);
  }

  // ---- sets

  void g_set() {
    const auto key = this->key<GSet<Text>>();
    if (removed_key(key)) return;
    const std::string path = encoded(act_.text);
    if (!seen(key.object(), path)) note(Step::Kind::put, key.object(), path, act_.text);
    open<GSet<Text>>(tx_, key).add(tx_, act_.text);
  }
  void two_phase_set() {
    const auto key = this->key<TwoPhaseSet<Text>>();
    if (removed_key(key)) return;
    auto set = open<TwoPhaseSet<Text>>(tx_, key);
    const std::string path = encoded(act_.text);
    const auto there = seen(key.object(), path);
    const bool out = there && there->taken;
    if (is(Verb::remove)) {
      if (!out) note_put(key.object(), path, act_.text, true);
      return set.remove(tx_, act_.text);
    }
    if (out) stage_.specification.refuses(ErrorCode::removed_for_good);
    if (!there) note_put(key.object(), path, act_.text, false);
    static_cast<void>(set.add(tx_, act_.text));
  }
  void aw_set() {
    const auto key = this->key<AwSet<Text>>();
    if (removed_key(key)) return;
    if (is(Verb::remove)) {
      note(Step::Kind::clear, key.object(), encoded(act_.text));
      open<AwSet<Text>>(tx_, key).remove(tx_, act_.text);
    } else {
      note(Step::Kind::put, key.object(), encoded(act_.text), act_.text);
      open<AwSet<Text>>(tx_, key).add(tx_, act_.text);
    }
  }
  template <class T>
  void marked_set() {
    const auto key = this->key<T>();
    if (removed_key(key)) return;
    auto set = open<T>(tx_, key);
    note_put(key.object(), encoded(act_.text), act_.text, is(Verb::remove));
    return is(Verb::remove) ? set.remove(tx_, act_.text) : set.add(tx_, act_.text);
  }

  // ---- maps

  void g_map() {
    const auto key = this->key<Counters>();
    if (removed_key(key)) return;
    note(Step::Kind::amend, key.object(), encoded(act_.field), {}, act_.number, act_.field);
    open<Counters>(tx_, key)[act_.field].add(tx_, act_.number);
  }
  void or_map() {
    const auto key = this->key<Nested>();
    if (removed_key(key)) return;
    auto map = open<Nested>(tx_, key);
    const std::string outer = encoded(act_.field);
    if (is(Verb::remove) && act_.text.empty()) {
      note_clear(key.object(), outer);
      return map.remove(tx_, act_.field);
    }
    const std::string path = outer + encoded(act_.text);
    if (is(Verb::remove)) {
      note(Step::Kind::clear, key.object(), path);
      return map[act_.field].remove(tx_, act_.text);
    }
    note(Step::Kind::amend, key.object(), path, {}, act_.number, act_.field + "/" + act_.text);
    map[act_.field][act_.text].add(tx_, act_.number);
  }
  void lww_map() {
    const auto key = this->key<LwwMap<Text, Text>>();
    if (removed_key(key)) return;
    auto map = open<LwwMap<Text, Text>>(tx_, key);
    note_put(key.object(), encoded(act_.field), act_.text, is(Verb::remove), act_.field);
    return is(Verb::remove) ? map.remove(tx_, act_.field) : map.set(tx_, act_.field, act_.text);
  }
  void multi_map() {
    const auto key = this->key<MultiMap<Text, Text>>();
    if (removed_key(key)) return;
    auto map = open<MultiMap<Text, Text>>(tx_, key);
    const std::string outer = encoded(act_.field);
    if (is(Verb::remove) && act_.text.empty()) {
      note_clear(key.object(), outer);
      return map.remove_all(tx_, act_.field);
    }
    const std::string path = outer + encoded(act_.text);
    if (is(Verb::remove)) {
      note(Step::Kind::clear, key.object(), path);
      return map.remove(tx_, act_.field, act_.text);
    }
    note_put(key.object(), path, act_.text, false, act_.field);
    map.add(tx_, act_.field, act_.text);
  }

  // ---- a sketch, and a lattice of the user's

  void sketch() {
    const auto key = this->key<Sketch>();
    if (removed_key(key)) return;
    note(Step::Kind::amend, key.object(), {}, act_.text);
    open<Sketch>(tx_, key).add(tx_, act_.text);
  }
  void notes() {
    const auto key = this->key<Notes>();
    if (removed_key(key)) return;
    note(Step::Kind::amend, key.object(), {}, act_.text);
    open<Notes>(tx_, key).join(tx_, Noted{{act_.text}});
  }

  const Act& act_;
  Stage& stage_;
  Transaction& tx_;
};

}  // namespace

void perform(const Act& act, Stage& stage) {
  Performance(act, stage).run();
}

Result<void> perform(const Deed& deed, Stage& stage) {
  for (const Act& act : deed.acts) {
    if (!act.own) {
      perform(act, stage);
    } else if (auto good = act.own->perform(stage); !good) {
      return good;
    }
  }
  if (deed.refuses) return Error{ErrorCode::aborted, "drawn to refuse"};
  return {};
}

}  // namespace rejoin::sim
