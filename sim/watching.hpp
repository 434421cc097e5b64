#pragma once

// What a user looks at while a run goes on: invariants, held against every node after everything
// that happens there, and at the end against all; and points that some node must pass once, or the
// run proves nothing.
//
// A scenario holds the Watch, each run its own Watching: what one run noted is not there in the
// next, so a run stays a function of scenario and seed.

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/stored.hpp"
#include "sim/act.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

// One node at one moment.
class View {
 public:
  View(unsigned node, Time now, const SlotReader& reader, const std::set<std::string>& done)
      : node_(node), now_(now), reader_(reader), done_(done) {}

  unsigned node() const { return node_; }
  Time now() const { return now_; }
  // The value of a key, as an application on this node would read it.
  template <class T>
  auto get(const Key<T>& key) const {
    return open<T>(reader_, key).value();
  }
  template <class T>
  Handle<T> handle(const Key<T>& key) const {
    return open<T>(reader_, key);
  }
  // Did this node perform the operation of that name, since it was last started?
  bool did(std::string_view operation) const { return done_.contains(std::string(operation)); }

 private:
  unsigned node_;
  Time now_;
  const SlotReader& reader_;
  const std::set<std::string>& done_;
};

// Empty: it holds. Else what is wrong.
using Invariant = std::function<std::string(const View&)>;

struct Watch {
  std::vector<std::pair<std::string, Invariant>> always;
  std::vector<std::pair<std::string, Invariant>> in_the_end;
  std::vector<std::pair<std::string, std::function<bool(const View&)>>> sometimes;
};

struct Broken {
  std::string invariant;
  std::string what;
};

class Watching {
 public:
  Watching(std::shared_ptr<const Watch> watch, unsigned nodes);

  void done(unsigned node, const Deed& deed);
  void stopped(unsigned node) { done_[node].clear(); }
  std::optional<Broken> look(unsigned node, Time now, const SlotReader& reader);
  std::optional<Broken> look_in_the_end(unsigned node, Time now, const SlotReader& reader) const;
  // A point that was never passed; empty if there is none.
  std::string never_passed() const;

 private:
  std::shared_ptr<const Watch> watch_;
  std::vector<std::set<std::string>> done_;  // by node
  std::vector<bool> passed_;
};

}  // namespace rejoin::sim
