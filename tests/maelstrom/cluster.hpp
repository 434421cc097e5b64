// Cluster: what Maelstrom does to nodes, in two seconds: it starts their processes, carries their
// messages with delays, loss, duplicates and a partition, lets clients ask, heals, and reads every
// node until the judge is content. Real processes in real time: only the draws are a function of
// the seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "sim/random.hpp"
#include "tests/maelstrom/judge.hpp"
#include "tests/maelstrom/node_process.hpp"

namespace rejoin::test {

using std::chrono::milliseconds;

struct ClusterOptions {
  maelstrom::Workload workload{};
  std::string name;  // of the workload
  std::uint64_t seed = 1;
  std::size_t nodes = 5;
  std::size_t requests = 80;
  milliseconds asking{1200};       // for so long clients ask and links fail
  milliseconds content{20'000};    // the judge must be content so long after
  bool last_node_is_deaf = false;  // for ever: what Maelstrom's own checker may let pass
};

struct ClusterReport {
  std::string complaint;  // empty: all is well
  std::size_t answered = 0;
  std::size_t unanswered = 0;
  std::size_t reads = 0;
  std::size_t carried = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;
  std::size_t cut = 0;
  std::size_t before_init = 0;  // messages of peers that came before a node's own init
};

class Cluster {
 public:
  explicit Cluster(const ClusterOptions& options);
  ClusterReport run();

 private:
  using Json = nlohmann::ordered_json;
  using Clock = std::chrono::steady_clock;

  struct Request {
    std::string node;
    Json body;
    std::optional<std::size_t> addition;
    Known known;  // of a read
    bool final = false;
  };
  struct Delivery {
    Clock::time_point at;
    std::uint64_t serial;
    std::string from;
    std::string to;
    std::string line;
    friend bool operator>(const Delivery& a, const Delivery& b) {
      return std::tie(a.at, a.serial) > std::tie(b.at, b.serial);
    }
  };

  void start();
  void send_init(std::size_t node, Clock::time_point at);
  bool all_initialised() const;
  void pump(Clock::time_point until);
  void deliver(const Delivery& delivery);
  void post(const std::string& from, const std::string& to, const std::string& line);
  bool cut(const std::string& a, const std::string& b) const;
  bool failing() const { return Clock::now() < heals_at_; }
  void take(std::size_t node, const std::string& line);
  void take_answer(const Json& message);
  void ask(std::size_t k);
  void send_request(const std::string& client, Request request);
  bool read_all();
  void end();
  void complain(const std::string& what) {
    if (report_.complaint.empty()) report_.complaint = options_.name + ": " + what;
  }
  std::string node_name(std::size_t node) const { return "n" + std::to_string(node); }

  ClusterOptions options_;
  sim::Draws draws_;
  Judge judge_;
  std::vector<std::unique_ptr<NodeProcess>> nodes_;
  std::vector<bool> initialised_;
  std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> under_way_;
  std::uint64_t serial_ = 0;
  Clock::time_point begin_, cut_at_, heals_at_;
  std::uint64_t message_ids_ = 0;
  std::map<std::pair<std::string, std::uint64_t>, Request> open_;  // by client and message id
  std::map<std::string, Json> final_;
  ClusterReport report_;
};

}  // namespace rejoin::test
