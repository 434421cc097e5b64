#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "tests/laws/law_suite.hpp"

namespace rejoin::laws {

template <>
struct Subject<MaxRegister<double>> {
  using Op = double;
  static rc::Gen<Op> operations() { return edgy_double(); }
  static Result<MaxRegister<double>> apply(MaxRegister<double>& max, const Op& op, const At& at) {
    return max.set(at, op);
  }
  static auto value(const MaxRegister<double>& max) { return max.value(); }
};

template <>
struct Subject<MinRegister<std::int64_t>> {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return edgy_integer(); }
  static auto apply(MinRegister<std::int64_t>& min, const Op& op, const At& at) {
    return min.set(at, op);
  }
  static auto value(const MinRegister<std::int64_t>& min) { return min.value(); }
};

using Extrema = testing::Types<MaxRegister<double>, MinRegister<std::int64_t>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Extremum, Laws, Extrema);

}  // namespace rejoin::laws
