#pragma once

// The types whose codecs the value target covers. An input's first byte is a place in the list.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "crdt/aggregate.hpp"
#include "crdt/aw_set.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/g_map.hpp"
#include "crdt/g_set.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/or_map.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "tests/user_types.hpp"

namespace rejoin::fuzz {

enum class Colour : std::uint8_t { red, green };

using test::ByLength;
using test::HighScore;

template <class... Ts>
struct Types {};

// Add at the end: corpora outlive this list.
using AllTypes =
    Types<GCounter, PnCounter, MaxRegister<std::int64_t>, MinRegister<double>,
          LwwRegister<std::string>, LwwRegister<double>, MvRegister<std::string>,
          MvRegister<std::vector<std::int64_t>>, AwSet<std::string>, AwSet<std::uint64_t>,
          AwSet<double>, AwSet<std::tuple<std::string, std::int64_t>>, CausalContext, VersionVector,
          ReplicaId, bool, std::uint8_t, std::uint64_t, std::int8_t, std::int64_t, double, float,
          std::string, std::vector<std::uint8_t>, std::optional<std::string>,
          std::vector<std::string>, std::pair<std::int32_t, float>, Colour, Stamped<std::string>,
          GSet<std::string>, TwoPhaseSet<double>, RwSet<std::string>, LwwSet<std::uint64_t>, EwFlag,
          DwFlag, OrderedRegister<std::string, ByLength>, ResettableCounter, BoundedCounter<>,
          BoundedCounter<-3>, HyperLogLog<std::string, 4>, LatticeValue<HighScore>,
          LwwMap<std::string, std::string>, MultiMap<std::string, std::int64_t>,
          GMap<std::string, EwFlag>, GMap<std::uint8_t, MaxRegister<std::int64_t>>,
          OrMap<std::string, AwSet<std::string>>, OrMap<std::string, LwwRegister<std::string>>,
          OrMap<std::uint8_t, MultiMap<std::string, std::string>>,
          OrMap<std::string, OrMap<std::string, ResettableCounter>>>;

template <class T, class... Ts>
constexpr std::size_t place_in(Types<Ts...>) {
  std::size_t place = 0;
  bool found = false;
  ((found = found || std::is_same_v<T, Ts>, place += found ? 0 : 1), ...);
  return place;
}

// The input that says: these bytes, as a T.
template <class T>
std::string value_input(std::string_view bytes) {
  return static_cast<char>(place_in<T>(AllTypes{})) + std::string(bytes);
}

}  // namespace rejoin::fuzz
