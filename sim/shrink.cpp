#include "sim/shrink.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "sim/fault_table.hpp"
#include "sim/shrink_steps.hpp"

namespace rejoin::sim {
namespace {

constexpr std::uint64_t seeds_tried = 12;

class Shrinker {
 public:
  Shrinker(const Scenario& scenario, const Failing& failing, Trials& trials,
           std::size_t small_enough)
      : best_(scenario), failing_(failing), trials_(trials), small_enough_(small_enough) {}

  Scenario run() {
    cut();
    slice();
    for (bool again = true; again && !done();) {
      const std::size_t before = size_of(best_);
      const std::size_t weight = weight_of(best_);
      step("faults", [&] { fewer(&Scenario::faults); });
      step("operations", [&] { fewer(&Scenario::doings); });
      step("parts", [&] { fewer_parts(); });
      step("fates", [&] { fates(); });
      step("nodes", [&] { nodes(); });
      step("cut", [&] { cut(); });
      step("Config", [&] { each_of(smaller_config(best_), false); });
      step("defaults", [&] { each_of(defaults_of(best_)); });
      step("rounding", [&] { round(); });
      again = size_of(best_) < before || weight_of(best_) < weight;
      if (!again) step("other seeds", [&] { again = fewer_with_other_seeds(); });
    }
    return best_;
  }

 private:
  bool done() { return trials_.enough() || (small_enough_ > 0 && size_of(best_) <= small_enough_); }

  template <class F>
  void step(const char* name, F&& f) {
    if (done()) return;
    step_ = name;
    f();
  }

  // Takes the candidate if it still fails.
  bool take(Scenario candidate) {
    if (candidate == best_ || trials_.enough() || !candidate.validate()) return false;
    const auto violation = trials_.run(candidate);
    if (!violation || !failing_.is(*violation)) return false;
    at_ = violation->at;
    best_ = std::move(candidate);
    trials_.found(best_, step_);
    return true;
  }
  // Each that makes the text shorter; for those that only tidy it, any.
  void each_of(const std::vector<Edit>& edits, bool shorter = true) {
    std::size_t weight = weight_of(best_);
    for (const Edit& edit : edits) {
      Scenario candidate = best_;
      edit(candidate);
      if (shorter && weight_of(candidate) >= weight) continue;
      if (take(std::move(candidate))) weight = weight_of(best_);
    }
  }

  void cut() {
    if (at_ == 0) {
      const auto violation = trials_.run(best_);
      if (!violation || !failing_.is(*violation)) return;
      at_ = violation->at;
    }
    Scenario candidate = best_;
    drop_after(candidate, at_);
    take(std::move(candidate));
    candidate = best_;
    end_early(candidate, at_);
    take(std::move(candidate));
  }

  void slice() {
    step_ = "slice";
    const Clues clues = trials_.clues(best_);
    Scenario candidate = best_;
    for (const auto& [number, node] : clues.moved) {
      if (number < candidate.doings.size()) candidate.doings[number].node = node;
    }
    take(std::move(candidate));
    const std::set<std::uint64_t> past(clues.causal_past.begin(), clues.causal_past.end());
    candidate = best_;
    candidate.doings.clear();
    for (std::size_t i = 0; i < best_.doings.size(); ++i) {
      if (past.contains(i)) candidate.doings.push_back(best_.doings[i]);
    }
    if (!past.empty()) take(std::move(candidate));
    for (const auto& [family, key] : keys_of(best_)) {
      candidate = best_;
      keep_key(candidate, family, key);
      if (take(std::move(candidate))) return;
    }
  }

  // Leaves out what it can of a list: chunks first, then each alone.
  template <class T>
  void fewer(std::vector<T> Scenario::*list) {
    for (std::size_t chunk = std::max<std::size_t>(1, (best_.*list).size()); !done();
         chunk = (chunk + 1) / 2) {
      for (std::size_t end = (best_.*list).size(); end > 0 && !done();) {
        const std::size_t begin = end > chunk ? end - chunk : 0;
        Scenario candidate = best_;
        auto& items = candidate.*list;
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin),
                    items.begin() + static_cast<std::ptrdiff_t>(end));
        take(std::move(candidate));
        end = std::min(begin, (best_.*list).size());
      }
      if (chunk == 1) return;
    }
  }

