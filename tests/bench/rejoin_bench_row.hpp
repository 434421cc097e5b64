#pragma once

// Row: one measured number, what it is held against in the same run, and the goal if there is one.
// Times are of the processor, not of the wall: a busy machine makes them a little longer, not
// several times.

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace rejoin::bench {

struct Row {
  std::string name;
  double value = 0;
  std::string unit;
  std::string against;         // another row of this run: the floor, or the peer
  double ratio = 0;            // value / its value
  std::optional<double> goal;  // more is better
  std::string how;             // what was run, in a few words
};

// Of this process, so far.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The least of several runs of f, which returns what it did: what a quiet machine would take.
template <class F>
double least_cpu_seconds(unsigned runs, F&& f) {
  double least = 0;
  for (unsigned run = 0; run < runs; ++run) {
    const double begin = cpu_seconds();
    f();
    const double took = cpu_seconds() - begin;
    if (run == 0 || took < least) least = took;
  }
  return least;
}

}  // namespace rejoin::bench
