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
#include <functional>
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
  // Rises with each reading that changed something, and each reload(): what was made of them, here
  // and elsewhere, may be old.
  std::uint64_t version() const { return version_; }
  // Reads the key files again. One that is wrong is reported. If it is there but cannot be read or
  // is half-written, whoever it allowed stays so until it is whole or gone; else it allows nobody.
  void reload(Time now);

  // Is it one of those that may do something?
  bool knows(const std::string& key) const;
  // As that, for a key that knocks: reads the files again if it is unknown, but not
  // all the time, and reports it if it stays so.
  bool admits(const std::string& key, Time now);
  // A denial reads the files again first, but not all the time: whoever has a link that is up does
  // not knock again. Error: access_denied.
  Result<void> may_ask(const std::string& key, Time now);
  Result<void> may_send(const std::string& key, const Frame& frame, Time now);
  // Of the peer that is allowed under this name.
  const std::string* key_of(const std::string& peer) const;

  // Ours, before the first frame; and whose a route is.
  void own(const ReplicaId& self) { self_ = self; }
  void give_route(RouteId route, const std::string& name) { routes_[route] = name; }

  // Tells of something that was not allowed; too many at once are only counted.
  void report(AccessRefused refused, Time now);
  std::vector<AccessRefused> take_reports();
  std::uint64_t refused() const { return refused_; }

 private:
  explicit Access(KeyDirectory directory) : directory_(std::move(directory)) {}
  // By name, and the other way.
  struct Names {
    std::map<std::string, std::string> keys;
    std::map<std::string, std::string> of;

    // Also who is kept though the file could not be read; false if nobody is.
    bool take(const KeyDirectory::Allowed& allowed);
  };

  std::vector<Error> read(Time now);
  // Reads again unless that was a moment ago, and reports what was not known to be wrong.
  bool refresh(Time now);
  Result<void> judge(const std::function<Result<void>()>& verdict, Time now);
  Result<void> asks(const std::string& key) const;
  Result<void> sends(const std::string& key, const Frame& frame);
  Result<void> claim(const std::string& key, const NodeId& node);
  std::string called(const std::string& key) const;

  KeyDirectory directory_;
  Names peers_;
  Names clients_;
  std::vector<Error> wrong_;  // of the last reading
  bool kept_ = false;         // somebody whose file could not be read then
  std::uint64_t version_ = 0;
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
