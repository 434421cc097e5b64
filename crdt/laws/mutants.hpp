#pragma once

// Mutants: wrong types made of a user's by one fixed change each, in front of its merge, its
// operations, its copies or its bytes. How many of them the laws catch says what the laws can see
// of this type: its operations may never meet, or its == may see too little. Not every mutant is
// wrong of every type (in a register that keeps the greatest, "the greater wins" is the type); one
// that never behaved differently from the type is not counted.
//
//     merge does nothing               merge takes theirs whole      the greater side wins
//     mine wins a conflict             theirs wins a conflict        every fourth merge is lost
//     merge changes its argument too   merge always says changed     (of a merge that tells)
//     delta is bottom                  delta is of the state before  every third delta is bottom
//     performed twice, sent once       refused after a change        copies share their state
//     all states are equal             the last byte is not read     bytes tell nothing (of a
//     Codec)

#include <memory>
#include <string>
#include <vector>

#include "crdt/laws/type.hpp"

namespace rejoin::laws {

class Mutant : public Type {
 public:
  virtual const char* title() const = 0;
  // Has it ever done anything that the type would not have done?
  virtual bool differed() const = 0;
};

// Those that make sense of the type, which must outlive them.
std::vector<std::unique_ptr<Mutant>> mutants_of(const Type& type);

}  // namespace rejoin::laws
