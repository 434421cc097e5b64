#include "sim/distribution.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/fault_table.hpp"
#include "sim/random.hpp"

namespace rejoin::sim {
namespace {

using Shape = Distribution::Shape;

constexpr double ln_2 = 0.6931471805599453;

// e^x for |x| <= 32, to 1e-9 of it: by powers of two and a series.
double exponent(double x) {
  x = std::clamp(x, -32.0, 32.0);
  int twos = 0;
  while (x > ln_2 / 2) {
    x -= ln_2;
    ++twos;
  }
  while (x < -ln_2 / 2) {
    x += ln_2;
    --twos;
  }
  double sum = 1;
  for (int n = 9; n >= 1; --n) sum = 1 + sum * x / n;
  for (; twos > 0; --twos) sum *= 2;
  for (; twos < 0; ++twos) sum /= 2;
  return sum;
}

// Of mean 0 and deviation 1: twelve uniform numbers of 16 bits, added. Never beyond 6.
double normal(std::uint64_t bits) {
  std::uint64_t sum = 0;
  for (int word = 0; word < 3; ++word) {
    for (std::uint64_t rest = bits = mix64(bits + 1); rest != 0; rest >>= 16) sum += rest & 0xffff;
  }
  return static_cast<double>(sum) / 65536 - 6 + 12 * 0.5 / 65536;
}

// A double as Time, at most `most`.
Time bounded(double time, Time most) {
  return time < static_cast<double>(most) ? static_cast<Time>(time) : most;
}

Time tail_of(Time time) {
  return std::min(time * Distribution::tail_max, time + 60 * second);
}

std::string text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), end.ptr);
}

const ShapeRow& row_of(Shape shape) {
  return shapes()[static_cast<std::size_t>(shape)];
}

}  // namespace

const std::vector<ShapeRow>& shapes() {
  static const std::vector<ShapeRow> rows = {
      {Shape::constant, "constant", 1, false},
      {Shape::uniform, "uniform", 2, false},
      {Shape::exponential, "exponential", 1, false},
      {Shape::lognormal, "lognormal", 1, true},
      {Shape::pareto, "pareto", 1, true},
      {Shape::bimodal, "bimodal", 2, true},
      {Shape::trace, "trace", 0, false},
  };
  return rows;
}

Time Distribution::at(std::uint64_t bits) const {
  switch (shape) {
    case Shape::constant:
      return times[0];
    case Shape::uniform:
      return sim::uniform(bits, times[0], times[1]);
    case Shape::exponential:
      return sim::exponential(bits, times[0]);
    case Shape::lognormal: {
      const double factor = exponent(number * normal(bits));
      return bounded(static_cast<double>(times[0]) * factor, tail_of(times[0]));
    }
    case Shape::pareto: {
      // u^(-1/alpha) = e^(-ln(u) / alpha), and -ln(u) is exponential, here in millionths.
      const auto millionths = static_cast<double>(sim::exponential(bits, 1'000'000));
      const double factor = exponent(millionths / 1'000'000 / number);
      return bounded(static_cast<double>(times[0]) * factor, tail_of(times[0]));
    }
    case Shape::bimodal:
      return times[chance(bits, number) ? 1 : 0];
    case Shape::trace:
      return times[bits % times.size()];
  }
  return 0;
}

std::string Distribution::wrong() const {
  const ShapeRow& row = row_of(shape);
  const std::string name = row.name;
  if (times.empty()) return name + " needs a time";
  if (row.times > 0 && times.size() != row.times) {
    return name + " takes " + std::to_string(row.times) + (row.times == 1 ? " time" : " times");
  }
  if (shape == Shape::uniform && times[0] > times[1]) return "uniform must rise";
  if (shape == Shape::lognormal && !(number > 0 && number <= 4)) {
    return "lognormal needs a sigma in 0..4";
  }
  if (shape == Shape::pareto && !(number >= 0.5 && number <= 100)) {
    return "pareto needs an alpha in 0.5..100";
  }
  if (shape == Shape::bimodal && !(number >= 0 && number <= 1)) {
    return "bimodal needs a chance in 0..1";
  }
  return "";
}

std::string text_of(const Distribution& distribution) {
  std::string values;
  for (Time time : distribution.times) {
    values += (values.empty() ? "\"" : ", \"") + text_of_duration(time) + "\"";
  }
  const ShapeRow& row = row_of(distribution.shape);
  if (row.shape == Shape::constant) return values;
  if (row.number) values += ", " + text(distribution.number);
  const bool list = row.number || row.times != 1;
  return "{ " + std::string(row.name) + " = " + (list ? "[" + values + "]" : values) + " }";
}

}  // namespace rejoin::sim
