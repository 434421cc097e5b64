#pragma once

// What rejoin prints: a node's reply for a person, for a script, or as JSON.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "net/zmq/rejoin_command.hpp"

namespace rejoin {

struct Printed {
  std::string out;
  std::string error;
  int exit = 0;
};

// `colour`: stdout is a terminal.
Printed print(const ClientCommand& command, const Result<ClientReply>& reply, bool colour);

// For commands that print as they go: says what went wrong; the exit code.
int print_failure(const ClientCommand& command, const Error& error);

// A value as text, and those of an object as JSON: a list for types that can hold several, objects
// by field for maps, below the fields that were given.
std::string word_of(Family type, const Plain& value);
nlohmann::ordered_json values_json(Family type, const std::vector<Item>& items, std::size_t given);
std::string size_text(std::uint64_t bytes);

}  // namespace rejoin
