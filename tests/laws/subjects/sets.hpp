#pragma once

// What the laws are told of sets: few elements, added, removed and cleared.

#include "crdt/aw_set.hpp"
#include "crdt/g_set.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"

namespace rejoin::laws {

enum class SetChange { add, remove, clear };

inline std::ostream& operator<<(std::ostream& out, SetChange change) {
  return out << (change == SetChange::add      ? "add"
                 : change == SetChange::remove ? "remove"
                                               : "clear");
}

template <class T>
struct SetOp {
  SetChange change{};
  T element{};

  friend std::ostream& operator<<(std::ostream& out, const SetOp& op) {
    return out << op.change << ' ' << rc::toString(op.element);
  }
};

template <class T>
rc::Gen<T> elements();
template <>
inline rc::Gen<int> elements<int>() {
  return few();
}
template <>
inline rc::Gen<std::string> elements<std::string>() {
  return few_strings();
}
template <>
inline rc::Gen<double> elements<double>() {
  return edgy_double();
}

// What every set has; a type without an operation is not asked for it.
template <class Set, class T>
struct SetSubject {
  using Op = SetOp<T>;
  static rc::Gen<Op> operations() {
    auto change = rc::gen::weightedElement<SetChange>(
        {{6, SetChange::add}, {4, SetChange::remove}, {1, SetChange::clear}});
    return rc::gen::map(rc::gen::pair(change, elements<T>()), [](const auto& drawn) {
      return Op{drawn.first, drawn.second};
    });
  }
  static Result<Set> apply(Set& set, const Op& op, const At& at) {
    if constexpr (requires { set.clear(at); }) {
      if (op.change == SetChange::clear) return set.clear(at);
    }
    if constexpr (requires { set.remove(at, op.element); }) {
      if (op.change == SetChange::remove) return set.remove(at, op.element);
    }
    return set.add(at, op.element);
  }
  // All queries, so that none of them tells another story.
  static auto value(const Set& set) {
    std::size_t contained = 0;
    for (const T& element : set.elements()) contained += set.contains(element) ? 1 : 0;
    return std::tuple(set.elements(), contained, set.size());
  }
};

template <class T>
struct Subject<AwSet<T>> : SetSubject<AwSet<T>, T> {};
template <class T>
struct Subject<RwSet<T>> : SetSubject<RwSet<T>, T> {};
template <class T>
struct Subject<LwwSet<T>> : SetSubject<LwwSet<T>, T> {};
template <class T>
struct Subject<TwoPhaseSet<T>> : SetSubject<TwoPhaseSet<T>, T> {};
template <class T>
struct Subject<GSet<T>> : SetSubject<GSet<T>, T> {};

}  // namespace rejoin::laws
