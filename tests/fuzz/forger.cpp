#include "tests/fuzz/forger.hpp"

#include <utility>

namespace rejoin::fuzz {
namespace {

constexpr std::uint64_t invented_nodes = 12;
constexpr std::uint64_t invented_dots = 256;         // of each incarnation
constexpr std::uint64_t sessions_first = 1'000'000;  // no real one comes near

// All that a dot did follows from this number.
std::uint64_t fate_of(const Dot& dot) {
  return combine64(combine64(dot.replica.incarnation, dot.replica.node.bytes[15]), dot.sequence);
}

SlotKey slot_of(const Dot& dot) {
  return {{{7, 6}, "forged"}, "slot" + std::to_string(fate_of(dot) / 8 % 64)};
}

}  // namespace

ReplicaId Forger::invented() {
  const std::uint64_t node = 1000 + random_.below(invented_nodes);
  return ReplicaId(node, 1 + random_.below(2));
}

// Of anyone, anything.
CausalContext Forger::clock() {
  CausalContext out;
  for (std::uint64_t n = random_.below(5); n > 0; --n) {
    const ReplicaId whose = random_.one_in(2) ? victim() : invented();
    const Interval dots = test::random_interval(random_);
    out.add(whose, random_.one_in(3) ? Interval{1, dots.last} : dots);
  }
  return out;
}

// What a dot did is a function of the dot, so that all who hear of it hear the same.
void Forger::describe(const Dot& dot, Entry& entry) {
  const std::uint64_t fate = fate_of(dot);
  entry.dots.add(dot);
  if (fate % 4 != 0) {
    entry.puts.push_back({slot_of(dot), dot, "v" + std::to_string(fate % 1000)});
    return;
  }
  // A removal; of an honest replica's dot it may be one that is yet to be made.
  const bool of_victim = fate / 16 % 2 == 0;
  const std::uint64_t sequence = 1 + fate / 64 % (of_victim ? 2000 : invented_dots);
  const ReplicaId whose = of_victim ? honest_[fate / 32 % honest_.size()]
                                    : ReplicaId(1000 + fate / 32 % invented_nodes, 1);
  const Dot gone{whose, sequence};
  if (gone != dot) entry.removals.push_back({slot_of(gone), whose, {sequence, sequence}});
}

Entry Forger::entry() {
  Entry out;
  ReplicaId writer = invented();
  std::uint64_t first = 1 + random_.below(invented_dots);
  if (random_.one_in(6)) {  // what an honest replica makes next, or some day
    writer = victim();
    const bool far = random_.one_in(2);
    first = far ? test::random_sequence(random_) : 1 + random_.below(2000);
    if (random_.one_in(2)) out.dots.add(writer, {1, first});
    out.dots.add(Dot{writer, first});
    return out;
  }
  const std::uint64_t last = std::min(first + random_.below(4), invented_dots);
  for (std::uint64_t s = first; s <= last; ++s) describe({writer, s}, out);
  const CausalContext removed = out.removed();
  std::erase_if(out.puts, [&](const Put& put) { return removed.contains(put.dot); });
  return out;
}

Hello Forger::hello() {
  Hello out = test::random_body<Hello>(random_);
  if (!random_.one_in(8)) {
    out.version_min = protocol_version_min;
    out.version_max = protocol_version;
    out.frame_bytes_max = std::uint64_t{1} << 20 << random_.below(44);
  }
  out.heard.reset();
  out.clock = clock();
  return out;
}

ClockShown Forger::shown() {
  ClockShown out;
  out.clock = clock();
  out.seen = random_.one_in(2) ? random_.below(100) : test::random_sequence(random_);
  out.asks = random_.one_in(2) ? 0 : test::random_sequence(random_);
  return out;
}

RepairRequest Forger::request() {
  RepairRequest out = test::random_body<RepairRequest>(random_);
  if (random_.one_in(2)) out.from.reset();
  if (random_.one_in(2)) out.session = random_.below(100);
  out.context = clock();
  return out;
}

RepairChunk Forger::chunk() {
  RepairChunk out = test::random_body<RepairChunk>(random_);
  out.session = sessions_first + random_.below(100);
  if (random_.one_in(2)) out.from.reset();
  out.cut_clock = clock();
  return out;
}

std::string Forger::encoded(const ReplicaId& sender, decltype(Frame::body) body) {
  StoreId store = store_;
  if (random_.one_in(40)) store.low ^= 1;
  return encode_frame({sender, std::move(body)}, store);
}

std::string Forger::frame() {
  const ReplicaId sender = invented();
  switch (random_.below(10)) {
    case 0:
    case 1:
      return encoded(sender, hello());
    case 2:
      return encoded(sender, shown());
    case 3:
      return encoded(sender, RepairOffer{});
    case 4:
      return encoded(sender, request());
    case 5:
      return encoded(sender, chunk());
    case 6:
      return encoded(sender, RepairGone{random_.below(5)});
    case 7:
      if (random_.one_in(4)) return encoded(sender, Goodbye{});
      [[fallthrough]];
    default: {
      Entries entries;
      entries.sequence = random_.one_in(2) ? random_.below(100) : test::random_sequence(random_);
      for (std::uint64_t n = 1 + random_.below(4); n > 0; --n) entries.entries.push_back(entry());
      return encoded(sender, std::move(entries));
    }
  }
}

std::string Forger::spoofed_frame() {
  ReplicaId sender = victim();
  if (random_.one_in(4)) sender.incarnation = random_.next();
  if (random_.one_in(8)) sender = invented();
  switch (random_.below(7)) {
    case 0: {
      Hello lie = hello();
      const ReplicaId& heard = victim();
      lie.heard = Hello::Heard{heard, static_cast<RouteId>(random_.below(4))};
      return encoded(sender, std::move(lie));
    }
    case 1:
      return encoded(sender, shown());
    case 2:
      return encoded(sender, RepairOffer{});
    case 3:
      return encoded(sender, request());
    case 4:
      return encoded(sender, RepairGone{random_.below(5)});
    case 5:
      return encoded(sender, test::random_body<Reject>(random_));
    default:
      return encoded(sender, Goodbye{});
  }
}

}  // namespace rejoin::fuzz
