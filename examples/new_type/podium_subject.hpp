#pragma once

// What the law kit, and with it the simulator, is told of a Podium: which operations there are, how
// one is performed, and what a podium is to show, said of operations alone.

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "crdt/laws/generators.hpp"
#include "crdt/laws/subject.hpp"
#include "examples/new_type/podium.hpp"

inline std::ostream& operator<<(std::ostream& out, const Run& run) {
  return out << run.runner << ' ' << run.points;
}

template <>
struct rejoin::laws::Subject<Podium> {
  using Op = Run;

  static rc::Gen<Op> operations() {  // few of them, so that places are fought for
    auto drawn = rc::gen::pair(few(6), among<std::string>({"ann", "bo", "cy"}));
    return rc::gen::map(std::move(drawn), [](auto run) { return Run{run.first, run.second}; });
  }
  static Podium apply(Podium& podium, const Op& run, const At&) { return podium.report(run); }
  static std::vector<Run> value(const Podium& podium) { return podium.value(); }

  static std::vector<Run> specified(const Past<Op>& past) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < past.size(); ++i) runs.push_back(past.op(i));
    std::sort(runs.begin(), runs.end(), std::greater<>());
    runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
    runs.resize(std::min(runs.size(), Podium::places));
    return runs;
  }
  static std::string name() { return "Podium"; }
};
