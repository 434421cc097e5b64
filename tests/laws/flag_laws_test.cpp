#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/flags_and_sketches.hpp"

namespace rejoin::laws {

using FlagsAndSketches = testing::Types<EwFlag, DwFlag, Sketch>;
INSTANTIATE_TYPED_TEST_SUITE_P(FlagAndSketch, Laws, FlagsAndSketches);

}  // namespace rejoin::laws
