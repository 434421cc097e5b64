#pragma once

// Tally: what many seeds of one scenario came to, as sums. Tallies of the same scenario and build
// add up in any order to what one sweep over all their seeds would have given, trace hash and all;
// that is what `--shard` and `merge` rest on. Which seeds they are of is kept as intervals, so that
// one counted twice or not at all is found.

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/result.hpp"
#include "crdt/sequence_set.hpp"
#include "sim/outcome.hpp"

namespace rejoin::sim {

// What a seed came to, if it is worth a line.
struct Finished {
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::ok;
  std::string line;  // verdict_line
};

struct Tally {
  std::string file;        // as it was named
  std::uint64_t text = 0;  // hash of what the file says

  SequenceSet seeds;  // each plus one: a SequenceSet begins at 1
  std::array<std::uint64_t, 4> verdicts{};
  std::uint64_t events = 0;
  std::uint64_t virtual_us = 0;
  std::uint64_t trace_hash = 0;  // of all traces, in no order: their sum
  // "fault.loss.runs", ".bites", ".bytes"; "total.frames": what else was counted;
  // "point.repair": in how many runs it was reached.
  std::map<std::string, std::uint64_t> counts;
  std::vector<Finished> failed;  // by seed; the first few thousand of everything but ok

  std::uint64_t done() const;
  std::uint64_t count(Verdict verdict) const { return verdicts[static_cast<std::size_t>(verdict)]; }
  // The gravest: violation, then nondeterministic, then vacuous.
  Verdict verdict() const;

  // Of these points, those that no seed reached.
  std::vector<std::string_view> never_reached(const std::vector<Point>& wanted) const;

  void add(const Finished& finished);
  // All but the seeds' own: of another scenario, too.
  void add_sums(const Tally& other);
  // Sorts and shortens the list of those that failed.
  void finish();
  // Of the same scenario. Requires that no seed is in both.
  void merge(const Tally& other);
};

// What one worker says of one seed, as a line; and back.
std::string line_of(const Outcome& outcome);
// Adds it to the tally, and says what there is to say of it.
Finished take_line(const std::string& line, std::uint64_t seed, Tally& tally);

// What a sweep's file holds beside its sums.
struct SweepHeader {
  std::string build;  // hash of the program
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  unsigned shard = 1;
  unsigned shards = 1;
  bool verify = false;
  double wall_seconds = 0;
  std::string ended;  // "all seeds", or what came before: "time is up", "interrupted", ...
};
struct SweepFile {
  SweepHeader header;
  std::vector<Tally> scenarios;

  Tally sum() const;
};

nlohmann::ordered_json json_of(const SweepFile& file);
// Errors say what is wrong with the file called `name`.
Result<SweepFile> parse_sweep_file(const std::string& text, const std::string& name);
// All of them as one: as if one machine had swept all their seeds. With `partial`, seeds may be
// missing. Errors: other builds, other scenarios, a seed in two files or in none.
Result<SweepFile> merged(const std::vector<SweepFile>& files, const std::vector<std::string>& names,
                         bool partial);
// Lines for people: verdicts, rates, simulated years, and what each kind of fault did.
std::string text_of(const SweepFile& file);

// This program, as it is on the disk.
std::string build_hash();

}  // namespace rejoin::sim
