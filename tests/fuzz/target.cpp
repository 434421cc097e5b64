#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {

const std::vector<const Target*>& targets() {
  static const std::vector<const Target*> all = {&frame_target, &record_target, &client_target,
                                                 &scenario_target, &value_target};
  return all;
}

}  // namespace rejoin::fuzz
