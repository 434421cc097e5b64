#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/maps.hpp"

namespace rejoin::laws {

using Maps = testing::Types<Counts, Shares, Sets, Writes, Table, Groups>;
INSTANTIATE_TYPED_TEST_SUITE_P(Map, Laws, Maps);

}  // namespace rejoin::laws
