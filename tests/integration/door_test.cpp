// The six ways in which a ZeroMQ door stays open although it should not, and the check that a node
// makes of its own. Each stranger has a frame and a request ready that would be taken.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/client_message.hpp"
#include "net/zmq/door_check.hpp"
#include "net/zmq/zap.hpp"
#include "tests/integration/keyring.hpp"
#include "tests/integration/knocker.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string hello_of(std::uint64_t who) {
  Hello hello;
  hello.name = "stranger";
  hello.route = 1;
  hello.frame_bytes_max = Config().frame_bytes_max;
  return encode_frame({ReplicaId(who), hello}, StoreId::named("default"));
}

std::string status_request() {
  ClientRequest request;
  request.id = 7;
  request.body = StatusRequest{};
  return encode_request(request);
}

bool kept_out(std::optional<Handshake> outcome) {
  return outcome && *outcome != Handshake::done;
}

// A node that lets one client in and nobody else.
class Door : public testing::Test {
 protected:
  Door() {
    server_key_ = keys_.make("node");
    keys_.make("friend");
    keys_.know_client("node", "friend");
    NodeOptions options;
    options.keys = keys_.at("node");
    node_ = started(std::move(options));
  }

  void expect_kept_out(const Knocker::Prepare& prepare) {
    Knocker stranger(node_->address(), prepare);
    stranger.send({"p", hello_of(9)});
    stranger.send({"c", status_request()});
    EXPECT_TRUE(kept_out(stranger.outcome()));

    // Whoever is allowed comes in by the same door; by then nothing of the stranger has.
    auto known = Knocker::with_keys(node_->address(), keys_.pair("friend"), server_key_);
    known.send({"c", status_request()});
    const auto reply = decode_reply(known.receive());
    ASSERT_TRUE(reply) << reply.error().message;
    const auto& status = std::get<Status>(reply->body);
    EXPECT_EQ(status.stats.frames_in, 0U);
    EXPECT_EQ(status.links_refused, 0U);
    EXPECT_TRUE(status.encrypted);
  }

  Keyring keys_;
  std::string server_key_;
  std::unique_ptr<Node> node_;
};

TEST_F(Door, NullMechanismLetsNoFrameThrough) {
  expect_kept_out([](void*) {});
}

TEST_F(Door, PlainMechanismLetsNoFrameThrough) {
  expect_kept_out([](void* socket) {
    zmq_setsockopt(socket, ZMQ_PLAIN_USERNAME, "friend", 6);
    zmq_setsockopt(socket, ZMQ_PLAIN_PASSWORD, "please", 6);
  });
}

TEST_F(Door, KeyThatNobodyAllowedLetsNoFrameThrough) {
  expect_kept_out([this](void* socket) {
    const auto unknown = new_key_pair();
    ASSERT_TRUE(unknown && speak_curve(socket, *unknown, server_key_));
  });

  const auto event = node_->next(patience);
  ASSERT_TRUE(event);
  ASSERT_TRUE(std::holds_alternative<AccessRefused>(*event));
  EXPECT_THAT(std::get<AccessRefused>(*event).error.message, HasSubstr("/peers/NAME.pub"));
  EXPECT_EQ(node_->status().access_refused, 1U);
}

TEST_F(Door, CurveWithoutAKeyLetsNoFrameThrough) {
  expect_kept_out([this](void* socket) {
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key_.c_str(), key_text_size + 1);
  });
}

TEST_F(Door, AllowedKeyThatTakesUsForAnotherLetsNoFrameThrough) {
  expect_kept_out([this](void* socket) {
    const auto another = new_key_pair();
    ASSERT_TRUE(another && speak_curve(socket, keys_.pair("friend"), another->public_key));
  });
}

