// What must hold of every codec and every type of the catalogue: it takes only what it would write,
// and to whatever it takes, the lattice laws and the delta law apply.

#include "crdt/writer.hpp"
#include "tests/fuzz/bytes_mutator.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/value_types.hpp"

namespace rejoin::fuzz {
namespace {

// ---- one operation of each type, with arguments near the ends of their ranges

At writer(Random& random) {
  return {test::random_replica(random), mutated(1'700'000'000'000, random)};
}

template <class T>
T random_part(Random& random) {
  if constexpr (std::is_same_v<T, std::string>) {
    return random.bytes(6);
  } else if constexpr (std::is_same_v<T, double>) {
    return static_cast<double>(static_cast<std::int64_t>(mutated(0, random)));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(mutated(0, random));
  } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
    return {random_part<std::int64_t>(random)};
  } else {
    std::string text = random.bytes(4);
    return {std::move(text), random_part<std::int64_t>(random)};
  }
}

// All give a Result, whether the operation can be refused or not.
template <class Delta>
Result<Delta> outcome(Delta delta) {
  return delta;
}
template <class Delta>
Result<Delta> outcome(Result<Delta> delta) {
  return delta;
}

// Often one of those that are there, so that something is met.
template <class T>
T some_of(const std::vector<T>& there, Random& random) {
  const bool known = !there.empty() && random.one_in(2);
  return known ? there[random.below(there.size())] : random_part<T>(random);
}

template <class T>
concept Counts = requires(T value, At who) {
  value.add(who, std::int64_t{1});
  value.value() + 1;
};
template <class T, class E>
concept HoldsElements = requires(T value, At who, E element) {
  value.remove(who, element);
  value.elements();
};
template <class T>
concept IsFlag = requires(T value, At who) {
  value.enable(who);
};

auto operate(Counts auto& value, Random& random) {
  const At who = writer(random);
  const auto n = random_part<std::int64_t>(random);
  if constexpr (requires { value.reset(who); }) {
    if (random.one_in(3)) return outcome(value.reset(who));
  }
  if constexpr (requires { value.move_rights(who, who, n); }) {
    const auto few = static_cast<std::int64_t>(random.below(9));
    const bool in_reach = random.one_in(2);
    if (random.one_in(3)) return outcome(value.subtract(who, in_reach ? few : n));
    if (random.one_in(3)) {
      return outcome(value.move_rights(who, test::random_replica(random), in_reach ? few : n));
    }
  }
  return outcome(value.add(who, n));
}

template <template <class, class> class Set, class T, class In>
requires HoldsElements<Set<T, In>, T>
auto operate(Set<T, In>& value, Random& random) {
  const At who = writer(random);
  const T element = some_of(value.elements(), random);
  if constexpr (requires { value.clear(who); }) {
    if (random.one_in(8)) return outcome(value.clear(who));
  }
  if (random.one_in(3)) return outcome(value.remove(who, element));
  return outcome(value.add(who, element));
}
template <class T, class In>
auto operate(GSet<T, In>& value, Random& random) {
  const At who = writer(random);
  return outcome(value.add(who, some_of(value.elements(), random)));
}

auto operate(IsFlag auto& value, Random& random) {
  const At who = writer(random);
  return outcome(random.one_in(2) ? value.enable(who) : value.disable(who));
}

template <template <class, class> class Register, class T, class In>
requires requires(Register<T, In> value, At who) {
  value.set(who, T());
  value.remove(who);
}
auto operate(Register<T, In>& value, Random& random) {
  const At who = writer(random);
  if (random.one_in(3)) return outcome(value.remove(who));
  return outcome(value.set(who, random_part<T>(random)));
}
template <class T, class Better, Family family, class In>
auto operate(ExtremumRegister<T, Better, family, In>& value, Random& random) {
  const At who = writer(random);
  return outcome(value.set(who, random_part<T>(random)));
}

template <class T, unsigned precision, class In>
auto operate(HyperLogLog<T, precision, In>& value, Random& random) {
  const At who = writer(random);
  return outcome(value.add(who, random_part<T>(random)));
}
template <class In>
auto operate(LatticeValue<HighScore, In>& value, Random& random) {
  const At who = writer(random);
  std::string player = random.bytes(3);
  return outcome(value.join(who, {std::move(player), random_part<std::int64_t>(random)}));
}

template <class K, class V, class In>
auto operate(LwwMap<K, V, In>& value, Random& random) {
  const At who = writer(random);
  const K key = some_of(value.keys(), random);
  if (random.one_in(8)) return outcome(value.clear(who));
  if (random.one_in(3)) return outcome(value.remove(who, key));
  return outcome(value.set(who, key, random_part<V>(random)));
}
template <class K, class V, class In>
auto operate(MultiMap<K, V, In>& value, Random& random) {
  const At who = writer(random);
  const K key = some_of(value.keys(), random);
  const V element = some_of(value.values(key), random);
  if (random.one_in(8)) return outcome(value.clear(who));
  if (random.one_in(6)) return outcome(value.remove_all(who, key));
  if (random.one_in(3)) return outcome(value.remove(who, key, element));
  return outcome(value.add(who, key, element));
}
template <class K, class V, class In>
auto operate(GMap<K, V, In>& value, Random& random) {
  auto below = value[some_of(value.keys(), random)];
  return operate(below, random);
}
template <class K, class V, class In>
auto operate(OrMap<K, V, In>& value, Random& random) {
  const K key = some_of(value.keys(), random);
  auto below = value[key];
  using Outcome = decltype(operate(below, random));
  const At who = writer(random);
  if (random.one_in(12)) return Outcome(value.clear(who));
  if (random.one_in(5)) return Outcome(value.remove(who, key));
  return operate(below, random);
}

// ---- what must hold

template <class T>
std::optional<std::string> check_lattice(const T& value) {
  T self = value;
  if (self.merge(value)) return "merged with itself it changes";
  T from_bottom;
  from_bottom.merge(value);
  if (encoded(from_bottom) != encoded(value)) return "merged into bottom it is another";
  (void)value.value();
  return std::nullopt;
}

// The delta law, for a value that came from outside.
template <class T>
std::optional<std::string> check_operation(const T& before, Random& random) {
  T after = before;
  const Result<T> delta = operate(after, random);
  if (!delta) return after == before ? std::nullopt : std::optional("refused, and yet changed");
  if (!decoded<T>(encoded(*delta))) return "a delta cannot be read";
  if (!decoded<T>(encoded(after))) return "after an operation it cannot be read";
  T merged = before;
  merged.merge(*delta);
  if (!(merged == after)) return "merged with the delta it is not what it became";
  return std::nullopt;
}

template <class T>
std::optional<std::string> check_as(std::string_view bytes) {
  const std::optional<T> value = decoded<T>(bytes);
  if (!value) return std::nullopt;
  if (encoded(*value) != bytes) return "it takes bytes that it would not write";
  Random random(hash64(bytes));
  if constexpr (
      requires(T other) { other.merge(*value); } && requires { value->value(); }) {
    if (auto wrong = check_lattice(*value)) return wrong;
    for (int i = 0; i < 4; ++i) {
      if (auto wrong = check_operation(*value, random)) return wrong;
    }
  }
  return std::nullopt;
}

template <class... Ts>
std::optional<std::string> check_at(std::size_t type, std::string_view bytes, Types<Ts...>) {
  using Check = std::optional<std::string> (*)(std::string_view);
  static constexpr Check checks[] = {check_as<Ts>...};
  return type < sizeof...(Ts) ? checks[type](bytes) : std::nullopt;
}

std::optional<std::string> check(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  return check_at(static_cast<std::uint8_t>(bytes.front()), bytes.substr(1), AllTypes{});
}

template <class T>
std::string seed_of(Random& random) {
  T value{};
  if constexpr (requires { operate(value, random); }) {
    for (int i = 0; i < 6; ++i) (void)operate(value, random);
  } else if constexpr (std::is_same_v<T, CausalContext>) {
    value = test::random_context(random);
  } else if constexpr (std::is_same_v<T, Stamped<std::string>>) {
    value.time = HybridTime{1 + random.below(1000)};
  } else if constexpr (std::is_same_v<T, VersionVector>) {
    const ReplicaId replica = test::random_replica(random);
    value.raise(replica, test::random_sequence(random));
  }
  return encoded(value);
}

template <class... Ts>
std::vector<std::string> all_seeds(Types<Ts...>) {
  std::vector<std::string> out;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Random random(seed);
    char type = 0;
    (out.push_back(type++ + seed_of<Ts>(random)), ...);
  }
  return out;
}

