#include "sim/coverage.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "crdt/hash.hpp"

namespace rejoin::sim {
namespace {

enum class Group : std::uint64_t { pair = 1, fault, operations, repair, often };

constexpr std::uint64_t chunks_max = 4;
constexpr std::size_t operations_compared = 12;  // of a key, the latest

// Words without what differs between any two runs: numbers, and what is in braces and brackets.
std::uint64_t gist(std::string_view text) {
  std::string words;
  int depth = 0;
  for (char c : text) {
    depth += c == '{' || c == '[' ? 1 : 0;
    if (depth == 0 && (c < '0' || c > '9')) words += c;
    depth -= c == '}' || c == ']' ? 1 : 0;
  }
  return hash64(words);
}

std::string_view word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view one = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return one;
}

class Reader {
 public:
  explicit Reader(const Recording& recording)
      : recording_(recording), nodes_(recording.nodes), sent_text_(recording.messages.size()) {}

  std::vector<std::uint32_t> read() {
    for (const Recorded& event : recording_.events) take(event);
    for (const auto& [kind, count] : often_) {
      std::uint64_t doublings = 0;
      while (count >> doublings > 1) ++doublings;
      add(Group::often, kind, doublings);
    }
    std::sort(buckets_.begin(), buckets_.end());
    buckets_.erase(std::unique(buckets_.begin(), buckets_.end()), buckets_.end());
    return std::move(buckets_);
  }

 private:
  struct Repair {
    std::uint32_t donor = 0;
    std::uint64_t chunks = 0;
    std::string cursor;
  };
  struct Operation {
    std::uint32_t entry = 0;
    std::uint32_t node = 0;
    std::uint64_t verb = 0;
  };
  struct Node {
    std::uint64_t before = 0;  // the kind of its last event
    std::optional<Repair> repair;
    std::vector<bool> sees;  // by entry
    bool repaired = false;
    std::vector<std::pair<std::string, std::uint64_t>> waiting;  // key and verb, until an entry
  };

  void add(Group group, std::uint64_t a, std::uint64_t b = 0, std::uint64_t c = 0) {
    const std::uint64_t bucket =
        combine64(combine64(combine64(static_cast<std::uint64_t>(group), a), b), c);
    buckets_.push_back(static_cast<std::uint32_t>(bucket ^ (bucket >> 32)));
  }

  // What it is, without who and when.
  std::uint64_t kind_of(const Recorded& event) const {
    std::uint64_t kind = static_cast<std::uint64_t>(event.what) * 256 + event.code;
    if (event.what == What::told || event.what == What::stop || event.what == What::clock) {
      kind = combine64(kind, gist(recording_.text(event)));
    }
    return kind;
  }

  void take(const Recorded& event) {
    if (event.what == What::fault_begins || event.what == What::fault_ends) return in_flight(event);
    if (event.what == What::value || event.what == What::state || event.node >= nodes_.size()) {
      return;
    }
    Node& node = nodes_[event.node];
    const std::uint64_t kind = kind_of(event);
    ++often_[kind];
    add(Group::pair, node.before, kind, node.repair ? 1 + node.repair->chunks : 0);
    node.before = kind;
    for (std::size_t fault = 0; fault < active_.size(); ++fault) {
      if (active_[fault] > 0) add(Group::fault, kind, fault, node.repair.has_value());
    }
    switch (event.what) {
      case What::send:
        sent_text_[event.subject] = event.text;
        break;
      case What::deliver:
        arrives(node, event);
        break;
      case What::transaction:
        operates(node, recording_.text(event));
        break;
      case What::entry:
        makes(node, event);
        break;
      case What::visible:
        see(node, event.subject);
        break;
      case What::stop:
        node.repair.reset();
        node.sees.clear();
        node.waiting.clear();
        break;
      case What::told:
        if (recording_.text(event).find("epair") != std::string::npos) end_repair(node);
        break;
      default:
        break;
    }
  }

