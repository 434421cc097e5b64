#pragma once

// Recordings to look at: real ones, and some that no run would make.

#include <nlohmann/json.hpp>
#include <string>

namespace rejoin::report {

// A recording of a real run, by rejoin-sim beside this program.
nlohmann::json recorded(const std::string& scenario, int seed, const std::string& file);
void write(const std::string& file, const std::string& text);

// As text: so many events on eight nodes that pass frames on, some of which are cut.
std::string made_up(int events);

// The same recording, with every text that it holds beginning with this.
nlohmann::json tainted(nlohmann::json recording, const std::string& text);

}  // namespace rejoin::report
