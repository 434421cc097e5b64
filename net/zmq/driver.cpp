#include "net/zmq/driver.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/zmq/clock.hpp"

namespace rejoin {
namespace {

// A turn takes this much from the sockets at most, so that answers and appends are not starved.
constexpr std::size_t turn_messages_max = 256;
constexpr std::size_t turn_bytes_max = 8 * 1024 * 1024;

// Frames leave in rounds of about this many bytes, so that they are not all in memory twice.
constexpr std::size_t round_bytes_max = 4 * 1024 * 1024;

// How long the last frames and answers have to leave at the end.
constexpr std::chrono::milliseconds goodbye_time{250};

constexpr std::chrono::seconds idle_time_max{60};

}  // namespace

Driver::Driver(NodeState& state, std::unique_ptr<Transport> transport,
               std::unique_ptr<Storage> storage)
    : state_(state),
      transport_(std::move(transport)),
      storage_(std::move(storage)),
      requests_(state) {}

void Driver::run() {
  for (;;) {
    wait();
    if (!handle(receive())) break;
    persist();
    transmit();
    checkpoint();
  }
  finish();
}

void Driver::wait() {
  std::optional<std::uint64_t> next;
  {
    const std::lock_guard lock(state_.mutex);
    next = state_.replica.poll_timeout();
    if (const auto waiting = requests_.timeout())
      next = std::min(next.value_or(*waiting), *waiting);
  }
  std::chrono::nanoseconds at_most = idle_time_max;
  if (next) {
    const std::uint64_t now = clock_now().mono_ns;
    const std::chrono::nanoseconds left(*next > now ? *next - now : 0);
    at_most = std::min(at_most, left);
  }
  transport_->wait(at_most, state_.wakeup);
  state_.wakeup.clear();
}

std::vector<Transport::Received> Driver::receive() {
  std::vector<Transport::Received> messages;
  for (std::size_t bytes = 0; messages.size() < turn_messages_max && bytes < turn_bytes_max;) {
    auto message = transport_->receive();
    if (!message) break;
    bytes += message->bytes.size();
    messages.push_back(*std::move(message));
  }
  return messages;
}

bool Driver::handle(const std::vector<Transport::Received>& messages) {
  const std::lock_guard lock(state_.mutex);
  const Now now = clock_now();
  const Access::Time at = std::chrono::steady_clock::now();
  Access* access = transport_->access();
  if (std::exchange(state_.keys_changed, false) && access) access->reload(at);
  for (const Transport::Received& message : messages) {
    if (message.speaker == Transport::Speaker::client) {
      requests_.take({message.link, message.identity}, message.bytes, now,
                     access ? access->may_ask(message.identity, at) : Result<void>());
    } else {
      take_frame(message, now);
    }
  }
  // The files were read again, here or when somebody knocked; what waited was allowed before.
  while (access && access_version_ != access->version()) {
    access_version_ = access->version();
    requests_.revoke([&](const std::string& key) { return access->may_ask(key, at); });
  }
  state_.replica.handle_timeout(now);
  return state_.phase == NodePhase::running;
}

// A refusal becomes an event and a number in the core; there is nobody else to tell.
void Driver::take_frame(const Transport::Received& message, Now now) {
  Access* access = transport_->access();
  Replica::Judge judge;
  if (access) {
    judge = [&](const Frame& frame) {
      return access->may_send(message.identity, frame, std::chrono::steady_clock::now());
    };
  }
  static_cast<void>(state_.replica.handle_frame(message.bytes, now, judge));
}

void Driver::persist() {
  std::vector<std::string> records;
  {
    const std::lock_guard lock(state_.mutex);
    records = state_.replica.poll_persist();
  }
  if (!records.empty()) append(records);
}

void Driver::append(const std::vector<std::string>& records) {
  const Result<void> stored = storage_ ? storage_->append(records) : Result<void>();
  if (!stored) return fail(stored.error());
  const std::lock_guard lock(state_.mutex);
  persisted_ += records.size();
  state_.replica.handle_persisted(persisted_, clock_now());
}

void Driver::fail(const Error& error) {
  const std::lock_guard lock(state_.mutex);
  if (state_.failure) return;
  state_.failure = error;
  state_.replica.handle_storage_failed(error);
  state_.progress.notify_all();
}

void Driver::checkpoint() {
  if (!storage_ || !wants_checkpoint(*storage_)) return;
  std::vector<std::string> fresh;
  std::vector<std::string> records;
  {
    const std::lock_guard lock(state_.mutex);
    if (state_.failure) return;
    // A checkpoint holds all that was polled, so all that was polled must be in the log by now.
    fresh = state_.replica.poll_persist();
    if (fresh.empty()) records = state_.replica.checkpoint();
  }
  if (!fresh.empty()) return append(fresh);
  const Result<void> stored = storage_->checkpoint(records, storage_->last());
  if (!stored) fail(stored.error());
}

void Driver::transmit() {
  for (bool more = true; more;) {
    std::vector<Replica::Transmit> frames;
    std::vector<Requests::Answer> answers;
    more = false;
    {
      const std::lock_guard lock(state_.mutex);
      requests_.advance(clock_now());
      answers = requests_.answers();
      for (std::size_t bytes = 0; auto frame = state_.replica.poll_transmit();) {
        bytes += frame->bytes.size();
        frames.push_back(*std::move(frame));
        more = bytes >= round_bytes_max;
        if (more) break;
      }
      publish_events();
    }
    // What a full link drops, the core sends again when it is not acknowledged.
    for (const auto& frame : frames) transport_->send(frame.route, frame.bytes);
    for (const auto& answer : answers) transport_->reply(answer.link, answer.bytes);
  }
}

void Driver::publish_events() {
  bool any = false;
  while (auto event = state_.replica.poll_event()) {
    state_.events.push(*std::move(event));
    any = true;
  }
  if (Access* access = transport_->access()) {
    for (AccessRefused& refused : access->take_reports()) {
      state_.events.push(std::move(refused));
      any = true;
    }
    state_.access_refused = access->refused();
  }
  if (any) state_.event_ready.notify_all();
  if (storage_) state_.stored_bytes = storage_->log_bytes() + storage_->checkpoint_bytes();
  state_.links_refused = transport_->refused();
  state_.progress.notify_all();
}

void Driver::finish() {
  {
    const std::lock_guard lock(state_.mutex);
    state_.replica.flush(clock_now());
  }
  persist();
  transmit();
  {
    const std::lock_guard lock(state_.mutex);
    state_.replica.leave();
    requests_.refuse_all(
        {ErrorCode::closed, "the node is stopping: ask another, or this one when it is back"});
  }
  transmit();
  transport_->close(goodbye_time);
  storage_.reset();
  const std::lock_guard lock(state_.mutex);
  state_.phase = NodePhase::stopped;
  state_.progress.notify_all();
  state_.event_ready.notify_all();
}

}  // namespace rejoin
