#include "sim/compare.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace rejoin::sim {
namespace {

std::string where(const Recorded& event) {
  return event.node == Recorded::nobody ? "nowhere" : "at n" + std::to_string(event.node);
}

std::string either(const std::string& a, const std::string& b) {
  return a + " against " + b;
}

std::string fault_name(const Recording& recording, const Recorded& event) {
  return event.fault == Recorded::no_fault ? "no fault" : recording.faults[event.fault].name;
}

bool same_bytes(const Recording& a, const Recording& b, const Recorded& event) {
  return event.what != What::send ||
         a.messages[event.subject].hash == b.messages[event.subject].hash;
}

// In words; empty if they are the same.
std::string difference(const Recording& a, const Recorded& in_a, const Recording& b,
                       const Recorded& in_b) {
  if (in_a.what != in_b.what) {
    return either(std::string(name_of(in_a.what)), std::string(name_of(in_b.what)));
  }
  if (in_a.at != in_b.at) {
    return "the time, in nanoseconds: " + either(std::to_string(in_a.at), std::to_string(in_b.at));
  }
  if (in_a.event != in_b.event) return "something happened before that left no line";
  if (in_a.node != in_b.node) return either(where(in_a), where(in_b));
  if (in_a.subject != in_b.subject) {
    return "the number: " + either(std::to_string(in_a.subject), std::to_string(in_b.subject));
  }
  if (a.text(in_a) != b.text(in_b)) return "the words";
  if (fault_name(a, in_a) != fault_name(b, in_b)) {
    return either(fault_name(a, in_a), fault_name(b, in_b));
  }
  if (in_a.code != in_b.code) return "how it came out";
  if (in_a.amount != in_b.amount) {
    return "the amount: " + either(std::to_string(in_a.amount), std::to_string(in_b.amount));
  }
  if (!same_bytes(a, b, in_a)) return "the bytes of a frame, though its words are the same";
  return {};
}

std::array<std::uint64_t, what_count> counts_of(const Recording& recording) {
  std::array<std::uint64_t, what_count> counts{};
  for (const Recorded& event : recording.events) ++counts[static_cast<std::size_t>(event.what)];
  return counts;
}

// What each key reads in the end: once if it is so at every node, else of each node.
std::map<std::string, std::string> values_of(const Recording& recording) {
  std::map<std::uint32_t, std::map<std::uint32_t, std::string>> read;
  for (const Recorded& event : recording.events) {
    if (event.what == What::value) read[event.subject][event.node] = recording.text(event);
  }
  std::map<std::string, std::string> values;
  for (const auto& [key, nodes] : read) {
    const std::string& name = recording.texts[recording.keys[key]];
    const std::string& first = nodes.begin()->second;
    bool alike = nodes.size() == recording.nodes;
    for (const auto& node : nodes) alike = alike && node.second == first;
    if (alike) {
      values[name] = first;
      continue;
    }
    for (const auto& [node, text] : nodes) values[name + " at n" + std::to_string(node)] = text;
  }
  return values;
}

std::map<std::string, std::string> receipts_of(const Recording& recording) {
  std::map<std::string, std::string> receipts;
  for (const Receipt& receipt : recording.outcome.receipts) {
    if (!receipt.drawn) continue;
    receipts["fault " + receipt.fault] = "bit " + std::to_string(receipt.bites) + " times";
  }
  return receipts;
}

std::string verdict_of(const Outcome& outcome) {
  std::string verdict(name_of(outcome.verdict));
  if (outcome.violation) verdict += ", " + outcome.violation->oracle;
  return verdict;
}

void add(std::vector<Differing>& out, std::string name, std::string a, std::string b) {
  if (a != b) out.push_back({std::move(name), std::move(a), std::move(b)});
}

void add(std::vector<Differing>& out, const std::map<std::string, std::string>& a,
         const std::map<std::string, std::string>& b, const std::string& otherwise) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& one : a) both[one.first] = {one.second, otherwise};
  for (const auto& one : b) {
    const auto at = both.try_emplace(one.first, otherwise, otherwise).first;
    at->second.second = one.second;
  }
  for (auto& one : both) add(out, one.first, one.second.first, one.second.second);
}

}  // namespace

std::optional<Difference> first_difference(const Recording& a, const Recording& b) {
  const std::size_t common = std::min(a.events.size(), b.events.size());
  for (std::size_t i = 0; i < common; ++i) {
    std::string what = difference(a, a.events[i], b, b.events[i]);
    if (!what.empty()) return Difference{i, std::move(what)};
  }
  if (a.events.size() != b.events.size()) {
    return Difference{
        common, a.events.size() < b.events.size() ? "the first ends here" : "the second ends here"};
  }
  return std::nullopt;
}

std::vector<std::string> lines_of(const Recording& recording, std::size_t from, std::size_t upto) {
  std::vector<std::string> lines;
  for (std::size_t i = from; i < std::min(upto, recording.events.size()); ++i) {
    const Recorded& event = recording.events[i];
    const bool silent = event.what == What::state || event.what == What::size;
    if (!silent) lines.push_back(line_of(recording, event));
  }
  return lines;
}

std::vector<Differing> differing(const Recording& a, const Recording& b) {
  std::vector<Differing> out;
  add(out, "scenario", a.scenario, b.scenario);
  add(out, "seed", std::to_string(a.outcome.seed) + a.outcome.rekeys,
      std::to_string(b.outcome.seed) + b.outcome.rekeys);
  add(out, "verdict", verdict_of(a.outcome), verdict_of(b.outcome));
  add(out, "nodes", std::to_string(a.nodes), std::to_string(b.nodes));
  add(out, "events", std::to_string(a.outcome.events), std::to_string(b.outcome.events));
  const auto in_a = counts_of(a);
  const auto in_b = counts_of(b);
  for (std::size_t i = 0; i < what_count; ++i) {
    add(out, std::string(name_of(static_cast<What>(i))), std::to_string(in_a[i]),
        std::to_string(in_b[i]));
  }
  add(out, "bytes", std::to_string(a.outcome.totals.bytes), std::to_string(b.outcome.totals.bytes));
  add(out, receipts_of(a), receipts_of(b), "not drawn");
  add(out, values_of(a), values_of(b), "nothing");
  return out;
}

}  // namespace rejoin::sim
