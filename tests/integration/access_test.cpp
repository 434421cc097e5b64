// What Access believes of key files that cannot be read for a moment, and when it reads them again.

#include "net/zmq/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/keyring.hpp"

namespace rejoin::integration {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Frame hello_of(std::uint64_t number) {
  return {{ReplicaId(number).node, 1}, Hello{}};
}

// While it lives, no file can be opened.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

// `a` lets the peers b and c in, and the client carol.
class AccessOfA : public testing::Test {
 protected:
  AccessOfA() {
    for (const char* who : {"a", "b", "c", "carol"}) keys_[who] = ring_.make(who);
    ring_.know_peer("a", "b");
    ring_.know_peer("a", "c");
    ring_.know_client("a", "carol");
    auto opened = Access::open(ring_.at("a"));
    if (!opened) throw std::runtime_error(opened.error().message);
    access_ = *std::move(opened);
    access_->own({ReplicaId(1).node, 1});
  }

  void break_file(const std::string& file) const {
    std::ofstream(ring_.at("a", file)) << keys_.at("b").substr(0, 17);
  }
  // Later than any bound on reading.
  Access::Time later() { return now_ += std::chrono::seconds(1); }

  Keyring ring_;
  std::map<std::string, std::string> keys_;
  std::unique_ptr<Access> access_;
  Access::Time now_ = std::chrono::steady_clock::now();
};

TEST_F(AccessOfA, FileThatIsHalfWrittenKeepsItsKeyAndNodesAndIsTold) {
  ASSERT_TRUE(access_->may_send(keys_["b"], hello_of(9), now_));
  break_file("peers/b.pub");
  break_file("clients/carol.pub");

  access_->reload(later());

  const auto told = access_->take_reports();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[0].error.message, HasSubstr("peers/b.pub"));
  EXPECT_THAT(told[1].error.message, HasSubstr("clients/carol.pub"));
  EXPECT_TRUE(access_->may_send(keys_["b"], hello_of(9), now_));
  EXPECT_FALSE(access_->may_send(keys_["c"], hello_of(9), now_));
  EXPECT_TRUE(access_->may_ask(keys_["carol"], now_));
}

TEST_F(AccessOfA, KeptKeyEndsOnceItsFileIsWholeAndAnotherOrGone) {
  break_file("peers/b.pub");
  break_file("peers/c.pub");
  access_->reload(later());
  ASSERT_TRUE(access_->may_send(keys_["b"], hello_of(8), now_));
  ASSERT_TRUE(access_->may_send(keys_["c"], hello_of(9), now_));

  const std::string other = ring_.make("b2");
  ring_.copy("b2", ring_.at("a", "peers/b.pub"));
  ring_.forget_peer("a", "c");

  EXPECT_FALSE(access_->may_send(keys_["b"], hello_of(8), later()));  // nobody said reload
  EXPECT_FALSE(access_->may_send(keys_["c"], hello_of(9), now_));
  EXPECT_TRUE(access_->may_send(other, hello_of(8), now_));
}

TEST_F(AccessOfA, WithoutDescriptorsEverybodyIsKept) {
  const Access::Time soon = later();
  Access& access = *access_;
  {
    // Nothing virtual is called meanwhile: to look at its type, the sanitizer needs a descriptor.
    const NoDescriptors none;
    access.reload(soon);
  }
  EXPECT_FALSE(access.take_reports().empty());
  EXPECT_TRUE(access.may_send(keys_["b"], hello_of(8), now_));
  EXPECT_TRUE(access.may_ask(keys_["carol"], now_));
  ring_.forget_client("a", "carol");

  EXPECT_FALSE(access_->may_ask(keys_["carol"], later()));
}

// What others may have written is not believed, and not what it said before either.
TEST_F(AccessOfA, FileThatOthersMayWriteAllowsNobody) {
  std::filesystem::permissions(ring_.at("a", "peers/b.pub"), std::filesystem::perms(0666));

  access_->reload(later());

  EXPECT_FALSE(access_->may_send(keys_["b"], hello_of(8), now_));
}

TEST_F(AccessOfA, DeniedMessageReadsTheFilesAgainButNotAllTheTime) {
  ring_.forget_peer("a", "b");
  ring_.forget_client("a", "carol");
  access_->reload(later());
  ring_.know_peer("a", "b");
  ring_.know_client("a", "carol");

  EXPECT_FALSE(access_->may_send(keys_["b"], hello_of(8), now_ + milliseconds(200)));
  EXPECT_FALSE(access_->may_ask(keys_["carol"], now_ + milliseconds(200)));
  EXPECT_TRUE(access_->may_send(keys_["b"], hello_of(8), now_ + milliseconds(250)));
  EXPECT_TRUE(access_->may_ask(keys_["carol"], now_ + milliseconds(251)));
}

TEST_F(AccessOfA, WrongFileIsToldOnceUntilSomebodySaysReload) {
  break_file("peers/b.pub");
  access_->reload(later());
  ASSERT_EQ(access_->take_reports().size(), 1U);

  ASSERT_FALSE(access_->may_send("nobody's", hello_of(8), later()));
  ASSERT_FALSE(access_->may_send("nobody's", hello_of(8), later()));
  EXPECT_TRUE(access_->take_reports().empty());

  access_->reload(later());
  EXPECT_EQ(access_->take_reports().size(), 1U);
}

}  // namespace
}  // namespace rejoin::integration
