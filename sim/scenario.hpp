#pragma once

// Scenario: what a run consists of, before a seed has drawn anything from it. The tool reads it
// from a TOML file (docs/simulation.md lists the fields); a test fills it in.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crdt/result.hpp"
#include "crdt/type_tag.hpp"
#include "net/config.hpp"
#include "sim/act.hpp"
#include "sim/distribution.hpp"
#include "sim/fault.hpp"
#include "sim/own.hpp"
#include "sim/random.hpp"
#include "sim/seed.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

struct Watch;

struct LinkSettings {
  Range<Time> base{1 * millisecond, 5 * millisecond};  // drawn once for each pair, both ways
  Time jitter = 1 * millisecond;                       // mean of what each frame adds (exponential)
  unsigned fanout = 0;  // neighbours of each node, even; 0: everybody (see sim/mesh.hpp)
  Distribution delay;   // and what each frame adds beside

  friend bool operator==(const LinkSettings&, const LinkSettings&) = default;
};

// What lies under the disks: records in memory, or the SQLite storage that ships, on files that
// fail (sqlite_platter.hpp); drawn: one seed in 16 has the second.
enum class StorageKind : std::uint8_t { memory, sqlite, drawn };
std::string_view name_of(StorageKind kind);
std::optional<StorageKind> storage_called(std::string_view name);

struct DiskSettings {
  StorageKind storage = StorageKind::memory;
  Range<Time> sync{200 * microsecond, 4 * millisecond};
  double checkpoint = 0.05;  // after a sync, if nothing is pending

  friend bool operator==(const DiskSettings&, const DiskSettings&) = default;
};

struct ClockSettings {
  Range<Time> offset{0, 50 * millisecond};  // of each node at the start, either way

  friend bool operator==(const ClockSettings&, const ClockSettings&) = default;
};

struct Workload {
  std::uint64_t transactions = 40;
  Range<Time> over{0, 10 * second};
  unsigned writers = 0;          // nodes that transact, the first so many; 0: all
  unsigned keys = 2;             // of each type
  unsigned elements = 4;         // that sets hold
  double hot = 0.4;              // a transaction's part goes to the hot key of its type
  double removes = 0.25;         // of what can be removed
  double clears = 0.05;          // a whole key is removed
  double wide = 0.3;             // a transaction touches two or three keys
  double aborts = 0.03;          // a transaction refuses at its end
  unsigned sessions = 5;         // clients that go from node to node with a token
  std::vector<Family> families;  // of which a seed draws some; empty: all, or the user's alone
  OwnTypes own;                  // the user's, which every seed has

  friend bool operator==(const Workload&, const Workload&) = default;
};

// A transaction that the scenario itself says. The drawn ones come first, then these.
struct Doing {
  Time at = 0;
  unsigned node = 0;  // the next one that is up takes its place
  Deed deed;

  friend bool operator==(const Doing&, const Doing&) = default;
};

struct Link {
  unsigned source = 0;
  unsigned target = 0;

  friend auto operator<=>(const Link&, const Link&) = default;
};
std::string to_string(Link link);  // "0>3"
std::optional<Link> link_from(std::string_view text);

// What becomes of one frame, whatever would be drawn for it; a cut still takes it. It is lost, or
// arrives so long after it was sent, and perhaps again.
struct Fate {
  Link link;
  std::uint64_t frame = 0;  // of those that the link is given, from 0
  bool lost = false;
  std::optional<Time> deliver;
  std::optional<Time> again;

  friend bool operator==(const Fate&, const Fate&) = default;
};

struct Expectation {
  // What must have happened for a run to count; less is vacuous.
  std::uint64_t repairs = 0;    // repairs taken to their end
  std::uint64_t conflicts = 0;  // puts that were made without seeing one another, in one slot
  // What keys must read in the end, as "awset key0" -> "e1,e2"; else a violation of "value".
  std::map<std::string, std::string> value;
  // How this scenario fails, for `rejoin-sim replay`: the check, and the type if it names one.
  std::string violation;
  std::string type;

  friend bool operator==(const Expectation&, const Expectation&) = default;
};

struct Scenario {
  std::string name;
  std::optional<std::uint64_t> seed;  // for who gives none
  unsigned nodes = 3;
  Time until = 10 * second;       // faults and operations end; then everything heals
  Time converge = 60 * second;    // from then on, all must be equal within this
  unsigned rounds = 0;            // and within so many digest intervals; 0: whatever it takes
  Time quiet = 4 * second;        // and stay so, with nothing but clocks on the wire
  std::vector<Rekey> rekeys;      // what every seed draws anew
  bool swarm = true;              // each seed takes each group of faults or leaves it
  Range<double> share{0.5, 0.5};  // with this chance; each seed draws its own from the range
  unsigned check_every = 1;       // rule 5 after each so many events of a node
  LinkSettings links;
  DiskSettings disks;
  ClockSettings clocks;
  Workload workload;
  std::vector<std::pair<std::string, Range<std::uint64_t>>> config;  // fields of Config, drawn
  std::vector<Doing> doings;
  std::vector<FaultSpec> faults;
  std::vector<Fate> fates;
  Expectation expect;
  std::shared_ptr<const Watch> watch;  // watching.hpp; a file has none

  // Names the first field that cannot be: invalid_argument.
  Result<void> validate() const;
  Result<void> validate_explicit() const;  // of that, what is written down instead of drawn

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// What the text says, or else the scenario. Error: neither says one.
Result<Seed> seed_for(const Scenario& scenario, const std::string& text);

// The scenario's own edits come first.
Seed whole_seed(const Scenario& scenario, const Seed& seed);

// Sets one field of a Config by its name. False: there is no such field.
bool set_field(Config& config, std::string_view name, std::uint64_t value);
// A field of a Config by its name.
std::optional<std::uint64_t> get_field(const Config& config, std::string_view name);
// The names they take, for messages.
std::vector<std::string_view> config_fields();

}  // namespace rejoin::sim
