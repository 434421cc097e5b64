// A sweep's file, as JSON and as lines for people.

#include <array>
#include <cstdio>
#include <utility>

#include "crdt/hash.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_tally.hpp"

namespace rejoin::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* format = "rejoin-sim sweep 1";
constexpr double year_seconds = 365.25 * 24 * 60 * 60;
constexpr std::array verdicts = {Verdict::ok, Verdict::violation, Verdict::vacuous,
                                 Verdict::nondeterministic};

double virtual_seconds(const Tally& tally) {
  return static_cast<double>(tally.virtual_us) / 1e6;
}

// The kinds of fault that were drawn, with what each of them counted.
std::map<std::string, std::map<std::string, std::uint64_t>> faults_of(const Tally& tally) {
  std::map<std::string, std::map<std::string, std::uint64_t>> faults;
  for (const auto& [name, count] : tally.counts) {
    if (!name.starts_with("fault.")) continue;
    const std::size_t dot = name.find('.', 6);
    faults[name.substr(6, dot - 6)][name.substr(dot + 1)] = count;
  }
  return faults;
}

void add_sums(Json& json, const Tally& tally) {
  json["done"] = tally.done();
  json["verdict"] = name_of(tally.verdict());
  for (Verdict verdict : verdicts) json[std::string(name_of(verdict))] = tally.count(verdict);
  json["trace_hash"] = hash_text(tally.trace_hash);
  json["events"] = tally.events;
  json["virtual_seconds"] = virtual_seconds(tally);
}

Json json_of(const Tally& tally) {
  Json json;
  json["file"] = tally.file;
  json["text_hash"] = hash_text(tally.text);
  json["seeds"] = Json::array();
  tally.seeds.each_interval([&](Interval interval) {
    json["seeds"].push_back(Json::array({interval.first - 1, interval.last - 1}));
  });
  add_sums(json, tally);
  json["virtual_us"] = tally.virtual_us;
  json["counts"] = tally.counts;
  json["failed"] = Json::array();
  for (const Finished& one : tally.failed) {
    json["failed"].push_back({{"scenario", tally.file},
                              {"seed", one.seed},
                              {"verdict", name_of(one.verdict)},
                              {"detail", one.line}});
  }
  return json;
}

std::uint64_t hash_of(const Json& json) {
  return std::stoull(json.get<std::string>(), nullptr, 16);
}

Tally tally_of(const Json& json) {
  Tally tally;
  tally.file = json.at("file");
  tally.text = hash_of(json.at("text_hash"));
  for (const Json& interval : json.at("seeds")) {
    tally.seeds.add(
        {interval.at(0).get<std::uint64_t>() + 1, interval.at(1).get<std::uint64_t>() + 1});
  }
  for (Verdict verdict : verdicts) {
    tally.verdicts[static_cast<std::size_t>(verdict)] = json.at(std::string(name_of(verdict)));
  }
  tally.trace_hash = hash_of(json.at("trace_hash"));
  tally.events = json.at("events");
  tally.virtual_us = json.at("virtual_us");
  tally.counts = json.at("counts").get<std::map<std::string, std::uint64_t>>();
  for (const Json& one : json.at("failed")) {
    Finished finished{one.at("seed"), Verdict::violation, one.at("detail")};
    for (Verdict verdict : verdicts) {
      if (one.at("verdict") == name_of(verdict)) finished.verdict = verdict;
    }
    tally.failed.push_back(std::move(finished));
  }
  return tally;
}

std::string fixed(double value, int digits) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::vector<Point> every_point() {
  std::vector<Point> points;
  for (const PointRow& row : all_points) points.push_back(row.point);
  return points;
}

std::string points_text(const Tally& tally) {
  std::string text;
  for (const std::string_view name : tally.never_reached(every_point())) {
    text += (text.empty() ? "  never reached: " : ", ") + std::string(name);
  }
  return text.empty() ? "  every point was reached\n" : text + "\n";
}

}  // namespace

