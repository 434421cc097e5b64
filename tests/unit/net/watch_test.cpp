// What a watcher is told, page by page, without sockets.

#include "net/watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "net/stored.hpp"
#include "tests/unit/net/desk.hpp"

namespace rejoin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Text = LwwRegister<std::string>;
using State = WatchedObject::State;

// A store whose entries are all durable at once, and a log that keeps some of them.
struct Watched {
  explicit Watched(std::uint64_t log_bytes = 1024 * 1024) : log(log_bytes) {}

  void set(const std::string& name, const std::string& value) {
    log.append(desk.transact([&](Transaction& tx) { open<Text>(tx, name).set(tx, value); }));
  }
  void remove(const std::string& name) {
    log.append(desk.transact([&](Transaction& tx) { tx.remove(Key<Text>{name}); }));
  }
  WatchView view() const { return {desk.store, log, desk.store.clock()}; }
  const CausalContext& clock() const { return desk.store.clock(); }

  // All pages of one answer.
  std::vector<WatchPage> pages(const std::string& prefix, const std::optional<CausalContext>& since,
                               const WatchLimits& limits = {}) const {
    std::vector<WatchPage> out;
    WatchRequest request{prefix, since.has_value(), {}};
    for (;;) {
      out.push_back(watch_page(view(), request, since.value_or(CausalContext()), limits));
      if (!out.back().next) return out;
      request.rest = {out.back().snapshot, out.back().upto, *out.back().next};
    }
  }

  Desk desk{a};
  EntryLog log;
};

std::vector<std::string> names(const std::vector<WatchPage>& pages) {
  std::vector<std::string> out;
  for (const WatchPage& page : pages) {
    for (const WatchedObject& object : page.objects) out.push_back(object.key.name);
  }
  return out;
}

TEST(Watch, SnapshotHasThePrefixRisingByNameThenType) {
  Watched watched;
  for (const std::string name : {"b", "a2", "a1", "c"}) watched.set(name, "v");
  watched.log.append(watched.desk.transact([](Transaction& tx) {
    open<GCounter>(tx, "a2").add(tx, 7);
    open<AwSet<std::string>>(tx, "a3").add(tx, "milk");
  }));

  const auto pages = watched.pages("a", {});

  ASSERT_EQ(pages.size(), 1U);
  EXPECT_TRUE(pages[0].snapshot && pages[0].begins);
  EXPECT_EQ(pages[0].reason, SnapshotReason::asked);
  EXPECT_EQ(pages[0].upto, watched.clock());
  EXPECT_THAT(names(pages), ElementsAre("a1", "a2", "a2", "a3"));
  EXPECT_EQ(pages[0].objects[1].key.type, type_tag<GCounter>);
  EXPECT_THAT(pages[0].objects[1].values, ElementsAre(Item(std::int64_t{7})));
  EXPECT_THAT(pages[0].objects[2].values, ElementsAre(Item("v")));
}

TEST(Watch, ChangesAreWhatTheLogNamesAfterTheClock) {
  Watched watched;
  for (const std::string name : {"k3", "k1", "other"}) watched.set(name, "old");
  const CausalContext since = watched.clock();
  watched.set("k2", "new");
  watched.set("other", "new");
  watched.remove("k3");

  const auto pages = watched.pages("k", since);

  ASSERT_EQ(pages.size(), 1U);
  EXPECT_FALSE(pages[0].snapshot);
  EXPECT_EQ(pages[0].upto, watched.clock());
  ASSERT_THAT(names(pages), ElementsAre("k2", "k3"));
  EXPECT_THAT(pages[0].objects[0].values, ElementsAre(Item("new")));
  EXPECT_EQ(pages[0].objects[1].state, State::removed);
}

TEST(Watch, NothingNewIsNothingTold) {
  Watched watched;
  watched.set("k", "v");
  const CausalContext since = watched.clock();

  EXPECT_THAT(names(watched.pages("k", since)), IsEmpty());
  watched.set("other", "v");
  const auto pages = watched.pages("k", since);
  EXPECT_THAT(names(pages), IsEmpty());
  EXPECT_EQ(pages[0].upto, watched.clock());  // so that the log need not reach back to `since`
}

TEST(Watch, ManyWritesOfOneObjectAreToldOnceWithTheLastValue) {
  Watched watched;
  watched.set("k", "0");
  const CausalContext since = watched.clock();
  for (int i = 1; i <= 500; ++i) watched.set("k", std::to_string(i));

  const auto pages = watched.pages("k", since);

  ASSERT_THAT(names(pages), ElementsAre("k"));
  EXPECT_THAT(pages[0].objects[0].values, ElementsAre(Item("500")));
}

