// rejoin-sim with a type of one's own: the Subject that the law kit was given is enough. Scenarios
// may name "podium" among their families; after every event every node's podium is held against the
// specification, folded over the runs whose effects the node has.

#include "examples/new_type/podium_subject.hpp"
#include "sim/laws/subject_type.hpp"
#include "sim/rejoin_sim_tool.hpp"

int main(int argc, char** argv) {
  return rejoin::sim::tool_main(argc, argv, {rejoin::sim::subject_type<Podium>("podium")});
}
