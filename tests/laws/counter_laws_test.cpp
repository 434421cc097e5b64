#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/counters.hpp"

namespace rejoin::laws {

using Counters = testing::Types<GCounter, PnCounter, ResettableCounter, BoundedCounter<>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Counter, Laws, Counters);

}  // namespace rejoin::laws