// A ROUTER as a node makes it, in a context of the test's, so that its handler can be missing.
class Handler : public testing::Test {
 protected:
  void bind(const std::function<void(void* router)>& prepare) {
    prepare(router_.get());
    zmq_bind(router_.get(), "tcp://127.0.0.1:*");
    std::array<char, 256> bound{};
    std::size_t size = bound.size();
    zmq_getsockopt(router_.get(), ZMQ_LAST_ENDPOINT, bound.data(), &size);
    address_ = bound.data();
  }
  void bind_as_a_node() {
    bind([this](void* router) { ASSERT_TRUE(serve_curve(router, server_)); });
  }
  Knocker knocker() const {
    auto out = Knocker::with_keys(address_, client_, server_.public_key);
    out.send({"p", hello_of(9)});
    return out;
  }
  bool anything_came() {
    char byte = 0;
    return zmq_recv(router_.get(), &byte, 1, ZMQ_DONTWAIT) >= 0;
  }
  void await_message() {
    zmq_pollitem_t item{router_.get(), 0, ZMQ_POLLIN, 0};
    const auto ms = std::chrono::duration_cast<milliseconds>(patience);
    ASSERT_EQ(zmq_poll(&item, 1, static_cast<long>(ms.count())), 1);
  }
  bool is_client(const std::string& key) const { return key == client_.public_key; }

  const KeyPair server_ = *new_key_pair();
  const KeyPair client_ = *new_key_pair();
  const Context context_{zmq_ctx_new()};
  const Socket router_{zmq_socket(context_.get(), ZMQ_ROUTER)};
  std::string address_;
};

TEST_F(Handler, ThatWasNeverThereLetsNoFrameThrough) {
  bind_as_a_node();
  Knocker stranger = knocker();

  EXPECT_TRUE(kept_out(stranger.outcome()));
  EXPECT_FALSE(anything_came());
}

TEST_F(Handler, ThatCrashedLetsNoFrameThrough) {
  std::optional<ZapHandler> handler;
  {
    auto opened = ZapHandler::open(context_.get());
    ASSERT_TRUE(opened);
    handler = *std::move(opened);
  }
  bind_as_a_node();
  {
    Knocker before = knocker();
    const auto answer = [&] { handler->answer([&](auto& key) { return is_client(key); }); };
    ASSERT_EQ(before.outcome(answer), Handshake::done);
    await_message();
    while (anything_came()) {
    }
  }
  handler.reset();
  Knocker after = knocker();

  EXPECT_TRUE(kept_out(after.outcome()));
  EXPECT_FALSE(anything_came());
}

TEST_F(Handler, ThatHangsLetsNoFrameThrough) {
  const int soon = 100;
  zmq_setsockopt(router_.get(), ZMQ_HANDSHAKE_IVL, &soon, sizeof(soon));
  const auto handler = ZapHandler::open(context_.get());
  ASSERT_TRUE(handler);
  bind_as_a_node();
  Knocker stranger = knocker();

  EXPECT_TRUE(kept_out(stranger.outcome()));
  EXPECT_FALSE(anything_came());
}

TEST_F(Handler, ThatKeepsStrangersOutPassesTheCheckInTime) {
  auto handler = ZapHandler::open(context_.get());
  ASSERT_TRUE(handler);
  bind_as_a_node();
  const auto answer = [&](const std::string&) {
    handler->answer([&](auto& key) { return is_client(key); });
  };
  const auto began = std::chrono::steady_clock::now();

  const auto checked =
      check_door(address_, server_.public_key, handler->socket(), answer, patience);

  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  EXPECT_TRUE(checked) << checked.error().message;
  RecordProperty("check_ms", static_cast<int>(took.count()));
}

TEST_F(Handler, ThatLetsEverybodyInFailsTheCheck) {
  auto handler = ZapHandler::open(context_.get());
  ASSERT_TRUE(handler);
  bind_as_a_node();
  const auto answer = [&](const std::string&) { handler->answer([](auto&) { return true; }); };

  const auto checked =
      check_door(address_, server_.public_key, handler->socket(), answer, patience);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::access_denied);
}

TEST_F(Handler, ThatLibzmqDoesNotAskFailsTheCheck) {
  bind([this](void* router) {  // no domain: libzmq's default, where every key is good
    const int on = 1;
    zmq_setsockopt(router, ZMQ_CURVE_SERVER, &on, sizeof(on));
    zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, server_.secret.data(), key_text_size + 1);
  });

  const auto checked = check_door(
      address_, server_.public_key, nullptr, [](const std::string&) {}, patience);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::access_denied);
}

TEST_F(Handler, ThatDoesNotAnswerFailsTheCheck) {
  const auto handler = ZapHandler::open(context_.get());
  ASSERT_TRUE(handler);
  bind_as_a_node();

  const auto checked = check_door(
      address_, server_.public_key, nullptr, [](const std::string&) {}, milliseconds(100));

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::transport_failed);
}

}  // namespace
}  // namespace rejoin::integration
