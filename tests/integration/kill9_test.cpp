// kill -9 of real daemons under load: three that replicate to each other, clients that write to
// each all the time, and a victim and a moment that a seed draws. After each kill the daemon has
// what it acknowledged; in the end all three are equal and have all of it, and over everything that
// ever lay on their disks no dot names two values.
//
// REJOIN_KILL9_ROUNDS and REJOIN_KILL9_SEED make a campaign of it: tests/campaigns/kill9.

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "crdt/hash.hpp"
#include "net/zmq/client.hpp"
#include "tests/integration/process.hpp"
#include "tests/integration/stored_dots.hpp"

namespace rejoin::integration {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t daemons = 3;
constexpr std::size_t writers_each = 2;
// How long a writer waits for an answer: it doubles while none comes, else a daemon that is slow
// for a while (the thread sanitizer looks at each byte of a long frame) had only questions of the
// past.
constexpr milliseconds answer_time{100};
constexpr milliseconds answer_time_max{6400};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

ClientRequest request_for(decltype(ClientRequest::body) body) {
  ClientRequest request;
  request.body = std::move(body);
  return request;
}

std::unique_ptr<Client> client_of(const std::string& address) {
  auto client = Client::open({address, {}, true});
  if (!client) throw std::runtime_error(client.error().message);
  return *std::move(client);
}

template <class T>
T asked(Client& client, decltype(ClientRequest::body) body) {
  const auto reply = client.ask(request_for(std::move(body)), patience);
  if (!reply) throw std::runtime_error(reply.error().message);
  if (const auto* error = std::get_if<Error>(&reply->body))
    throw std::runtime_error(error->message);
  return std::get<T>(reply->body);
}

std::vector<Item> read_at(Client& client, Family type, const std::string& key) {
  return asked<ValuesReply>(client, Operation{type, Verb::get, key, {}}).values;
}

// What one writer knows of its writes: to a counter, a register and a set that nobody else writes.
struct Written {
  std::int64_t hits = 0;          // acknowledged
  std::int64_t hits_unknown = 0;  // asked for, no answer
  std::int64_t last = 0;          // the register's, acknowledged: it only rises
  std::int64_t last_asked = 0;
  std::map<std::string, bool> elements;  // acknowledged: is it in?
  std::set<std::string> unknown;         // elements whose last change has no answer

  // Whether what a daemon shows can be: all that was acknowledged, and of the rest some.
  void expect_at(Client& client, const std::string& name) const {
    const auto hits_there =
        std::get<std::int64_t>(read_at(client, Family::g_counter, name).at(0).value);
    EXPECT_GE(hits_there, hits) << name;
    EXPECT_LE(hits_there, hits + hits_unknown) << name;

    const auto registered = read_at(client, Family::lww_register, name);
    const std::int64_t last_there =
        registered.empty() ? 0 : std::stoll(std::get<std::string>(registered[0].value));
    EXPECT_GE(last_there, last) << name;
    EXPECT_LE(last_there, last_asked) << name;

    std::set<std::string> there;
    for (const Item& item : read_at(client, Family::aw_set, name))
      there.insert(std::get<std::string>(item.value));
    for (const auto& [element, in] : elements) {
      if (unknown.contains(element)) continue;
      EXPECT_EQ(there.contains(element), in) << name << ": element " << element;
    }
    for (const std::string& element : there)
      EXPECT_TRUE(elements.contains(element) || unknown.contains(element)) << name << element;
  }
};

class Writer {
 public:
  explicit Writer(std::string name) : name_(std::move(name)) {}

  // One write; whether it was acknowledged. What it may change is noted before it is asked for.
  bool write(Client& client) {
    const std::int64_t i = ++count_;
    switch (i % 4) {
      case 0:
        return count_up(client);
      case 1:
        return set(client, i);
      case 2:
        return change(client, Verb::add, std::to_string(i));
      default:  // the element of the turn before, but for every third
        return i % 3 != 0 && change(client, Verb::remove, std::to_string(i - 5));
    }
  }

  void expect_at(Client& client) const {
    const std::lock_guard lock(mutex_);
    written_.expect_at(client, name_);
  }
  // Only once it rests.
  const Written& written() const { return written_; }

 private:
  bool count_up(Client& client) {
    {
      const std::lock_guard lock(mutex_);
      ++written_.hits_unknown;
    }
    if (!ask(client, {Family::g_counter, Verb::add, name_, {}})) return false;
    const std::lock_guard lock(mutex_);
    --written_.hits_unknown;
    ++written_.hits;
    return true;
  }

  bool set(Client& client, std::int64_t value) {
    {
      const std::lock_guard lock(mutex_);
      written_.last_asked = value;
    }
    if (!ask(client, {Family::lww_register, Verb::set, name_, std::to_string(value)})) return false;
    const std::lock_guard lock(mutex_);
    written_.last = value;
    return true;
  }

