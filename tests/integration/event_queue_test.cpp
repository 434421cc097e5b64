#include "net/zmq/event_queue.hpp"

#include <gtest/gtest.h>

#include "crdt/g_counter.hpp"

namespace rejoin {
namespace {

ObjectKey key(const std::string& name) {
  return Key<GCounter>{name}.object();
}

ObjectKey changed(const std::optional<Event>& event) {
  return event && std::holds_alternative<Changed>(*event) ? std::get<Changed>(*event).object
                                                          : ObjectKey{};
}

TEST(EventQueue, ObjectThatWaitsIsNotAddedTwice) {
  EventQueue queue(8);
  queue.watch("");
  queue.push(Changed{key("a")});
  queue.push(Changed{key("b")});
  queue.push(Changed{key("a")});

  EXPECT_EQ(changed(queue.pop()), key("a"));
  EXPECT_EQ(changed(queue.pop()), key("b"));
  EXPECT_FALSE(queue.pop());

  queue.push(Changed{key("a")});  // it waits no more, so it may wait again
  EXPECT_EQ(changed(queue.pop()), key("a"));
}

TEST(EventQueue, FullQueueCollapsesToThePrefixesAndLosesNoOtherEvent) {
  EventQueue queue(4);
  queue.watch("user/");
  queue.watch("cart/");
  queue.push(PeerUp{NodeId(7), "b"});
  for (int i = 0; i < 100; ++i) {
    queue.push(Changed{key("user/" + std::to_string(i))});
    queue.push(Changed{key("cart/" + std::to_string(i))});
  }

  EXPECT_LE(queue.size(), 4U);
  EXPECT_EQ(queue.dropped(), 0U);
  EXPECT_TRUE(std::holds_alternative<PeerUp>(*queue.pop()));
  EXPECT_EQ(changed(queue.pop()), (ObjectKey{TypeTag{}, "user/"}));
  EXPECT_EQ(changed(queue.pop()), (ObjectKey{TypeTag{}, "cart/"}));
}

TEST(EventQueue, FullOfOtherEventsTheOldestGoesAndIsCounted) {
  EventQueue queue(2);
  queue.push(PeerUp{NodeId(1), "first"});
  queue.push(PeerUp{NodeId(2), "second"});
  queue.push(PeerUp{NodeId(3), "third"});

  EXPECT_EQ(queue.dropped(), 1U);
  EXPECT_EQ(std::get<PeerUp>(*queue.pop()).name, "second");
  EXPECT_EQ(std::get<PeerUp>(*queue.pop()).name, "third");
}

}  // namespace
}  // namespace rejoin
