#pragma once

// A tool's settings from a TOML file: one flat table, whose keys are the flags' names. Whatever is
// wrong is thrown as BadFile, for the tool to say: a misspelt setting is no setting.

#include <toml++/toml.h>

#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "net/zmq/nearest.hpp"

namespace rejoin {

struct BadFile {
  std::string says;
};

inline toml::table read_toml(const std::string& path) {
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& e) {
    std::ostringstream says;
    says << e.description();
    if (e.source().begin.line > 0) says << ", line " << e.source().begin.line;
    throw BadFile{says.str()};
  }
}

// `kind` completes "KEY must be".
template <class T>
T value_as(const toml::node& node, std::string_view key, const char* kind) {
  const auto value = node.value_exact<T>();
  if (!value) throw BadFile{std::string(key) + " must be " + kind};
  return *value;
}

inline std::string text_at(const toml::node& node, std::string_view key) {
  return value_as<std::string>(node, key, "a text in quotes");
}

inline bool flag_at(const toml::node& node, std::string_view key) {
  return value_as<bool>(node, key, "true or false");
}

inline std::vector<std::string> texts_at(const toml::node& node, std::string_view key) {
  constexpr const char* kind = "a list of texts, as in [\"one\", \"two\"]";
  const toml::array* array = node.as_array();
  if (!array) throw BadFile{std::string(key) + " must be " + kind};
  std::vector<std::string> out;
  for (const toml::node& element : *array) {
    out.push_back(value_as<std::string>(element, key, kind));
  }
  return out;
}

[[noreturn]] inline void refuse_key(std::string_view key, std::span<const std::string> known) {
  throw BadFile{"there is no key '" + std::string(key) + "'" + did_you_mean(key, known) +
                "; there are " + listed(known)};
}

}  // namespace rejoin
