#include "crdt/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace rejoin {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{ErrorCode::invalid_argument, std::to_string(n) + " is odd"};
  return n / 2;
}

TEST(Result, HoldsAValueOrTheErrorThatSaysWhy) {
  EXPECT_TRUE(half(4).has_value());
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3));
  EXPECT_EQ(half(3).error(), (Error{ErrorCode::invalid_argument, "3 is odd"}));
}

TEST(Result, MovesAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));

  const std::unique_ptr<int> taken = *std::move(result);

  EXPECT_EQ(*taken, 7);
}

TEST(Result, OfVoidSaysWhetherItWorked) {
  const Result<void> fine;
  const Result<void> failed(Error{ErrorCode::closed, "stopping"});

  EXPECT_TRUE(fine);
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::closed);
}

TEST(Result, EveryCodeHasANameOfItsOwn) {
  std::set<std::string> names;
  const int last = static_cast<int>(ErrorCode::access_denied);
  for (int code = 0; code <= last; ++code) names.insert(name_of(static_cast<ErrorCode>(code)));

  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(ResultDeathTest, ReadingWhatIsNotThereIsABrokenInvariant) {
  EXPECT_DEATH((void)half(3).value(), "broken invariant");
  EXPECT_DEATH((void)half(4).error(), "broken invariant");
}

}  // namespace
}  // namespace rejoin
