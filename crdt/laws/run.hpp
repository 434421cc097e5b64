#pragma once

// run_main: the law kit alone, as a program.
//
//     int main(int argc, char** argv) { return rejoin::laws::run_main<Cart, Basket>(argc, argv); }
//
// Each type is checked in a process of its own, with power; --help tells the options. Results go to
// standard output, as JSON with --json, one line each type; on a terminal a line on standard error
// says how far it is. Exit codes: 0 all laws hold, 1 a law is broken, 2 inconclusive, 4 usage.

#include <memory>
#include <vector>

#include "crdt/laws/adapter.hpp"

namespace rejoin::laws {

int run_main(const std::vector<std::unique_ptr<Type>>& types, int argc, const char* const* argv);

template <HasSubject... T>
int run_main(int argc, const char* const* argv) {
  std::vector<std::unique_ptr<Type>> types;
  (types.push_back(std::make_unique<Adapter<T>>()), ...);
  return run_main(types, argc, argv);
}

}  // namespace rejoin::laws