  bool change(Client& client, Verb verb, const std::string& element) {
    {
      const std::lock_guard lock(mutex_);
      // Whether an element that may not have come yet is there after its removal, nobody can say.
      if (verb == Verb::remove && written_.unknown.contains(element)) return false;
      written_.unknown.insert(element);
    }
    if (!ask(client, {Family::aw_set, verb, name_, element})) return false;
    const std::lock_guard lock(mutex_);
    written_.elements[element] = verb == Verb::add;
    written_.unknown.erase(element);
    return true;
  }

  bool ask(Client& client, Operation operation) {
    const auto reply = client.ask(request_for(std::move(operation)), answer_time_);
    answer_time_ = reply ? answer_time : std::min(2 * answer_time_, answer_time_max);
    return reply && std::holds_alternative<WrittenReply>(reply->body);
  }

  std::string name_;
  std::int64_t count_ = 0;
  milliseconds answer_time_ = answer_time;
  mutable std::mutex mutex_;
  Written written_;
};

// A daemon that is killed and started again, and the clients that write to it whenever it is up.
class Victim {
 public:
  Victim(std::string name, std::string address, std::string directory,
         const std::vector<std::string>& peers)
      : name_(std::move(name)), address_(std::move(address)), directory_(std::move(directory)) {
    command_ = {"rejoind", "--name", name_,      "--listen",
                address_,  "--data", directory_, "--insecure"};
    for (const std::string& peer : peers) {
      if (peer != address_) command_.insert(command_.end(), {"--peer", peer});
    }
    for (std::size_t w = 0; w < writers_each; ++w) {
      writers_[w] = std::make_unique<Writer>(name_ + std::to_string(w));
    }
  }
  ~Victim() { stop_writers(); }

  const std::string& address() const { return address_; }
  const std::string& directory() const { return directory_; }
  std::uint64_t acknowledged() const { return acknowledged_; }

  // Starts the process; false if it was not ready in time.
  bool start(milliseconds time = patience) {
    process_ = std::make_unique<Process>(command_);
    if (!process_->line(time)) return false;
    const std::lock_guard lock(mutex_);
    up_ = true;
    changed_.notify_all();
    return true;
  }
  void start_writers() {
    for (auto& writer : writers_) {
      threads_.emplace_back([this, &writer = *writer] { keep_writing(writer); });
    }
  }
  void stop_writers() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // Until its writers have so many acknowledgements more, or it ended by itself, of which
  // expect_killed() judges.
  void await(std::uint64_t more) {
    const std::uint64_t enough = acknowledged_ + more;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto came = [&] {
      std::unique_lock lock(mutex_);
      return changed_.wait_for(lock, milliseconds(100), [&] { return acknowledged_ >= enough; });
    };
    while (!came() && !process_->wait(milliseconds(0))) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << name_ << " acknowledges nothing";
    }
  }
  void kill_now() {
    {
      const std::lock_guard lock(mutex_);
      up_ = false;
    }
    process_->signal(SIGKILL);
  }
  // libzmq may have ended it before (its issue 4841): a peer died while our queue was full. That is
  // one more crash, which must lose nothing either.
  void expect_killed() {
    const std::optional<int> exit = process_->wait();
    const std::string errors = process_->errors();
    if (exit == 128 + SIGABRT && errors.find("!_io_error") != std::string::npos) {
      std::cout << "  libzmq aborted " << name_ << " before it was killed\n";
    } else {
      EXPECT_EQ(exit, 128 + SIGKILL) << errors;
    }
  }
  void stop() {
    process_->signal(SIGTERM);
    EXPECT_EQ(process_->wait(), 0) << process_->errors();
  }
  std::string errors() { return process_->errors(); }

  // What its own clients were told is there.
  void expect_own(Client& client) const {
    for (const auto& writer : writers_) writer->expect_at(client);
  }

 private:
  void keep_writing(Writer& writer) {
    const auto client = client_of(address_);
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return up_ || over_; });
        if (over_) return;
      }
      if (!writer.write(*client)) continue;
      const std::lock_guard lock(mutex_);
      ++acknowledged_;
      changed_.notify_all();
    }
  }

  std::string name_;
  std::string address_;
  std::string directory_;
  std::vector<std::string> command_;
  std::unique_ptr<Process> process_;
  std::array<std::unique_ptr<Writer>, writers_each> writers_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool up_ = false;
  bool over_ = false;
  std::atomic<std::uint64_t> acknowledged_ = 0;
};

