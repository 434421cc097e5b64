#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/extrema.hpp"

namespace rejoin::laws {

using Extrema = testing::Types<MaxRegister<double>, MinRegister<std::int64_t>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Extremum, Laws, Extrema);

}  // namespace rejoin::laws
