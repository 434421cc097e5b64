#include "sim/rejoin_sim_command.hpp"

#include <fstream>
#include <iostream>

namespace rejoin::sim {

int complain(const std::string& what) {
  std::cerr << "rejoin-sim: " << what << "\n";
  return usage;
}

bool write_json(const nlohmann::ordered_json& json, const std::string& where) {
  if (where == "-") {
    std::cout << json.dump(2) << "\n";
    return std::cout.good();
  }
  std::ofstream out(where);
  out << json.dump(2) << "\n";
  return out.good();
}

}  // namespace rejoin::sim
