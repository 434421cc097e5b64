#include "examples/word_count/foreman.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "examples/word_count/worker.hpp"
#include "net/zmq/keygen.hpp"

namespace word_count {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t words_min = 40;             // in a third
constexpr std::size_t transactions_about = 1200;  // of each worker
constexpr std::size_t batch_max = 2000;           // keeps a transaction well below entry_bytes_max
constexpr std::chrono::seconds silence_max{60};

volatile std::sig_atomic_t interrupted = 0;

void heed_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

Foreman::Foreman(Job job, Show& show) : job_(std::move(job)), show_(show) {
  for (std::size_t i = 0; i < workers_count; ++i) {
    workers_[i].name = worker_names[i];
    workers_[i].words = words_of(piece_of(job_.text, i, workers_count)).size();
  }
  const std::size_t chosen =
      std::clamp<std::size_t>(total() / workers_count / transactions_about, 1, batch_max);
  batch_ = job_.batch == 0 ? chosen : job_.batch;
}

std::size_t Foreman::words_missing(std::string_view text) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < workers_count; ++i) {
    const std::size_t words = words_of(piece_of(text, i, workers_count)).size();
    missing = std::max(missing, words_min - std::min(words_min, words));
  }
  return missing;
}

std::optional<std::string> Foreman::run() {
  heed_signals();
  if (!prepare()) return surprise_;
  last_heard_ = steady_clock::now();
  while (act_ != Act::over && !surprise_) {
    poller_.wait(std::chrono::seconds(1));
    require(interrupted == 0, "interrupted");
    require(steady_clock::now() - last_heard_ < silence_max,
            std::string("no worker has said anything for a minute, in the act ") + name_of(act_));
    watch_processes();
    for (Act before = Act::over; before != act_ && !surprise_;) {
      before = act_;
      advance();
    }
    show_progress();
  }
  return surprise_;
}

bool Foreman::prepare() {
  if (!require(write_file(path_of("text"), job_.text), "cannot write into " + job_.directory)) {
    return false;
  }
  show_.tell(grouped(total()) + " words in three thirds; nodes a, b and c, one process each, " +
             grouped(batch_) + " words in a transaction");
  if (!prepare_keys()) return false;
  for (auto& row : gates_) {
    for (auto& gate : row) {
      gate = Gate::make(poller_);
      if (!require(gate != nullptr, "no TCP port to listen on")) return false;
    }
  }
  for (std::size_t i = 0; i < workers_count; ++i) {
    if (!start(i)) return false;
  }
  return true;
}

// Each node gets a key pair, and the public keys of the other two.
bool Foreman::prepare_keys() {
  if (job_.plaintext) {
    show_.tell("links are plaintext on loopback (--plaintext)");
    return true;
  }
  for (const Worker& worker : workers_) {
    const auto made = rejoin::make_keys(keys_of(worker));
    if (!require(made.has_value(), made ? "" : made.error().message)) return false;
  }
  for (const Worker& from : workers_) {
    for (const Worker& to : workers_) {
      if (&from == &to) continue;
      fs::copy_file(keys_of(from) + "/self.pub", keys_of(to) + "/peers/" + from.name + ".pub");
    }
  }
  show_.tell("links are encrypted: each node has a key, and lets in those of the other two");
  return true;
}

bool Foreman::start(std::size_t index) {
  Worker& worker = workers_[index];
  WorkerOptions options;
  options.index = index;
  options.text = path_of("text");
  options.directory = path_of(worker.name);
  options.batch = batch_;
  if (!job_.plaintext) options.keys = keys_of(worker);
  for (std::size_t to = 0; to < workers_count; ++to) {
    if (to == index) continue;
    const std::string name = job_.plaintext ? "" : workers_[to].name + '@';
    options.peers.push_back(name + gates_[index][to]->address());
  }
  worker.address.clear();
  worker.resumed.reset();
  worker.linked.clear();
  worker.process = Process::start(poller_, options.arguments(),
                                  [this, index](const std::string& line) { hear(index, line); });
  return require(worker.process != nullptr, "cannot start process " + worker.name);
}

// Only takes notes; advance() acts on them.
void Foreman::hear(std::size_t index, const std::string& line) {
  last_heard_ = steady_clock::now();
  Worker& worker = workers_[index];
  std::istringstream in(line);
  std::string verb;
  in >> verb >> std::ws;
  if (verb == "address") {
    in >> worker.address;
    for (auto& from : gates_) from[index]->lead_to(worker.address);
  } else if (verb == "resume") {
    in >> worker.resumed.emplace();
  } else if (verb == "counted") {
    in >> worker.counted;
  } else if (verb == "view") {
    for (std::uint64_t& known : worker.view) in >> known;
  } else if (verb == "up" || verb == "down") {
    std::string peer;
    in >> peer;
    verb == "up" ? static_cast<void>(worker.linked.insert(peer))
                 : static_cast<void>(worker.linked.erase(peer));
  } else if (verb == "replicated") {
    worker.replicated = true;
  } else if (verb == "listed") {
    worker.listed = true;
  } else {
    std::string why;
    std::getline(in, why);
    require(false, "node " + worker.name + " failed: " + (verb == "failed" ? why : line));
  }
}

void Foreman::allow(std::uint64_t percent) {
  allowed_percent_ = percent;
  for (const Worker& worker : workers_) {
    if (worker.process) {
      worker.process->send("upto " + std::to_string(worker.words * percent / 100));
    }
  }
}

void Foreman::watch_processes() {
  for (const Worker& worker : workers_) {
    const bool ended = worker.process && worker.process->finished();
    require(!ended || act_ == Act::stopping, "process " + worker.name + " ended by itself");
  }
}

bool Foreman::require(bool holds, const std::string& what) {
  if (!holds && !surprise_) surprise_ = what;
  return holds;
}

bool Foreman::all(bool Worker::*flag) const {
  return std::all_of(workers_.begin(), workers_.end(), [&](const Worker& w) { return w.*flag; });
}

bool Foreman::all_linked() const {
  return std::all_of(workers_.begin(), workers_.end(),
                     [](const Worker& w) { return w.linked.size() == workers_count - 1; });
}

std::uint64_t Foreman::total() const {
  std::uint64_t words = 0;
  for (const Worker& worker : workers_) words += worker.words;
  return words;
}

std::uint64_t Foreman::missing() const {
  std::uint64_t counted = 0;
  for (const Worker& worker : workers_) counted += worker.counted;
  return total() - counted;
}

void Foreman::show_progress() {
  std::vector<Show::Row> rows;
  for (const Worker& worker : workers_) {
    rows.push_back({worker.name, worker.counted, worker.words, worker.state, worker.in_trouble});
  }
  show_.progress(rows);
}

std::string Foreman::summary() const {
  return "exact: a, b and c hold the same " + grouped(distinct_) +
         " counts, and tr, sort and uniq agree to the last of " + grouped(total()) +
         " words, though b was killed and c cut off in the middle";
}

}  // namespace word_count
