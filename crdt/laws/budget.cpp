#include "crdt/laws/budget.hpp"

#include <cstdlib>
#include <string>

#include <rapidcheck/detail/Configuration.h>

namespace rejoin::laws {
namespace {

// A name that is no level is quick: a test suite has nobody to tell.
Level level_of_environment() {
  const char* const name = std::getenv("REJOIN_LAWS");
  return level_named(name == nullptr ? "" : name).value_or(Level::quick);
}

}  // namespace

const char* name_of(Level level) {
  switch (level) {
    case Level::quick:
      return "quick";
    case Level::normal:
      return "normal";
    case Level::deep:
      return "deep";
  }
  return "";
}

std::optional<Level> level_named(std::string_view name) {
  for (const Level level : {Level::quick, Level::normal, Level::deep}) {
    if (name == name_of(level)) return level;
  }
  return std::nullopt;
}

Budget::Budget() : Budget(level_of_environment()) {}

Budget::Budget(Level level) {
  const auto& params = rc::detail::configuration().testParams;
  const auto scale = static_cast<std::size_t>(params.maxSuccess);
  seed = params.seed;
  switch (level) {
    case Level::quick:
      histories = scale;
      long_histories = scale / 25;
      break;
    case Level::normal:
      scope.operations = 4;
      picks_max = 12;
      histories = 20 * scale;
      long_histories = 2 * scale / 5;
      break;
    case Level::deep:
      scope = {4, 4};
      picks_max = 12;
      histories = 500 * scale;
      long_histories = 10 * scale;
      break;
  }
}

}  // namespace rejoin::laws
