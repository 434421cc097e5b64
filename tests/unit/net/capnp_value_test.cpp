// Structs of a user's Cap'n Proto schema as values. The schema is one of our own, for want of a
// user's.

#include "net/capnp_value.hpp"

#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "crdt/lww_register.hpp"
#include "net/schema/client.capnp.h"
#include "net/stored.hpp"
#include "tests/unit/net/desk.hpp"

namespace rejoin::testing {
namespace {

using Request = CapnpValue<schema::client::Request>;

Request made(std::uint64_t id, const char* key) {
  return Request::made([&](schema::client::Request::Builder it) {
    it.setId(id);
    auto operation = it.initOperation();
    operation.setVerb(schema::client::Verb::SET);
    operation.setKey(kj::StringPtr(key).asBytes());
  });
}

std::string key_of(const Request& request) {
  return request.read([](schema::client::Request::Reader it) {
    const auto key = it.getOperation().getKey();
    return std::string(reinterpret_cast<const char*>(key.begin()), key.size());
  });
}

TEST(CapnpValue, EqualStructsAreEqualValuesHoweverTheyWereBuilt) {
  const Request one = made(7, "tea");
  const Request other = Request::made([](schema::client::Request::Builder it) {
    it.setAfter(kj::StringPtr("gone").asBytes());
    it.disownAfter();  // its bytes stay in the builder, as dead weight
    auto operation = it.initOperation();
    operation.setKey(kj::StringPtr("a longer text that is given up").asBytes());
    operation.setKey(kj::StringPtr("tea").asBytes());
    operation.setVerb(schema::client::Verb::SET);
    it.setId(7);
  });
  EXPECT_EQ(one, other);
  EXPECT_EQ(encoded(one), encoded(other));
  EXPECT_FALSE(one == made(8, "tea"));
  EXPECT_EQ(Request(), Request::made([](schema::client::Request::Builder) {}));
}

TEST(CapnpValue, RoundTripsAndReadsWithoutCopying) {
  const Request request = made(7, "tea");
  const std::optional<Request> back = decoded<Request>(encoded(request));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, request);
  EXPECT_EQ(key_of(*back), "tea");
}

TEST(CapnpValue, CopiesAStructFromElsewhere) {
  capnp::MallocMessageBuilder message;
  message.initRoot<schema::client::Request>().setId(9);
  const auto copy = Request::of(message.getRoot<schema::client::Request>().asReader());
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->read([](schema::client::Request::Reader it) { return it.getId(); }), 9u);
}

TEST(CapnpValue, BytesThatAreNoCanonicalMessageDoNotDecode) {
  const std::string bytes = encoded(made(7, "tea"));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(decoded<Request>(bytes.substr(0, cut)));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const auto hostile = decoded<Request>(flipped);
      if (!hostile) continue;
      EXPECT_EQ(encoded(*hostile), flipped);
      hostile->read([](schema::client::Request::Reader it) { return it.which(); });
    }
  }
}

TEST(CapnpValue, LivesInRegistersAndSetsAloneAndInAStore) {
  LwwRegister<Request> last;
  last.set(At(a, 1), made(1, "tea"));
  EXPECT_EQ(key_of(*last.value()), "tea");
  Desk desk(a);
  desk.transact([](Transaction& tx) {
    open<AwSet<Request>>(tx, "requests").add(tx, made(1, "tea"));
    open<AwSet<Request>>(tx, "requests").add(tx, made(2, "milk"));
  });
  EXPECT_EQ(open<AwSet<Request>>(desk.store, "requests").size(), 2u);
  EXPECT_TRUE(open<AwSet<Request>>(desk.store, "requests").contains(made(2, "milk")));
}

}  // namespace
}  // namespace rejoin::testing
