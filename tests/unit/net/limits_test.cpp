// What a decoder will do for bytes is bounded by what was sent: segments, nesting, traversal and
// elements, each at its limit and one beyond. And each field of Config, and each fixed limit, has
// its row in docs/protocol.md, which names the test that crosses it.

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "net/capnp_message.hpp"
#include "net/client_message.hpp"
#include "net/config.hpp"
#include "net/schema/client.capnp.h"
#include "net/schema/frame.capnp.h"
#include "net/schema/record.capnp.h"
#include "tests/unit/net/made.hpp"
#include "tests/unit/net/random_entries.hpp"
#include "tests/unit/net/unsealed.hpp"

namespace rejoin {
namespace {

const StoreId store = StoreId::named("test");
constexpr std::uint64_t no_limit = UINT64_MAX / 8;

// The same message, said to consist of `count` segments; those added are empty.
std::string in_segments(const std::string& bytes, std::uint32_t count) {
  std::vector<std::uint32_t> table(count + 1, 0);
  table[0] = count - 1;
  std::memcpy(&table[1], bytes.data() + 4, 4);
  if (table.size() % 2 == 1) table.push_back(0);
  return std::string(reinterpret_cast<const char*>(table.data()), 4 * table.size()) +
         bytes.substr(8);
}

template <class Decode>
void expect_segments_up_to(std::uint32_t limit, const std::string& bytes, Decode&& decode) {
  EXPECT_TRUE(decode(in_segments(bytes, 1)));
  EXPECT_TRUE(decode(in_segments(bytes, limit)));
  const auto beyond = decode(in_segments(bytes, limit + 1));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::malformed);
  EXPECT_NE(beyond.error().message.find("too many segments"), std::string::npos);
}

TEST(WireLimits, MoreSegmentsThanTheLimitAreRefused) {
  expect_segments_up_to(
      wire::segments_max, test::unsealed(encode_frame({ReplicaId(1, 1), RepairOffer{}}, store)),
      [](const std::string& bytes) { return decode_frame(sealed_frame(bytes), store, no_limit); });
  expect_segments_up_to(wire::segments_max, encode_record(IncarnationRecord{5}, store),
                        [](const std::string& bytes) { return decode_record(bytes, store); });
  expect_segments_up_to(512, encode_request({}),
                        [](const std::string& bytes) { return decode_request(bytes); });
}

// A frame of one long column, to which `columns` of the seven pointers point.
std::string with_aliases(std::size_t columns) {
  Entry entry;
  entry.dots.add(ReplicaId(1, 1), {1, 1});
  entry.puts.push_back({testing::slot("p"), {ReplicaId(1, 1), 1}, std::string(4001, 'v')});
  std::string bytes = test::unsealed(encode_frame({ReplicaId(1, 1), Entries{1, {entry}}}, store));
  const auto word_at = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    return word;
  };
  // The values' pointer, the last of the seven: a list of that many bytes.
  std::size_t last = 8;
  while (word_at(last) >> 32 != (4001U << 3 | 2U)) last += 8;
  for (std::size_t i = 1; i < columns; ++i) {
    const std::uint64_t alias = word_at(last) + (i << 2);  // from i words before: an offset of more
    std::memcpy(bytes.data() + last - 8 * i, &alias, 8);
  }
  return sealed_frame(std::move(bytes));
}

TEST(WireLimits, BytesThatAreReadMoreThanTwiceAreRefused) {
  ASSERT_EQ(std::endian::native, std::endian::little) << "the pointers above are written as such";
  EXPECT_TRUE(decode_frame(with_aliases(1), store, no_limit));
  const auto twice = decode_frame(with_aliases(2), store, no_limit);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message.find("traversal"), std::string::npos) << twice.error().message;
  const auto thrice = decode_frame(with_aliases(3), store, no_limit);
  ASSERT_FALSE(thrice);
  EXPECT_NE(thrice.error().message.find("traversal"), std::string::npos) << thrice.error().message;
  EXPECT_EQ(thrice.error().code, ErrorCode::malformed);
}

int depth_of(capnp::StructSchema schema);

int depth_of(capnp::Type type) {
  if (type.isStruct()) return depth_of(type.asStruct());
  if (type.isList()) return 1 + depth_of(type.asList().getElementType());
  return type.isData() || type.isText() ? 1 : 0;
}

int depth_of(capnp::StructSchema schema) {
  int deepest = 0;
  for (const auto field : schema.getFields()) {
    deepest = std::max(deepest, depth_of(field.getType()));
  }
  return 1 + deepest;
}