std::vector<std::string> seeds() {
  return all_seeds(AllTypes{});
}

// One operation more; else a number or a clock in the wrong place.
template <class T>
std::optional<std::string> operated(std::string_view bytes, Random& random) {
  std::optional<T> value = decoded<T>(bytes);
  if constexpr (requires { operate(*value, random); }) {
    if (value && random.one_in(2)) {
      (void)operate(*value, random);
      return encoded(*value);
    }
    // A delta that only claims dots: what a forger takes from others.
    const auto claim = decoded<T>(encoded(test::random_context(random)) + '\0');
    if (value && claim && random.one_in(2)) {
      value->merge(*claim);
      return encoded(*value);
    }
  }
  return mutated(std::string(bytes), random);
}

template <class... Ts>
std::optional<std::string> mutate_at(std::size_t type, std::string_view bytes, Random& random,
                                     Types<Ts...>) {
  using Mutate = std::optional<std::string> (*)(std::string_view, Random&);
  static constexpr Mutate mutations[] = {operated<Ts>...};
  return type < sizeof...(Ts) ? mutations[type](bytes, random) : std::nullopt;
}

std::optional<std::string> mutate(const std::string& bytes, Random& random) {
  if (bytes.empty()) return std::nullopt;
  const auto type = static_cast<std::uint8_t>(bytes.front());
  auto changed = mutate_at(type, std::string_view(bytes).substr(1), random, AllTypes{});
  if (changed) changed->insert(0, 1, bytes.front());
  return changed;
}

}  // namespace

const Target value_target{"value", seeds, check, mutate};

}  // namespace rejoin::fuzz
