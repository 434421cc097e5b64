#pragma once

// Outcome: what one run came to, as plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault.hpp"
#include "sim/points.hpp"
#include "sim/time.hpp"
#include "sim/trace.hpp"

namespace rejoin::sim {

// The numbers are the tool's exit codes.
enum class Verdict : std::uint8_t {
  ok = 0,
  violation = 1,         // something that must hold did not
  vacuous = 2,           // nothing broke, but a fault or an expectation did not happen
  nondeterministic = 3,  // the same seed gave another trace
};
std::string_view name_of(Verdict verdict);

struct Violation {
  std::string oracle;  // which check, in few words
  unsigned node = 0;
  Time at = 0;
  std::string detail;
  std::string type = {};  // of the key, where one is wrong by itself
};

struct Totals {
  std::uint64_t transactions = 0;
  std::uint64_t refused = 0;  // by themselves, as drawn
  std::uint64_t skipped = 0;  // no node was up
  std::uint64_t entries = 0;
  std::uint64_t acknowledged = 0;  // entries shown by their node while it lived
  std::uint64_t lost = 0;          // entries that no node has in the end
  std::uint64_t conflicts = 0;     // writes that did not see one another
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t restarts = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t repairs = 0;
  std::uint64_t repairs_interrupted = 0;
  std::uint64_t resends = 0;
  std::uint64_t session_reads = 0;
  std::uint64_t session_moves = 0;  // of these, at another node than the last
  std::uint64_t session_waits = 0;  // a node did not cover the token yet
};

struct Outcome {
  std::uint64_t seed = 0;
  std::string rekeys;  // what is drawn anew beside it, as in a seed's text
  Verdict verdict = Verdict::ok;
  std::optional<Violation> violation;
  std::string vacuous;  // what did not happen
  std::uint64_t trace_hash = 0;
  std::uint64_t trace_high = 0;       // its other half
  std::vector<TraceHash> trace_kept;  // after each stretch of events
  std::uint64_t events = 0;
  Time virtual_time = 0;
  Time converged_after = 0;  // from the end of the faults
  std::uint64_t rounds = 0;  // the same in digest intervals, rounded up
  std::vector<Receipt> receipts;
  Totals totals;
  Points points;
};

}  // namespace rejoin::sim