// So that limit is never what an honest message meets, nor is a hostile one followed further.
TEST(WireLimits, NoSchemaIsDeeperThanTheNestingLimit) {
  EXPECT_LE(depth_of(capnp::Schema::from<schema::Frame>()), wire::nesting_max);
  EXPECT_LE(depth_of(capnp::Schema::from<schema::Record>()), wire::nesting_max);
  EXPECT_LE(depth_of(capnp::Schema::from<schema::client::Request>()), 16);
  EXPECT_LE(depth_of(capnp::Schema::from<schema::client::Reply>()), 16);
}

TEST(WireLimits, AGroupOfNumbersAboveTheLimitIsRefused) {
  const auto read = [](std::uint64_t size) {
    std::string bytes;
    put_unsigned(bytes, 2 * size + 1);
    put_unsigned(bytes, 7);
    ByteReader in(bytes);
    std::vector<std::uint64_t> out(size);
    wire::get_column(in, out, "numbers");
    return out;
  };
  EXPECT_EQ(read(wire::group_max), std::vector<std::uint64_t>(wire::group_max, 7));
  EXPECT_THROW(read(wire::group_max + 1), wire::Refused);
}

// A name that is written once and belongs to many slots: what it comes to is charged.
TEST(WireLimits, ContentAboveFourTimesTheLargestFrameIsRefused) {
  RepairChunk chunk;
  for (int i = 0; i < 1000; ++i) {
    chunk.slots.push_back({testing::slot(std::to_string(i), std::string(1000, 'n')), {}});
  }
  std::sort(chunk.slots.begin(), chunk.slots.end(),
            [](const SlotState& a, const SlotState& b) { return a.slot < b.slot; });
  const std::string bytes = encode_frame({ReplicaId(1, 1), chunk}, store);
  std::uint64_t low = bytes.size();  // refused
  std::uint64_t high = 1000 * 1100;  // taken
  ASSERT_FALSE(decode_frame(bytes, store, low));
  ASSERT_TRUE(decode_frame(bytes, store, high));
  while (high - low > 1) {
    const std::uint64_t middle = (low + high) / 2;
    (decode_frame(bytes, store, middle) ? high : low) = middle;
  }
  EXPECT_GE(high, 1000 * 1000 / 4);
  EXPECT_LE(high, 1000 * 1100 / 4);
  EXPECT_EQ(decode_frame(bytes, store, low).error().code, ErrorCode::limit_exceeded);
}

// ---- the table

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::set<std::string> names_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> out;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
       at != std::sregex_iterator(); ++at) {
    out.insert(at->size() > 2 ? (*at)[1].str() + "." + (*at)[2].str() : (*at)[1].str());
  }
  return out;
}

// First cell, without quotes -> last cell, of every row of a table with five cells.
std::map<std::string, std::string> limit_rows() {
  static const std::regex row(R"(\n\| `(\w+)` \|[^|\n]*\|[^|\n]*\|[^|\n]*\| `([\w.]+)` \|)");
  const std::string text = text_of("docs/protocol.md");
  std::map<std::string, std::string> out;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), row); at != std::sregex_iterator();
       ++at) {
    out[(*at)[1]] = (*at)[2];
  }
  return out;
}

TEST(LimitsTable, HasARowForEveryFieldOfConfig) {
  const std::set<std::string> fields =
      names_in(text_of("net/config.hpp"), std::regex(R"(\n  std::\w+ (\w+) = [^;\n]*;)"));
  EXPECT_GE(fields.size(), 15U);
  EXPECT_EQ(fields.size() * sizeof(std::uint64_t), sizeof(Config)) << "a field was not found";
  const std::map<std::string, std::string> rows = limit_rows();
  for (const std::string& field : fields) {
    EXPECT_TRUE(rows.contains(field)) << field << " has no row in docs/protocol.md, Limits";
  }
}

TEST(LimitsTable, NamesTestsThatThereAre) {
  std::set<std::string> tests;
  const std::regex pattern(R"(\nTEST(?:_F)?\((\w+), (\w+)\))");
  for (const auto& file : std::filesystem::recursive_directory_iterator("tests")) {
    if (file.path().extension() == ".cpp") tests.merge(names_in(text_of(file.path()), pattern));
  }
  const std::map<std::string, std::string> rows = limit_rows();
  EXPECT_GE(rows.size(), 20U);
  for (const auto& [limit, test] : rows) {
    EXPECT_TRUE(tests.contains(test)) << limit << ": there is no test " << test;
  }
}

}  // namespace
}  // namespace rejoin
