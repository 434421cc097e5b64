#pragma once

// What rejoin was told to do, read from its command line.

#include <chrono>
#include <optional>
#include <string>

#include "net/client_message.hpp"

namespace rejoin {

struct ClientCommand {
  std::string at;
  ClientRequest request;
  std::chrono::milliseconds timeout{5000};
  bool token = false;
  bool json = false;

  std::optional<int> exit;  // say `text` and leave with this
  std::string text;
};

ClientCommand parse_client_command(int argc, const char* const* argv);

// A token as text for a command line: base64 for URLs, without padding.
std::string text_of(const CausalContext& token);
std::optional<CausalContext> token_from(const std::string& text);

}  // namespace rejoin
