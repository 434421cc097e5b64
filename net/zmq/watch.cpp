#include "net/zmq/watch.hpp"

#include <algorithm>
#include <utility>

namespace rejoin {
namespace {

// A node that vanished without a word is asked again after this long.
constexpr std::chrono::milliseconds poll_max{2000};

bool passes(const Error& error) {
  // aborted: by whoever asks, who knows why.
  return error.code == ErrorCode::transport_failed || error.code == ErrorCode::timed_out ||
         error.code == ErrorCode::closed || error.code == ErrorCode::aborted;
}

}  // namespace

Result<std::optional<WatchEvent>> Watch::next(Duration timeout) {
  if (events_.empty()) {
    ClientRequest request;
    request.after = token_.value_or(CausalContext());
    request.body = WatchRequest{prefix_, token_.has_value(), rest_};
    auto reply = ask_(std::move(request), std::min(timeout, poll_max));
    const Error* error = reply ? std::get_if<Error>(&reply->body) : &reply.error();
    if (error && !passes(*error)) return *error;
    if (error) {
      trouble_ = *error;
      return std::optional<WatchEvent>();
    }
    auto* page = std::get_if<WatchPage>(&reply->body);
    if (!page) return Error{ErrorCode::malformed, "an answer to another question"};
    trouble_.reset();
    take(std::move(*page));
  }
  if (events_.empty()) return std::optional<WatchEvent>();
  WatchEvent event = std::move(events_.front());
  events_.pop_front();
  return std::optional<WatchEvent>(std::move(event));
}

void Watch::take(WatchPage page) {
  const bool told = page.snapshot || !page.objects.empty() || rest_;
  if (page.begins) {
    token_.reset();
    events_.push_back({WatchEvent::Kind::snapshot, page.reason, {}, {}});
  }
  for (WatchedObject& object : page.objects) {
    events_.push_back({WatchEvent::Kind::object, {}, std::move(object), token_});
  }
  if (page.next) {
    rest_ = {page.snapshot, std::move(page.upto), *std::move(page.next)};
    return;
  }
  rest_.reset();
  token_ = std::move(page.upto);
  if (told) events_.push_back({WatchEvent::Kind::current, {}, {}, token_});
}

}  // namespace rejoin
