// The bugs of other libraries, each as a short history on the right type.

#include "tests/laws/scenarios.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rejoin {
namespace {

class Regression : public testing::TestWithParam<Scenario> {};

TEST_P(Regression, HoldsOnTheRightType) { GetParam().run(); }

INSTANTIATE_TEST_SUITE_P(Bugs, Regression, testing::ValuesIn(all_scenarios()),
                         [](const testing::TestParamInfo<Scenario>& of) {
                           const std::string bug = of.param.bug;
                           return 'B' + bug.substr(1, bug.find('_')) + of.param.sentence;
                         });

}  // namespace
}  // namespace rejoin
