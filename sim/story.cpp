#include "sim/story.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/families.hpp"
#include "sim/fault_table.hpp"

namespace rejoin::sim {
namespace {

std::string clock(Time at) {
  const std::string text = text_of_duration(at);
  const std::size_t unit = text.find_first_not_of("0123456789");
  return text.substr(0, unit) + " " + text.substr(unit);
}

std::string named(unsigned node) {
  return "n" + std::to_string(node);
}

std::string listed_nodes(const Nodes& nodes) {
  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == nodes.size() ? " and " : ", ") + named(nodes[i]);
  }
  return out;
}

// "awset key0", "f0 of gmap key0", "f0/e1 of ormap key0".
std::string place_of(const Act& act) {
  const std::string key = std::string(word_of(act.family)) + " " + act.key;
  if (act.field.empty()) return key;
  const bool inner = act.family == Family::or_map && !act.text.empty();
  return act.field + (inner ? "/" + act.text : "") + " of " + key;
}

bool counts(const Act& act) {
  switch (act.family) {
    case Family::g_counter:
    case Family::pn_counter:
    case Family::resettable_counter:
    case Family::bounded_counter:
    case Family::g_map:
    case Family::or_map:
      return true;
    default:
      return false;
  }
}

std::string removal(const Act& act) {
  const bool element = !act.text.empty() && act.family != Family::or_map;
  return element ? "removes " + act.text + " from " + place_of(act) : "removes " + place_of(act);
}

std::string verb_of(const Act& act) {
  const std::string number = std::to_string(act.number);
  switch (act.verb) {
    case Verb::add:
      return "adds " + (counts(act) ? number : act.text) + " to " + place_of(act);
    case Verb::subtract:
      return "takes " + number + " from " + place_of(act);
    case Verb::set:
      return "sets " + place_of(act) + " to " + (act.text.empty() ? number : act.text);
    case Verb::remove:
      return removal(act);
    case Verb::enable:
      return "turns " + place_of(act) + " on";
    case Verb::disable:
      return "turns " + place_of(act) + " off";
    case Verb::reset:
      return "resets " + place_of(act);
    case Verb::move:
      return "moves " + number + " rights of " + place_of(act) + " to " +
             (act.to.kind == Whom::Kind::node ? named(static_cast<unsigned>(act.to.number))
                                              : "one of its writers");
    default:
      return to_string(act);
  }
}

std::string target_of(const FaultSpec& fault) {
  if (!fault.nodes.empty()) return " of " + listed_nodes(fault.nodes);
  std::string groups;
  for (const Nodes& group : fault.groups) {
    groups += (groups.empty() ? "" : ", of ") + listed_nodes(group);
  }
  if (!groups.empty()) return " of " + groups + (fault.groups.size() == 1 ? " from the rest" : "");
  if (!fault.from.empty()) {
    return " from " + listed_nodes(fault.from) +
           (fault.to.empty() ? "" : " to " + listed_nodes(fault.to));
  }
  return "";
}

std::string told(const FaultSpec& fault) {
  const Time end = fault.at.low + fault.lasting.low;
  const std::string_view does = row_of(fault.kind).does;
  return "until " + clock(end) + " there is a " + std::string(name_of(fault.kind)) +
         target_of(fault) + ": " + std::string(does.substr(0, does.find(';')));
}

std::string told(const Fate& fate) {
  const std::string which = "frame " + std::to_string(fate.frame) + " from " +
                            named(fate.link.source) + " to " + named(fate.link.target);
  if (fate.lost) return which + " is lost";
  return which + " arrives after " + clock(*fate.deliver) +
         (fate.again ? ", and again after " + clock(*fate.again) : "");
}

}  // namespace

std::string told(const Act& act, unsigned node) {
  if (act.own) {  // "cart key0 17 # 2 of tea": what stands behind the mark is for people
    const std::string text = act.own->text();
    const std::size_t mark = text.find(" # ");
    if (mark == std::string::npos) return named(node) + ": " + text;
    const std::string key = text.substr(0, text.find(' ', text.find(' ') + 1));
    return named(node) + ": " + text.substr(mark + 3) + ", on " + key;
  }
  return named(node) + " " + verb_of(act);
}

std::string story_of(const Scenario& scenario, const Outcome& outcome) {
  std::vector<std::pair<Time, std::string>> lines;
  for (const FaultSpec& fault : scenario.faults) {
    lines.emplace_back(fault.at.low, "from " + clock(fault.at.low) + " " + told(fault));
  }
  for (const Doing& doing : scenario.doings) {
    std::string line = "at " + clock(doing.at);
    for (const Act& act : doing.deed.acts) {
      line += (&act == doing.deed.acts.data() ? " " : ", and ") + told(act, doing.node);
    }
    lines.emplace_back(doing.at, line + (doing.deed.refuses ? ", but refuses" : ""));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string story = std::to_string(scenario.nodes) + " nodes, n0 to n" +
                      std::to_string(scenario.nodes - 1) + "\n";
  for (const auto& line : lines) story += line.second + "\n";
  for (const Fate& fate : scenario.fates) story += told(fate) + "\n";
  if (outcome.violation) {
    const Violation& violation = *outcome.violation;
    if (violation.at >= scenario.until) {
      story += "at " + clock(scenario.until) + " everything heals\n";
    }
    story += "at " + clock(violation.at / microsecond * microsecond) + " the check '" +
             violation.oracle + "' fails at n" + std::to_string(violation.node) + ": " +
             violation.detail + "\n";
  } else {
    story += "and nothing is wrong\n";
  }
  return story;
}

}  // namespace rejoin::sim
