#pragma once

// What the laws are told of registers.

#include <algorithm>
#include <optional>
#include <vector>

#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/mv_register.hpp"
#include "tests/laws/subjects/last_write_specified.hpp"

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
struct Subject<LwwRegister<V>> : RegisterSubject<LwwRegister<V>, V> {
  static std::optional<V> specified(const Past<RegisterOp<V>>& past) {
    const auto last = last_of(
        past, [&](std::size_t i) { return past.op(i).value.has_value(); },
        [](std::size_t) { return true; });
    return last ? past.op(*last).value : std::nullopt;
  }
};
template <class V>
struct Subject<MvRegister<V>> : RegisterSubject<MvRegister<V>, V> {
  using Op = RegisterOp<V>;
  // Each value that no later change has seen, once.
  static std::vector<V> specified(const Past<Op>& past) {
    std::vector<V> all;
    for (std::size_t i : past.standing([](const Op& op) { return op.value.has_value(); },
                                       [](const Op&, const Op&) { return true; })) {
      all.push_back(one_of_equals(*past.op(i).value));
    }
    std::sort(all.begin(), all.end(), before<V>);
    all.erase(std::unique(all.begin(), all.end(),
                          [](const V& a, const V& b) { return !before(a, b) && !before(b, a); }),
              all.end());
    return all;
  }

 private:
  template <class U>
  static U one_of_equals(const U& value) {
    if constexpr (std::same_as<U, double>) return value + 0.0;  // -0.0 becomes 0.0
    return value;
  }
  // NaN comes last.
  template <class U>
  static bool before(const U& a, const U& b) {
    return a < b || (a == a && b != b);
  }
};

}  // namespace rejoin::laws
