#pragma once

// Mutates a Cap'n Proto message through its schema: one field of one struct, found by a random
// walk, takes another number, other bytes, another arm of its union, or goes. So what reaches a
// decoder is a message, and what is spoilt is what it says.

#include <capnp/message.h>
#include <capnp/schema.h>

#include <optional>
#include <string>

#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {

// Nothing if the bytes are no message.
std::optional<std::string> mutated_message(const std::string& bytes, capnp::StructSchema schema,
                                           Random& random);

}  // namespace rejoin::fuzz
