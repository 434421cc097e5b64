#pragma once

// What the laws are told of sets: few elements, added, removed and cleared.

#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_set.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "tests/laws/subjects/last_write_specified.hpp"

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
  // Each kind of set says of one element whether it is in.
  static std::tuple<std::vector<T>, std::size_t, std::size_t> specified(const Past<Op>& past) {
    std::set<T> in;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const T& element = past.op(i).element;
      if (element != element || !Subject<Set>::in(past, element)) continue;
      if constexpr (std::same_as<T, double>) {
        in.insert(element + 0.0);  // -0.0 becomes 0.0
      } else {
        in.insert(element);
      }
    }
    return {{in.begin(), in.end()}, in.size(), in.size()};
  }
};

// The operations that change whether an element is in: those on it, and a clear that found it in.
template <class Set, class T>
std::vector<bool> changes_of(const Past<SetOp<T>>& past, const T& element) {
  std::vector<bool> out;
  for (std::size_t i = 0; i < past.size(); ++i) {
    const SetOp<T>& op = past.op(i);
    out.push_back(op.change == SetChange::clear ? Subject<Set>::in(past.seen_by(i), element)
                                                : op.element == element);
  }
  return out;
}

template <class T>
struct Subject<AwSet<T>> : SetSubject<AwSet<T>, T> {
  using Op = SetOp<T>;
  // An add stands that no removal has seen.
  static bool in(const Past<Op>& past, const T& element) {
    const auto adds = [&](const Op& op) {
      return op.change == SetChange::add && op.element == element;
    };
    const auto removes = [&](const Op&, const Op& op) {
      return op.change == SetChange::clear ||
             (op.change == SetChange::remove && op.element == element);
    };
    return !past.standing(adds, removes).empty();
  }
};
template <class T>
struct Subject<RwSet<T>> : SetSubject<RwSet<T>, T> {
  // Of the changes that no later one has seen none removes.
  static bool in(const Past<SetOp<T>>& past, const T& element) {
    const std::vector<bool> changes = changes_of<RwSet<T>>(past, element);
    bool added = false;
    for (std::size_t i = 0; i < past.size(); ++i) {
      bool last = changes[i];
      for (std::size_t j = 0; j < past.size(); ++j) last = last && !(changes[j] && past.saw(j, i));
      if (last && past.op(i).change != SetChange::add) return false;
      added = added || last;
    }
    return added;
  }
};
template <class T>
struct Subject<LwwSet<T>> : SetSubject<LwwSet<T>, T> {
  static bool in(const Past<SetOp<T>>& past, const T& element) {
    const std::vector<bool> changes = changes_of<LwwSet<T>>(past, element);
    const auto changes_it = [&](std::size_t i) { return changes[i]; };
    const std::optional<std::size_t> last = last_of(past, changes_it, changes_it);
    return last && past.op(*last).change == SetChange::add;
  }
};
template <class T>
struct Subject<TwoPhaseSet<T>> : SetSubject<TwoPhaseSet<T>, T> {
  // Once removed, out for good. It has no clear: that is an add.
  static bool in(const Past<SetOp<T>>& past, const T& element) {
    bool added = false;
    for (std::size_t i = 0; i < past.size(); ++i) {
      if (past.op(i).element != element) continue;
      if (past.op(i).change == SetChange::remove) return false;
      added = true;
    }
    return added;
  }
};
template <class T>
struct Subject<GSet<T>> : SetSubject<GSet<T>, T> {
  // Every operation is an add.
  static bool in(const Past<SetOp<T>>&, const T&) { return true; }
};

}  // namespace rejoin::laws
