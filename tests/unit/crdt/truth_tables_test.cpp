// docs/truth-tables.md: for every type, every pair of concurrent operations and its result. The
// page is written by this test from the types themselves, and the test fails while the page says
// anything else. To write it anew:
//
//     REJOIN_WRITE_DOCS=1 build/release/bin/unit_crdt --gtest_filter='TruthTables.*'

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

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

namespace rejoin {
namespace {

using Text = std::string;

const ReplicaId a(1);
const ReplicaId b(2);

// ---- values as words

std::string shown(bool value) { return value ? "on" : "off"; }
std::string shown(std::int64_t value) { return std::to_string(value); }
std::string shown(std::uint64_t value) { return std::to_string(value); }
std::string shown(const Text& value) { return value; }
template <class T>
std::string shown(const std::vector<T>& values);
template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "nothing";
}
template <class A, class B>
std::string shown(const std::pair<A, B>& entry) {
  return shown(entry.first) + ": " + shown(entry.second);
}
template <class T>
std::string shown(const std::vector<T>& values) {
  std::string out = "{";
  for (const T& value : values) out += (out.size() > 1 ? ", " : "") + shown(value);
  return out + "}";
}

// ---- tables

template <class T>
struct Act {
  const char* name;
  std::function<void(T&, const At&)> run;
};

// A's operations down, B's across. Both start from `given`, neither sees the other; B's clock is
// the later one. `given` is what C did before.
template <class T>
void write_table(std::ostream& out, const char* title, const std::vector<Act<T>>& given,
                 const std::vector<Act<T>>& acts) {
  out << "\n## " << title << "\n\nBefore: ";
  T start;
  for (std::size_t i = 0; i < given.size(); ++i) {
    given[i].run(start, At(i % 2 == 0 ? a : b, i + 1));
    out << (i == 0 ? "" : ", ") << (i % 2 == 0 ? "A: " : "B: ") << given[i].name;
  }
  out << (given.empty() ? "nothing" : "") << ", so `" << shown(start.value()) << "`.\n\n| A, B |";
  for (const Act<T>& act : acts) out << ' ' << act.name << " |";
  out << "\n|---|";
  for (std::size_t i = 0; i < acts.size(); ++i) out << "---|";
  out << '\n';
  for (const Act<T>& mine : acts) {
    out << "| **" << mine.name << "** |";
    for (const Act<T>& theirs : acts) {
      T here = start;
      T there = start;
      mine.run(here, At(a, 100));
      theirs.run(there, At(b, 200));
      T swapped = there;
      swapped.merge(here);
      here.merge(there);
      ASSERT_EQ(here, swapped) << title << ": " << mine.name << ", " << theirs.name;
      out << " `" << shown(here.value()) << "` |";
    }
    out << '\n';
  }
}

template <class Set>
void write_set(std::ostream& out, const char* title) {
  std::vector<Act<Set>> acts{
      {"add x", [](Set& set, const At& at) { (void)set.add(at, "x"); }},
      {"add y", [](Set& set, const At& at) { (void)set.add(at, "y"); }},
  };
  if constexpr (requires(Set set, At at) { set.remove(at, "x"); }) {
    acts.push_back({"remove x", [](Set& set, const At& at) { (void)set.remove(at, "x"); }});
    acts.push_back({"remove y", [](Set& set, const At& at) { (void)set.remove(at, "y"); }});
  }
  if constexpr (requires(Set set, At at) { set.clear(at); }) {
    acts.push_back({"clear", [](Set& set, const At& at) { set.clear(at); }});
  }
  write_table<Set>(out, title, {acts[0]}, acts);
}

template <class Register>
void write_register(std::ostream& out, const char* title) {
  const auto set = [](const char* value) {
    return [value](Register& r, const At& at) { r.set(at, value); };
  };
  write_table<Register>(
      out, title, {{"set u", set("u")}},
      {{"set v", set("v")}, {"set w", set("w")}, {"remove", [](Register& r, const At& at) {
                                                    r.remove(at);
                                                  }}});
}

template <class Extremum>
void write_extremum(std::ostream& out, const char* title) {
  const auto set = [](std::int64_t value) {
    return [value](Extremum& r, const At& at) { (void)r.set(at, value); };
  };
  write_table<Extremum>(out, title, {{"set 5", set(5)}},
                        {{"set 3", set(3)}, {"set 5", set(5)}, {"set 7", set(7)}});
}

template <class Flag>
void write_flag(std::ostream& out, const char* title, bool on) {
  const Act<Flag> enable{"enable", [](Flag& flag, const At& at) { flag.enable(at); }};
  const Act<Flag> disable{"disable", [](Flag& flag, const At& at) { flag.disable(at); }};
  write_table<Flag>(out, title, {on ? enable : disable}, {enable, disable});
}

struct Longest {
  static constexpr std::string_view name = "test.longest";
  Text text;
  bool merge(const Longest& other) {
    if (std::tuple(other.text.size(), other.text) <= std::tuple(text.size(), text)) return false;
    text = other.text;
    return true;
  }
  friend bool operator==(const Longest&, const Longest&) = default;
};
std::string shown(const Longest& value) { return value.text; }

void write_counters(std::ostream& out) {
  const auto add = []<class T>(std::type_identity<T>, std::int64_t n) {
    return [n](T& counter, const At& at) { (void)counter.add(at, n); };
  };
  constexpr std::type_identity<GCounter> g;
  write_table<GCounter>(out, "GCounter", {{"add 5", add(g, 5)}},
                        {{"add 1", add(g, 1)}, {"add 2", add(g, 2)}});
  constexpr std::type_identity<PnCounter> pn;
  write_table<PnCounter>(out, "PnCounter", {{"add 5", add(pn, 5)}},
                         {{"add 1", add(pn, 1)}, {"add -7", add(pn, -7)}});
  constexpr std::type_identity<ResettableCounter> r;
  const Act<ResettableCounter> reset{
      "reset", [](ResettableCounter& counter, const At& at) { counter.reset(at); }};
  write_table<ResettableCounter>(
      out, "ResettableCounter", {{"add 5", add(r, 5)}, {"add 20", add(r, 20)}},
      {{"add 1", add(r, 1)},
       reset,
       {"add 1, reset", [=](ResettableCounter& counter, const At& at) {
          (void)counter.add(at, 1);
          counter.reset(at);
        }}});
  using Bounded = BoundedCounter<>;
  const auto subtract = [](std::int64_t n) {
    return [n](Bounded& counter, const At& at) { (void)counter.subtract(at, n); };
  };
  write_table<Bounded>(
      out, "BoundedCounter (a subtraction above the replica's rights is refused)",
      {{"add 3", [](Bounded& counter, const At& at) { (void)counter.add(at, 3); }},
       {"add 1", [](Bounded& counter, const At& at) { (void)counter.add(at, 1); }}},
      {{"add 1", [](Bounded& counter, const At& at) { (void)counter.add(at, 1); }},
       {"subtract 1", subtract(1)},
       {"subtract 3", subtract(3)},
       {"subtract 4", subtract(4)}});
}

void write_maps(std::ostream& out) {
  using Sets = OrMap<Text, AwSet<Text>>;
  const auto in_set = [](const char* element) {
    return [element](Sets& map, const At& at) { map["k"].add(at, element); };
  };
  write_table<Sets>(
      out, "OrMap of AwSet", {{"add x at k", in_set("x")}},
      {{"add x at k", in_set("x")},
       {"add y at k", in_set("y")},
       {"remove x at k", [](Sets& map, const At& at) { map["k"].remove(at, "x"); }},
       {"remove k", [](Sets& map, const At& at) { map.remove(at, "k"); }},
       {"clear", [](Sets& map, const At& at) { map.clear(at); }}});
  using Counts = OrMap<Text, PnCounter>;
  const auto count = [](std::int64_t n) {
    return [n](Counts& map, const At& at) { (void)map["k"].add(at, n); };
  };
  write_table<Counts>(
      out, "OrMap of PnCounter (the share of who adds survives whole)",
      {{"add 5 at k", count(5)}, {"add 20 at k", count(20)}},
      {{"add 1 at k", count(1)},
       {"remove k", [](Counts& map, const At& at) { map.remove(at, "k"); }}});
  using Writes = OrMap<Text, LwwRegister<Text>>;
  const auto write = [](const char* value) {
    return [value](Writes& map, const At& at) { map["k"].set(at, value); };
  };
  write_table<Writes>(out, "OrMap of LwwRegister", {{"set u at k", write("u")}},
                      {{"set v at k", write("v")},
                       {"set w at k", write("w")},
                       {"remove k", [](Writes& map, const At& at) { map.remove(at, "k"); }}});
  using Grown = GMap<Text, EwFlag>;
  write_table<Grown>(
      out, "GMap of EwFlag",
      {{"enable k", [](Grown& map, const At& at) { map["k"].enable(at); }}},
      {{"enable k", [](Grown& map, const At& at) { map["k"].enable(at); }},
       {"disable k", [](Grown& map, const At& at) { map["k"].disable(at); }},
       {"enable l", [](Grown& map, const At& at) { map["l"].enable(at); }}});
  using Last = LwwMap<Text, Text>;
  const auto put = [](const char* value) {
    return [value](Last& map, const At& at) { map.set(at, "k", value); };
  };
  write_table<Last>(out, "LwwMap", {{"set k u", put("u")}},
                    {{"set k v", put("v")},
                     {"set k w", put("w")},
                     {"remove k", [](Last& map, const At& at) { map.remove(at, "k"); }},
                     {"clear", [](Last& map, const At& at) { map.clear(at); }}});
  using Groups = MultiMap<Text, Text>;
  const auto join = [](const char* value) {
    return [value](Groups& map, const At& at) { map.add(at, "k", value); };
  };
  write_table<Groups>(
      out, "MultiMap", {{"add k x", join("x")}},
      {{"add k x", join("x")},
       {"add k y", join("y")},
       {"remove k x", [](Groups& map, const At& at) { map.remove(at, "k", "x"); }},
       {"remove_all k", [](Groups& map, const At& at) { map.remove_all(at, "k"); }}});
}

std::string page() {
  std::ostringstream out;
  out << "# Truth tables\n\n"
         "What each type holds after two concurrent operations. Down: what A does; across: what B\n"
         "does; neither has seen the other's; then both merge. Where clocks matter, B's is the\n"
         "later. `tests/unit/crdt/truth_tables_test.cpp` writes this page from the code, and\n"
         "fails when it says anything else.\n";
  write_counters(out);
  write_register<LwwRegister<Text>>(out, "LwwRegister");
  write_register<MvRegister<Text>>(out, "MvRegister");
  write_extremum<MaxRegister<std::int64_t>>(out, "MaxRegister");
  write_extremum<MinRegister<std::int64_t>>(out, "MinRegister");
  using Ordered = OrderedRegister<Text, test::ByLength>;
  const auto set = [](const char* value) {
    return [value](Ordered& r, const At& at) { (void)r.set(at, value); };
  };
  write_table<Ordered>(out, "OrderedRegister, by length", {{"set aa", set("aa")}},
                       {{"set c", set("c")}, {"set ab", set("ab")}, {"set abc", set("abc")}});
  write_flag<EwFlag>(out, "EwFlag, enabled before", true);
  write_flag<EwFlag>(out, "EwFlag, disabled before", false);
  write_flag<DwFlag>(out, "DwFlag, enabled before", true);
  write_flag<DwFlag>(out, "DwFlag, disabled before", false);
  write_set<GSet<Text>>(out, "GSet");
  write_set<TwoPhaseSet<Text>>(out, "TwoPhaseSet");
  write_set<AwSet<Text>>(out, "AwSet");
  write_set<RwSet<Text>>(out, "RwSet");
  write_set<LwwSet<Text>>(out, "LwwSet");
  write_maps(out);
  using Sketch = HyperLogLog<Text>;
  const auto see = [](const char* element) {
    return [element](Sketch& sketch, const At& at) { sketch.add(at, element); };
  };
  write_table<Sketch>(out, "HyperLogLog", {{"add x", see("x")}},
                      {{"add x", see("x")}, {"add y", see("y")}});
  using Lattice = LatticeValue<Longest>;
  const auto join = [](const char* value) {
    return [value](Lattice& lattice, const At& at) { lattice.join(at, {value}); };
  };
  write_table<Lattice>(out, "LatticeValue, the longest text", {{"join aa", join("aa")}},
                       {{"join b", join("b")}, {"join ccc", join("ccc")}});
  return out.str();
}

TEST(TruthTables, ThePageSaysWhatTheTypesDo) {
  const std::string path = "docs/truth-tables.md";
  const std::string now = page();
  if (std::getenv("REJOIN_WRITE_DOCS") != nullptr) std::ofstream(path) << now;
  std::stringstream written;
  written << std::ifstream(path).rdbuf();
  EXPECT_EQ(written.str(), now) << "write it anew: see the head of this test";
}

}  // namespace
}  // namespace rejoin
