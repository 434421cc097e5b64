#pragma once

// Base64 of RFC 4648, section 4: how bytes travel in JSON.

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom {

std::string to_base64(std::string_view bytes);
// Nothing if the text is no such encoding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace maelstrom
