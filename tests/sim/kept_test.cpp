// Scenarios that once broke something, shrunk and kept: each says in its first lines what it was.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/rejoin_sim_scenario.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

TEST(Kept, WhatOnceFailedHolds) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/sim/kept")) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  ASSERT_FALSE(paths.empty());
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    const auto scenario = parse_scenario(text.str(), path.string());
    ASSERT_TRUE(scenario) << scenario.error().message;
    ASSERT_TRUE(scenario->seed) << path;
    const Result<Outcome> outcome = simulate(*scenario, *scenario->seed);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_FALSE(outcome->violation)
        << path << ": " << outcome->violation->oracle << ", " << outcome->violation->detail;
  }
}

}  // namespace
}  // namespace rejoin::sim
