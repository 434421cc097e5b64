#pragma once

// Distribution: how long something takes, each time anew. A plain value; a draw from it is a
// function of 64 random bits, in whole numbers or in operations that every IEEE machine does alike,
// so one seed has one trace whatever the libm.
//
//     "5ms"                                  always this
//     { uniform = ["1ms", "5ms"] }           between these
//     { exponential = "5ms" }                this mean
//     { lognormal = ["20ms", 0.6] }          the median, and sigma
//     { pareto = ["5ms", 1.5] }              the least, and alpha: the smaller, the heavier the
//     tail { bimodal = ["1ms", "200ms", 0.01] }   the usual one, the slow one, and how often it is
//     slow { trace = ["1ms", "1ms", "90ms"] }     one of these
//
// No draw is longer than `tail_max` times the median or least, and none than a minute above it.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/time.hpp"

namespace rejoin::sim {

struct Distribution {
  enum class Shape : std::uint8_t {
    constant,
    uniform,
    exponential,
    lognormal,
    pareto,
    bimodal,
    trace,
  };
  static constexpr std::uint64_t tail_max = 1000;

  Shape shape = Shape::constant;
  std::vector<Time> times = {0};
  double number = 0;  // sigma, alpha, or the chance of the slow one

  static Distribution exponential(Time mean) { return {Shape::exponential, {mean}, 0}; }

  Time at(std::uint64_t bits) const;
  // What it lacks to be one; empty: nothing.
  std::string wrong() const;

  friend bool operator==(const Distribution&, const Distribution&) = default;
};

// "lognormal"; and how many times it takes, and whether a number.
struct ShapeRow {
  Distribution::Shape shape{};
  const char* name = "";
  std::size_t times = 0;  // 0: any number of them
  bool number = false;
};
const std::vector<ShapeRow>& shapes();

// As a scenario file has it.
std::string text_of(const Distribution& distribution);

}  // namespace rejoin::sim
