#include "tests/report/recordings.hpp"

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/integration/process.hpp"

namespace rejoin::report {

using Json = nlohmann::json;

Json recorded(const std::string& scenario, int seed, const std::string& file) {
  const auto finished = integration::run(
      {"rejoin-sim", "run", scenario, "--seed", std::to_string(seed), "--record", file});
  if (finished.exit < 0 || finished.exit > 2) throw std::runtime_error(finished.err);
  return Json::parse(std::ifstream(file));
}

void write(const std::string& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string made_up(int events) {
  constexpr int nodes = 8;
  constexpr std::int64_t step = 1'000'000;
  std::string list;
  std::string messages = "[0,0,\"0\"]";
  std::vector<std::pair<int, int>> sent;  // under way, oldest first: number and target
  std::size_t taken = 0;
  int number = 0;
  const auto add = [&](int i, const char* what, int node, int subject, const std::string& amount,
                       const char* fault, const char* code, int text) {
    list += (list.empty() ? "[" : ",\n[") + std::to_string(i * step) + "," + std::to_string(i) +
            ",\"" + what + "\"," + std::to_string(node) + "," + std::to_string(subject) + "," +
            amount + "," + fault + ",\"" + code + "\"," + std::to_string(text) + "]";
  };
  for (int i = 0; i < events; ++i) {
    int node = (i * 5 + i / 7) % nodes;
    if (taken + 20 < sent.size()) {
      const auto [message, target] = sent[taken++];
      node = target;
      add(i, "deliver", node, message, std::to_string(20 * step), "null", "entries", 0);
    } else {
      add(i, "transaction", node, i, "0", "null", "committed", 2);
    }
    add(i, "state", node, 0, "\"" + std::to_string(i / 9 % 3) + "\"", "null", "", 0);
    const int target = (node + 1 + i % (nodes - 1)) % nodes;
    messages += ",[" + std::to_string(node) + "," + std::to_string(target) + ",\"0\"]";
    add(i, "send", node, ++number, "100", "null", "entries", 1);
    if (i % 11 == 0) {
      add(i, "lost", node, number, "0", "0", "under_way", 0);
    } else {
      sent.emplace_back(number, target);
    }
  }
  const std::string quarter = std::to_string(events / 4 * step);
  const std::string half = std::to_string(events / 2 * step);
  return R"({"format":"rejoin-sim recording","version":1,"scenario":"made up","nodes":8,
"outcome":{"seed":1,"verdict":"ok","trace_hash":"0000000000000001","events":)" +
         std::to_string(events) + R"(,"virtual_seconds":1,"converged_after_seconds":0,
"receipts":[]},"faults":[{"name":"split","kind":"split","begin":)" +
         quarter + R"(,"end":)" + half + R"(,"side":[0,0,1,1,0,1,0,1]}],
"columns":["at","event","what","node","subject","amount","fault","code","text"],
"events":[)" +
         list + "],\"messages\":[" + messages + R"(],"keys":[],"texts":["","a frame","adds e1"]})";
}

Json tainted(Json recording, const std::string& text) {
  recording["scenario"] = text + recording["scenario"].get<std::string>();
  for (Json& one : recording["texts"]) one = text + one.get<std::string>();
  for (Json& fault : recording["faults"]) fault["name"] = text + fault["name"].get<std::string>();
  for (Json& receipt : recording["outcome"]["receipts"]) {
    receipt["fault"] = text + receipt["fault"].get<std::string>();
  }
  recording["outcome"]["verdict"] = "violation";
  recording["outcome"]["violation"] = {
      {"oracle", text}, {"node", 1}, {"at_seconds", 1.5}, {"detail", text}};
  return recording;
}

}  // namespace rejoin::report
