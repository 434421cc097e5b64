#pragma once

// HyperLogLog<T, Precision>: about how many different elements were ever added, in fixed memory.
//
// Concurrency  elements added at the same time all count, each once.
// Lattice      state  = 2^Precision registers; bottom = all 0. merge = the greater of each.
// Delta        same type: the one register that rose; nothing if none did.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     T with a Codec. The hash is of its encoding, alike at every replica (hash.hpp), and
//              not secret: who may choose elements can make it count wrong.
// Cost         add O(1) on average; merge, value O(2^Precision).
// Error        about 1.04 / sqrt(2^Precision) of the count, one standard deviation: 1.6 % at 12.
// Memory       8 bytes a raised register up to an eighth of them, then one byte each: 4 KiB at 12.
// In a store   one sketch for each node that added; a removal as GCounter. An addition that raises
//              a register replaces the node's whole sketch; one that raises none is no change, so
//              it does not hold the sketch against a concurrent removal.
// Source       Flajolet et al., AofA 2007; estimator without bias tables: Ertl, arXiv:1702.01284.
// Not for      exact counts, membership, removals.

#include <utility>
#include <vector>

#include "crdt/order.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

class Registers {
 public:
  explicit Registers(unsigned precision) : precision_(precision) {}

  // Raises the register of a hash; returns it as a delta.
  Registers add(std::uint64_t hash);
  std::uint64_t estimate() const;
  bool merge(const Registers& other);

  friend bool operator==(const Registers&, const Registers&) = default;

  static void encode(std::string& out, const Registers& registers);
  static bool decode(ByteReader& in, Registers& registers, unsigned precision);

 private:
  using Raised = std::pair<std::uint32_t, std::uint8_t>;  // index, rank

  std::size_t count() const { return std::size_t{1} << precision_; }
  std::uint8_t at(std::uint32_t index) const;
  bool raise(std::uint32_t index, std::uint8_t rank);
  template <class F>
  void each(F&& f) const;  // f(index, rank) of raised registers, rising

  unsigned precision_;
  std::vector<Raised> few_;          // rising; empty once they are more than an eighth
  std::vector<std::uint8_t> many_;  // then all of them
};

// Registers of one precision, so that bottom is a value of the type.
template <unsigned Precision>
struct RegistersOf {
  static_assert(Precision >= 4 && Precision <= 18, "a precision is 4 to 18");

  Registers all{Precision};

  bool merge(const RegistersOf& other) { return all.merge(other.all); }
  friend bool operator==(const RegistersOf&, const RegistersOf&) = default;
};

template <unsigned Precision>
struct Codec<RegistersOf<Precision>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(23, Precision)) | 0x80000000U;
  static void encode(std::string& out, const RegistersOf<Precision>& value) {
    Registers::encode(out, value.all);
  }
  static bool decode(ByteReader& in, RegistersOf<Precision>& value) {
    return Registers::decode(in, value.all, Precision);
  }
};

template <class T, unsigned Precision = 12, class In = Alone>
class HyperLogLog {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::hyper_log_log;
  static constexpr std::uint32_t value_tag =
      static_cast<std::uint32_t>(combine64(Codec<T>::tag, Precision)) | 0x80000000U;
  using Lattice = RegistersOf<Precision>;
  using Shape = Leaf<Lattice>;
  using Value = std::uint64_t;
  using Slots = SlotsOf<In, HyperLogLog, Shape>;
  template <class In2>
  using Rebind = HyperLogLog<T, Precision, In2>;

  HyperLogLog() = default;
  explicit HyperLogLog(Slots slots) : slots_(std::move(slots)) {}

  auto add(auto&& who, const T& element) {
    return slots_.amend(who, [&](Lattice& mine, const ReplicaId&) {
      return Lattice{mine.all.add(hash64(encoded(element)))};
    });
  }

  // About how many different elements were added.
  std::uint64_t value() const { return slots_.joined().all.estimate(); }

  bool merge(const HyperLogLog& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const HyperLogLog&, const HyperLogLog&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<HyperLogLog<std::string>>);

}  // namespace rejoin
