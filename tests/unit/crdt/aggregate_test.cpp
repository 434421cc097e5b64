// Plain structs as values: found field by field, refused where their fields cannot be told.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "crdt/aw_set.hpp"
#include "crdt/lww_register.hpp"

namespace rejoin {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Address {
  std::string street;
  int number = 0;
  friend bool operator==(const Address&, const Address&) = default;
};
struct Person {
  std::string name;
  std::optional<Address> home;
  std::vector<Address> past;
  std::array<std::uint8_t, 3> digest{};
  Colour colour = Colour::red;
  double weight = 0;
  friend bool operator==(const Person&, const Person&) = default;
};

struct WithArray {
  int numbers[3];
  int last;
};
struct WithArrayOfOne {
  int numbers[1];
};
struct WithArrayOfStructs {
  int first;
  Address two[2];
};
struct Derived : Address {
  int floor;
};
struct Seventeen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
struct WithPointer {
  int* there;
};
struct Score {
  std::map<std::string, int> best;
  std::set<int> seen;
  friend bool operator==(const Score&, const Score&) = default;
};

template <class T>
constexpr bool refused = !Encodable<T>;

TEST(Aggregate, IsEncodedAsTheTupleOfItsFields) {
  static_assert(std::same_as<FieldsOf<Address>, std::tuple<std::string, int>>);
  static_assert(Codec<Address>::tag == Codec<std::tuple<std::string, int>>::tag);
  EXPECT_EQ(encoded(Address{"Hill", 7}), encoded(std::tuple(std::string("Hill"), 7)));
  EXPECT_LT(encoded(Address{"Hill", 7}), encoded(Address{"Hill", 8}));
  EXPECT_LT(encoded(Address{"Hill", 8}), encoded(Address{"Hills", 0}));
}

TEST(Aggregate, RoundTripsThroughAllKindsOfFields) {
  const Person person{"Ann", Address{"Hill", 7}, {{"Vale", 1}, {"", -1}}, {1, 0, 255},
                      Colour::green, 61.5};
  EXPECT_EQ(decoded<Person>(encoded(person)), person);
  const std::string bytes = encoded(person);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(decoded<Person>(bytes.substr(0, cut)));
  }
}

TEST(Aggregate, TablesOfTheStandardLibraryAreFieldsWithOneEncoding) {
  const Score score{{{"a", 1}, {"b", 2}}, {3, 5}};
  EXPECT_EQ(decoded<Score>(encoded(score)), score);
  using Pairs = std::vector<std::pair<std::string, int>>;
  EXPECT_TRUE((decoded<std::map<std::string, int>>(encoded(Pairs{{"a", 1}, {"b", 2}}))));
  EXPECT_FALSE((decoded<std::map<std::string, int>>(encoded(Pairs{{"b", 2}, {"a", 1}}))));
  EXPECT_FALSE((decoded<std::map<std::string, int>>(encoded(Pairs{{"a", 1}, {"a", 1}}))));
  EXPECT_FALSE((decoded<std::set<int>>(encoded(std::vector<int>{3, 3}))));
}

TEST(Aggregate, WithANumberThatIsNoneCannotBeAnElement) {
  AwSet<Person> people;
  Person person{"Ann", {}, {}, {}, Colour::red, std::numeric_limits<double>::quiet_NaN()};
  const ReplicaId me(1);
  EXPECT_EQ(people.add(me, person).error().code, ErrorCode::not_a_number);
  person.weight = -0.0;
  ASSERT_TRUE(people.add(me, person));
  EXPECT_FALSE(std::signbit(people.elements().front().weight));
}

TEST(Aggregate, ATableWithANumberThatIsNoneCannotBeAnElement) {
  AwSet<std::map<std::string, double>> tables;
  const std::map<std::string, double> bad{{"x", std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_EQ(tables.add(ReplicaId(1), bad).error().code, ErrorCode::not_a_number);
  LwwRegister<double> last;
  last.set(At(ReplicaId(1), 1), bad.at("x"));
  EXPECT_TRUE(last.discarded().empty());
}

TEST(Aggregate, IsWrittenWholeSoThatNoTieTearsIt) {
  LwwRegister<Address> here;
  LwwRegister<Address> there;
  here.set(At(ReplicaId(1), 5), {"Hill", 7});
  there.set(At(ReplicaId(2), 5), {"Vale", 1});
  here.merge(there);
  EXPECT_EQ(here.value(), (Address{"Vale", 1}));
}

TEST(Aggregate, IsRefusedWhereItsFieldsCannotBeTold) {
  static_assert(refused<WithArray> && aggregate::has_array<WithArray>());
  static_assert(refused<WithArrayOfOne>);
  static_assert(refused<WithArrayOfStructs> && aggregate::has_array<WithArrayOfStructs>());
  static_assert(refused<Derived> && aggregate::has_base<Derived>);
  static_assert(refused<Seventeen>);
  static_assert(aggregate::initialisers<Seventeen>() > aggregate::fields_max);
  static_assert(refused<WithPointer>);
  static_assert(Encodable<Person>);
  static_assert(refused<std::set<double>> && refused<std::map<double, int>>);
}

}  // namespace
}  // namespace rejoin
