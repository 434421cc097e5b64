#include "tests/laws/law_suite.hpp"
#include "tests/laws/subjects/registers.hpp"

namespace rejoin::laws {

using Registers = testing::Types<LwwRegister<std::string>, MvRegister<double>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Register, Laws, Registers);

}  // namespace rejoin::laws
