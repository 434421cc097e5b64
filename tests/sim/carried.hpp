#pragma once

// Frames that a Network carries, without a World: a test sends, time passes, and what arrives is
// looked at.

#include <algorithm>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "sim/network.hpp"

namespace rejoin::sim {

// A fault on all links from 0s to 10s, rate 0.3, by 100ms.
inline Fault fault_of(FaultKind kind, std::size_t spec = 0) {
  Fault fault;
  fault.spec = spec;
  fault.kind = kind;
  fault.key = key_of(name_of(kind));
  fault.coin = mix64(fault.key);
  fault.begin = 0;
  fault.end = 10 * second;
  fault.rate = 0.3;
  fault.by = 100 * millisecond;
  fault.frames = 5;
  return fault;
}

class Carried {
 public:
  struct Came {
    Time at = 0;
    unsigned target = 0;
    std::size_t number = 0;  // of the frame that was sent
    std::string bytes;
  };

  explicit Carried(std::vector<Fault> with, unsigned nodes = 3)
      : faults_(std::move(with)),
        receipts_(8),
        network_(draws_, settings_, faults_, receipts_, nodes, 4096) {}

  // Sends `count` frames of this size, one every `gap`, and lets time pass until all came.
  Carried& send(unsigned source, unsigned target, std::size_t count = 300, Time gap = millisecond,
                std::size_t bytes = 100) {
    for (std::size_t i = 0; i < count; ++i) {
      pass(now_);
      auto payload = std::make_shared<Payload>();
      payload->bytes = std::string(bytes, 'x');
      payload->sent = now_;
      numbers_.push_back(payload.get());
      kept_.push_back(payload);
      put(network_.send(source, target, std::move(payload), now_));
      now_ += gap;
    }
    return *this;
  }
  // Until this moment, or until nothing is under way.
  Carried& pass(Time until = ~Time{0}) {
    while (!under_way_.empty() && under_way_.top().delivery.at <= until) {
      Delivery one = under_way_.top().delivery;
      under_way_.pop();
      if (!one.payload) {
        put(network_.depart(one.source, one.target, one.at));
        continue;
      }
      const Time at = one.at;
      switch (network_.arrive(one, up, at)) {
        case Network::Arrival::lost:
          break;
        case Network::Arrival::held:
          under_way_.push({one, serials_++});
          break;
        case Network::Arrival::taken:
          came.push_back({at, one.target, number_of(*one.payload), one.payload->bytes});
      }
    }
    if (until != ~Time{0}) now_ = until;
    return *this;
  }
  const Receipt& receipt(std::size_t spec = 0) const { return receipts_[spec]; }
  Network& network() { return network_; }
  Time now() const { return now_; }
  // Of each frame that came first, how long it took.
  std::vector<Time> took(Time gap = millisecond) const {
    std::vector<Time> out;
    for (const Came& one : came) out.push_back(one.at - one.number * gap);
    return out;
  }
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> out;
    for (const Came& one : came) out.push_back(one.number);
    return out;
  }

  std::vector<Came> came;
  bool up = true;

 private:
  // As in a run: of one moment, in the order of adding.
  struct Scheduled {
    Delivery delivery;
    std::uint64_t serial = 0;
  };
  struct Later {
    bool operator()(const Scheduled& a, const Scheduled& b) const {
      return a.delivery.at != b.delivery.at ? a.delivery.at > b.delivery.at : a.serial > b.serial;
    }
  };

  void put(std::span<const Delivery> deliveries) {
    for (const Delivery& one : deliveries) under_way_.push({one, serials_++});
  }
  std::size_t number_of(const Payload& payload) const {
    const Payload* sound = payload.sound ? payload.sound.get() : &payload;
    return static_cast<std::size_t>(std::find(numbers_.begin(), numbers_.end(), sound) -
                                    numbers_.begin());
  }

  Draws draws_{7};
  LinkSettings settings_;
  std::vector<Fault> faults_;
  std::vector<Receipt> receipts_;
  Network network_;
  std::priority_queue<Scheduled, std::vector<Scheduled>, Later> under_way_;
  std::uint64_t serials_ = 0;
  std::vector<const Payload*> numbers_;
  std::vector<std::shared_ptr<const Payload>> kept_;
  Time now_ = 0;
};

}  // namespace rejoin::sim
