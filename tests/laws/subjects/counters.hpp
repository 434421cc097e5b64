#pragma once

// What the laws are told of counters: steps that are small, negative, or past an edge.

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "crdt/bounded_counter.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/history.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"

namespace rejoin::laws {

// Sums of what may be near the edges of 64 bits, held there.
__extension__ using Wide = __int128;
inline std::int64_t held(Wide sum, std::int64_t least = std::numeric_limits<std::int64_t>::min()) {
  return static_cast<std::int64_t>(
      std::clamp<Wide>(sum, least, std::numeric_limits<std::int64_t>::max()));
}

// How much to add: small, negative, or past an edge.
template <class T>
struct CounterSubject {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return edgy_integer(); }
  static Result<T> apply(T& counter, const Op& amount, const At& at) {
    return counter.add(at, amount);
  }
  static std::int64_t value(const T& counter) { return counter.value(); }
  // What was added, less what was subtracted.
  static std::int64_t specified(const Past<Op>& past) {
    Wide up = 0;
    Wide down = 0;
    for (std::size_t i = 0; i < past.size(); ++i) (past.op(i) < 0 ? down : up) += past.op(i);
    return held(up) - held(-down);
  }
};

template <>
struct Subject<GCounter> : CounterSubject<GCounter> {
  // Most negative steps would only be refused.
  static rc::Gen<Op> operations() {
    return rc::gen::weightedOneOf<Op>(
        {{3, rc::gen::inRange<std::int64_t>(0, 4)}, {1, edgy_integer()}});
  }
};
template <>
struct Subject<PnCounter> : CounterSubject<PnCounter> {};

// How far to move, nothing for a reset.
struct ResettableOp {
  std::optional<std::int64_t> amount;

  friend std::ostream& operator<<(std::ostream& out, const ResettableOp& op) {
    return op.amount ? out << "add " << *op.amount : out << "reset";
  }
};

template <>
struct Subject<ResettableCounter> {
  using Op = ResettableOp;
  static rc::Gen<Op> operations() {
    auto add = rc::gen::map(edgy_integer(), [](std::int64_t amount) { return Op{amount}; });
    return rc::gen::weightedOneOf<Op>({{4, std::move(add)}, {1, rc::gen::just(Op{})}});
  }
  static Result<ResettableCounter> apply(ResettableCounter& counter, const Op& op, const At& at) {
    return op.amount ? counter.add(at, *op.amount) : counter.reset(at);
  }
  static auto value(const ResettableCounter& counter) {
    return std::pair(counter.value(), counter.discarded());
  }
  // Of each replica's additions, and of its subtractions, the most that a reset saw is taken away.
  static std::pair<std::int64_t, std::int64_t> specified(const Past<Op>& past) {
    Wide all = 0;
    Wide taken = 0;
    for (std::size_t replica = 0; replica < replicas; ++replica) {
      for (const bool up : {true, false}) {
        const Wide most = moved(past, replica, up);
        Wide reset = 0;
        for (std::size_t i = 0; i < past.size(); ++i) {
          if (past.op(i).amount) continue;
          const Wide seen = moved(past.seen_by(i), replica, up);
          reset = up ? std::max(reset, seen) : std::min(reset, seen);
        }
        all += most - reset;
        taken += reset;
      }
    }
    return {held(all), held(taken)};
  }

 private:
  static Wide moved(const Past<Op>& past, std::size_t replica, bool up) {
    Wide sum = 0;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const std::int64_t amount = past.op(i).amount.value_or(0);
      if (past.who(i) == replica_id(replica) && (amount > 0) == up) sum += amount;
    }
    return sum;
  }
};

enum class Escrowed { add, subtract, move };

struct EscrowOp {
  Escrowed act{};
  std::int64_t amount = 0;
  int to = 0;

  friend std::ostream& operator<<(std::ostream& out, const EscrowOp& op) {
    out << (op.act == Escrowed::add ? "add " : op.act == Escrowed::subtract ? "subtract " : "move ")
        << op.amount;
    return op.act == Escrowed::move ? out << " to " << op.to : out;
  }
};

template <>
struct Subject<BoundedCounter<>> {
  using Op = EscrowOp;
  static rc::Gen<Op> operations() {
    // Much comes in and little goes out at a time, or nearly all would be refused.
    auto most = [](Escrowed act, std::int64_t least, std::int64_t below) {
      return rc::gen::map(
          rc::gen::pair(rc::gen::inRange(least, below), few()),
          [act](const auto& drawn) { return Op{act, drawn.first, drawn.second}; });
    };
    auto edge = rc::gen::map(edgy_integer(), [](std::int64_t amount) {
      return Op{amount % 2 == 0 ? Escrowed::add : Escrowed::subtract, amount, 0};
    });
    return rc::gen::weightedOneOf<Op>({{8, most(Escrowed::add, 2, 9)},
                                       {6, most(Escrowed::subtract, 1, 3)},
                                       {4, most(Escrowed::move, 1, 4)},
                                       {1, std::move(edge)}});
  }
  static Result<BoundedCounter<>> apply(BoundedCounter<>& counter, const Op& op, const At& at) {
    switch (op.act) {
      case Escrowed::add: return counter.add(at, op.amount);
      case Escrowed::subtract: return counter.subtract(at, op.amount);
      case Escrowed::move: break;
    }
    return counter.move_rights(at, replica_id(static_cast<std::size_t>(op.to)), op.amount);
  }
  static auto value(const BoundedCounter<>& counter) {
    std::vector<std::int64_t> out{counter.value()};
    for (std::size_t i = 0; i < replicas; ++i) out.push_back(counter.rights(replica_id(i)));
    return out;
  }
  // What is there, and who may take how much of it.
  static std::vector<std::int64_t> specified(const Past<Op>& past) {
    Wide there = 0;
    std::vector<Wide> rights(replicas);
    for (std::size_t i = 0; i < past.size(); ++i) {
      const auto& [act, amount, to] = past.op(i);
      for (std::size_t replica = 0; replica < replicas; ++replica) {
        if (past.who(i) == replica_id(replica)) {
          rights[replica] += act == Escrowed::add ? amount : -amount;
        }
        if (act == Escrowed::move && replica == static_cast<std::size_t>(to)) {
          rights[replica] += amount;
        }
      }
      if (act != Escrowed::move) there += act == Escrowed::add ? amount : -amount;
    }
    std::vector<std::int64_t> out{held(there, 0)};
    for (Wide right : rights) out.push_back(held(right, 0));
    return out;
  }
};

}  // namespace rejoin::laws
