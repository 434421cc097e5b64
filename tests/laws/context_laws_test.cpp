#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/contexts.hpp"

namespace rejoin::laws {

using Contexts = testing::Types<CausalContext, SequenceSet, VersionVector>;
INSTANTIATE_TYPED_TEST_SUITE_P(Context, Laws, Contexts);

}  // namespace rejoin::laws
