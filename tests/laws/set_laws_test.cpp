#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/sets.hpp"

namespace rejoin::laws {

using AddWins = testing::Types<AwSet<int>, AwSet<std::string>, AwSet<double>>;
INSTANTIATE_TYPED_TEST_SUITE_P(AddWinsSet, Laws, AddWins);
using OtherSets = testing::Types<GSet<int>, TwoPhaseSet<double>, RwSet<std::string>, LwwSet<int>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Set, Laws, OtherSets);

}  // namespace rejoin::laws
