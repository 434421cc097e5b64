#include "sim/rejoin_sim_tally.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "crdt/hash.hpp"
#include "sim/rejoin_sim_report.hpp"

namespace rejoin::sim {
namespace {

constexpr std::size_t failed_max = 5000;

bool by_seed(const Finished& a, const Finished& b) {
  return a.seed < b.seed;
}

void keep_first(std::vector<Finished>& failed) {
  std::sort(failed.begin(), failed.end(), by_seed);
  if (failed.size() > failed_max) failed.resize(failed_max);
}

std::map<std::string, std::uint64_t> counts_of(const Outcome& outcome) {
  std::map<std::string, std::uint64_t> counts;
  for (const Receipt& receipt : outcome.receipts) {
    if (!receipt.drawn) continue;
    const std::string fault = "fault." + std::string(name_of(receipt.kind)) + ".";
    ++counts[fault + "runs"];
    counts[fault + "bites"] += receipt.bites;
    counts[fault + std::string(losses_of(receipt.kind))] += receipt.losses;
  }
  for (const auto& [name, count] : totals_of(outcome)) {
    if (count > 0) counts[std::string("total.") + name] += count;
  }
  for (const PointRow& row : all_points) {
    if (outcome.points.reached(row.point)) counts["point." + std::string(row.name)] = 1;
  }
  return counts;
}

}  // namespace

std::uint64_t Tally::done() const {
  std::uint64_t sum = 0;
  for (std::uint64_t one : verdicts) sum += one;
  return sum;
}

Verdict Tally::verdict() const {
  for (Verdict verdict : {Verdict::violation, Verdict::nondeterministic, Verdict::vacuous}) {
    if (count(verdict) > 0) return verdict;
  }
  return Verdict::ok;
}

std::vector<std::string_view> Tally::never_reached(const std::vector<Point>& wanted) const {
  std::vector<std::string_view> never;
  for (const PointRow& row : all_points) {
    const bool is_wanted = std::find(wanted.begin(), wanted.end(), row.point) != wanted.end();
    if (is_wanted && !counts.contains("point." + std::string(row.name))) never.push_back(row.name);
  }
  return never;
}

void Tally::add(const Finished& finished) {
  seeds.add({finished.seed + 1, finished.seed + 1});
  ++verdicts[static_cast<std::size_t>(finished.verdict)];
  if (finished.verdict == Verdict::ok) return;
  failed.push_back(finished);
  if (failed.size() >= 2 * failed_max) keep_first(failed);
}

void Tally::finish() {
  keep_first(failed);
}

void Tally::add_sums(const Tally& other) {
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i] += other.verdicts[i];
  events += other.events;
  virtual_us += other.virtual_us;
  trace_hash += other.trace_hash;
  for (const auto& [name, count] : other.counts) counts[name] += count;
}

void Tally::merge(const Tally& other) {
  seeds.merge(other.seeds);
  add_sums(other);
  failed.insert(failed.end(), other.failed.begin(), other.failed.end());
  finish();
}

// "verdict hash events virtual_us COUNTS sentence", COUNTS as "name=n,name=n" or "-".
std::string line_of(const Outcome& outcome) {
  std::string line = std::to_string(static_cast<int>(outcome.verdict)) + " " +
                     std::to_string(outcome.trace_hash) + " " + std::to_string(outcome.events) +
                     " " + std::to_string(outcome.virtual_time / microsecond) + " ";
  std::string counts;
  for (const auto& [name, count] : counts_of(outcome)) {
    counts += (counts.empty() ? "" : ",") + name + "=" + std::to_string(count);
  }
  return line + (counts.empty() ? "-" : counts) + " " + verdict_line(outcome);
}

