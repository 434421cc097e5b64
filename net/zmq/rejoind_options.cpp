#include "net/zmq/rejoind_options.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <sstream>
#include <string_view>
#include <vector>

#include "net/zmq/rejoin_completion.hpp"
#include "net/zmq/rejoin_toml.hpp"

namespace rejoin {
namespace {

struct ConfigField {
  std::string_view name;
  std::uint64_t Config::*field;
};
constexpr std::array config_fields = {
    ConfigField{"key_bytes_max", &Config::key_bytes_max},
    ConfigField{"value_bytes_max", &Config::value_bytes_max},
    ConfigField{"entry_bytes_max", &Config::entry_bytes_max},
    ConfigField{"frame_bytes_max", &Config::frame_bytes_max},
    ConfigField{"repair_chunk_bytes", &Config::repair_chunk_bytes},
    ConfigField{"log_bytes_max", &Config::log_bytes_max},
    ConfigField{"batch_window_ms", &Config::batch_window_ms},
    ConfigField{"flight_bytes_max", &Config::flight_bytes_max},
    ConfigField{"digest_interval_ms", &Config::digest_interval_ms},
    ConfigField{"hello_interval_ms", &Config::hello_interval_ms},
    ConfigField{"resend_after_ms", &Config::resend_after_ms},
    ConfigField{"peer_timeout_ms", &Config::peer_timeout_ms},
    ConfigField{"repair_timeout_ms", &Config::repair_timeout_ms},
    ConfigField{"relay_after_ms", &Config::relay_after_ms},
    ConfigField{"drift_ms_max", &Config::drift_ms_max},
};

// As given, before the flags and the file are one.
struct Given {
  std::optional<std::string> name, listen, data, cluster, keys;
  std::vector<std::string> peers;
  bool is_volatile = false;
  bool insecure = false;
  Config config;
};

bool read_flag(std::string_view key, const toml::node& node, Given& out) {
  if (key == "name") {
    out.name = text_at(node, key);
  } else if (key == "listen") {
    out.listen = text_at(node, key);
  } else if (key == "data") {
    out.data = text_at(node, key);
  } else if (key == "cluster") {
    out.cluster = text_at(node, key);
  } else if (key == "keys") {
    out.keys = text_at(node, key);
  } else if (key == "peer") {
    out.peers = texts_at(node, key);
  } else if (key == "volatile") {
    out.is_volatile = flag_at(node, key);
  } else if (key == "insecure") {
    out.insecure = flag_at(node, key);
  } else {
    return false;
  }
  return true;
}

bool read_limit(std::string_view key, const toml::node& node, Config& out) {
  for (const ConfigField& field : config_fields) {
    if (field.name != key) continue;
    const auto number = value_as<std::int64_t>(node, key, "an integer");
    if (number < 0) throw BadFile{std::string(key) + " cannot be negative"};
    out.*field.field = static_cast<std::uint64_t>(number);
    return true;
  }
  return false;
}

void read_file(const std::string& path, Given& out) {
  for (const auto& [key, node] : read_toml(path)) {
    if (read_flag(key.str(), node, out) || read_limit(key.str(), node, out.config)) continue;
    refuse_key(key.str(), daemon_keys());
  }
}

template <class T>
void prefer(std::optional<T>& given, const std::optional<T>& flag) {
  if (flag) given = flag;
}

DaemonCommand wrong(const std::string& says) {
  return {{}, 2, "rejoind: " + says + "\nrejoind --help says more\n"};
}

DaemonCommand resolved(const Given& given) {
  if (given.insecure == given.keys.has_value()) {
    return wrong(given.insecure
                     ? "--keys and --insecure exclude each other"
                     : "needs --keys DIR (rejoin keygen DIR makes it), or --insecure for "
                       "plaintext, where whoever reaches the port may read and write");
  }
  const bool forgets = given.is_volatile;
  if (forgets == given.data.has_value()) {
    return wrong(forgets ? "--data and --volatile exclude each other"
                         : "needs --data DIR to keep what it is told, or --volatile not to");
  }
  if (!given.listen) return wrong("needs --listen, such as tcp://127.0.0.1:7401");
  DaemonCommand out;
  out.options.name = given.name.value_or("");
  out.options.listen = *given.listen;
  out.options.peers = given.peers;
  out.options.directory = given.data;
  out.options.cluster = given.cluster.value_or("default");
  out.options.config = given.config;
  out.options.keys = given.keys;
  out.options.insecure = given.insecure;
  if (auto sound = out.options.config.validate(); !sound) return wrong(sound.error().message);
  return out;
}

}  // namespace

std::vector<std::string> daemon_keys() {
  std::vector<std::string> out = {"name",     "listen",  "peer", "data",
                                  "volatile", "cluster", "keys", "insecure"};
  for (const ConfigField& field : config_fields) out.emplace_back(field.name);
  return out;
}

DaemonCommand parse_daemon_command(int argc, const char* const* argv) {
  CLI::App app("rejoind: a node that replicates. It answers `rejoin`.", "rejoind");
  Given flags;
  bool is_volatile = false, insecure = false;
  std::string file, shell;
  app.add_option("--name", flags.name, "a label for people");
  app.add_option("--listen", flags.listen, "where to listen: tcp://HOST:PORT, or PORT * for any");
  app.add_option("--peer", flags.peers,
                 "another node, once for each: NAME@ADDRESS, with the key DIR/peers/NAME.pub; "
                 "ADDRESS alone in plaintext");
  app.add_option("--data", flags.data, "the directory to keep the store in")->type_name("DIR");
  app.add_flag("--volatile", is_volatile, "keep nothing");
  app.add_option("--cluster", flags.cluster, "nodes of other clusters are refused ('default')");
  app.add_option("--config", file, "a TOML file with these names, and the limits, as keys")
      ->type_name("FILE");
  app.add_option("--keys", flags.keys, "our key and those allowed; rejoin keygen makes it")
      ->type_name("DIR");
  app.add_flag("--insecure", insecure, "no keys, plaintext: anyone may read and write");
  app.add_option("--completion", shell, "print a script that completes commands in this shell")
      ->type_name("bash|zsh|fish");
  if (argc > 1 && argv[1] == std::string_view("--complete")) {
    return {{}, 0, complete(app, {argv + 2, argv + argc})};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);
    if (code == 0) return {{}, 0, out.str()};
    return wrong(e.what());
  }
  if (!shell.empty()) {
    const auto script = completion_script(shell, "rejoind");
    if (!script) return wrong("completion is for bash, zsh or fish, not '" + shell + "'");
    return {{}, 0, *script};
  }

  Given given;
  try {
    if (!file.empty()) read_file(file, given);
  } catch (const BadFile& bad) {
    return wrong(file + ": " + bad.says);
  }
  prefer(given.name, flags.name);
  prefer(given.listen, flags.listen);
  prefer(given.cluster, flags.cluster);
  if (flags.keys || insecure) {  // one choice, as is that of where to keep the store
    given.keys = flags.keys;
    given.insecure = insecure;
  }
  if (flags.data || is_volatile) {  // the two are one choice
    given.data = flags.data;
    given.is_volatile = is_volatile;
  }
  if (!flags.peers.empty()) given.peers = flags.peers;
  return resolved(given);
}

}  // namespace rejoin
