#pragma once

// The parts of a check, for those who carry it out: check.cpp at once, isolated.cpp in children.

#include <functional>

#include "crdt/laws/budget.hpp"
#include "crdt/laws/report.hpp"
#include "crdt/laws/search.hpp"

namespace rejoin::laws {

// All but the power.
Report check_laws(const Type& type, const Budget& budget, Progress& progress);

enum class Fate : char { killed = 'k', survived = 's', same = '=' };

// Says of each mutant, from the given one on, its title and what became of it.
void try_mutants(const Type& type, const Budget& budget, Progress& progress, std::size_t from,
                 const std::function<void(const char*, Fate)>& say);
void note_fate(const std::string& title, Fate fate, Power& power);

}  // namespace rejoin::laws
