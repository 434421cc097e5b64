#include "sim/newer_version.hpp"

#include <gtest/gtest.h>

namespace rejoin::sim {
namespace {

const StoreId store = StoreId::named("simulated");
const ReplicaId sender{NodeId(1), 7};

Frame round(const Frame& frame, Speaks speaks) {
  const std::string bytes = encode_frame(frame, store);
  const std::string newer = as_newer(bytes, speaks, store);
  EXPECT_GT(newer.size(), bytes.size());
  return decode_frame(newer, store, 1 << 20).value();
}

TEST(NewerVersion, FieldsThatThisVersionDoesNotKnowChangeNothingItReads) {
  CausalContext clock;
  clock.add(sender, {1, 5});
  const Frame shown{sender, ClockShown{clock, 3, 4}};
  EXPECT_EQ(round(shown, Speaks::newer), shown);
  const Frame gone{sender, RepairGone{9}};
  EXPECT_EQ(round(gone, Speaks::newer), gone);
  Entry entry;
  entry.dots = clock;
  const Frame entries{sender, Entries{2, {entry}}};
  EXPECT_EQ(round(entries, Speaks::newer), entries);
}

TEST(NewerVersion, AHelloNamesWhatItSpeaks) {
  Hello hello;
  hello.name = "n1";
  hello.frame_bytes_max = 1000;
  const Frame newer = round({sender, hello}, Speaks::newer);
  EXPECT_EQ(std::get<Hello>(newer.body).version_min, protocol_version_min);
  EXPECT_EQ(std::get<Hello>(newer.body).version_max, protocol_version + 1);
  EXPECT_NE(std::get<Hello>(newer.body).features, 0U);
  const Frame only = round({sender, hello}, Speaks::only_newer);
  EXPECT_EQ(std::get<Hello>(only.body).version_min, protocol_version + 1);
}

}  // namespace
}  // namespace rejoin::sim
