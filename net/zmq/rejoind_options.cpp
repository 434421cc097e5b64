#include "net/zmq/rejoind_options.hpp"

#include <toml++/toml.h>
#include <CLI/CLI.hpp>

#include <array>
#include <sstream>
#include <string_view>
#include <vector>

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
  std::optional<std::string> name, listen, data, cluster;
  std::vector<std::string> peers;
  bool is_volatile = false;
  bool insecure = false;
  Config config;
};

struct BadFile {
  std::string says;
};

template <class T>
T as(const toml::node& node, std::string_view key, const char* kind) {
  const auto value = node.value_exact<T>();
  if (!value) throw BadFile{std::string(key) + " must be " + kind};
  return *value;
}

std::vector<std::string> texts(const toml::node& node, std::string_view key) {
  const toml::array* array = node.as_array();
  if (!array) throw BadFile{std::string(key) + " must be a list of texts"};
  std::vector<std::string> out;
  for (const toml::node& element : *array) {
    out.push_back(as<std::string>(element, key, "a list of texts"));
  }
  return out;
}

bool read_flag(std::string_view key, const toml::node& node, Given& out) {
  const auto text = [&] { return as<std::string>(node, key, "a text"); };
  if (key == "name") {
    out.name = text();
  } else if (key == "listen") {
    out.listen = text();
  } else if (key == "data") {
    out.data = text();
  } else if (key == "cluster") {
    out.cluster = text();
  } else if (key == "peer") {
    out.peers = texts(node, key);
  } else if (key == "volatile") {
    out.is_volatile = as<bool>(node, key, "true or false");
  } else if (key == "insecure") {
    out.insecure = as<bool>(node, key, "true or false");
  } else {
    return false;
  }
  return true;
}

bool read_limit(std::string_view key, const toml::node& node, Config& out) {
  for (const ConfigField& field : config_fields) {
    if (field.name != key) continue;
    const auto number = as<std::int64_t>(node, key, "an integer");
    if (number < 0) throw BadFile{std::string(key) + " cannot be negative"};
    out.*field.field = static_cast<std::uint64_t>(number);
    return true;
  }
  return false;
}

std::string known_keys() {
  std::string out = "name, listen, peer, data, volatile, cluster, insecure";
  for (const ConfigField& field : config_fields) out += ", " + std::string(field.name);
  return out;
}

void read_file(const std::string& path, Given& out) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& e) {
    std::ostringstream says;
    says << e.description() << ", line " << e.source().begin.line;
    throw BadFile{says.str()};
  }
  for (const auto& [key, node] : table) {
    if (read_flag(key.str(), node, out) || read_limit(key.str(), node, out.config)) continue;
    throw BadFile{"there is no key '" + std::string(key.str()) + "'; there are " + known_keys()};
  }
}

template <class T>
void prefer(std::optional<T>& given, const std::optional<T>& flag) {
  if (flag) given = flag;
}

DaemonCommand wrong(const std::string& says) {
  return {{}, 2, "rejoind: " + says + "\nrejoind --help says more"};
}

DaemonCommand resolved(const Given& given) {
  if (!given.insecure) {
    return wrong(
        "refuses to start: this build has no keys yet, so it would speak plaintext, and whoever "
        "reaches the port could read and write. Add --insecure to allow that");
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
  out.options.insecure = true;
  if (auto sound = out.options.config.validate(); !sound) return wrong(sound.error().message);
  return out;
}

}  // namespace

DaemonCommand parse_daemon_command(int argc, const char* const* argv) {
  CLI::App app("rejoind: a node that replicates. It answers `rejoin --at ADDRESS`.", "rejoind");
  Given flags;
  bool is_volatile = false, insecure = false;
  std::string file;
  std::string keys;
  app.add_option("--name", flags.name, "a label for people");
  app.add_option("--listen", flags.listen, "where to listen: tcp://HOST:PORT, or PORT * for any");
  app.add_option("--peer", flags.peers, "another node's address; once for each");
  app.add_option("--data", flags.data, "the directory to keep the store in");
  app.add_flag("--volatile", is_volatile, "keep nothing");
  app.add_option("--cluster", flags.cluster, "nodes of other clusters are refused ('default')");
  app.add_option("--config", file, "a TOML file with these names, and the limits, as keys");
  app.add_flag("--insecure", insecure, "allow plaintext: anyone may read and write");
  app.add_option("--keys", keys, "not in this build")->type_name("DIR");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);
    if (code == 0) return {{}, 0, out.str()};
    return wrong(e.what());
  }
  if (!keys.empty()) return wrong("this build has no keys yet: leave --keys away");

  Given given;
  try {
    if (!file.empty()) read_file(file, given);
  } catch (const BadFile& bad) {
    return wrong(file + ": " + bad.says);
  }
  prefer(given.name, flags.name);
  prefer(given.listen, flags.listen);
  prefer(given.cluster, flags.cluster);
  if (insecure) given.insecure = true;
  if (flags.data || is_volatile) {  // the two are one choice
    given.data = flags.data;
    given.is_volatile = is_volatile;
  }
  if (!flags.peers.empty()) given.peers = flags.peers;
  return resolved(given);
}

}  // namespace rejoin
