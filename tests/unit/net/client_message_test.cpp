#include "net/client_message.hpp"

#include <gtest/gtest.h>

namespace rejoin {
namespace {

CausalContext some_clock() {
  CausalContext clock;
  clock.add(ReplicaId(1), {1, 40});
  clock.add(ReplicaId(2), {1, 3});
  clock.add(ReplicaId(2), {7, 7});
  return clock;
}

std::vector<ClientRequest> requests() {
  std::vector<ClientRequest> out(11);
  out[0] = {1, std::nullopt, 5000, {}, Operation{Family::g_counter, Verb::add, "hits", {}}};
  out[1] = {2, StoreId{3, 4}, 0, some_clock(),
            Operation{Family::pn_counter, Verb::add, "k", std::int64_t{-9}}};
  out[2] = {
      3, StoreId{}, 1, {}, Operation{Family::aw_set, Verb::remove, "k", std::string("\0x", 2)}};
  out[3] = {4, {}, 7, some_clock(), WaitRequest{{Quorum::Kind::at_least, 2}}};
  out[4] = {5, {}, 7, {}, StatusRequest{}};
  out[5] = {6, {}, 7, {}, WatchRequest{"p", false, {}}};
  out[6] = {7,
            {},
            7,
            some_clock(),
            WatchRequest{"p", true, WatchRequest::Rest{true, some_clock(), {{7, 6}, "k"}}}};
  out[7] = {8, {}, 7, {}, BackupRequest{}};
  out[8] = {9, {}, 7, {}, BackupRequest{5, 77}};
  out[9] = {10, {}, 7, {}, Operation{Family::multi_map, Verb::add, "k", std::string("v"), {"f"}}};
  out[10] = {
      11, {}, 7, {}, Operation{Family::or_map, Verb::get, "k", {}, {"f", std::string(1, 0)}}};
  return out;
}

Status some_status() {
  Status status;
  status.name = "a";
  status.failure = "disk full";
  status.objects = 7;
  status.events_dropped = 9;
  status.peers.push_back({"tcp://h:1", "b", "id", "streaming", 1, 2, 3, 4, 5, 6});
  status.stats.resends = 11;
  status.duplicated = {"00ff", "77"};
  status.access_refused = 5;
  status.encrypted = true;
  return status;
}

std::vector<ClientReply> replies() {
  std::vector<ClientReply> out;
  out.push_back({1, Error{ErrorCode::limit_exceeded, "too large"}});
  out.push_back({2, WrittenReply{some_clock()}});
  out.push_back({3, ValuesReply{{}, {std::int64_t{-1}, std::string("v"), std::monostate{}}}});
  out.push_back({4, HeldReply{some_clock(), {"x", "y"}, 2}});
  out.push_back({5, some_status()});
  WatchPage page{true, true, SnapshotReason::behind, some_clock(), {}, ObjectKey{{2, 1}, "next"}};
  page.objects.push_back({{{7, 6}, "k"}, WatchedObject::State::present, {std::string("v")}});
  page.objects.push_back({{{7, 6}, "l"}, WatchedObject::State::removed, {}});
  out.push_back({6, page});
  out.push_back({8, ValuesReply{some_clock(), {Item(std::int64_t{1}, {"a", "b"}), Item("v")}}});
  out.push_back({7, BackupReply{3, {1, 2}, "c", "r", some_clock(), 2, 3, {"a", "bc"}}});
  return out;
}

TEST(ClientMessage, RequestsComeBackAsTheyWere) {
  for (const ClientRequest& request : requests()) {
    const auto back = decode_request(encode_request(request));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, request);
  }
}

TEST(ClientMessage, RepliesComeBackAsTheyWere) {
  for (const ClientReply& reply : replies()) {
    const auto back = decode_reply(encode_reply(reply));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->id, reply.id);
    ASSERT_EQ(back->body.index(), reply.body.index());
    EXPECT_EQ(encode_reply(*back), encode_reply(reply));
  }
  const auto status = decode_reply(encode_reply({5, some_status()}));
  ASSERT_TRUE(status);
  const auto& read = std::get<Status>(status->body);
  EXPECT_EQ(read.peers, some_status().peers);
  EXPECT_EQ(read.failure, "disk full");
  EXPECT_EQ(read.stats.resends, 11U);
  EXPECT_EQ(read.duplicated, some_status().duplicated);
}

TEST(ClientMessage, TruncatedAtEveryByteIsRefused) {
  for (const ClientRequest& request : requests()) {
    const std::string bytes = encode_request(request);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_request(std::string_view(bytes).substr(0, size))) << size;
    }
  }
}

TEST(ClientMessage, EveryFlippedBitIsReadOrRefusedAndNothingElse) {
  std::size_t refused = 0;
  for (const ClientReply& reply : replies()) {
    const std::string bytes = encode_reply(reply);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      if (!decode_reply(flipped)) ++refused;
      if (!decode_request(flipped)) ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST(ClientMessage, OtherVersionIsNamed) {
  std::string bytes = encode_request(requests()[4]);
  bytes[16] = 9;  // the first word of the root's data, after two words of head

  const auto decoded = decode_request(bytes);

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::version_unsupported);
}

TEST(ClientMessage, LargerThanTheLimitIsRefusedUnread) {
  const std::string bytes(request_bytes_max + 8, '\0');

  const auto decoded = decode_request(bytes);

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::limit_exceeded);
}

TEST(ClientMessage, FieldsOfAnAnswerComeBack) {
  const std::vector<Item> values = {Item(std::int64_t{1}, {"a", "b"}), Item("v", {""}), Item()};

  const auto back = decode_reply(encode_reply({1, ValuesReply{some_clock(), values}}));

  ASSERT_TRUE(back);
  EXPECT_EQ(std::get<ValuesReply>(back->body).values, values);
}

TEST(ClientMessage, FamilyThatNobodyKnowsIsRefused) {
  Operation operation{static_cast<Family>(99), Verb::get, "k", {}};

  EXPECT_FALSE(decode_request(encode_request({1, {}, 0, {}, operation})));
}

}  // namespace
}  // namespace rejoin
