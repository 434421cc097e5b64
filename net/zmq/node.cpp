#include "net/zmq/node.hpp"

#include <sodium.h>

#include <exception>
#include <mutex>
#include <thread>

#include "net/disk/posix_file_system.hpp"
#include "net/disk/sqlite_storage.hpp"
#include "net/zmq/clock.hpp"
#include "net/zmq/driver.hpp"
#include "net/zmq/node_state.hpp"
#include "net/zmq/transport.hpp"

namespace rejoin {
namespace {

constexpr std::size_t peers_max = 10'000;

Error wrong(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Result<void> check(const NodeOptions& options) {
  if (options.keys && options.insecure) return wrong("keys and insecure exclude each other");
  if (!options.keys && !options.insecure) {
    return wrong(
        "needs keys (a directory that rejoin keygen DIR makes; rejoind --keys DIR), or the word "
        "insecure (rejoind --insecure) for plaintext, where whoever reaches the port may read and "
        "write");
  }
  if (options.peers.size() > peers_max)
    return wrong("too many peers: at most " + std::to_string(peers_max));
  if (options.cluster.empty()) return wrong("a cluster needs a name: leave it away for 'default'");
  return options.config.validate();
}

// From the operating system: ids must never repeat, whatever was cloned or restored.
ReplicaId random_id(const std::optional<NodeId>& known) {
  ReplicaId id;
  if (known) {
    id.node = *known;
  } else {
    randombytes_buf(id.node.bytes.data(), id.node.bytes.size());
  }
  while (id.incarnation == 0) randombytes_buf(&id.incarnation, sizeof(id.incarnation));
  return id;
}

// Others say themselves what to do.
Error advised(Error error, const std::string& directory) {
  if (error.code == ErrorCode::storage_failed) {
    error.message += "; can this user write to " + directory + ", and is there room?";
  }
  return error;
}

// The node that the directory belongs to; nothing if it is new.
Result<std::optional<NodeId>> node_in(Storage& storage, const StoreId& store) {
  std::optional<NodeId> node;
  bool any = false;
  const Error enough{ErrorCode::aborted, "the first record was read"};
  const auto loaded = storage.load([&](std::string_view bytes) -> Result<void> {
    any = true;
    const auto record = decode_record(bytes, store);
    if (!record) return record.error();
    if (const auto* identity = std::get_if<IdentityRecord>(&*record)) node = identity->node;
    return enough;
  });
  if (!loaded && loaded.error() != enough) return loaded.error();
  if (any && !node) {
    return Error{ErrorCode::storage_corrupt, "the first record does not say whose store this is"};
  }
  return node;
}

}  // namespace

class Node::Impl {
 public:
  Impl(Replica::Setup setup, std::size_t events_max) : state(std::move(setup), events_max) {}
  ~Impl() { stop(); }

  void launch(std::unique_ptr<Transport> transport, std::unique_ptr<Storage> storage) {
    driver = std::make_unique<Driver>(state, std::move(transport), std::move(storage));
    state.wakeup.wake();  // the incarnation's record waits
    thread = std::thread([this] { driver->run(); });
  }

  void stop() {
    const std::lock_guard one(stopping);
    {
      const std::lock_guard lock(state.mutex);
      if (state.phase == NodePhase::running) state.phase = NodePhase::stopping;
      state.event_ready.notify_all();
    }
    state.wakeup.wake();
    if (thread.joinable()) thread.join();
  }

  // Waits under the mutex until `done`, the end of hope, or the deadline: what ended it.
  template <class Done>
  Result<void> await(std::unique_lock<std::mutex>& lock, Duration timeout, Done&& done) const {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
      if (done()) return {};
      if (auto error = state.hopeless()) return *error;
      if (state.progress.wait_until(lock, deadline) == std::cv_status::timeout && !done()) {
        return Error{ErrorCode::timed_out, {}};
      }
    }
  }

