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
  return *Request::made([&](schema::client::Request::Builder it) {
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
  const Request other = *Request::made([](schema::client::Request::Builder it) {
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
  EXPECT_EQ(Request(), *Request::made([](schema::client::Request::Builder) {}));
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

using Values = CapnpValue<schema::client::Values>;

std::string bytes_of(std::initializer_list<std::uint64_t> words) {
  std::string raw;
  for (const std::uint64_t word : words) raw.append(reinterpret_cast<const char*>(&word), 8);
  return encoded(raw);
}

TEST(CapnpValue, WhatItsSchemaCannotReadDoesNotDecode) {
  EXPECT_FALSE(decoded<Request>(bytes_of({0})));                          // no struct at all
  EXPECT_FALSE(decoded<Request>(bytes_of({(std::uint64_t{2} << 35) | (std::uint64_t{8} << 32) | 1,
                                          0x4141414141414141})));         // a list
}

TEST(CapnpValue, ALongListIsReadAsOftenAsOneLikes) {
  const auto values = Values::made([](schema::client::Values::Builder it) {
    auto list = it.initList(1'000);
    for (unsigned i = 0; i < list.size(); ++i) list[i].setInteger(i);
  });
  ASSERT_TRUE(values);
  const auto sum = values->read([](schema::client::Values::Reader it) {
    std::int64_t total = 0;
    for (unsigned i = 0; i < it.getList().size(); ++i) total += it.getList()[i].getInteger();
    return total;
  });
  EXPECT_EQ(sum, 999 * 500);
}

TEST(CapnpValue, WhatCouldNotBeReadAgainIsRefused) {
  const auto large = Request::made([](schema::client::Request::Builder it) {
    it.initAfter(static_cast<unsigned>(Request::words_max * 8));
  });
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::limit_exceeded);
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
