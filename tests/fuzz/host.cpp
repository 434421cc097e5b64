#include "tests/fuzz/host.hpp"

#include <algorithm>

namespace rejoin::fuzz {
namespace {

const ReplicaId self{NodeId(0x5e1f), 0x1e57ab1e0ddba11cULL};
const Operation add_milk{Family::aw_set, Verb::add, "cart", std::string("milk")};
const Operation hit{Family::g_counter, Verb::add, "hits", std::int64_t{1}};

// What one input may cost in frames and bytes sent, far above what any may rightly ask for.
constexpr std::uint64_t frames_sent_max = 1000;
constexpr std::uint64_t bytes_sent_max = 64 * 1024 * 1024;
constexpr int deadlines = 12;

Replica::Setup setup() {
  Config config;
  config.frame_bytes_max = frame_bytes_max;
  config.entry_bytes_max = frame_bytes_max / 4;
  config.value_bytes_max = frame_bytes_max / 8;
  config.log_bytes_max = 64 * 1024;
  return {config, store_id(), self, "host"};
}

bool consistent(const Store& store) {
  return !store.clock().intersects(store.removed());
}

}  // namespace

StoreId store_id() {
  return StoreId::named("fuzz");
}

Host::Host() : replica_(setup()) {}

bool Host::restore(std::string_view record) {
  if (!replica_.restore(record)) return false;
  return replica_.store().clock().last(self) == 0 && replica_.store().removed().last(self) == 0;
}

void Host::start() {
  replica_.start(now_, true);
  replica_.add_route(now_);
  drain();
  write();
}

void Host::befriend(const ReplicaId& peer) {
  if (peer.node == self.node) return;
  const auto send = [&](decltype(Frame::body) body) {
    take(encode_frame({peer, std::move(body)}, store_id()));
  };
  Hello hello;
  hello.heard = Hello::Heard{self, 1};
  hello.frame_bytes_max = frame_bytes_max;
  hello.clock.add(ReplicaId(NodeId(1), 1), {1, 40});
  send(hello);
  send(RepairOffer{});
}

void Host::take(std::string_view frame) {
  (void)replica_.handle_frame(frame, now_);
  drain();
}

void Host::apply(const Operation& operation) {
  if (operation.writes()) {
    (void)replica_.transact([&](Transaction& tx) { return rejoin::apply(operation, tx); }, now_);
  } else if (!rejoin::read(operation, replica_.store(), replica_.self())) {
    complaint_ = "a checked operation cannot be read";
  }
  drain();
}

void Host::pass_time() {
  for (int i = 0; i < deadlines; ++i) {
    const std::optional<std::uint64_t> next = replica_.poll_timeout();
    if (!next) return;
    now_.mono_ns = std::max(now_.mono_ns, *next);
    replica_.handle_timeout(now_);
    drain();
  }
}

void Host::drain() {
  for (auto records = replica_.poll_persist(); !records.empty();
       records = replica_.poll_persist()) {
    for (const std::string& record : records) {
      if (!decode_record(record, store_id())) complaint_ = "a record of ours cannot be read";
    }
    records_ += records.size();
    replica_.handle_persisted(records_, now_);
  }
  while (const auto frame = replica_.poll_transmit()) {
    ++frames_sent_;
    bytes_sent_ += frame->bytes.size();
    if (!decode_frame(frame->bytes, store_id(), frame_bytes_max)) {
      complaint_ = "a frame of ours cannot be read";
    }
  }
  while (replica_.poll_event()) {
  }
}

bool Host::write() {
  const auto commit = replica_.transact(
      [](Transaction& tx) -> Result<void> {
        const Result<void> added = rejoin::apply(add_milk, tx);
        return added ? rejoin::apply(hit, tx) : added;
      },
      now_);
  drain();
  return commit.has_value() && replica_.covers(*replica_.token_of(*commit));
}

std::optional<std::string> Host::complaint() {
  if (!write()) return "it does not write any more";
  if (complaint_) return complaint_;
  if (frames_sent_ > frames_sent_max) return std::to_string(frames_sent_) + " frames sent";
  if (bytes_sent_ > bytes_sent_max) return std::to_string(bytes_sent_) + " bytes sent";
  if (!consistent(replica_.store())) return "a dot is both in D and in R";
  if (!replica_.store().clock().covers(replica_.shown())) return "it shows what it has not";
  Replica again(setup());
  for (const std::string& record : replica_.checkpoint()) {
    if (!again.restore(record)) return "its checkpoint cannot be restored";
  }
  if (again.store().canonical() != replica_.store().canonical()) {
    return "its checkpoint gives another store";
  }
  return std::nullopt;
}

}  // namespace rejoin::fuzz
