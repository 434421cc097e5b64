#include "sim/rejoin_sim_tool.hpp"

int main(int argc, char** argv) {
  return rejoin::sim::tool_main(argc, argv);
}
