// A project outside, on rejoin::laws: a type of its own is held against the laws, and one that is
// wrong is caught.

#include <algorithm>
#include <iostream>

#include "crdt/laws/check.hpp"

struct Highest {
  int value = 0;
  bool merge(const Highest& other) {
    const int before = value;
    value = std::max(value, other.value);
    return value != before;
  }
  friend bool operator==(const Highest&, const Highest&) = default;
};

struct Sum {  // what is merged twice counts twice
  int value = 0;
  bool merge(const Sum& other) {
    value += other.value;
    return other.value != 0;
  }
  friend bool operator==(const Sum&, const Sum&) = default;
};

template <class T>
struct AnySubject {
  using Op = int;
  static rc::Gen<Op> operations() { return rc::gen::inRange(1, 9); }
  static T apply(T& state, const Op& op, const rejoin::At&) {
    const T delta{op};
    state.merge(delta);
    return delta;
  }
};
template <>
struct rejoin::laws::Subject<Highest> : AnySubject<Highest> {};
template <>
struct rejoin::laws::Subject<Sum> : AnySubject<Sum> {};

int main() {
  const rejoin::laws::Report right = rejoin::laws::check<Highest>();
  const rejoin::laws::Report wrong = rejoin::laws::check<Sum>();
  if (!right.ok()) std::cout << right;
  return right.ok() && wrong.broke("merge is idempotent") ? 0 : 1;
}
