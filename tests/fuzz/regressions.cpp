#include "tests/fuzz/regressions.hpp"

#include "crdt/aw_set.hpp"
#include "tests/fuzz/value_types.hpp"

namespace rejoin::fuzz {
namespace {

// A set that claims every dot that its writer could ever make: minting the next one aborted.
std::string every_dot_claimed() {
  CausalContext context;
  for (std::uint64_t node = 1; node <= 4; ++node) {
    for (std::uint64_t incarnation = 1; incarnation <= 2; ++incarnation) {
      context.add(ReplicaId(node, incarnation), {1, CausalContext::sequence_max});
    }
  }
  return value_input<AwSet<std::string>>(encoded(context) + '\0');
}

}  // namespace

std::vector<Regression> regressions() {
  return {{"value", every_dot_claimed()}};
}

}  // namespace rejoin::fuzz
