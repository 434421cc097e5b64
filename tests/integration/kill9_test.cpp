// kill -9 in the midst of writes, twenty times: what was acknowledged is there again, what was not
// is there at most once, and no dot names two events, or a peer that heard both would differ.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "net/zmq/client.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {
namespace {

constexpr int kills = 20;
constexpr int writers = 3;
constexpr int acknowledged_before_a_kill = 40;

Operation operation(Family type, Verb verb, std::string key, Plain value = {}) {
  return {type, verb, std::move(key), std::move(value)};
}

std::unique_ptr<Client> client_of(const std::string& address) {
  auto client = Client::open(address);
  EXPECT_TRUE(client);
  return *std::move(client);
}

template <class T>
T asked(Client& client, ClientRequest request) {
  const auto reply = client.ask(std::move(request), patience);
  if (!reply) throw std::runtime_error(reply.error().message);
  if (const auto* error = std::get_if<Error>(&reply->body))
    throw std::runtime_error(error->message);
  return std::get<T>(reply->body);
}

ClientRequest request_for(decltype(ClientRequest::body) body) {
  ClientRequest request;
  request.body = std::move(body);
  return request;
}

// What the writers know of their writes.
struct Ledger {
  std::mutex mutex;
  std::set<std::string> elements;          // acknowledged
  std::set<std::string> elements_unknown;  // asked for, no answer
  std::int64_t hits = 0;                   // acknowledged since hits were last read
  std::int64_t hits_unknown = 0;
  std::atomic<int> acknowledged = 0;
};

// Alternates between the counter and the set until a question has no answer.
void write_until_killed(const std::string& address, int round, int writer, Ledger& ledger,
                        const std::atomic<bool>& killed) {
  const auto client = client_of(address);
  for (int i = 0; !killed; ++i) {
    const bool counts = i % 2 == 0;
    const std::string element =
        std::to_string(round) + "/" + std::to_string(writer) + "/" + std::to_string(i);
    ClientRequest request =
        request_for(counts ? operation(Family::g_counter, Verb::add, "hits")
                           : operation(Family::aw_set, Verb::add, "seen", element));
    const auto reply = client->ask(std::move(request), std::chrono::milliseconds(200));
    const bool written = reply && std::holds_alternative<WrittenReply>(reply->body);
    const std::lock_guard lock(ledger.mutex);
    if (counts) {
      ++(written ? ledger.hits : ledger.hits_unknown);
    } else {
      (written ? ledger.elements : ledger.elements_unknown).insert(element);
    }
    if (written) {
      ++ledger.acknowledged;
      ledger.acknowledged.notify_all();
    }
  }
}

std::int64_t hits_at(Client& client) {
  const auto reply =
      asked<ValuesReply>(client, request_for(operation(Family::g_counter, Verb::get, "hits")));
  return std::get<std::int64_t>(reply.values.at(0));
}

std::set<std::string> elements_at(Client& client) {
  const auto reply =
      asked<ValuesReply>(client, request_for(operation(Family::aw_set, Verb::get, "seen")));
  std::set<std::string> out;
  for (const Plain& value : reply.values) out.insert(std::get<std::string>(value));
  return out;
}

class Kill9 : public testing::Test {
 protected:
  std::unique_ptr<Process> start_victim() {
    auto victim = std::make_unique<Process>(
        std::vector<std::string>{"rejoind", "--name", "victim", "--listen", addresses_[0], "--peer",
                                 addresses_[1], "--data", directory_.path("victim"), "--insecure"});
    EXPECT_TRUE(victim->line()) << victim->errors();
    return victim;
  }

  // The counter's value after a restart: all acknowledged, and of the others some, once each.
  void check(Client& client) {
    const std::int64_t hits = hits_at(client);
    EXPECT_GE(hits, hits_known_ + ledger_.hits);
    EXPECT_LE(hits, hits_known_ + ledger_.hits + ledger_.hits_unknown);
    hits_known_ = hits;
    ledger_.hits = ledger_.hits_unknown = 0;

    const std::set<std::string> elements = elements_at(client);
    for (const std::string& element : ledger_.elements) EXPECT_TRUE(elements.contains(element));
    for (const std::string& element : elements) {
      EXPECT_TRUE(ledger_.elements.contains(element) || ledger_.elements_unknown.contains(element))
          << element << " was never asked for";
    }
    const Status status = asked<Status>(client, request_for(StatusRequest{}));
    EXPECT_TRUE(incarnations_.insert(status.replica).second) << "an incarnation was used twice";
  }

  void kill_under_load(int round) {
    const auto victim = start_victim();
    check(*client_of(addresses_[0]));
    std::atomic<bool> killed = false;
    ledger_.acknowledged = 0;
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
      threads.emplace_back(
          [&, w] { write_until_killed(addresses_[0], round, w, ledger_, killed); });
    }
    const int enough = acknowledged_before_a_kill + round * 7 % 13;
    for (int seen = 0; seen < enough; seen = ledger_.acknowledged) {
      ledger_.acknowledged.wait(seen);
    }
    victim->signal(SIGKILL);
    EXPECT_EQ(victim->wait(), 128 + SIGKILL);
    killed = true;
    for (std::thread& thread : threads) thread.join();
  }

  const std::vector<std::string> addresses_ = free_addresses(2);
  const TemporaryDirectory directory_;
  Ledger ledger_;
  std::int64_t hits_known_ = 0;
  std::set<std::string> incarnations_;
};

TEST_F(Kill9, TwentyTimesUnderLoadLosesNothingAcknowledgedAndReusesNoDot) {
  Process witness({"rejoind", "--name", "witness", "--listen", addresses_[1], "--peer",
                   addresses_[0], "--volatile", "--insecure"});
  ASSERT_TRUE(witness.line()) << witness.errors();

  for (int round = 0; round < kills; ++round) {
    ASSERT_NO_FATAL_FAILURE(kill_under_load(round));
  }

  const auto victim = start_victim();
  const auto at_victim = client_of(addresses_[0]);
  check(*at_victim);
  EXPECT_EQ(incarnations_.size(), kills + 1U);
  EXPECT_GE(ledger_.elements.size(), static_cast<std::size_t>(kills));
  const auto last = asked<WrittenReply>(
      *at_victim, request_for(operation(Family::aw_set, Verb::add, "seen", "last")));
  const auto held = asked<HeldReply>(*at_victim, request_for(WaitRequest{}));
  EXPECT_EQ(held.holders.size(), 1U);
  const auto at_witness = client_of(addresses_[1]);
  ClientRequest covered = request_for(operation(Family::g_counter, Verb::get, "hits"));
  covered.after = held.token;
  EXPECT_TRUE(held.token.covers(last.token));
  EXPECT_EQ(std::get<std::int64_t>(asked<ValuesReply>(*at_witness, covered).values.at(0)),
            hits_known_);
  EXPECT_EQ(elements_at(*at_witness), elements_at(*at_victim));
}

}  // namespace
}  // namespace rejoin::integration
