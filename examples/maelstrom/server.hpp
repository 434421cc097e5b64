#pragma once

// Server: one node of a Maelstrom test. Lines of JSON and time go in, lines of JSON come out; it
// does no I/O, as the core that it runs does none. The loop around it is maelstrom_node.cpp.
//
//     (started) -- init --> (running)       messages that come before the init wait for it
//
//     workload     requests                     held in the store as
//     echo         echo                         nothing
//     broadcast    topology, broadcast, read    GSet: each message once, however often it comes
//     g-set        add, read                    GSet
//     g-counter    add, read                    GCounter
//     pn-counter   add, read                    PnCounter
//
// A change is acknowledged when its record is durable (here: in memory). A request that is
// delivered twice happens once. Nodes send each other frames in bodies of a type of our own, all
// that are for one neighbour in one message:
//
//     {"src": "n0", "dest": "n1", "body": {"type": "rejoin", "frames": ["<base64>", ...]}}

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/sequence_set.hpp"
#include "net/memory_storage.hpp"
#include "net/replica.hpp"

namespace maelstrom {

enum class Workload { echo, broadcast, g_set, g_counter, pn_counter };
// As Maelstrom calls them.
std::optional<Workload> workload_called(std::string_view name);

class Server {
 public:
  // The incarnation must be new at each start of the process: random.
  Server(Workload workload, std::uint64_t incarnation)
      : workload_(workload), incarnation_(incarnation) {}

  void take(const std::string& line, const rejoin::Now& now);
  void handle_timeout(const rejoin::Now& now);
  // On Now::mono_ns's scale.
  std::optional<std::uint64_t> deadline() const;
  // What to write, a line each, once; without newlines.
  std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }

 private:
  using Json = nlohmann::ordered_json;

  struct Unanswered {  // its change is not durable yet
    rejoin::Commit commit;
    std::string client;
    Json reply;
  };

  void handle(const Json& message, const rejoin::Now& now);
  void begin(const Json& message, const rejoin::Now& now);
  void take_frames(const Json& body, const rejoin::Now& now);
  bool comes_again(const std::string& client, const Json& body);
  void answer(const std::string& client, const Json& body, const rejoin::Now& now);
  Json read() const;
  rejoin::Result<void> change(const Json& body, rejoin::Transaction& tx) const;
  void reply(const std::string& client, const Json& request, Json body);
  void refuse(const std::string& client, const Json& request, int code, const std::string& why);
  void send(const std::string& to, Json body);
  void drain(const rejoin::Now& now);
  void answer_durable();

  Workload workload_;
  std::uint64_t incarnation_;
  std::string self_;
  std::vector<Json> early_;  // before the init
  rejoin::MemoryStorage storage_;
  std::optional<rejoin::Replica> replica_;
  std::map<rejoin::RouteId, std::string> neighbours_;
  std::map<std::string, rejoin::SequenceSet> requests_;  // by client: message ids that came
  rejoin::Commit last_;
  std::vector<Unanswered> unanswered_;
  std::vector<std::string> lines_;
};

}  // namespace maelstrom
