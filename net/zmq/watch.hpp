#pragma once

// Watch: objects whose key has a prefix, pulled one by one: all that are there, then each that
// changes, as long as it is asked. See net/watch.hpp for what is promised.
//
//     auto watch = client->watch({"cart/", {}});
//     while (auto event = watch.next(std::chrono::seconds(1))) {       // an Error is final
//       if (!*event) continue;                                         // nothing happened
//       if ((*event)->kind == WatchEvent::Kind::snapshot) mirror.clear();
//       if ((*event)->kind == WatchEvent::Kind::object) mirror.apply((*event)->object);
//       save((*event)->token);                                         // to resume another time
//     }
//
// A node that is gone, restarts or hangs is no error: the watch goes on after the last token when
// it is back; trouble() tells of it meanwhile. Whoever pulls slowly is told less often, never less:
// an object that changed many times is told once, and behind the node's log comes a snapshot.
// One thread. The client must outlive it, and may be asked other things in between.

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "net/client_message.hpp"

namespace rejoin {

struct WatchOptions {
  std::string prefix;                  // empty: every object
  std::optional<CausalContext> since;  // a token to resume after
};

struct WatchEvent {
  enum class Kind {
    snapshot,  // all objects follow; what is not told until `current` is not there
    object,
    current,  // all was told; the next event waits for a change
  };
  Kind kind = Kind::current;
  SnapshotReason reason = SnapshotReason::asked;  // of a snapshot
  WatchedObject object;
  // Where to resume so that nothing is left out: events since then may come again. Nothing: by a
  // snapshot.
  std::optional<CausalContext> token;
};

class Watch {
 public:
  using Duration = std::chrono::milliseconds;
  using Ask = std::function<Result<ClientReply>(ClientRequest, Duration)>;

  Watch(Ask ask, WatchOptions options)
      : ask_(std::move(ask)),
        prefix_(std::move(options.prefix)),
        token_(std::move(options.since)) {}

  // The next event; nothing when the time was over, or cut short. Error, final: the node refuses.
  Result<std::optional<WatchEvent>> next(Duration timeout);

  // Where to resume another time: after all that was pulled.
  const std::optional<CausalContext>& token() const {
    return events_.empty() ? token_ : events_.front().token;
  }
  // Why the node did not answer last time; nothing: it did.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  void take(WatchPage page);

  Ask ask_;
  std::string prefix_;
  std::optional<CausalContext> token_;
  std::optional<WatchRequest::Rest> rest_;
  std::optional<Error> trouble_;
  std::deque<WatchEvent> events_;
};

}  // namespace rejoin
