#pragma once

// What the laws are told of registers.

#include "crdt/laws/generators.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/mv_register.hpp"

namespace rejoin::laws {

template <class V>
struct RegisterOp {
  std::optional<V> value;  // nothing: remove

  friend std::ostream& operator<<(std::ostream& out, const RegisterOp& op) {
    return out << (op.value ? "set " + rc::toString(*op.value) : "remove");
  }
};

template <class V>
rc::Gen<V> register_values() {
  if constexpr (std::same_as<V, double>) {
    return edgy_double();
  } else {
    return few_strings();
  }
}

template <class T, class V>
struct RegisterSubject {
  using Op = RegisterOp<V>;
  static rc::Gen<Op> operations() {
    auto set = rc::gen::map(register_values<V>(), [](const V& value) { return Op{value}; });
    return rc::gen::weightedOneOf<Op>({{5, std::move(set)}, {2, rc::gen::just(Op{})}});
  }
  static T apply(T& value, const Op& op, const At& at) {
    return op.value ? value.set(at, *op.value) : value.remove(at);
  }
  static auto value(const T& value) { return value.value(); }
};

template <class V>
struct Subject<LwwRegister<V>> : RegisterSubject<LwwRegister<V>, V> {};
template <class V>
struct Subject<MvRegister<V>> : RegisterSubject<MvRegister<V>, V> {};

}  // namespace rejoin::laws
