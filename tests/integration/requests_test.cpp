// What waits at a node, step by step: no sockets, and nothing is on disk before a test says so.

#include "net/zmq/requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crdt/g_counter.hpp"

namespace rejoin {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t ms = 1'000'000;

Operation hit(Verb verb) {
  return {Family::g_counter, verb, "hits", verb == Verb::add ? Plain(std::int64_t{1}) : Plain()};
}

class RequestsOfANode : public testing::Test {
 protected:
  RequestsOfANode()
      : state_({Config(), StoreId::named("default"), ReplicaId(1), "a"}, 16), requests_(state_) {
    state_.labels.store = StoreId::named("default");
    state_.replica.start(now_, true);
    persist();
  }

  void ask(const Asker& asker, decltype(ClientRequest::body) body, std::uint64_t timeout_ms = 1000,
           const CausalContext& after = {}) {
    ClientRequest request;
    request.id = ++last_id_;
    request.timeout_ms = timeout_ms;
    request.after = after;
    request.body = std::move(body);
    requests_.take(asker, encode_request(request), now_, {});
  }
  void persist() {
    state_.replica.flush(now_);
    persisted_ += state_.replica.poll_persist().size();
    state_.replica.handle_persisted(persisted_, now_);
  }
  void pass(std::uint64_t time_ms) {
    now_.mono_ns += time_ms * ms;
    now_.wall_ms += time_ms;
    requests_.advance(now_);
  }
  // To the asker with this link; what others were answered is gone then.
  std::optional<ClientReply> answer_to(const std::string& link) {
    for (const Requests::Answer& answer : requests_.answers()) {
      if (answer.link == link) return *decode_reply(answer.bytes);
    }
    return std::nullopt;
  }
  std::optional<ErrorCode> error_to(const std::string& link) {
    const auto reply = answer_to(link);
    const Error* error = reply ? std::get_if<Error>(&reply->body) : nullptr;
    return error ? std::optional(error->code) : std::nullopt;
  }

  Now now_{1000 * ms, 1000};
  NodeState state_;
  Requests requests_;
  const Asker ann_{"link of ann", "key of ann"};
  const Asker bob_{"link of bob", "key of bob"};

 private:
  std::uint64_t last_id_ = 0;
  std::uint64_t persisted_ = 0;
};

// Of everybody but ann.
Result<void> not_ann(const std::string& key) {
  if (key != "key of ann") return {};
  return Error{ErrorCode::access_denied, "not ann"};
}

TEST_F(RequestsOfANode, WhoMayNotAskAnyMoreIsToldSoInsteadOfWhatIsWatched) {
  for (const Asker& asker : {ann_, bob_}) {
    ask(asker, WatchRequest{"", true, {}}, 1000, state_.replica.token());
  }
  ASSERT_FALSE(answer_to(ann_.link));

  requests_.revoke(not_ann);
  EXPECT_EQ(error_to(ann_.link), ErrorCode::access_denied);
  ask(bob_, hit(Verb::add));
  persist();
  pass(1);

  const auto answers = requests_.answers();
  ASSERT_EQ(answers.size(), 2U);  // bob's write and bob's watch
  for (const auto& answer : answers) {
    EXPECT_EQ(answer.link, bob_.link);
    EXPECT_FALSE(std::holds_alternative<Error>(decode_reply(answer.bytes)->body));
  }
}

TEST_F(RequestsOfANode, WriteThatWaitsForItsTokenDoesNotRunForWhoMayNotAskAnyMore) {
  CausalContext later;
  later.add({ReplicaId(2), 1});
  ask(ann_, hit(Verb::add), 1000, later);

  requests_.revoke(not_ann);

  EXPECT_EQ(error_to(ann_.link), ErrorCode::access_denied);
  EXPECT_FALSE(requests_.timeout());
}

TEST_F(RequestsOfANode, WriteThatRanBeforeItsKeyWasTakenAwayIsSaidToStay) {
  ask(ann_, hit(Verb::add));

  requests_.revoke(not_ann);

  const auto reply = answer_to(ann_.link);
  ASSERT_TRUE(reply && std::holds_alternative<Error>(reply->body));
  EXPECT_EQ(std::get<Error>(reply->body).code, ErrorCode::access_denied);
  EXPECT_THAT(std::get<Error>(reply->body).message, HasSubstr("stays"));
}

TEST_F(RequestsOfANode, BackupThatWasLateLeavesRoomForTheNext) {
  ask(bob_, hit(Verb::add));  // not on disk
  ask(ann_, BackupRequest{}, 10);
  pass(10);
  ASSERT_EQ(error_to(ann_.link), ErrorCode::timed_out);
  persist();

  ask(bob_, BackupRequest{});

  const auto reply = answer_to(bob_.link);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(std::holds_alternative<BackupReply>(reply->body));
}

TEST_F(RequestsOfANode, BackupBelongsToTheKeyThatBeganIt) {
  ask(ann_, BackupRequest{});
  const BackupReply begun = std::get<BackupReply>(answer_to(ann_.link)->body);

  ask(bob_, BackupRequest{begun.session, begun.records});
  EXPECT_EQ(error_to(bob_.link), ErrorCode::aborted);
  ask(bob_, BackupRequest{});
  EXPECT_EQ(error_to(bob_.link), ErrorCode::limit_exceeded);

  // A link that was cut and made anew.
  ask({"another link of ann", ann_.key}, BackupRequest{begun.session, 0});
  const auto page = answer_to("another link of ann");
  ASSERT_TRUE(page && std::holds_alternative<BackupReply>(page->body));
  EXPECT_EQ(std::get<BackupReply>(page->body).page, begun.page);
}

TEST_F(RequestsOfANode, BackupCannotBeFoundByCounting) {
  ask(ann_, BackupRequest{});
  const std::uint64_t first = std::get<BackupReply>(answer_to(ann_.link)->body).session;
  ask(ann_, BackupRequest{});
  const std::uint64_t second = std::get<BackupReply>(answer_to(ann_.link)->body).session;

  const std::uint64_t apart = first < second ? second - first : first - second;
  EXPECT_GT(apart, 1'000U);  // two draws of 64 bits
  EXPECT_GT(std::min(first, second), 1'000U);
}

TEST_F(RequestsOfANode, BackupEndsWithTheRightToAsk) {
  ask(ann_, BackupRequest{});

  requests_.revoke(not_ann);
  ask(bob_, BackupRequest{});

  const auto reply = answer_to(bob_.link);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(std::holds_alternative<BackupReply>(reply->body));
}

}  // namespace
}  // namespace rejoin
