// What must hold of a Maelstrom workload's history, and does not follow from Maelstrom passing it:
//
//     every node's final read    not the latest read of any; all nodes answer the same
//     sets                       every acknowledged element, each once, and none that nobody added
//     counters                   the acknowledged sum, and of unanswered additions each whole
//                                or not at all; deltas are sparse, so that no other sum comes
//                                out by chance
//     reads on the way           nothing that nobody asked for; of a node, nothing lost that it
//                                showed or acknowledged before the read was asked
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "examples/maelstrom/server.hpp"

namespace rejoin::test {

enum class Fate { unanswered, acknowledged };

struct Addition {
  std::string node;
  std::int64_t number = 0;  // the element, or the delta
  Fate fate = Fate::unanswered;
};

// What a node has shown and acknowledged.
struct Known {
  std::vector<std::size_t> acknowledged;
  std::set<std::int64_t> shown;  // elements
};

class Judge {
 public:
  explicit Judge(maelstrom::Workload workload) : workload_(workload) {}

  std::size_t ask(const std::string& node, std::int64_t number);
  void acknowledge(std::size_t addition);
  // What a read that is asked now must show at least: keep it until the answer comes.
  Known known_at(const std::string& node) const;

  // A complaint about an answer; empty if there is none. Final reads are judged by `judge` too.
  std::string judge_read(const std::string& node, const Known& known,
                         const nlohmann::ordered_json& body);
  std::string judge_final(const std::map<std::string, nlohmann::ordered_json>& bodies) const;

  std::size_t acknowledged() const;
  std::size_t unanswered() const { return additions_.size() - acknowledged(); }

 private:
  bool is_set() const {
    return workload_ == maelstrom::Workload::broadcast || workload_ == maelstrom::Workload::g_set;
  }
  const char* field() const {
    return workload_ == maelstrom::Workload::broadcast ? "messages" : "value";
  }
  std::string judge_elements(const nlohmann::ordered_json& elements,
                             const std::vector<std::size_t>& needed) const;
  std::string judge_sum(std::int64_t sum, const std::vector<std::size_t>& needed) const;

  maelstrom::Workload workload_;
  std::vector<Addition> additions_;
  std::map<std::string, std::set<std::int64_t>> shown_;  // elements, by node
};

}  // namespace rejoin::test
