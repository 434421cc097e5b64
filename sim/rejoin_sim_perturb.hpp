#pragma once

// Everything around a run that it must not depend on, made different: what fresh memory holds,
// where it lies and what lay there before, the locale of C and of C++, the time zone, how large the
// environment is, and what ran in the process before. What differs by itself from process to
// process (the layout of the address space, its number) does so because it is another process.

#include <string>
#include <vector>

namespace rejoin::sim {

// The environment of a process that runs perturbed: this one's, with what is read at its start.
std::vector<std::string> perturbed_environment();
// The rest, in such a process, before it runs anything.
void perturb_this_process();
// What the two change, for people.
std::string perturbations();

}  // namespace rejoin::sim
