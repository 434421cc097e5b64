#pragma once

// Counterexample: a history that broke a law, as text that outlives the process. One step a line:
//
//     rejoin counterexample 1
//     type Cart
//     law merge is commutative
//     perform A 9182/100/0.3 at 1     # add 3
//     merge A from B
//     receive C delta 0
//     regroup C delta 0 count 2
//
// Replicas are A, B, C; deltas are numbered as sent, modulo those there are; `at` is the wall clock
// in milliseconds. An operation is the seed and the size that the subject's generator drew it by,
// then which of its simpler ones was taken, again and again; so any step comes back from numbers,
// whatever the operation is made of, as long as the generator is the same. What it looked like
// stands behind the # and is compared: if the generator has changed, the text says so.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/laws/history.hpp"
#include "crdt/result.hpp"

namespace rejoin::laws {

struct Counterexample {
  std::string type;
  std::string law;
  History history;
};

// Where an operation comes from: "9182/100/0.3".
std::string to_text(const Origin& origin);
std::optional<Origin> origin_from(std::string_view text);

// The steps alone, as above.
std::string steps_of(const History& history);
std::string to_text(const Counterexample& counterexample);

// Errors: malformed, with the line; invalid_argument if an operation is not drawn (so) any more.
Result<History> steps_from(const Type& type, std::string_view text);
Result<Counterexample> counterexample_from(const Type& type, std::string_view text);

// The complaint of the law about these steps; empty if it holds. What the test in a report calls.
std::string replayed(const Type& type, std::string_view law, std::string_view steps);

// A folder of counterexamples, one file for each type and law.
class Shelf {
 public:
  // An empty name is a shelf that keeps nothing.
  explicit Shelf(std::string folder) : folder_(std::move(folder)) {}

  // Those of the type that can still be read, by name of the file.
  std::vector<Counterexample> all_of(const Type& type) const;
  // Where it was put; empty if it could not be.
  std::string put(const Counterexample& counterexample) const;

 private:
  std::string folder_;
};

}  // namespace rejoin::laws
