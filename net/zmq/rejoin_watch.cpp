#include "net/zmq/rejoin_watch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "net/operation_form.hpp"
#include "net/zmq/rejoin_answer.hpp"

namespace rejoin {
namespace {

using Json = nlohmann::ordered_json;
using State = WatchedObject::State;

constexpr int done = 0;

// A pipe that is ready takes this much at once, so writing it never waits.
constexpr std::size_t write_bytes = 4096;

const char* word_for(SnapshotReason reason) {
  switch (reason) {
    case SnapshotReason::asked:
      return "asked";
    case SnapshotReason::behind:
      return "behind";
    case SnapshotReason::unknown:
      break;
  }
  return "unknown";
}

const char* explained(SnapshotReason reason) {
  switch (reason) {
    case SnapshotReason::asked:
      return "all that is there";
    case SnapshotReason::behind:
      return "you fell behind what the node remembers; all that is there";
    case SnapshotReason::unknown:
      break;
  }
  return "the token names what this node has not seen; all that is there";
}

// A type that this program does not know goes by its numbers.
std::string type_word(const TypeTag& type, State state) {
  const std::string_view word = word_for(static_cast<Family>(type.family));
  if (!word.empty() && state != State::opaque) return std::string(word);
  return std::to_string(type.family) + "/" + std::to_string(type.value);
}

// Tabs and ends of lines separate, and = a field from its value, so inside they are spelt.
std::string escaped(std::string_view text, std::optional<char> and_this = {}) {
  std::string out;
  for (const char c : text) {
    if (c == and_this) out += '\\';
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void say(const std::string& line) {
  std::fprintf(stderr, "rejoin: %s\n", line.c_str());
}

// Has been told of what it waits for, once, and of its end.
class Patience {
 public:
  // False: nobody was ever there, and the time is over.
  bool bear(const Watch& watch, bool late) {
    if (!watch.trouble()) {
      if (told_) say("the node answers again");
      told_ = false;
      answered_ = true;
      return true;
    }
    if (!answered_ && late) return false;
    if (answered_ && !told_) {
      say(watch.trouble()->message + "; trying again");
      told_ = true;
    }
    return true;
  }

 private:
  bool answered_ = false;
  bool told_ = false;
};

void say_goodbye(const ClientCommand& command, const Watch& watch) {
  if (!command.json && watch.token()) say("resume with --token " + text_of(*watch.token()));
}

}  // namespace

Endings::Endings() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

Endings::~Endings() {
  close(descriptor_);
}

bool Endings::write(std::string_view text) const {
  while (!text.empty()) {
    std::array<pollfd, 2> items = {{{STDOUT_FILENO, POLLOUT, 0}, {descriptor_, POLLIN, 0}}};
    if (poll(items.data(), items.size(), -1) < 0 && errno != EINTR) return false;
    if (items[1].revents != 0) return false;
    if (items[0].revents == 0) continue;
    const ssize_t put = ::write(STDOUT_FILENO, text.data(), std::min(text.size(), write_bytes));
    if (put < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string watch_text(const WatchEvent& event) {
  if (event.kind == WatchEvent::Kind::current) return {};
  if (event.kind == WatchEvent::Kind::snapshot) {
    return std::string("# ") + explained(event.reason) + "\n";
  }
  const WatchedObject& object = event.object;
  std::string out = object.state == State::removed ? "-" : "=";
  out += "\t" + type_word(object.key.type, object.state) + "\t" + escaped(object.key.name);
  if (object.state == State::opaque) out += "\t(of a type that has no plain value)";
  if (object.state == State::too_large) out += "\t(too large to show)";
  for (const Item& item : object.values) {
    out += '\t';
    for (const std::string& field : item.fields) out += escaped(field, '=') + "=";
    out += escaped(word_of(static_cast<Family>(object.key.type.family), item.value));
  }
  return out + "\n";
}

std::string watch_json(const WatchEvent& event) {
  Json json;
  if (event.kind == WatchEvent::Kind::snapshot) {
    json = {{"event", "snapshot"}, {"reason", word_for(event.reason)}};
  } else if (event.kind == WatchEvent::Kind::current) {
    json = {{"event", "current"}};
  } else {
    const WatchedObject& object = event.object;
    const bool removed = object.state == State::removed;
    json = {{"event", removed ? "removed" : "value"},
            {"type", type_word(object.key.type, object.state)},
            {"key", object.key.name}};
    const auto family = static_cast<Family>(object.key.type.family);
    if (object.state == State::present) json["value"] = values_json(family, object.values, 0);
    if (object.state == State::opaque) json["hidden"] = "opaque";
    if (object.state == State::too_large) json["hidden"] = "too large";
  }
  json["token"] = event.token ? Json(text_of(*event.token)) : Json(nullptr);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int run_watch(const ClientCommand& command, Client& client, const Endings& endings) {
  using Clock = std::chrono::steady_clock;
  const auto& what = std::get<WatchCommand>(command.task);
  client.interrupt_on(endings.descriptor());
  Watch watch = client.watch({what.prefix, what.since});
  const auto deadline = Clock::now() + command.timeout;
  Patience patience;
  std::uint64_t objects = 0;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const bool late = left.count() <= 0;
    auto event = watch.next(late ? std::chrono::milliseconds(2000) : left);
    if (client.interrupted()) break;
    if (!event) return print_failure(command, event.error());
    if (!patience.bear(watch, Clock::now() >= deadline)) {
      return print_failure(command, *watch.trouble());
    }
    if (!*event) continue;
    if (!endings.write(command.json ? watch_json(**event) : watch_text(**event))) break;
    if ((*event)->kind == WatchEvent::Kind::object) ++objects;
    if (what.count && objects >= *what.count) break;
    if (what.snapshot && (*event)->kind == WatchEvent::Kind::current) return done;
  }
  say_goodbye(command, watch);
  return done;
}

}  // namespace rejoin
