#pragma once

// Browser: headless Chromium, driven over WebDriver (W3C) as a user would drive it.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/process.hpp"

namespace rejoin::report {

using Json = nlohmann::json;

class Browser {
 public:
  // Chromium and its driver are installed.
  static bool available();

  explicit Browser(bool dark = false);
  ~Browser();  // ends the browser, then the driver
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  void open(const std::string& file, const std::string& fragment = "");
  // The value of a function's body.
  Json run(const std::string& script, Json arguments = Json::array());
  void click(const std::string& selector);
  void click_at(double x, double y);
  void drag(double x0, double y0, double x1, double y1);
  // Keys to whatever has the focus; WebDriver's names for those that have no character are below.
  void keys(const std::string& text);
  std::string text_of(const std::string& selector);
  // Messages of the console since the last call.
  std::vector<std::string> console();
  std::string picture();  // WebP

 private:
  Json call(const std::string& method, const std::string& path, const Json& body);
  void pointer(Json actions);
  Json devtools(const std::string& command, const Json& parameters);

  integration::Process driver_;
  int port_ = 0;
  std::string session_;
};

inline const std::string enter = "\uE007";
inline const std::string escape = "\uE00C";
inline const std::string left = "\uE012";
inline const std::string right = "\uE014";
inline const std::string down = "\uE015";

}  // namespace rejoin::report
