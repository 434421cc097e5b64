#pragma once

// The form of a scenario file: which tables and keys there are, and where in a Scenario each is
// kept. It is said once: with a Table that reads it is the reader (rejoin_sim_scenario.cpp), with
// one that writes it is the writer (scenario_text.cpp). A new field is a line here, and each knows
// it. Those of a [[fault]] are in fault_table.hpp.
//
// A Table has
//     value(name, T&, wanted), time, number, flag, text   a key, of which a reader leaves the value
//                                                         alone if the file does not have it
//     need(name, complaint)                               the key must be there
//     table(name, f), tables(name, items, f)              f(below), f(below, item)
//     fail(what), fail(name, what), writes, own_types()

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "sim/families.hpp"
#include "sim/fault_table.hpp"
#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim::scenario_form {

// Types of ours and of the user's, by name.
template <class Table>
void families(Table& table, Workload& workload) {
  const OwnTypes own = table.own_types();
  const std::string wanted = "a list of types: " + names_of_families(own);
  std::vector<std::string> words;
  for (const Family family : workload.families) words.emplace_back(word_of(family));
  for (const auto& type : workload.own) words.push_back(type->word());
  table.value("families", words, wanted);
  if (Table::writes) return;
  for (const std::string& word : words) {
    if (auto type = own_type_called(own, word)) {
      workload.own.push_back(std::move(type));
    } else if (const auto family = family_called(word)) {
      workload.families.push_back(*family);
    } else {
      table.fail("families", "'families' in [workload] must be " + wanted);
    }
  }
}

template <class Table>
void workload(Table& table, Workload& workload) {
  table.number("transactions", workload.transactions);
  table.number("writers", workload.writers);
  table.time("over", workload.over);
  table.number("keys", workload.keys);
  table.number("elements", workload.elements);
  table.number("hot", workload.hot);
  table.number("removes", workload.removes);
  table.number("clears", workload.clears);
  table.number("wide", workload.wide);
  table.number("aborts", workload.aborts);
  table.number("sessions", workload.sessions);
  families(table, workload);
}

template <class Table>
void rekeys(Table& table, std::vector<Rekey>& rekeys) {
  std::string said = to_string(rekeys);
  table.text("rekeys", said);
  if (auto parsed = parse_rekeys(said)) {
    rekeys = *std::move(parsed);
  } else {
    table.fail(parsed.error().message);
  }
}

template <class Table>
void config(Table& table, std::vector<std::pair<std::string, Range<std::uint64_t>>>& fields) {
  for (std::string_view name : config_fields()) {
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const auto& field) { return field.first == name; });
    std::optional<Range<std::uint64_t>> range;
    if (at != fields.end()) range = at->second;
    table.number(name, range);
    if (range && at == fields.end()) fields.emplace_back(name, *range);
  }
}

template <class Table>
void doing(Table& table, Doing& doing) {
  table.need("at", "a [[do]] needs 'at', when it happens");
  table.need("node", "a [[do]] needs 'node', where it happens");
  table.time("at", doing.at);
  table.number("node", doing.node);
  std::optional<Act> one;
  std::vector<Act>& acts = doing.deed.acts;
  if (Table::writes && acts.size() == 1) {
    one = acts.front();
    acts.clear();
  }
  const char* const wanted = "an operation, such as \"awset key0 add e1\"";
  table.value("op", one, wanted);
  table.value("ops", acts, "a list of operations, such as [\"awset key0 add e1\"]");
  if (one) acts.insert(acts.begin(), *one);
  table.flag("refuses", doing.deed.refuses);
}

template <class Table>
void fate(Table& table, Fate& fate) {
  const char* const link = "a [[fate]] needs 'link', such as \"0>3\"";
  table.need("link", link);
  table.need("frame", "a [[fate]] needs 'frame', which of the link's frames, from 0");
  std::string said = to_string(fate.link);
  table.text("link", said);
  if (const auto parsed = link_from(said)) {
    fate.link = *parsed;
  } else {
    table.fail(link);
  }
  table.number("frame", fate.frame);
  table.flag("lost", fate.lost);
  table.time("deliver", fate.deliver);
  table.time("again", fate.again);
}

template <class Table>
void expectation(Table& table, Expectation& expect) {
  table.number("repairs", expect.repairs);
  table.number("conflicts", expect.conflicts);
  table.value("value", expect.value, "what keys read, such as {\"awset key0\" = \"e1,e2\"}");
  table.text("violation", expect.violation);
  table.text("type", expect.type);
}

template <class Table>
void disks(Table& table, DiskSettings& disks) {
  std::string said(name_of(disks.storage));
  table.text("storage", said);
  if (const auto storage = storage_called(said)) {
    disks.storage = *storage;
  } else {
    table.fail("storage", "'storage' in [disks] must be \"memory\", \"sqlite\" or \"drawn\"");
  }
  table.time("sync", disks.sync);
  table.number("checkpoint", disks.checkpoint);
}

template <class Table>
void scenario(Table& top, Scenario& scenario) {
  top.number("seed", scenario.seed);
  rekeys(top, scenario.rekeys);
  top.number("nodes", scenario.nodes);
  top.time("until", scenario.until);
  top.time("converge", scenario.converge);
  top.number("rounds", scenario.rounds);
  top.time("quiet", scenario.quiet);
  top.flag("swarm", scenario.swarm);
  top.number("share", scenario.share);
  top.number("check_every", scenario.check_every);
  top.table("links", [&](Table& table) {
    table.time("latency", scenario.links.base);
    table.time("jitter", scenario.links.jitter);
    table.number("fanout", scenario.links.fanout);
    table.value("delay", scenario.links.delay, how_distributed);
  });
  top.table("disks", [&](Table& table) { disks(table, scenario.disks); });
  top.table("clocks", [&](Table& table) { table.time("offset", scenario.clocks.offset); });
  // Who writes down what is done wants nothing drawn beside it, unless it is said.
  if (!Table::writes && top.has("do")) scenario.workload.transactions = 0;
  top.table("workload", [&](Table& table) { workload(table, scenario.workload); });
  top.table("config", [&](Table& table) { config(table, scenario.config); });
  top.tables("do", scenario.doings, [](Table& table, Doing& each) { doing(table, each); });
  top.tables("fault", scenario.faults);
  top.tables("fate", scenario.fates, [](Table& table, Fate& each) { fate(table, each); });
  top.table("expect", [&](Table& table) { expectation(table, scenario.expect); });
}

}  // namespace rejoin::sim::scenario_form
