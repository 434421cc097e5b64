#include "sim/platter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "crdt/hash.hpp"
#include "sim/sqlite_platter.hpp"

namespace rejoin::sim {
namespace {

using Records = std::vector<std::string>;

Records numbered(unsigned first, unsigned last) {
  Records out;
  for (unsigned i = first; i <= last; ++i) out.push_back("record " + std::to_string(i));
  return out;
}

struct Kind {
  std::string name;
  std::unique_ptr<Platter> (*make)();
};

class EachPlatter : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(platter->load());
    ASSERT_TRUE(platter->append(numbered(1, 4)));
  }
  // Begins as the records say, and is no longer than they are.
  void expect_prefix(const Records& all, std::size_t least) {
    const auto found = platter->load();
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_LE(found->size(), all.size());
    EXPECT_GE(found->size(), least);
    EXPECT_EQ(*found,
              Records(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(found->size())));
  }

  std::unique_ptr<Platter> platter = GetParam().make();
};

TEST_P(EachPlatter, GivesBackWhatWasAppendedAndCheckpointed) {
  EXPECT_EQ(platter->load().value(), numbered(1, 4));
  EXPECT_EQ(platter->last(), 4U);
  ASSERT_TRUE(platter->checkpoint(Records{"all"}));
  ASSERT_TRUE(platter->append(Records{"five"}));
  EXPECT_EQ(platter->records(), (Records{"all", "five"}));
  EXPECT_EQ(platter->load().value(), (Records{"all", "five"}));
  EXPECT_EQ(platter->last(), 5U);
}

TEST_P(EachPlatter, APowerCutKeepsAPartOfWhatWasBeingWrittenAndAllBefore) {
  std::size_t least = 9;
  std::size_t most = 0;
  for (std::uint64_t bits = 1; bits <= 40; ++bits) {
    platter = GetParam().make();
    SetUp();
    platter->cut_power(numbered(5, 8), mix64(bits));
    expect_prefix(numbered(1, 8), 4);
    const std::size_t kept = platter->records().size();
    EXPECT_EQ(platter->last(), kept);
    least = std::min(least, kept);
    most = std::max(most, kept);
    ASSERT_TRUE(platter->append(Records{"after"}));
  }
  EXPECT_EQ(least, 4U);
  EXPECT_EQ(most, 8U);
}

TEST_P(EachPlatter, ALieIsTakenBackByAPowerCutAndByNothingElse) {
  platter->lie(true);
  ASSERT_TRUE(platter->append(numbered(5, 6)));
  platter->lie(false);
  platter->cut_power({}, 1);
  EXPECT_EQ(platter->load().value(), numbered(1, 6)) << "no longer a lie";

  std::size_t least = 9;
  for (std::uint64_t bits = 1; bits <= 40; ++bits) {
    platter = GetParam().make();
    SetUp();
    platter->lie(true);
    ASSERT_TRUE(platter->append(numbered(5, 6)));
    ASSERT_TRUE(platter->append(numbered(7, 8)));
    platter->cut_power({}, mix64(bits));
    const auto found = platter->load();
    if (!found) {
      EXPECT_EQ(found.error().code, ErrorCode::storage_corrupt) << "found out, never served";
      continue;
    }
    expect_prefix(numbered(1, 8), 0);
    least = std::min(least, found->size());
  }
  EXPECT_EQ(least, 4U);
}

TEST_P(EachPlatter, AnErrorIsFinalUntilItIsLoadedAgain) {
  platter->fail_next(3);
  EXPECT_FALSE(platter->append(numbered(5, 8)));
  EXPECT_FALSE(platter->append(numbered(9, 9)));
  expect_prefix(numbered(1, 8), 4);
  EXPECT_TRUE(platter->append(Records{"again"}));
}

TEST_P(EachPlatter, AFullOneTakesNothingUntilThereIsRoom) {
  platter->fill(true);
  EXPECT_FALSE(platter->append(Records(40, std::string(500, 'x'))));
  platter->fill(false);
  EXPECT_EQ(platter->load().value(), numbered(1, 4));
  EXPECT_TRUE(platter->append(Records{"five"}));
}

TEST_P(EachPlatter, ABitThatChangedIsRefusedAndNeverRead) {
  std::size_t refused = 0;
  for (std::uint64_t bits = 1; bits <= 10; ++bits) {
    platter = GetParam().make();
    SetUp();
    platter->cut_power({}, 0);
    ASSERT_TRUE(platter->rot(mix64(bits)));
    const auto found = platter->load();
    refused += !found;
    if (found) {
      EXPECT_EQ(*found, numbered(1, 4)) << "it lay where nobody reads";
    } else {
      EXPECT_EQ(found.error().code, ErrorCode::storage_corrupt);
    }
  }
  EXPECT_GE(refused, 5U);
  platter->wipe();
  EXPECT_TRUE(platter->load()->empty());
}

TEST_P(EachPlatter, AShortReadIsRefusedOnceAndChangesNothing) {
  platter->cut_power({}, 0);
  platter->short_read();
  EXPECT_FALSE(platter->load());
  EXPECT_EQ(platter->load().value(), numbered(1, 4));
}

TEST_P(EachPlatter, AnotherDirectoryTakesItsPlaceWhateverItAilsFrom) {
  platter->fill(true);
  platter->put(Records{"a", "b"});
  EXPECT_EQ(platter->load().value(), (Records{"a", "b"}));
  EXPECT_EQ(platter->last(), 2U);
}

std::unique_ptr<Platter> a_sqlite_platter() {
  return sqlite_platter(StoreId::named("tested"), 7);
}

INSTANTIATE_TEST_SUITE_P(Platters, EachPlatter,
                         testing::Values(Kind{"memory", &memory_platter},
                                         Kind{"sqlite", &a_sqlite_platter}),
                         [](const auto& kind) { return kind.param.name; });

TEST(MemoryPlatter, AMisdirectedWriteDamagesAnotherRecord) {
  const auto platter = memory_platter();
  ASSERT_TRUE(platter->append(numbered(1, 4)));
  platter->misdirect(2);
  ASSERT_TRUE(platter->append(numbered(5, 5)));
  EXPECT_EQ(platter->load().error().code, ErrorCode::storage_corrupt);
}

}  // namespace
}  // namespace rejoin::sim
