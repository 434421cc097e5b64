#pragma once

// SubjectType<T>: what the law kit was told of a type (crdt/laws/subject.hpp) is enough to run it
// in the simulator: its operations are drawn, performed on keys of a store, and what every node
// reads is held against `specified`, folded over the operations whose effects it has and what each
// of them saw.
//
//     #include "sim/laws/subject_type.hpp"                  link rejoin::sim_laws
//
//     scenario.workload.own = {rejoin::sim::subject_type<Podium>("podium")};
//
// T must be what LatticeValue takes: a lattice with a codec and a name. An operation is written as
// in a counterexample of the kit, so the two share files.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crdt/laws/adapter.hpp"
#include "crdt/laws/counterexample.hpp"
#include "sim/own_lattice.hpp"

namespace rejoin::sim {

template <laws::HasSubject T>
class SubjectType final : public OwnLattice<T, laws::Operation> {
 public:
  explicit SubjectType(std::string word) : word_(std::move(word)) {}

  std::string word() const override { return word_; }
  laws::Operation drawn(std::uint64_t bits) const override {
    constexpr int size = 100;  // what rapidcheck calls nominal
    return adapter_.draw(bits, size);
  }
  std::optional<T> apply(T& state, const laws::Operation& op, const At& at) const override {
    const laws::OpOf<T>& operation = laws::Adapter<T>::op_of(op);
    using Returned = decltype(laws::Subject<T>::apply(state, operation, at));
    if constexpr (std::is_void_v<Returned>) {
      laws::Subject<T>::apply(state, operation, at);
      return state;
    } else if constexpr (std::convertible_to<Returned, T>) {
      return laws::Subject<T>::apply(state, operation, at);
    } else {
      auto delta = laws::Subject<T>::apply(state, operation, at);
      return delta ? std::optional<T>(*std::move(delta)) : std::nullopt;
    }
  }
  std::string value_text(const T& state) const override {
    if constexpr (laws::HasValue<T>) {
      T asked = state;
      return laws::text_of(laws::Subject<T>::value(asked));
    } else {
      return "0x" + laws::hex(encoded(state));
    }
  }
  std::string op_text(const laws::Operation& op) const override { return op.text(); }
  std::optional<std::string> meaning(const OwnPast<laws::Operation>& past) const override {
    if (!adapter_.has_specification()) return std::nullopt;
    return adapter_.specified({past.operations, past.at, past.saw});
  }
  std::string written(const laws::Operation& op, std::uint64_t) const override {
    return laws::to_text(op.origin());
  }
  std::optional<laws::Operation> read_back(std::string_view written) const override {
    const auto origin = laws::origin_from(written);
    return origin ? laws::draw(adapter_, *origin) : std::nullopt;
  }
  std::vector<laws::Operation> simpler(const laws::Operation& op) const override {
    constexpr std::size_t most = 8;
    return op.simpler(most);
  }

 private:
  std::string word_;
  laws::Adapter<T> adapter_;
};

// `word` is what scenarios call the type.
template <laws::HasSubject T>
std::shared_ptr<const OwnType> subject_type(std::string word) {
  return std::make_shared<const SubjectType<T>>(std::move(word));
}

}  // namespace rejoin::sim
