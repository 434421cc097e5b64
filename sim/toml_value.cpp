#include "sim/toml_value.hpp"

#include <array>
#include <charconv>

#include "sim/families.hpp"
#include "sim/fault_table.hpp"

namespace rejoin::sim::toml_value {

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string text(const std::string& value, bool) {
  return quoted(value);
}
std::string text(bool value, bool) {
  return value ? "true" : "false";
}
std::string text(unsigned value, bool) {
  return std::to_string(value);
}
std::string text(std::uint64_t value, bool is_duration) {
  return is_duration ? quoted(text_of_duration(value)) : std::to_string(value);
}
std::string text(std::int64_t value, bool) {
  return std::to_string(value);
}
std::string text(double value, bool) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}
std::string text(Family value, bool) {
  return quoted(word_of(value));
}
std::string text(const Act& value, bool) {
  return quoted(to_string(value));
}
std::string text(const Distribution& value, bool) {
  return text_of(value);
}
std::string text(const std::map<std::string, std::string>& value, bool) {
  std::string out;
  for (const auto& [name, each] : value) {
    out += (out.empty() ? "" : ", ") + quoted(name) + " = " + quoted(each);
  }
  return "{" + out + "}";
}

}  // namespace rejoin::sim::toml_value
