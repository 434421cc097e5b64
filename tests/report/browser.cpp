#include "tests/report/browser.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

namespace rejoin::report {
namespace {

constexpr const char* driver_path = "/usr/bin/chromedriver";
constexpr const char* browser_path = "/usr/bin/chromium";

// A socket that is closed with this.
class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      close(socket_);
      throw std::runtime_error("the driver does not answer");
    }
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the driver has gone");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // All that comes until a whole answer is there.
  std::string answer() const {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(got));
      const std::size_t body = text.find("\r\n\r\n");
      const std::size_t length = text.find("Content-Length:");
      if (body == std::string::npos || length > body) continue;
      if (text.size() - body - 4 >= std::stoul(text.substr(length + 15))) return text;
    }
  }

 private:
  int socket_;
};

std::string decoded(const std::string& base64) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : base64) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      continue;
    bits = (bits << 6U) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 255U);
  }
  return out;
}

}  // namespace

bool Browser::available() {
  return std::filesystem::exists(driver_path) && std::filesystem::exists(browser_path);
}

Browser::Browser(bool dark) : driver_({driver_path, "--port=0"}) {
  const std::string before_port = "started successfully on port ";
  while (port_ == 0) {
    const auto line = driver_.line();
    if (!line) throw std::runtime_error("the driver does not start");
    const std::size_t at = line->find(before_port);
    if (at != std::string::npos) port_ = std::stoi(line->substr(at + before_port.size()));
  }
  Json arguments = {"--headless=new",          "--no-sandbox",
                    "--disable-gpu",           "--hide-scrollbars",
                    "--disable-dev-shm-usage", "--force-device-scale-factor=1",
                    "--window-size=1440,900"};
  if (dark) arguments.push_back("--blink-settings=preferredColorScheme=0");
  const Json wanted = {{"browserName", "chrome"},
                       {"goog:loggingPrefs", {{"browser", "ALL"}}},
                       {"goog:chromeOptions", {{"binary", browser_path}, {"args", arguments}}}};
  const Json session = call("POST", "/session", {{"capabilities", {{"alwaysMatch", wanted}}}});
  session_ = "/session/" + session.at("sessionId").get<std::string>();
  devtools("Emulation.setDeviceMetricsOverride",
           {{"width", 1440}, {"height", 900}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

Browser::~Browser() {
  try {
    call("DELETE", session_, Json::object());
  } catch (const std::exception&) {
  }
}

Json Browser::call(const std::string& method, const std::string& path, const Json& body) {
  const Connection connection(port_);
  const std::string text = method == "POST" ? body.dump() : "";
  connection.send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" +
                  "Content-Type: application/json\r\nContent-Length: " +
                  std::to_string(text.size()) + "\r\n\r\n" + text);
  const std::string answer = connection.answer();
  const std::size_t at = answer.find("\r\n\r\n");
  if (at == std::string::npos) throw std::runtime_error(path + ": no answer");
  Json value = Json::parse(answer.substr(at + 4)).at("value");
  if (value.is_object() && value.contains("error")) {
    throw std::runtime_error(path + ": " + value.value("message", ""));
  }
  return value;
}

void Browser::open(const std::string& file, const std::string& fragment) {
  const std::string path = std::filesystem::absolute(file);
  call("POST", session_ + "/url", {{"url", "about:blank"}});
  call("POST", session_ + "/url", {{"url", "file://" + path + fragment}});
}

Json Browser::run(const std::string& script, Json arguments) {
  return call("POST", session_ + "/execute/sync",
              {{"script", script}, {"args", std::move(arguments)}});
}

void Browser::click(const std::string& selector) {
  const Json element =
      call("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}});
  call("POST", session_ + "/element/" + element.begin().value().get<std::string>() + "/click",
       Json::object());
}

void Browser::pointer(Json actions) {
  call("POST", session_ + "/actions",
       {{"actions", {{{"type", "pointer"}, {"id", "mouse"}, {"actions", std::move(actions)}}}}});
}

void Browser::click_at(double x, double y) {
  drag(x, y, x, y);
}

void Browser::drag(double x0, double y0, double x1, double y1) {
  const auto move = [](double x, double y) {
    return Json{{"type", "pointerMove"},
                {"duration", 0},
                {"x", static_cast<int>(x + 0.5)},
                {"y", static_cast<int>(y + 0.5)},
                {"origin", "viewport"}};
  };
  pointer({move(x0, y0),
           {{"type", "pointerDown"}, {"button", 0}},
           move((x0 + x1) / 2, (y0 + y1) / 2),
           move(x1, y1),
           {{"type", "pointerUp"}, {"button", 0}}});
}

void Browser::keys(const std::string& text) {
  Json actions = Json::array();
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (i + length < text.size() &&
           (static_cast<unsigned char>(text[i + length]) & 0xC0U) == 0x80) {
      ++length;
    }
    for (const char* type : {"keyDown", "keyUp"}) {
      actions.push_back({{"type", type}, {"value", text.substr(i, length)}});
    }
    i += length;
  }
  call("POST", session_ + "/actions",
       {{"actions", {{{"type", "key"}, {"id", "keyboard"}, {"actions", std::move(actions)}}}}});
}

std::string Browser::text_of(const std::string& selector) {
  const Json text = run("return document.querySelector(arguments[0])?.innerText ?? ''", {selector});
  return text.get<std::string>();
}

std::vector<std::string> Browser::console() {
  std::vector<std::string> lines;
  for (const Json& entry : call("POST", session_ + "/se/log", {{"type", "browser"}})) {
    lines.push_back(entry.value("level", "") + " " + entry.value("message", ""));
  }
  return lines;
}

Json Browser::devtools(const std::string& command, const Json& parameters) {
  return call("POST", session_ + "/goog/cdp/execute", {{"cmd", command}, {"params", parameters}});
}

std::string Browser::picture() {
  const Json taken = devtools("Page.captureScreenshot", {{"format", "webp"}, {"quality", 90}});
  return decoded(taken.at("data").get<std::string>());
}

}  // namespace rejoin::report