  void fewer_parts() {
    for (std::size_t i = 0; i < best_.doings.size() && !done(); ++i) {
      if (best_.doings[i].deed.refuses) {
        Scenario candidate = best_;
        candidate.doings[i].deed.refuses = false;
        take(std::move(candidate));
      }
      for (std::size_t part = best_.doings[i].deed.acts.size(); part-- > 0;) {
        if (best_.doings[i].deed.acts.size() == 1) break;
        Scenario candidate = best_;
        auto& acts = candidate.doings[i].deed.acts;
        acts.erase(acts.begin() + static_cast<std::ptrdiff_t>(part));
        take(std::move(candidate));
      }
    }
  }

  // Instead of a fault that draws which frames it takes, those frames; then fewer of them. Kept if
  // they are few.
  void fates() {
    const auto draws_frames = [](const FaultSpec& fault) {
      return row_of(fault.kind).takes.has(FaultField::rate);
    };
    if (std::any_of(best_.faults.begin(), best_.faults.end(), draws_frames)) {
      const Scenario before = best_;
      Scenario candidate = best_;
      std::erase_if(candidate.faults, draws_frames);
      add_fates(candidate, trials_.clues(best_).odd_frames);
      if (take(std::move(candidate))) {
        fewer(&Scenario::fates);
        const std::size_t few = small_enough_ > 0 ? small_enough_ : 8;
        if (size_of(best_) > std::max(size_of(before), few)) best_ = before;
      }
    } else {
      fewer(&Scenario::fates);
    }
  }

  void nodes() {
    for (unsigned node = best_.nodes; node-- > 0 && best_.nodes > 1 && !done();) {
      for (unsigned instead = 0; instead < best_.nodes && !done(); ++instead) {
        // What the node did is done by another; only if nothing was, nobody need do it.
        if (instead == node) continue;
        Scenario candidate = best_;
        const bool did_something = leave_out_node(candidate, node, instead);
        if (take(std::move(candidate)) || !did_something) break;
      }
    }
  }

  void round() {
    each_of(roundings_of(best_));
    for (std::size_t i = 0; i < best_.doings.size() && !done(); ++i) {
      for (std::size_t part = 0; part < best_.doings[i].deed.acts.size(); ++part) {
        each_of(simpler_acts(best_, i, part));
      }
    }
    each_of(renamings_of(best_), false);
  }

  // What is left draws from a seed that was found for more: with another, less may do.
  bool fewer_with_other_seeds() {
    const std::size_t before = size_of(best_);
    fewer_with_other_seeds(&Scenario::faults);
    fewer_with_other_seeds(&Scenario::fates);
    fewer_with_other_seeds(&Scenario::doings);
    return size_of(best_) < before;
  }
  template <class T>
  void fewer_with_other_seeds(std::vector<T> Scenario::*list) {
    for (std::size_t chunk = (best_.*list).size() / 2; chunk > 0 && !done(); chunk /= 2) {
      for (std::size_t end = (best_.*list).size(); end > 0 && !done();) {
        const std::size_t begin = end > chunk ? end - chunk : 0;
        bool taken = false;
        for (std::uint64_t seed = 1; seed <= seeds_tried && !taken && !done(); ++seed) {
          Scenario candidate = best_;
          candidate.seed = seed;
          auto& items = candidate.*list;
          items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin),
                      items.begin() + static_cast<std::ptrdiff_t>(end));
          taken = take(std::move(candidate));
        }
        end = begin;
      }
    }
  }

  Scenario best_;
  const Failing& failing_;
  Trials& trials_;
  std::size_t small_enough_;
  Time at_ = 0;
  const char* step_ = "cut";
};

}  // namespace

std::size_t size_of(const Scenario& scenario) {
  std::size_t acts = 0;
  for (const Doing& doing : scenario.doings) acts += doing.deed.acts.size();
  return acts + scenario.faults.size() + scenario.fates.size();
}

Scenario shrink(const Scenario& scenario, const Failing& failing, Trials& trials,
                std::size_t small_enough) {
  return Shrinker(scenario, failing, trials, small_enough).run();
}

}  // namespace rejoin::sim
