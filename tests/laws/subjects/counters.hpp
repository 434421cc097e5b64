#pragma once

// What the laws are told of counters: steps that are small, negative, or past an edge.

#include "crdt/bounded_counter.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/history.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"

namespace rejoin::laws {

// How much to add: small, negative, or past an edge.
template <class T>
struct CounterSubject {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return edgy_integer(); }
  static Result<T> apply(T& counter, const Op& amount, const At& at) {
    return counter.add(at, amount);
  }
  static std::int64_t value(const T& counter) { return counter.value(); }
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
};

}  // namespace rejoin::laws
