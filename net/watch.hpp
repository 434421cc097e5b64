#pragma once

// What a watcher is told next: the objects with a prefix that changed after a clock, or all of
// them.
//
//     snapshot    every object with the prefix, rising by name, then type
//     changes     those that the log's entries after `since` name, in the same order: their value
//                 as it is now, or that they are gone
//
// An answer is a page; the watcher asks for the next one in its own time, and all that is known of
// it is in its question: here nothing is kept, queued or forgotten, however slow it is. Who asks
// for more than the log still reaches gets a snapshot, and is told so.
//
// Promise   A value told is at least as new as `upto`. A snapshot of several pages is not of one
//           moment: what changed meanwhile comes again as a change after `upto`. Values of a repair
//           that is not finished are told at its end.
// Cost      a page: its objects, and the entries after `since`, at most entries_bytes_max of them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/log.hpp"
#include "net/operation.hpp"
#include "net/store.hpp"

namespace rejoin {

// Pages of one answer that are still to come. Not nested: clang 14 cannot make an optional of a
// nested struct with member initialisers.
struct WatchRest {
  bool snapshot = false;
  CausalContext upto;
  ObjectKey from;

  friend bool operator==(const WatchRest&, const WatchRest&) = default;
};

struct WatchRequest {
  using Rest = WatchRest;

  std::string prefix;
  bool resumes = false;  // after the clock that the client request carries; else a snapshot
  std::optional<Rest> rest;

  friend bool operator==(const WatchRequest&, const WatchRequest&) = default;
};

struct WatchedObject {
  enum class State : std::uint16_t {
    present,
    removed,
    opaque,     // of a type that has no plain values
    too_large,  // to be sent
  };

  ObjectKey key;
  State state = State::present;
  std::vector<Item> values;

  friend bool operator==(const WatchedObject&, const WatchedObject&) = default;
};

// Why all is told.
enum class SnapshotReason : std::uint16_t {
  asked,
  behind,   // the log no longer reaches back to the token
  unknown,  // the token names what this node has not seen
};

struct WatchPage {
  bool snapshot = false;
  bool begins = false;  // the first page of a snapshot: forget what was told before
  SnapshotReason reason = SnapshotReason::asked;
  CausalContext upto;  // the token, once the last page came
  std::vector<WatchedObject> objects;
  std::optional<ObjectKey> next;  // where the next page begins; nothing: this is the last

  friend bool operator==(const WatchPage&, const WatchPage&) = default;
};

struct WatchLimits {
  std::uint64_t page_bytes = 128 * 1024;          // a page ends after the object that passes this
  std::uint64_t object_bytes = 16 * 1024 * 1024;  // a larger one is only named
  std::uint64_t entries_bytes = 1024 * 1024;      // of the log, for one answer
};

// What a watch sees of a replica.
struct WatchView {
  const Store& store;
  const EntryLog& log;
  const CausalContext& shown;
};

// The next page for a watcher that has seen `since`. Requires that shown covers it, if it resumes.
// Without objects, and with nothing to come: `upto` is where to wait from.
WatchPage watch_page(const WatchView& view, const WatchRequest& request, const CausalContext& since,
                     const WatchLimits& limits = {});

// All, because the token will not be covered.
WatchPage watch_anew(const WatchView& view, const std::string& prefix, SnapshotReason reason,
                     const WatchLimits& limits = {});

}  // namespace rejoin
