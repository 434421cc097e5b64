#include "crdt/g_counter.hpp"
#include "crdt/pn_counter.hpp"
#include "tests/laws/law_suite.hpp"

namespace rejoin::laws {

// How much to add: small, negative, or past an edge.
template <class T>
struct CounterSubject {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return edgy_integer(); }
  static Result<T> apply(T& counter, const Op& amount, const At& at) {
    return counter.add(at, amount);
  }
  static std::int64_t value(const T& counter) { return counter.value(); }
};

template <>
struct Subject<GCounter> : CounterSubject<GCounter> {
  // Most negative steps would only be refused.
  static rc::Gen<Op> operations() {
    return rc::gen::weightedOneOf<Op>(
        {{3, rc::gen::inRange<std::int64_t>(0, 4)}, {1, edgy_integer()}});
  }
};
template <>
struct Subject<PnCounter> : CounterSubject<PnCounter> {};

using Counters = testing::Types<GCounter, PnCounter>;
INSTANTIATE_TYPED_TEST_SUITE_P(Counter, Laws, Counters);

}  // namespace rejoin::laws