  std::unique_ptr<PosixFileSystem> files;  // outlives the storage, which the driver holds
  NodeState state;
  std::unique_ptr<Driver> driver;
  std::mutex stopping;
  std::thread thread;
};

Result<std::unique_ptr<Node>> Node::start(NodeOptions options) try {
  if (auto sound = check(options); !sound) return sound.error();
  if (sodium_init() < 0) return Error{ErrorCode::transport_failed, "libsodium does not start"};
  const StoreId store = StoreId::named(options.cluster);

  std::unique_ptr<Access> access;
  if (options.keys) {
    auto opened = Access::open(*options.keys);
    if (!opened) return opened.error();
    access = *std::move(opened);
  }
  auto files = std::make_unique<PosixFileSystem>();
  std::unique_ptr<Storage> storage;
  std::optional<NodeId> node;
  if (options.directory) {
    auto opened = SqliteStorage::open(*files, *options.directory, store);
    if (!opened) return advised(opened.error(), *options.directory);
    storage = *std::move(opened);
    auto found = node_in(*storage, store);
    if (!found) return found.error();
    node = *found;
  }

  const ReplicaId self = random_id(node);
  if (access) access->own(self);
  if (options.name.empty()) options.name = to_string(self.node).substr(0, 8);
  auto impl = std::make_unique<Impl>(Replica::Setup{options.config, store, self, options.name},
                                     options.events_max);
  NodeState& state = impl->state;
  if (storage) {
    auto restored =
        storage->load([&](std::string_view record) { return state.replica.restore(record); });
    if (!restored) return restored.error();
  }
  state.replica.start(clock_now(), !node);

  if (auto opened = state.wakeup.open(); !opened) return opened.error();
  auto transport = Transport::open(
      options.listen, {options.config.frame_bytes_max, options.peers.size()}, std::move(access));
  if (!transport) return transport.error();
  for (const std::string& peer : options.peers) {
    const RouteId route = state.replica.add_route(clock_now());
    auto connected = (*transport)->connect(route, peer);
    if (!connected) return connected.error();
    state.labels.routes.emplace_back(route, *std::move(connected));
  }
  state.labels.name = options.name;
  state.labels.cluster = options.cluster;
  state.labels.store = store;
  state.labels.encrypted = options.keys.has_value();
  state.labels.address = (*transport)->address();
  state.labels.storage = options.directory.value_or("volatile");
  impl->files = std::move(files);
  impl->launch(*std::move(transport), std::move(storage));
  return std::unique_ptr<Node>(new Node(std::move(impl)));
} catch (const std::exception& e) {
  return Error{ErrorCode::aborted, std::string("the node could not start: ") + e.what()};
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

const std::string& Node::address() const {
  return impl_->state.labels.address;
}
const ReplicaId& Node::self() const {
  return impl_->state.replica.self();
}

Status Node::status() const {
  const std::lock_guard lock(impl_->state.mutex);
  return impl_->state.status();
}

Result<Token> Node::transact(const std::function<Result<void>(Transaction&)>& f) {
  NodeState& state = impl_->state;
  std::unique_lock lock(state.mutex);
  if (auto error = state.refuses_writes()) return *error;
  const auto commit = state.replica.transact(
      [&](Transaction& tx) -> Result<void> {
        try {
          return f(tx);
        } catch (const std::exception& e) {
          return Error{ErrorCode::aborted, std::string("the transaction threw: ") + e.what()};
        }
      },
      clock_now());
  if (!commit) return commit.error();
  state.wakeup.wake();
  // No deadline: a write is durable or the storage fails. Who gives up earlier could not know
  // which.
  for (;;) {
    if (auto token = state.durable(*commit)) return *std::move(token);
    if (auto error = state.hopeless()) return *error;
    state.progress.wait(lock);
  }
}

void Node::with_store(const std::function<void(const Store&)>& f) const {
  const std::lock_guard lock(impl_->state.mutex);
  f(impl_->state.replica.store());
}

Token Node::token() const {
  const std::lock_guard lock(impl_->state.mutex);
  return impl_->state.replica.token();
}

Result<void> Node::wait_for(const Token& token, Duration timeout) const {
  const NodeState& state = impl_->state;
  std::unique_lock lock(state.mutex);
  auto done = impl_->await(lock, timeout, [&] { return state.replica.covers(token); });
  if (done || done.error().code != ErrorCode::timed_out) return done;
  return Error{ErrorCode::timed_out, "this node has not seen all of the token yet"};
}

Result<WriteConcern> Node::wait_for(Peers peers, const Token& token, Duration timeout) const {
  const NodeState& state = impl_->state;
  std::unique_lock lock(state.mutex);
  WriteConcern concern{token, {}, peers.needed(state.peers())};
  if (concern.needed > state.peers()) {
    return wrong("cannot wait for " + std::to_string(concern.needed) + " peers: there are " +
                 std::to_string(state.peers()) + "; wait for fewer, or give it more peers");
  }
  auto done = impl_->await(lock, timeout, [&] {
    concern.holders = state.replica.holders(token);
    return concern.holders.size() >= concern.needed;
  });
  if (done) return concern;
  if (done.error().code != ErrorCode::timed_out) return done.error();
  return Error{ErrorCode::timed_out, std::to_string(concern.holders.size()) + " of the " +
                                         std::to_string(concern.needed) +
                                         " peers waited for hold it"};
}

void Node::watch(std::string prefix) {
  const std::lock_guard lock(impl_->state.mutex);
  impl_->state.events.watch(prefix);
  impl_->state.replica.watch(std::move(prefix));
}

std::optional<Event> Node::next(Duration timeout) {
  NodeState& state = impl_->state;
  std::unique_lock lock(state.mutex);
  state.event_ready.wait_for(
      lock, timeout, [&] { return state.events.size() > 0 || state.phase != NodePhase::running; });
  return state.events.pop();
}

void Node::reload_keys() {
  {
    const std::lock_guard lock(impl_->state.mutex);
    impl_->state.keys_changed = true;
  }
  impl_->state.wakeup.wake();
}

void Node::stop() {
  impl_->stop();
}

bool Node::stopped() const {
  const std::lock_guard lock(impl_->state.mutex);
  return impl_->state.phase == NodePhase::stopped;
}

}  // namespace rejoin
