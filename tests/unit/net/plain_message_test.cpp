// What net/wire_plain.hpp writes and reads without Cap'n Proto, against Cap'n Proto.

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "net/capnp_message.hpp"
#include "net/schema/frame.capnp.h"
#include "net/schema/record.capnp.h"
#include "net/wire_plain.hpp"
#include "tests/unit/net/random_entries.hpp"
#include "tests/unit/net/unsealed.hpp"

namespace rejoin {
namespace {

using wire::view_of;

const StoreId ours = StoreId::named("ours");
constexpr std::size_t data_bytes = 1 << 16;

void copy(schema::EntryBatch::Builder out, const wire::EntryColumns& in) {
  if (!in.replicas.empty()) out.setReplicas(wire::data_of(in.replicas));
  if (!in.objects.empty()) out.setObjects(wire::data_of(in.objects));
  if (!in.dots.empty()) out.setDots(wire::data_of(in.dots));
  if (!in.puts.empty()) out.setPuts(wire::data_of(in.puts));
  if (!in.removals.empty()) out.setRemovals(wire::data_of(in.removals));
  if (!in.paths.empty()) out.setPaths(wire::data_of(in.paths));
  if (!in.values.empty()) out.setValues(wire::data_of(in.values));
}

template <class Message>
void copy(Message out, const wire::PlainHead& head) {
  out.setVersion(head.version);
  out.setStoreHigh(head.store.high);
  out.setStoreLow(head.store.low);
}

// As Cap'n Proto writes what the plain reader read.
std::string rebuilt(const wire::PlainFrame& frame) {
  wire::MessageBuilder message(data_bytes);
  schema::Frame::Builder out = message.initRoot<schema::Frame>();
  copy(out, frame.head);
  out.setNodeHigh(frame.sender.node.half(0));
  out.setNodeLow(frame.sender.node.half(8));
  out.setIncarnation(frame.sender.incarnation);
  if (const auto* shown = std::get_if<wire::PlainClock>(&frame.body)) {
    schema::ClockShown::Builder body = out.initClock();
    body.setSeen(shown->seen);
    body.setAsks(shown->asks);
    body.setClock(wire::data_of(shown->clock));
  } else {
    const auto& entries = std::get<wire::PlainEntries>(frame.body);
    schema::EntriesBody::Builder body = out.initEntries();
    body.setSequence(entries.sequence);
    copy(body.initBatch(), entries.columns);
  }
  return message.bytes();
}

std::string rebuilt(const wire::PlainRecord& record) {
  wire::MessageBuilder message(data_bytes);
  schema::Record::Builder out = message.initRoot<schema::Record>();
  copy(out, record.head);
  copy(out.initEntries(), record.entries);
  return message.bytes();
}

TEST(PlainMessage, ClocksAndEntriesArePlainAndHaveTheBytesOfCapnProto) {
  test::Random random(1);
  std::size_t plain = 0;
  for (int i = 0; i < 200; ++i) {
    for (const Frame& frame : test::random_frames(random)) {
      const std::string bytes = test::unsealed(encode_frame(frame, ours));
      const auto read = wire::plain_frame(bytes);
      const bool hot = std::holds_alternative<ClockShown>(frame.body) ||
                       std::holds_alternative<Entries>(frame.body);
      ASSERT_EQ(read.has_value(), hot);
      if (!read) continue;
      ++plain;
      EXPECT_EQ(read->sender, frame.sender);
      EXPECT_EQ(read->head.store, ours);
      EXPECT_EQ(rebuilt(*read), bytes);
    }
    for (const Record& record : test::random_records(random)) {
      const std::string bytes = encode_record(record, ours);
      const auto read = wire::plain_record(bytes);
      ASSERT_EQ(read.has_value(), std::holds_alternative<EntriesRecord>(record));
      if (!read) continue;
      ++plain;
      EXPECT_EQ(rebuilt(*read), bytes);
    }
  }
  EXPECT_GE(plain, 400U);
}

// With a word spoilt a message may be plain all the same; then Cap'n Proto reads the same in it.
TEST(PlainMessage, WhatIsPlainCapnProtoReadsAsTheSame) {
  test::Random random(2);
  std::size_t plain = 0;
  std::size_t left = 0;
  for (int i = 0; i < 20; ++i) {
    for (const Frame& frame : test::random_frames(random)) {
      const std::string good = test::unsealed(encode_frame(frame, ours));
      for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random.below(255)));
        const auto read = wire::plain_frame(bytes);
        ++(read ? plain : left);
        if (!read) continue;
        wire::read_message<schema::Frame>(bytes, [&](schema::Frame::Reader in) {
          ASSERT_EQ(in.getVersion(), read->head.version);
          ASSERT_EQ(in.getStoreHigh(), read->head.store.high);
          ASSERT_EQ(in.getNodeLow(), read->sender.node.half(8));
          ASSERT_EQ(in.getIncarnation(), read->sender.incarnation);
          if (const auto* shown = std::get_if<wire::PlainClock>(&read->body)) {
            ASSERT_EQ(in.which(), schema::Frame::CLOCK);
            ASSERT_EQ(in.getClock().getAsks(), shown->asks);
            ASSERT_EQ(view_of(in.getClock().getClock()), shown->clock);
          } else {
            ASSERT_EQ(in.which(), schema::Frame::ENTRIES);
            const wire::EntryColumns& mine = std::get<wire::PlainEntries>(read->body).columns;
            const wire::EntryColumns theirs = wire::columns_of(in.getEntries().getBatch());
            ASSERT_EQ(mine.replicas, theirs.replicas);
            ASSERT_EQ(mine.objects, theirs.objects);
            ASSERT_EQ(mine.dots, theirs.dots);
            ASSERT_EQ(mine.puts, theirs.puts);
            ASSERT_EQ(mine.removals, theirs.removals);
            ASSERT_EQ(mine.paths, theirs.paths);
            ASSERT_EQ(mine.values, theirs.values);
          }
        });
      }
    }
  }
  EXPECT_GT(plain, 1000U);
  EXPECT_GT(left, 1000U);
}

}  // namespace
}  // namespace rejoin
