#include "net/zmq/link.hpp"

#include <zmq.h>

#include <algorithm>
#include <utility>

namespace rejoin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_after{200};
// Longer than any handshake may take.
constexpr milliseconds try_max{10'000};
constexpr milliseconds pause_min{100};
constexpr milliseconds pause_max{2000};

}  // namespace

Link::Link(std::string address, MakeSocket make)
    : peer_{{}, {}, std::move(address)}, make_(std::move(make)), due_(Time::max()) {}

Link::Link(Acquaintance peer, MakeSocket make, void* context, Access& access, std::uint64_t id)
    : peer_(std::move(peer)),
      make_(std::move(make)),
      context_(context),
      access_(&access),
      id_(id) {}

Result<void> Link::connect() {
  if (access_) version_ = access_->version();
  return open();
}

Result<void> Link::open() {
  auto dealer = make_();
  if (!dealer) return dealer.error();
  dealer_ = *std::move(dealer);
  if (access_) {
    if (auto keyed = speak_curve(dealer_.get(), access_->directory().self(), peer_.key); !keyed) {
      return keyed;
    }
    const std::string name = "link-" + std::to_string(id_) + "-" + std::to_string(++tries_);
    auto monitor = HandshakeMonitor::open(context_, dealer_.get(), name);
    if (!monitor) return monitor.error();
    monitor_ = *std::move(monitor);
  }
  if (zmq_connect(dealer_.get(), peer_.address.c_str()) != 0) {
    return Error{ErrorCode::transport_failed, "cannot connect to " + peer_.address + ": " +
                                                  zmq_strerror(zmq_errno()) +
                                                  "; an address is tcp://HOST:PORT"};
  }
  state_ = State::trying;
  tried_at_ = std::chrono::steady_clock::now();
  return {};
}

Link::Time Link::due() const {
  return access_ && access_->version() != version_ ? Time::min() : due_;
}

void Link::tend(Time now) {
  if (!access_) return;
  if (state_ != State::resting) {
    due_ = now + look_after;
    while (state_ != State::resting) {
      const auto event = monitor_->next();
      if (!event) break;
      follow(*event, now);
    }
  }
  if (state_ == State::trying && now - tried_at_ >= try_max) rest(now, 0, {});
  if (version_ != access_->version()) follow_key(now);
  if (state_ != State::resting || now < due_) return;
  auto peer = access_->directory().peer(peer_.name);
  if (!peer) return rest(now, 1, peer.error().message);
  peer_.key = peer->key;
  if (auto opened = open(); !opened) return rest(now, 1, opened.error().message);
  due_ = now + look_after;
}

void Link::follow(Handshake event, Time now) {
  switch (event) {
    case Handshake::done:
      state_ = State::up;
      failures_ = 0;
      told_ = false;
      return;
    case Handshake::link_ended:
      return rest(now, 0, {});
    case Handshake::denied:
      return rest(now, 1,
                  "it does not let this node in: put " + access_->directory().path() +
                      "/self.pub there, as peers/NAME.pub");
    case Handshake::failed:
      // A peer that was killed just then, or a network that was cut, looks the same, but not often.
      return rest(now, 3,
                  "whoever answers there does not have the key in " + access_->directory().path() +
                      "/peers/" + peer_.name + ".pub, or does not use keys, or breaks off");
  }
}

// The files were read again: what is not the peer's key any more is not spoken to.
void Link::follow_key(Time now) {
  version_ = access_->version();
  const auto peer = access_->directory().peer(peer_.name);
  if (!peer) {
    // A file that cannot be read for a moment takes nothing away.
    const std::string* kept = access_->key_of(peer_.name);
    if (!kept || *kept != peer_.key) rest(now, 1, peer.error().message);
  } else if (state_ == State::resting || peer->key != peer_.key) {
    rest(now, 0, {});
    due_ = now;
  }
}

// Tells why if this is the `told_at`th failure in a row.
void Link::rest(Time now, std::uint64_t told_at, const std::string& why) {
  monitor_.reset();
  dealer_.reset();
  state_ = State::resting;
  const auto pause = pause_min * (1 << std::min<std::uint64_t>(failures_, 10));
  due_ = now + std::min<milliseconds>(pause, pause_max);
  if (told_at == 0) return;
  ++failures_;
  if (failures_ >= told_at && !std::exchange(told_, true)) {
    access_->report(
        {"peer " + peer_.name + " at " + peer_.address, {ErrorCode::access_denied, why}}, now);
  }
}

}  // namespace rejoin
