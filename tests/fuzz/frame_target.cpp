#include <utility>

#include "net/schema/frame.capnp.h"
#include "tests/fuzz/bytes_mutator.hpp"
#include "tests/fuzz/entry_mutator.hpp"
#include "tests/fuzz/host.hpp"
#include "tests/fuzz/message_mutator.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/net/unsealed.hpp"

namespace rejoin::fuzz {
namespace {

constexpr std::uint64_t no_limit = UINT64_MAX / 8;

// An input is a frame's message without the seal, which would stop nearly all that is spoilt.
std::string message_of(const Frame& frame) {
  return test::unsealed(encode_frame(frame, store_id()));
}

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed);
    for (const Frame& frame : test::random_frames(random)) {
      out.push_back(message_of(frame));
    }
  }
  // The first chunk of the repair that Host asks for, whole, and one that is to be continued.
  Random random(5);
  RepairChunk chunk;
  chunk.session = 1;
  chunk.cut_clock = test::random_context(random);
  chunk.slots = test::random_slots(random);
  const ReplicaId donor{NodeId(1), 1};
  out.push_back(message_of({donor, chunk}));
  chunk.upto = test::random_slot(random);
  chunk.slots.clear();
  out.push_back(message_of({donor, chunk}));
  return out;
}

std::optional<std::string> round_trip(const Frame& frame) {
  const std::string again = encode_frame(frame, store_id());
  const Result<Frame> second = decode_frame(again, store_id(), no_limit);
  if (!second) return "encoded again it is refused: " + second.error().message;
  if (!(*second == frame)) return "encoded again it is another frame";
  if (encode_frame(*second, store_id()) != again) return "one frame has two encodings";
  return std::nullopt;
}

std::optional<std::string> check(std::string_view message) {
  const std::string bytes = sealed_frame(std::string(message));
  const Result<Frame> frame = decode_frame(bytes, store_id(), frame_bytes_max);
  if (!frame) {
    if (frame.error().message.empty()) return "it is refused without a reason";
    return std::nullopt;
  }
  if (auto wrong = round_trip(*frame)) return wrong;
  Host host;
  host.start();
  host.befriend(frame->sender);
  host.take(bytes);
  host.take(bytes);
  host.pass_time();
  return host.complaint();
}

struct Changer {
  Random& random;

  void operator()(Hello& hello) const {
    if (random.one_in(2)) return change(hello.clock, random);
    hello.route = static_cast<RouteId>(mutated(hello.route, random));
    hello.frame_bytes_max = mutated(hello.frame_bytes_max, random);
  }
  void operator()(Entries& entries) const {
    if (random.one_in(8)) entries.sequence = mutated(entries.sequence, random);
    change(entries.entries, random);
  }
  void operator()(ClockShown& shown) const {
    if (random.one_in(4)) shown.seen = mutated(shown.seen, random);
    if (random.one_in(4)) shown.asks = mutated(shown.asks, random);
    change(shown.clock, random);
  }
  void operator()(RepairRequest& request) const {
    if (random.one_in(4)) request.session = mutated(request.session, random);
    if (random.one_in(2)) return change(request.from, random);
    change(request.context, random);
  }
  void operator()(RepairChunk& chunk) const {
    switch (random.below(6)) {
      case 0:
        chunk.session = random.below(3);
        return;
      case 1:
        return change(chunk.cut_clock, random);
      case 2:
        return change(chunk.cut_removed, random);
      case 3:
        return change(chunk.from, random);
      case 4:
        return change(chunk.upto, random);
      default:
        return change(chunk.slots, random);
    }
  }
  void operator()(RepairGone& gone) const { gone.session = mutated(gone.session, random); }
  void operator()(auto&) const {}
};

std::optional<std::string> mutate(const std::string& message, Random& random) {
  Result<Frame> frame = decode_frame(sealed_frame(message), store_id(), frame_bytes_max);
  if (!frame || random.one_in(2)) {
    return mutated_message(message, capnp::Schema::from<schema::Frame>(), random);
  }
  if (random.one_in(8)) {
    frame->sender = test::random_replica(random);
  } else if (random.one_in(16)) {
    std::vector<Frame> others = test::random_frames(random);
    *frame = std::move(others[random.below(others.size())]);
  } else {
    std::visit(Changer{random}, frame->body);
  }
  return message_of(*frame);
}

}  // namespace

const Target frame_target{"frame", seeds, check, mutate};

}  // namespace rejoin::fuzz