  void in_flight(const Recorded& event) {
    if (event.fault >= recording_.faults.size()) return;
    const auto kind = static_cast<std::size_t>(recording_.faults[event.fault].kind);
    if (active_.size() <= kind) active_.resize(kind + 1);
    if (event.what == What::fault_begins) {
      ++active_[kind];
    } else if (active_[kind] > 0) {
      --active_[kind];
    }
  }

  void end_repair(Node& node) {
    node.repaired = node.repaired || node.repair.has_value();
    node.repair.reset();
  }

  void arrives(Node& node, const Recorded& event) {
    const std::string& text = recording_.texts[sent_text_[event.subject]];
    const std::uint32_t source = recording_.messages[event.subject].source;
    if (event.code == static_cast<std::uint8_t>(FrameKind::repair_chunk)) {
      if (!node.repair || node.repair->donor != source) node.repair = Repair{source, 0, {}};
      node.repair->chunks = std::min(node.repair->chunks + 1, chunks_max);
      // "repair chunk FROM .. UPTO, 3 slots"
      const std::size_t upto = text.find(" .. ");
      const std::size_t comma = text.rfind(", ");
      if (upto == std::string::npos || comma == std::string::npos || comma < upto) return;
      node.repair->cursor = text.substr(upto + 4, comma - upto - 4);
      if (node.repair->cursor == "the end") end_repair(node);
      return;
    }
    if (!node.repair) return;
    const std::uint64_t from = source == node.repair->donor ? 1 : 2;
    const std::uint64_t chunks = from * 8 + node.repair->chunks;
    add(Group::repair, chunks, event.code, text.find(" -") != std::string::npos);
    // "+SLOT@DOT", "-SLOT@DOT"
    for (std::size_t at = text.find(" "); at != std::string::npos; at = text.find(" ", at + 1)) {
      const bool is_change = text[at + 1] == '+' || text[at + 1] == '-';
      const std::size_t end = text.find('@', at);
      if (!is_change || end == std::string::npos) continue;
      const bool is_settled = text.substr(at + 2, end - at - 2) < node.repair->cursor;
      const bool is_removal = text[at + 1] == '-';
      add(Group::repair, 64 + chunks, is_settled ? 1 : 2, is_removal ? 1 : 2);
    }
  }

  // "awset key0 add e0; pncounter key1 add 3": the key of each, and its verb with its type.
  void operates(Node& node, std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find("; "), text.size());
      std::string_view act = text.substr(0, end);
      text.remove_prefix(std::min(end + 2, text.size()));
      const std::string_view type = word(act);
      const std::string_view key = word(act);
      const std::string_view verb = word(act);
      if (verb.empty()) continue;
      node.waiting.emplace_back(std::string(type) + " " + std::string(key),
                                combine64(hash64(type), hash64(verb)));
    }
  }

  void makes(Node& node, const Recorded& event) {
    for (const auto& [key, verb] : node.waiting) {
      std::vector<Operation>& earlier = operations_[key];
      for (const Operation& other : earlier) {
        if (other.node == event.node) continue;
        const bool was_seen = other.entry < node.sees.size() && node.sees[other.entry];
        const std::uint64_t repair = node.repair ? 2 : (node.repaired ? 1 : 0);
        add(Group::operations, verb, other.verb, (was_seen ? 1 : 2) + 4 * repair);
      }
      earlier.push_back({event.subject, event.node, verb});
      if (earlier.size() > operations_compared) earlier.erase(earlier.begin());
    }
    node.waiting.clear();
  }

  static void see(Node& node, std::uint32_t entry) {
    if (node.sees.size() <= entry) node.sees.resize(entry + std::size_t{1});
    node.sees[entry] = true;
  }

  const Recording& recording_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> sent_text_;  // by message
  std::vector<unsigned> active_;          // by kind of fault: how many are in flight
  std::map<std::string, std::vector<Operation>> operations_;
  std::map<std::uint64_t, std::uint64_t> often_;
  std::vector<std::uint32_t> buckets_;
};

}  // namespace

std::vector<std::uint32_t> buckets_of(const Recording& recording) {
  return Reader(recording).read();
}

}  // namespace rejoin::sim
