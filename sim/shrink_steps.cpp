#include "sim/shrink_steps.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "sim/fault_table.hpp"
#include "sim/scenario_text.hpp"

namespace rejoin::sim {
namespace {

Time end_of(const FaultSpec& fault) {
  return fault.at.high + fault.lasting.high;
}

Time last_thing(const Scenario& scenario) {
  Time last = 0;
  for (const Doing& doing : scenario.doings) last = std::max(last, doing.at);
  for (const FaultSpec& fault : scenario.faults) last = std::max(last, end_of(fault));
  return last;
}

void set_until(Scenario& scenario, Time until) {
  scenario.until = until;
  for (FaultSpec& fault : scenario.faults) {
    if (end_of(fault) > until && fault.at.high < until) {
      fault.lasting = Lasting(until - fault.at.high, until - fault.at.high);
    }
  }
}

using NodeMap = std::function<std::optional<unsigned>(unsigned)>;

Nodes mapped(const Nodes& nodes, const NodeMap& map) {
  Nodes out;
  for (unsigned node : nodes) {
    if (const auto to = map(node)) out.push_back(*to);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// False: the fault has nobody left, and would draw somebody.
bool map_nodes(FaultSpec& fault, const NodeMap& map) {
  std::vector<Nodes> groups;
  for (const Nodes& group : fault.groups) {
    if (Nodes left = mapped(group, map); !left.empty()) groups.push_back(std::move(left));
  }
  bool whole = fault.groups.empty() || !groups.empty();
  fault.groups = std::move(groups);
  for (Nodes* nodes : {&fault.nodes, &fault.from, &fault.to}) {
    Nodes left = mapped(*nodes, map);
    whole = whole && (nodes->empty() || !left.empty());
    *nodes = std::move(left);
  }
  return whole;
}

void map_faults_and_fates(Scenario& scenario, const NodeMap& map) {
  std::erase_if(scenario.faults, [&](FaultSpec& fault) {
    const bool left = map_nodes(fault, map);
    fault.count = std::min(fault.count, scenario.nodes);
    return !left;
  });
  std::erase_if(scenario.fates, [&](Fate& fate) {
    const auto source = map(fate.link.source);
    const auto target = map(fate.link.target);
    if (source && target) fate.link = {*source, *target};
    return !source || !target;
  });
}

void map_doings(Scenario& scenario, const std::function<unsigned(unsigned)>& map) {
  for (Doing& doing : scenario.doings) {
    doing.node = map(doing.node);
    for (Act& act : doing.deed.acts) {
      const bool names_node = act.verb == Verb::move && act.to.kind == Whom::Kind::node;
      if (names_node) act.to.number = map(static_cast<unsigned>(act.to.number));
    }
  }
}

constexpr Time units[] = {second, 100 * millisecond, 10 * millisecond, millisecond};

Time rounded(Time time, Time unit) {
  return (time + unit / 2) / unit * unit;
}
Time rounded_up(Time time, Time unit) {
  return (time + unit - 1) / unit * unit;
}

// Every moment of the scenario, a step after the other.
void by_rank(Scenario& scenario, Time step) {
  std::set<Time> moments;
  for (const Doing& doing : scenario.doings) moments.insert(doing.at);
  for (const FaultSpec& fault : scenario.faults) {
    moments.insert(fault.at.high);
    moments.insert(end_of(fault));
  }
  std::map<Time, Time> at;
  for (Time moment : moments) {
    const Time next = step * (at.size() + 1);
    at[moment] = next;
  }
  for (Doing& doing : scenario.doings) doing.at = at[doing.at];
  for (FaultSpec& fault : scenario.faults) {
    const Time end = at[end_of(fault)];
    fault.at.low = fault.at.high = at[fault.at.high];
    fault.lasting = Lasting(end - fault.at.high, end - fault.at.high);
  }
  scenario.until = step * (at.size() + 1);
}

template <class T>
void edit_each(std::vector<Edit>& edits, std::size_t count, const T& edit) {
  for (std::size_t i = 0; i < count; ++i) {
    edits.push_back([i, edit](Scenario& scenario) { edit(scenario, i); });
  }
}

bool holds_elements(Family family) {
  return family != Family::lww_register && family != Family::mv_register &&
         family != Family::lww_map;
}

// Names in the order in which they come first.
class Renaming {
 public:
  Renaming(std::string prefix, std::size_t first) : prefix_(std::move(prefix)), next_(first) {}

  void rename(std::string& name) {
    if (name.empty()) return;
    const auto [at, added] = names_.try_emplace(name);
    if (added) at->second = prefix_ + std::to_string(next_++);
    name = at->second;
  }

 private:
  std::string prefix_;
  std::size_t next_;
  std::map<std::string, std::string> names_;
};

template <class F>
void each_act(Scenario& scenario, F&& f) {
  for (Doing& doing : scenario.doings) {
    for (Act& act : doing.deed.acts) f(act);
  }
}

void order_nodes(Scenario& scenario) {
  std::vector<unsigned> order;
  const auto add = [&](unsigned node) {
    if (std::find(order.begin(), order.end(), node) == order.end()) order.push_back(node);
  };
  for (const Doing& doing : scenario.doings) add(doing.node);
  for (unsigned node = 0; node < scenario.nodes; ++node) add(node);
  const auto place = [&](unsigned node) {
    return static_cast<unsigned>(std::find(order.begin(), order.end(), node) - order.begin());
  };
  map_doings(scenario, place);
  map_faults_and_fates(scenario, [&](unsigned node) { return std::optional(place(node)); });
}

}  // namespace

void drop_after(Scenario& scenario, Time failure) {
  std::erase_if(scenario.doings, [&](const Doing& doing) { return doing.at > failure; });
  std::erase_if(scenario.faults, [&](const FaultSpec& fault) { return fault.at.low > failure; });
}

void end_early(Scenario& scenario, Time failure) {
  const Time least = failure < scenario.until ? failure : last_thing(scenario);
  set_until(scenario, std::min(scenario.until, rounded_up(least + 1, millisecond)));
}

std::vector<std::pair<Family, std::string>> keys_of(const Scenario& scenario) {
  std::vector<std::pair<Family, std::string>> keys;
  for (const Doing& doing : scenario.doings) {
    for (const Act& act : doing.deed.acts) {
      const std::pair key(act.family, act.key);
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

void keep_key(Scenario& scenario, Family family, const std::string& key) {
  for (Doing& doing : scenario.doings) {
    std::erase_if(doing.deed.acts,
                  [&](const Act& act) { return act.family != family || act.key != key; });
  }
  std::erase_if(scenario.doings, [](const Doing& doing) { return doing.deed.acts.empty(); });
}

void add_fates(Scenario& scenario, const std::vector<CarriedFrame>& frames) {
  for (const CarriedFrame& frame : frames) {
    const bool known = std::any_of(
        scenario.fates.begin(), scenario.fates.end(),
        [&](const Fate& fate) { return fate.link == frame.link && fate.frame == frame.frame; });
    if (known) continue;
    Fate fate;
    fate.link = frame.link;
    fate.frame = frame.frame;
    fate.lost = frame.arrivals.empty();
    if (!fate.lost) fate.deliver = frame.arrivals.front() - frame.at;
    if (frame.arrivals.size() > 1) fate.again = frame.arrivals[1] - frame.at;
    scenario.fates.push_back(fate);
  }
}

bool leave_out_node(Scenario& scenario, unsigned node, unsigned instead) {
  const bool did_something = std::any_of(scenario.doings.begin(), scenario.doings.end(),
                                         [&](const Doing& doing) { return doing.node == node; });
  const auto moved_up = [node](unsigned other) { return other > node ? other - 1 : other; };
  map_doings(scenario, [&](unsigned at) { return moved_up(at == node ? instead : at); });
  --scenario.nodes;
  map_faults_and_fates(scenario, [&](unsigned other) {
    return other == node ? std::nullopt : std::optional(moved_up(other));
  });
  return did_something;
}

std::vector<Edit> defaults_of(const Scenario& scenario) {
  std::vector<Edit> edits = {
      [](Scenario& s) {
        s.links = {};
        s.disks = {};
        s.clocks = {};
        s.config.clear();
        s.rekeys.clear();
      },
      [](Scenario& s) {
        s.workload = {};
        s.workload.transactions = 0;
        s.expect.value.clear();
      },
      [](Scenario& s) {
        for (FaultSpec& fault : s.faults) fault.bites_min = 1;
      },
      [](Scenario& s) { s.rounds = 0; },
      [](Scenario& s) { s.check_every = 1; },
      [](Scenario& s) { s.converge = Scenario().converge; },
      [](Scenario& s) { s.quiet = Scenario().quiet; },
      [](Scenario& s) { s.rekeys.clear(); },
      [](Scenario& s) { s.config.clear(); },
      [](Scenario& s) { s.links = {}; },
      [](Scenario& s) { s.links.jitter = LinkSettings().jitter; },
      [](Scenario& s) { s.links.base = LinkSettings().base; },
      [](Scenario& s) { s.disks = {}; },
      [](Scenario& s) { s.disks.checkpoint = DiskSettings().checkpoint; },
      [](Scenario& s) { s.disks.sync = DiskSettings().sync; },
      [](Scenario& s) { s.clocks = {}; },
  };
  for (const auto& field : scenario.config) {
    const std::string name = field.first;
    edits.push_back([name](Scenario& s) {
      std::erase_if(s.config, [&](const auto& each) { return each.first == name; });
    });
  }
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    edits.push_back([seed](Scenario& s) { s.seed = seed; });
  }
  edit_each(edits, scenario.faults.size(),
            [](Scenario& s, std::size_t i) { s.faults[i].name = name_of(s.faults[i].kind); });
  return edits;
}

std::vector<Edit> smaller_config(const Scenario& scenario) {
  std::vector<Edit> edits;
  for (std::uint64_t divisor :
       {std::uint64_t{1'000'000'000}, std::uint64_t{10}, std::uint64_t{2}}) {
    edit_each(edits, scenario.config.size(), [divisor](Scenario& s, std::size_t i) {
      Range<std::uint64_t>& range = s.config[i].second;
      range.low = range.high = std::max<std::uint64_t>(1, range.high / divisor);
    });
  }
  return edits;
}

std::vector<Edit> roundings_of(const Scenario& scenario) {
  std::vector<Edit> edits;
  for (Time step : {second, 300 * millisecond, 100 * millisecond}) {
    edits.push_back([step](Scenario& s) { by_rank(s, step); });
  }
  for (Time unit : units) {
    edits.push_back([unit](Scenario& s) { set_until(s, rounded_up(s.until, unit)); });
    edits.push_back([unit](Scenario& s) { set_until(s, rounded_up(last_thing(s), unit)); });
    edits.push_back([unit](Scenario& s) {
      for (Doing& doing : s.doings) doing.at = rounded(doing.at, unit);
    });
    edit_each(edits, scenario.doings.size(), [unit](Scenario& s, std::size_t i) {
      s.doings[i].at = rounded(s.doings[i].at, unit);
    });
    edit_each(edits, scenario.faults.size(), [unit](Scenario& s, std::size_t i) {
      s.faults[i].at.low = s.faults[i].at.high = rounded(s.faults[i].at.high, unit);
    });
    edit_each(edits, scenario.faults.size(), [unit](Scenario& s, std::size_t i) {
      const Time lasting = rounded_up(s.faults[i].lasting.high, unit);
      s.faults[i].lasting = Lasting(lasting, lasting);
    });
    edit_each(edits, scenario.faults.size(), [unit](Scenario& s, std::size_t i) {
      s.faults[i].by.low = s.faults[i].by.high = rounded(s.faults[i].by.high, unit);
    });
    edit_each(edits, scenario.fates.size(), [unit](Scenario& s, std::size_t i) {
      Fate& fate = s.fates[i];
      if (fate.deliver) fate.deliver = rounded_up(*fate.deliver, unit);
      if (fate.again) fate.again = rounded_up(*fate.again, unit);
    });
  }
  for (double rate : {1.0, 0.5}) {
    edit_each(edits, scenario.faults.size(), [rate](Scenario& s, std::size_t i) {
      s.faults[i].rate = {rate, rate};
    });
  }
  return edits;
}

std::vector<Edit> simpler_acts(const Scenario& scenario, std::size_t doing, std::size_t part) {
  std::vector<Edit> edits;
  const auto edit = [&](const Act& act) {
    edits.push_back([doing, part, act](Scenario& s) { s.doings[doing].deed.acts[part] = act; });
  };
  Act act = scenario.doings[doing].deed.acts[part];
  if (act.verb == Verb::move && act.to.kind == Whom::Kind::writer) {
    for (unsigned node = 0; node < scenario.nodes; ++node) {
      act.to = {Whom::Kind::node, node};
      edit(act);
    }
  }
  for (std::int64_t number : {0, 1, 2}) {
    act = scenario.doings[doing].deed.acts[part];
    act.number = number;
    if (act_from(to_string(act))) edit(act);
  }
  return edits;
}

std::vector<Edit> renamings_of(const Scenario&) {
  return {
      [](Scenario& s) {
        std::map<Family, Renaming> keys;
        each_act(s, [&](Act& act) {
          keys.try_emplace(act.family, "key", 0).first->second.rename(act.key);
        });
      },
      [](Scenario& s) {
        Renaming fields("f", 0);
        Renaming elements("e", 1);
        Renaming texts("t", 1);
        each_act(s, [&](Act& act) {
          fields.rename(act.field);
          (holds_elements(act.family) ? elements : texts).rename(act.text);
        });
      },
      [](Scenario& s) {
        std::stable_sort(s.doings.begin(), s.doings.end(),
                         [](const Doing& a, const Doing& b) { return a.at < b.at; });
      },
      order_nodes,
  };
}

std::size_t weight_of(const Scenario& scenario) {
  return text_of(scenario).size();
}

}  // namespace rejoin::sim