class Kill9 : public testing::Test {
 protected:
  Kill9() {
    const auto addresses = free_addresses(daemons);
    for (std::size_t i = 0; i < daemons; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      victims_.push_back(
          std::make_unique<Victim>(name, addresses[i], directory_.path(name), addresses));
    }
  }

  std::uint64_t draw(std::uint64_t below) { return combine64(seed_, ++draws_) % below; }

  // Mostly one, sometimes two, sometimes all at once.
  std::vector<Victim*> drawn_victims() {
    const std::uint64_t kind = draw(10);
    const std::size_t count = kind < 7 ? 1 : kind < 9 ? 2 : daemons;
    const std::size_t first = draw(daemons);
    std::vector<Victim*> out;
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(victims_[(first + i) % daemons].get());
    }
    return out;
  }

  void restart(Victim& victim) {
    dots_.read(victim.directory());
    // In one of four, it is killed again while it starts.
    const milliseconds soon(draw(12));
    if (draw(4) == 0) {
      victim.start(soon);
      victim.kill_now();
      victim.expect_killed();
      ++kills_while_starting_;
      dots_.read(victim.directory());
    }
    ASSERT_TRUE(victim.start()) << victim.errors();
    const auto client = client_of(victim.address());
    victim.expect_own(*client);
    const Status status = asked<Status>(*client, StatusRequest{});
    EXPECT_TRUE(incarnations_.insert(status.replica).second) << "an incarnation was used twice";
  }

  void kill_under_load() {
    const std::vector<Victim*> chosen = drawn_victims();
    ASSERT_NO_FATAL_FAILURE(chosen[0]->await(1 + draw(60)));
    for (Victim* victim : chosen) victim->kill_now();
    for (Victim* victim : chosen) victim->expect_killed();
    for (Victim* victim : chosen) ASSERT_NO_FATAL_FAILURE(restart(*victim));
    kills_ += chosen.size();
  }

  // Nobody writes any more: all get equal, with everything that was acknowledged anywhere.
  void expect_all_converge() {
    for (const auto& victim : victims_) {
      asked<HeldReply>(*client_of(victim->address()), WaitRequest{});
    }
    for (const auto& at : victims_) {
      const auto client = client_of(at->address());
      for (const auto& victim : victims_) victim->expect_own(*client);
    }
    std::set<std::string> states;
    for (const auto& victim : victims_) victim->stop();
    for (const auto& victim : victims_) states.insert(dots_.read(victim->directory()));
    EXPECT_EQ(states.size(), 1U) << "the stores differ";
    EXPECT_EQ(dots_.conflicts(), std::vector<std::string>());
  }

  void show_progress(std::uint64_t round) const {
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    if (!terminal && round % 20 != 0 && round != rounds_) return;
    std::cout << (terminal ? "\r\x1b[K" : "") << "... " << round << " of " << rounds_ << " rounds, "
              << kills_ << " kills, " << acknowledged() << " writes acknowledged"
              << (terminal && round != rounds_ ? "" : "\n") << std::flush;
  }

  std::uint64_t acknowledged() const {
    std::uint64_t sum = 0;
    for (const auto& victim : victims_) sum += victim->acknowledged();
    return sum;
  }

  const std::uint64_t rounds_ = setting("REJOIN_KILL9_ROUNDS", 20);
  const std::uint64_t seed_ = setting("REJOIN_KILL9_SEED", 1);
  const TemporaryDirectory directory_;
  StoredDots dots_{StoreId::named("default")};
  std::vector<std::unique_ptr<Victim>> victims_;
  std::set<std::string> incarnations_;
  std::uint64_t draws_ = 0;
  std::uint64_t kills_ = 0;
  std::uint64_t kills_while_starting_ = 0;
};

TEST_F(Kill9, UnderLoadLosesNothingAcknowledgedAndGivesNoDotTwoValues) {
  std::cout << "  seed " << seed_ << "\n";
  for (const auto& victim : victims_) ASSERT_TRUE(victim->start()) << victim->errors();
  for (const auto& victim : victims_) victim->start_writers();

  for (std::uint64_t round = 1; round <= rounds_ && !HasFailure(); ++round) {
    ASSERT_NO_FATAL_FAILURE(kill_under_load()) << "round " << round;
    show_progress(round);
  }
  for (const auto& victim : victims_) victim->stop_writers();
  ASSERT_NO_FATAL_FAILURE(expect_all_converge());

  EXPECT_GE(acknowledged(), rounds_);
  EXPECT_GE(dots_.size(), rounds_);
  std::cout << "  " << rounds_ << " rounds, " << kills_ << " kills under load and "
            << kills_while_starting_ << " while starting, " << acknowledged()
            << " writes acknowledged, 0 lost; " << dots_.size()
            << " dots on the disks, 0 with two values; 3 stores equal\n";
}

}  // namespace
}  // namespace rejoin::integration