nlohmann::ordered_json json_of(const SweepFile& file) {
  const SweepHeader& header = file.header;
  const Tally sum = file.sum();
  Json json;
  json["format"] = format;
  json["build"] = header.build;
  json["asked"] = {{"first", header.first},
                   {"last", header.last},
                   {"shard", header.shard},
                   {"shards", header.shards},
                   {"verify", header.verify}};
  json["ended"] = header.ended;
  add_sums(json, sum);
  json["virtual_years"] = virtual_seconds(sum) / year_seconds;
  json["wall_seconds"] = header.wall_seconds;
  json["faults"] = faults_of(sum);
  json["never_reached"] = sum.never_reached(every_point());
  json["failed"] = Json::array();
  json["scenarios"] = Json::array();
  for (const Tally& tally : file.scenarios) {
    Json one = json_of(tally);
    for (const Json& failed : one["failed"]) json["failed"].push_back(failed);
    json["scenarios"].push_back(std::move(one));
  }
  return json;
}

Result<SweepFile> parse_sweep_file(const std::string& text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != format) {
      return Error{ErrorCode::version_unsupported,
                   name + ": its format is not '" + std::string(format) + "'"};
    }
    SweepFile file;
    file.header.build = json.at("build");
    const Json& asked = json.at("asked");
    file.header.first = asked.at("first");
    file.header.last = asked.at("last");
    file.header.shard = asked.at("shard");
    file.header.shards = asked.at("shards");
    file.header.verify = asked.at("verify");
    file.header.wall_seconds = json.at("wall_seconds");
    file.header.ended = json.at("ended");
    for (const Json& one : json.at("scenarios")) file.scenarios.push_back(tally_of(one));
    return file;
  } catch (const std::exception& error) {
    return Error{ErrorCode::malformed, name + ": is not what sweep --json writes: " + error.what()};
  }
}

std::string text_of(const SweepFile& file) {
  const Tally sum = file.sum();
  const double wall = std::max(file.header.wall_seconds, 1e-9);
  std::string text = std::to_string(sum.done()) + " seeds";
  if (file.scenarios.size() > 1) {
    text += " of " + std::to_string(file.scenarios.size()) + " scenarios";
  }
  text += ": " + std::to_string(sum.count(Verdict::ok)) + " ok, " +
          std::to_string(sum.count(Verdict::violation)) + " violations, " +
          std::to_string(sum.count(Verdict::vacuous)) + " vacuous, " +
          std::to_string(sum.count(Verdict::nondeterministic)) + " nondeterministic; traces " +
          hash_text(sum.trace_hash) + "\n";
  text += "  " + std::to_string(sum.events) + " events in " +
          fixed(virtual_seconds(sum) / year_seconds, 6) + " simulated years (" +
          fixed(virtual_seconds(sum), 0) + " s), " + fixed(wall, 1) +
          " s: " + fixed(static_cast<double>(sum.done()) / wall, 1) + " seeds/s, " +
          fixed(static_cast<double>(sum.events) / wall, 0) + " events/s, " +
          fixed(virtual_seconds(sum) / wall, 0) + " times real time\n";
  if (file.scenarios.size() > 1) {
    for (const Tally& tally : file.scenarios) {
      text += "  " + padded(tally.file, 40) + " " + std::string(name_of(tally.verdict())) + ", " +
              std::to_string(tally.done()) + " seeds, traces " + hash_text(tally.trace_hash) + "\n";
    }
  }
  for (const auto& [kind, counts] : faults_of(sum)) {
    text += "  fault " + padded(kind, 16);
    for (const char* name : {"runs", "bites"}) {
      text += " " + padded(std::to_string(counts.at(name)) + " " + name + ",", 18);
    }
    for (const auto& [name, count] : counts) {
      if (name != "runs" && name != "bites") text += " " + std::to_string(count) + " " + name;
    }
    text += "\n";
  }
  text += points_text(sum);
  if (file.header.ended != "all seeds") text += "not all seeds: " + file.header.ended + "\n";
  return text;
}

}  // namespace rejoin::sim
