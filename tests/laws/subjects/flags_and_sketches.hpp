#pragma once

// What the laws are told of flags and sketches.

#include <algorithm>
#include <set>

#include "crdt/flags.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"

namespace rejoin::laws {

template <class Flag>
struct FlagSubject {
  using Op = bool;
  static rc::Gen<Op> operations() { return rc::gen::arbitrary<bool>(); }
  static Flag apply(Flag& flag, Op enable, const At& at) {
    return enable ? flag.enable(at) : flag.disable(at);
  }
  static bool value(const Flag& flag) { return flag.value(); }
};
template <>
struct Subject<EwFlag> : FlagSubject<EwFlag> {
  // On if an enable stands that no disable has seen.
  static bool specified(const Past<bool>& past) {
    return !past.standing([](bool enable) { return enable; }, [](bool, bool by) { return !by; })
                .empty();
  }
};
template <>
struct Subject<DwFlag> : FlagSubject<DwFlag> {
  // On if there are changes that no later one has seen, and all of them enable.
  static bool specified(const Past<bool>& past) {
    const auto last = past.standing([](bool) { return true; }, [](bool, bool) { return true; });
    return !last.empty() &&
           std::all_of(last.begin(), last.end(), [&](std::size_t i) { return past.op(i); });
  }
};

// So few registers that additions meet, and that the dense form is reached.
using Sketch = HyperLogLog<int, 4>;
template <>
struct Subject<Sketch> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(40); }
  static Sketch apply(Sketch& sketch, Op element, const At& at) { return sketch.add(at, element); }
  static std::uint64_t value(const Sketch& sketch) { return sketch.value(); }
  // What one replica would show that had added all of it, each once.
  static std::uint64_t specified(const Past<int>& past) {
    std::set<int> different;
    for (std::size_t i = 0; i < past.size(); ++i) different.insert(past.op(i));
    Sketch alone;
    for (int element : different) alone.add(ReplicaId(1), element);
    return alone.value();
  }
};

}  // namespace rejoin::laws
