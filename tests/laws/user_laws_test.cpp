#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/users.hpp"

namespace rejoin::laws {

using OfUsers = testing::Types<Longest, BestEver>;
INSTANTIATE_TYPED_TEST_SUITE_P(OfUsers, Laws, OfUsers);

}  // namespace rejoin::laws
