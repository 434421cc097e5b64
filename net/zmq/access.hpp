#pragma once

// Access: who may do what here, by key. A link is let in if its key is a peer's or a client's. What
// comes over it is judged message by message, so a key that is no longer allowed ends what it could
// do on links that it had.
//
//     a client's key    may ask; so may our own
//     a peer's key      may send frames, in the name of its own nodes
//
// A node belongs to the key that speaks for it first, for as long as that key is allowed here and
// this process runs; ours belongs to our key. Who claims it with another key is refused. A route is
// its key's: nobody else can say that it ends at them. Not thread-safe.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/event.hpp"
#include "net/frame.hpp"
#include "net/zmq/key_directory.hpp"

namespace rejoin {

class Access {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Errors: KeyDirectory's, also of any key file that is wrong.
  static Result<std::unique_ptr<Access>> open(const std::string& directory);

  const KeyDirectory& directory() const { return directory_; }
  // How often the files were read; what was kept of them may be old.
  std::uint64_t readings() const { return readings_; }
  // Reads the key files again. One that is wrong is reported, and allows nobody.
  void reload();

  // Is it one of those that may do something?
  bool knows(const std::string& key) const;
  // As that, for a key that knocks: reads the files again if it is unknown, but not
  // all the time, and reports it if it stays so.
  bool admits(const std::string& key, Time now);
  // Error: access_denied.
  Result<void> may_ask(const std::string& key);
  Result<void> may_send(const std::string& key, const Frame& frame);

  // Ours, before the first frame; and whose a route is.
  void own(const ReplicaId& self) { self_ = self; }
  void give_route(RouteId route, const std::string& name) { routes_[route] = name; }

  // Tells of something that was not allowed; too many at once are only counted.
  void report(AccessRefused refused, Time now);
  std::vector<AccessRefused> take_reports();
  std::uint64_t refused() const { return refused_; }

 private:
  explicit Access(KeyDirectory directory) : directory_(std::move(directory)) {}
  std::vector<Error> read();
  Result<void> judge(const std::string& key, const Frame& frame);
  Result<void> claim(const std::string& key, const NodeId& node);
  std::string called(const std::string& key) const;

  KeyDirectory directory_;
  std::map<std::string, std::string> peers_;      // key to name
  std::map<std::string, std::string> clients_;    // likewise
  std::map<std::string, std::string> peer_keys_;  // name to key
  std::uint64_t readings_ = 0;
  Time read_at_;

  ReplicaId self_;
  std::map<RouteId, std::string> routes_;
  std::map<NodeId, std::string> owners_;             // node to key
  std::map<std::string, std::deque<NodeId>> nodes_;  // the other way, the latest last

  std::vector<AccessRefused> reports_;
  std::uint64_t reported_ = 0;  // since
  Time reports_since_;
  std::uint64_t refused_ = 0;
};

}  // namespace rejoin