Finished take_line(const std::string& line, std::uint64_t seed, Tally& tally) {
  std::istringstream in(line);
  Finished finished;
  finished.seed = seed;
  int verdict = 0;
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::uint64_t virtual_us = 0;
  std::string counts;
  in >> verdict >> hash >> events >> virtual_us >> counts;
  in.ignore(1);
  std::getline(in, finished.line);
  finished.verdict = static_cast<Verdict>(verdict);
  tally.events += events;
  tally.virtual_us += virtual_us;
  tally.trace_hash += mix64(hash ^ seed);
  std::istringstream each(counts);
  for (std::string one; std::getline(each, one, ',');) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) continue;
    tally.counts[one.substr(0, equals)] += std::stoull(one.substr(equals + 1));
  }
  tally.add(finished);
  return finished;
}

Tally SweepFile::sum() const {
  Tally all;
  for (const Tally& one : scenarios) all.add_sums(one);
  return all;
}

std::string build_hash() {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return hash_text(hash64(bytes));
}

// ---- merging

namespace {

Error cannot(const std::string& what) {
  return Error{ErrorCode::invalid_argument, "cannot be merged: " + what};
}

std::string range_text(Interval interval) {
  const std::string first = std::to_string(interval.first - 1);
  return interval.first == interval.last
             ? "seed " + first
             : "seeds " + first + ".." + std::to_string(interval.last - 1);
}

const Tally* same_file(const SweepFile& file, const Tally& wanted) {
  for (const Tally& one : file.scenarios) {
    if (one.text == wanted.text && one.file == wanted.file) return &one;
  }
  return nullptr;
}

Result<void> comparable(const SweepFile& a, const std::string& a_name, const SweepFile& b,
                        const std::string& b_name) {
  if (a.header.build != b.header.build) {
    return cannot(a_name + " is of build " + a.header.build + ", " + b_name + " of build " +
                  b.header.build + ": sweep all shards with the same program");
  }
  if (a.header.verify != b.header.verify) {
    return cannot("one of " + a_name + " and " + b_name + " was made with --verify, one without");
  }
  if (a.scenarios.size() != b.scenarios.size()) {
    return cannot(a_name + " and " + b_name + " are of different scenarios");
  }
  for (const Tally& tally : a.scenarios) {
    if (same_file(b, tally) != nullptr) continue;
    return cannot(b_name + " has not the scenario " + tally.file + " of " + a_name +
                  ", or its text was another");
  }
  return {};
}

// The same seeds in both: which, and in which files.
Result<void> disjoint(const std::vector<SweepFile>& files, const std::vector<std::string>& names,
                      std::size_t later) {
  for (const Tally& tally : files[later].scenarios) {
    for (std::size_t i = 0; i < later; ++i) {
      SequenceSet both = same_file(files[i], tally)->seeds;
      both.intersect(tally.seeds);
      if (both.empty()) continue;
      return cannot("both " + names[i] + " and " + names[later] + " have " +
                    range_text(both.intervals().front()) + " of " + tally.file);
    }
  }
  return {};
}

Result<void> complete(const SweepFile& whole) {
  for (const Tally& tally : whole.scenarios) {
    SequenceSet missing;
    missing.add({whole.header.first + 1, whole.header.last + 1});
    missing.subtract(tally.seeds);
    if (missing.empty()) continue;
    return cannot("no file has " + range_text(missing.intervals().front()) + " of " + tally.file +
                  "; --partial merges what there is");
  }
  return {};
}

}  // namespace

Result<SweepFile> merged(const std::vector<SweepFile>& files, const std::vector<std::string>& names,
                         bool partial) {
  SweepFile whole = files.front();
  for (std::size_t i = 1; i < files.size(); ++i) {
    const SweepFile& file = files[i];
    if (auto good = comparable(files.front(), names.front(), file, names[i]); !good) {
      return good.error();
    }
    if (auto good = disjoint(files, names, i); !good) return good.error();
    for (Tally& tally : whole.scenarios) tally.merge(*same_file(file, tally));
    whole.header.first = std::min(whole.header.first, file.header.first);
    whole.header.last = std::max(whole.header.last, file.header.last);
    whole.header.wall_seconds += file.header.wall_seconds;
  }
  whole.header.shard = whole.header.shards = 1;
  const auto all = complete(whole);
  if (!all && !partial) return all.error();
  whole.header.ended = all ? "all seeds" : "partial";
  return whole;
}

}  // namespace rejoin::sim
