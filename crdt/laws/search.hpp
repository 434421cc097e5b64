#pragma once

// Search: one type, its laws, and the histories of a budget in their order: all of the scope,
// random ones, long ones. It keeps for each law the first history that breaks it.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crdt/laws/budget.hpp"
#include "crdt/laws/law.hpp"
#include "crdt/laws/progress.hpp"

namespace rejoin::laws {

struct Breach {
  std::size_t law = 0;  // in the book
  History history;
  std::string complaint;
  bool repeats = false;  // it breaks when played again, alone
};

struct Seen {
  std::size_t exhausted = 0;
  std::size_t unlike = 0;
  std::size_t histories = 0;
  std::size_t operations = 0;
  std::size_t effective = 0;
  std::size_t concurrent = 0;
  std::size_t ties = 0;
  std::size_t gaps = 0;
  std::size_t refused = 0;
};

class Search {
 public:
  // Operations of the scope are chosen by `letters_from`, so that mutants of a type are asked what
  // it is asked.
  Search(const Type& type, const Type& letters_from, const Budget& budget, Progress& progress,
         bool stop_at_first);

  // First of all what broke a law before.
  void replay(const std::vector<History>& saved);
  void run();
  // Plays the history for all laws that are not broken yet.
  void try_one(const History& history);

  const LawBook& book() const { return book_; }
  const Seen& seen() const { return seen_; }
  const std::vector<Breach>& breaches() const { return breaches_; }

 private:
  bool done() const;
  void exhaust();
  void draw_all();
  void try_in_scope(const History& history);
  bool unlike(const Played& played);
  void measure(const History& history);
  void tell(const char* law) { progress_.at({phase_, number_, law}); }
  void ask(std::size_t law, const History& history, const Played* played);

  const Type& type_;
  const Type& letters_from_;
  const LawBook book_;
  const Budget budget_;
  Progress& progress_;
  const bool stop_at_first_;
  Phase phase_ = Phase::scope;
  std::size_t number_ = 0;
  Memo memo_;
  std::set<std::uint64_t> alike_;  // what histories of the scope led to
  Seen seen_;
  std::vector<bool> broken_;
  std::vector<Breach> breaches_;
};

// The history that a search of this type was at; empty if it was at none.
History history_at(const Type& type, const Budget& budget, const Position& position);

}  // namespace rejoin::laws
