#pragma once

// What the laws are told of flags and sketches.

#include "crdt/flags.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/laws/generators.hpp"
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
struct Subject<EwFlag> : FlagSubject<EwFlag> {};
template <>
struct Subject<DwFlag> : FlagSubject<DwFlag> {};

// So few registers that additions meet, and that the dense form is reached.
using Sketch = HyperLogLog<int, 4>;
template <>
struct Subject<Sketch> {
  using Op = int;
  static rc::Gen<Op> operations() { return few(40); }
  static Sketch apply(Sketch& sketch, Op element, const At& at) { return sketch.add(at, element); }
  static std::uint64_t value(const Sketch& sketch) { return sketch.value(); }
};

}  // namespace rejoin::laws