TEST(Watch, WhoFellBehindTheLogGetsASnapshotThatSaysSo) {
  Watched watched(2048);
  watched.set("k", "v");
  const CausalContext since = watched.clock();
  for (int i = 0; i < 100; ++i) watched.set("k" + std::to_string(i), std::string(100, 'x'));

  const auto pages = watched.pages("k", since);

  EXPECT_TRUE(pages[0].snapshot && pages[0].begins);
  EXPECT_EQ(pages[0].reason, SnapshotReason::behind);
  EXPECT_EQ(names(pages).size(), 101U);
}

TEST(Watch, PagesOfASnapshotGoOnWhereTheLastEndedAndChangesFollow) {
  Watched watched;
  for (int i = 10; i < 60; ++i) watched.set("k" + std::to_string(i), std::string(100, 'x'));
  const WatchLimits small{500, 1024 * 1024, 1024 * 1024};
  WatchRequest request{"k", false, {}};
  std::vector<WatchPage> pages = {watch_page(watched.view(), request, {}, small)};
  watched.set("k10", "changed behind the cursor");
  watched.remove("k59");
  while (pages.back().next) {
    request.rest = {true, pages.front().upto, *pages.back().next};
    pages.push_back(watch_page(watched.view(), request, {}, small));
  }
  const auto after = watched.pages("k", pages.back().upto, small);

  EXPECT_GT(pages.size(), 5U);
  for (std::size_t i = 1; i < pages.size(); ++i) EXPECT_FALSE(pages[i].begins);
  EXPECT_EQ(names(pages).size(), 49U);
  EXPECT_EQ(names(pages).front(), "k10");
  EXPECT_EQ(names(pages).back(), "k58");
  EXPECT_THAT(names(after), ElementsAre("k10", "k59"));
}

TEST(Watch, PagesOfChangesTellEachObjectOnce) {
  Watched watched;
  watched.set("k", "v");
  const CausalContext since = watched.clock();
  for (int i = 10; i < 60; ++i) watched.set("k" + std::to_string(i), std::string(100, 'x'));

  const auto pages = watched.pages("k", since, {500, 1024 * 1024, 1024 * 1024});

  EXPECT_GT(pages.size(), 5U);
  EXPECT_EQ(names(pages).size(), 50U);
  EXPECT_EQ(pages.back().upto, watched.clock());
}

// What one answer may cost is bounded by the log's bytes that it looks at; the next goes on there.
TEST(Watch, LongLagIsToldInSeveralAnswers) {
  Watched watched;
  watched.set("k", "v");
  CausalContext since = watched.clock();
  for (int i = 10; i < 60; ++i) watched.set("k" + std::to_string(i), std::string(100, 'x'));
  std::set<std::string> told;
  int answers = 0;
  for (; since != watched.clock(); ++answers) {
    const auto pages = watched.pages("k", since, {1024 * 1024, 1024 * 1024, 1000});
    for (const std::string& name : names(pages)) told.insert(name);
    ASSERT_FALSE(pages[0].snapshot);
    since = pages.back().upto;
  }

  EXPECT_GT(answers, 3);
  EXPECT_EQ(told.size(), 50U);
}

TEST(Watch, PageOfAClockThatIsNotCoveredBeginsAnew) {
  Watched watched;
  watched.set("k", "v");
  WatchRequest request{"k", true, WatchRequest::Rest{false, upto(b, 9), {type_tag<Text>, "k"}}};

  const WatchPage page = watch_page(watched.view(), request, {});

  EXPECT_TRUE(page.begins);
  EXPECT_EQ(page.reason, SnapshotReason::unknown);
}

TEST(Watch, TypesWithoutPlainValuesAreNamedAndLargeOnesAreNotSent) {
  Watched watched;
  watched.log.append(watched.desk.transact(
      [](Transaction& tx) { open<LwwRegister<std::int32_t>>(tx, "k1").set(tx, 1); }));
  watched.set("k2", std::string(2000, 'x'));

  const auto pages = watched.pages("k", {}, {1024 * 1024, 1000, 1024 * 1024});

  ASSERT_THAT(names(pages), ElementsAre("k1", "k2"));
  EXPECT_EQ(pages[0].objects[0].state, State::opaque);
  EXPECT_EQ(pages[0].objects[1].state, State::too_large);
  EXPECT_THAT(pages[0].objects[1].values, IsEmpty());
}

}  // namespace
}  // namespace rejoin::testing
