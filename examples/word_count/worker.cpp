#include "examples/word_count/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "examples/word_count/text.hpp"
#include "net/stored.hpp"
#include "net/zmq/node.hpp"

namespace word_count {
namespace {

using Progress = rejoin::LwwRegister<std::uint64_t>;
using rejoin::GCounter, rejoin::Node, rejoin::Result, rejoin::Store, rejoin::Transaction;

const std::string count_prefix = "count/";
const std::string progress_prefix = "progress/";

// One write: lines of several threads never mix, and whoever reads sees them at once.
void say(const std::string& line) {
  const std::string whole = line + '\n';
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) return;  // nobody listens any more
}

// How far the input allows to count; the end of input ends everything.
class Permission {
 public:
  void extend(std::size_t upto) {
    const std::lock_guard lock(mutex_);
    upto_ = std::max(upto_, upto);
    changed_.notify_all();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  // Where to stop next, beyond `at`; nothing when everything ends.
  std::optional<std::size_t> await_beyond(std::size_t at) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || upto_ > at; });
    return ended_ ? std::nullopt : std::optional(upto_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t upto_ = 0;
  bool ended_ = false;
};

rejoin::NodeOptions node_options(const WorkerOptions& options) {
  rejoin::NodeOptions node;
  node.name = worker_names[options.index];
  node.peers = options.peers;
  node.directory = options.directory;
  node.cluster = "word-count";
  node.insecure = options.keys.empty();
  if (!options.keys.empty()) node.keys = options.keys;
  // The links are on this machine and one will be cut: notice it soon.
  node.config.hello_interval_ms = 200;
  node.config.digest_interval_ms = 300;
  node.config.peer_timeout_ms = 1500;
  // A word may be long where the text is not one.
  node.config.key_bytes_max = 64 * 1024;
  return node;
}

std::uint64_t progress_of(const Store& store, std::size_t worker) {
  return rejoin::open<Progress>(store, progress_prefix + worker_names[worker]).value().value_or(0);
}

class Worker {
 public:
  Worker(Node& node, const WorkerOptions& options, std::vector<std::string> words)
      : node_(node), index_(options.index), batch_(options.batch), words_(std::move(words)) {}

  // Until the input ends. False: counting failed.
  bool run() {
    node_.watch(progress_prefix);
    std::thread watching([this] { tell_events(); });
    std::thread counting([this] { count(); });
    obey_input();
    permission_.end();
    node_.stop();
    counting.join();
    watching.join();
    return !failed_;
  }

 private:
  void obey_input();
  void count();
  void await_peers();
  void tell_events();
  void list(const std::string& path) const;
  void fail(const std::string& why) {
    failed_ = true;
    say("failed " + why);
  }

  Node& node_;
  const std::size_t index_;
  const std::size_t batch_;
  const std::vector<std::string> words_;
  Permission permission_;
  bool failed_ = false;  // written by the counting thread, read after it ended
};

void Worker::obey_input() {
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with("upto ")) permission_.extend(std::stoull(line.substr(5)));
    if (line.starts_with("list ")) list(line.substr(5));
  }
}

// The register is written in the transaction that counts, so whatever happens to this process, the
// words before its position are counted, once, and no others.
void Worker::count() {
  std::size_t at = node_.read([&](const Store& store) { return progress_of(store, index_); });
  say("resume " + std::to_string(at));
  while (at < words_.size()) {
    const auto allowed = permission_.await_beyond(at);
    if (!allowed) return;
    const std::size_t end = std::min({at + batch_, *allowed, words_.size()});
    Counts counts;
    for (; at < end; ++at) ++counts[words_[at]];
    const auto done = node_.transact([&](Transaction& tx) -> Result<void> {
      for (const auto& [word, n] : counts) {
        rejoin::open<GCounter>(tx, count_prefix + word).add(tx, n);
      }
      rejoin::open<Progress>(tx, progress_prefix + worker_names[index_]).set(tx, end);
      return {};
    });
    if (!done && done.error().code == rejoin::ErrorCode::closed) return;
    if (!done) return fail(done.error().message);
    say("counted " + std::to_string(at));
  }
  await_peers();
}

void Worker::await_peers() {
  const rejoin::Token everything = node_.token();
  for (;;) {
    const auto held = node_.wait_for(rejoin::Peers::all(), everything, std::chrono::minutes(1));
    if (held) return say("replicated");
    if (held.error().code == rejoin::ErrorCode::closed) return;
    if (held.error().code != rejoin::ErrorCode::timed_out) return fail(held.error().message);
  }
}

void Worker::tell_events() {
  while (!node_.stopped()) {
    const auto event = node_.next(std::chrono::minutes(1));
    if (!event) continue;
    if (const auto* up = std::get_if<rejoin::PeerUp>(&*event)) say("up " + up->name);
    if (const auto* down = std::get_if<rejoin::PeerDown>(&*event)) say("down " + down->name);
    if (const auto* broken = std::get_if<rejoin::StorageFailed>(&*event)) {
      say("failed " + broken->error.message);
    }
    if (!std::holds_alternative<rejoin::Changed>(*event)) continue;
    say(node_.read([](const Store& store) {
      std::string view = "view";
      for (std::size_t i = 0; i < worker_names.size(); ++i) {
        view += ' ' + std::to_string(progress_of(store, i));
      }
      return view;
    }));
  }
}

void Worker::list(const std::string& path) const {
  const Counts counts = node_.read([](const Store& store) {
    Counts all;
    for (const auto& [key, slots] : store.objects()) {
      if (!key.name.starts_with(count_prefix)) continue;
      all[key.name.substr(count_prefix.size())] = rejoin::open<GCounter>(store, key.name).value();
    }
    return all;
  });
  say((write_file(path, listing_of(counts)) ? "listed " : "failed to write ") + path);
}

}  // namespace

std::vector<std::string> WorkerOptions::arguments() const {
  std::vector<std::string> all = {
      "worker", std::to_string(index), text, directory, std::to_string(batch), keys};
  all.insert(all.end(), peers.begin(), peers.end());
  return all;
}

WorkerOptions WorkerOptions::parse(const std::vector<std::string>& arguments) {
  WorkerOptions options;
  options.index = std::stoul(arguments.at(1));
  options.text = arguments.at(2);
  options.directory = arguments.at(3);
  options.batch = std::stoul(arguments.at(4));
  options.keys = arguments.at(5);
  options.peers.assign(arguments.begin() + 6, arguments.end());
  return options;
}

int run_worker(const WorkerOptions& options) {
  const auto text = read_file(options.text);
  if (!text) {
    say("failed to read " + options.text);
    return 1;
  }
  auto node = Node::start(node_options(options));
  if (!node) {
    say("failed to start: " + node.error().message);
    return 1;
  }
  say("address " + (*node)->address());
  Worker worker(**node, options, words_of(piece_of(*text, options.index, worker_names.size())));
  return worker.run() ? 0 : 1;
}

}  // namespace word_count
