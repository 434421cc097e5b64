#include "net/zmq/rejoin_command.hpp"

#include <sodium.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <sstream>
#include <vector>

#include "net/operation_form.hpp"
#include "net/zmq/nearest.hpp"
#include "net/zmq/rejoin_completion.hpp"
#include "net/zmq/rejoin_toml.hpp"

namespace rejoin {
namespace {

using std::chrono::milliseconds;

constexpr const char* manual = R"(
A write returns when it is durable at the node. get prints the bare value: several sorted, a line
each; of maps the field, a tab and the value; --json gives objects. Text that begins with a dash
goes behind --, as in: rejoin ... lww set k -- -text

With keys the node is named by its key file, DIR/peers/NAME.pub; `self` is the node whose own DIR it
is. The node must have our DIR/self.pub among its clients/.

Exit code: 0 done, 1 refused, 2 wrong usage, 3 nobody there or not in time.
)";

struct Wrong {
  std::string says;
};

// Where CLI11 writes what it reads, before it is looked at.
struct Words {
  std::optional<std::string> at, server, keys, timeout;
  std::string config, after, peers, since, count;
  std::optional<std::string> key;
  std::array<std::optional<std::string>, 3> rest;  // behind the key
  std::string prefix, file, directory, shell;
  bool token = false, json = false, snapshot = false, force = false, insecure = false;
};

std::int64_t integer(const std::string& text, const std::string& what) {
  std::int64_t out = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), out);
  if (error == std::errc::result_out_of_range) throw Wrong{what + " of 64 bits, not " + text};
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Wrong{what + ", not '" + text + "'"};
  }
  return out;
}

milliseconds duration(const std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  std::int64_t scale = 0;
  if (unit == "ms") scale = 1;
  if (unit.empty() || unit == "s") scale = 1000;
  if (unit == "m") scale = 60'000;
  if (scale == 0 || digits == 0 || digits > 9) {
    throw Wrong{"--timeout takes a time such as 500ms, 5s or 2m, not '" + text + "'"};
  }
  return milliseconds(integer(text.substr(0, digits), "--timeout takes a number") * scale);
}

CausalContext token_in(const std::string& text, const char* flag) {
  const auto token = token_from(text);
  if (!token) throw Wrong{std::string(flag) + " takes what --token printed, whole"};
  return *token;
}

Quorum quorum(const std::string& text) {
  if (text == "all") return {Quorum::Kind::all, 0};
  if (text == "majority") return {Quorum::Kind::majority, 0};
  if (text.empty()) throw Wrong{"wait needs --peers all, majority or a number"};
  const std::int64_t number = integer(text, "--peers takes all, majority or a number");
  if (number < 0 || number > 1'000'000)
    throw Wrong{"--peers takes a number up to 1000000, not " + text};
  return {Quorum::Kind::at_least, static_cast<std::uint32_t>(number)};
}

// ---- definitions

void define_type(CLI::App& app, const TypeForm& type, Words& words) {
  const std::string is = std::string(type.is) + "; in C++ " + std::string(type.cpp);
  CLI::App* command = app.add_subcommand(std::string(type.word), is);
  for (const VerbForm& verb : type.verbs) {
    CLI::App* sub =
        command->add_subcommand(std::string(word_for(verb.verb)), std::string(verb.does));
    sub->add_option("KEY", words.key, "the key")->type_name("");
    for (std::size_t i = 0; i < verb.takes.size(); ++i) {
      sub->add_option(name_of_word(verb.takes, i), words.rest[i], i < verb.needs ? "" : "optional")
          ->type_name("");
    }
  }
}

void define_tasks(CLI::App& app, Words& words) {
  CLI::App* wait = app.add_subcommand("wait", "wait until peers hold it durably");
  wait->add_option("--peers", words.peers, "how many: all, majority or a number")
      ->type_name("all|majority|N");
  app.add_subcommand("status", "what the node says of itself and its peers");

  CLI::App* watch = app.add_subcommand(
      "watch", "print the objects whose key has a prefix, then each that changes");
  watch->add_option("PREFIX", words.prefix, "of the keys; nothing: all")->type_name("");
  watch->add_option("--token", words.since, "resume after this token")->type_name("TOKEN");
  watch->add_option("--count", words.count, "end after so many lines of objects")->type_name("N");
  watch->add_flag("--snapshot", words.snapshot, "end when all that is there now was told");

  CLI::App* backup = app.add_subcommand("backup", "write all that the node holds to a file");
  backup->add_option("FILE", words.file, "the file to make")->type_name("FILE");
  backup->add_flag("--force", words.force, "replace the file if it is there");

  CLI::App* restore = app.add_subcommand("restore", "make a node's directory from a backup");
  restore->add_option("FILE", words.file, "the backup")->type_name("FILE");
  restore->add_option("DIR", words.directory, "an empty or new directory")->type_name("DIR");

  CLI::App* keygen = app.add_subcommand("keygen", "make a key pair in a directory");
  keygen->add_option("DIR", words.directory, "where to; nothing is overwritten")->type_name("DIR");

  CLI::App* completion = app.add_subcommand("completion", "print a script that completes commands");
  completion->add_option("SHELL", words.shell, "the shell")->type_name("bash|zsh|fish");
}

void define(CLI::App& app, Words& words) {
  app.footer(manual);
  app.add_option("--keys", words.keys, "our key and those of nodes; rejoin keygen makes it")
      ->type_name("DIR");
  app.add_option("--server", words.server, "with keys, the node; its key file may have the address")
      ->type_name("NAME[@tcp://HOST:PORT]");
  app.add_flag("--insecure", words.insecure, "no keys: plaintext");
  app.add_option("--at", words.at, "in plaintext, the node's address")
      ->type_name("tcp://HOST:PORT");
  app.add_option("--config", words.config,
                 "a TOML file with keys, server, insecure, at, timeout and json as keys")
      ->type_name("FILE");
  app.add_option("--timeout", words.timeout, "how long to try: 500ms, 5s (default), 2m")
      ->type_name("TIME");
  app.add_option("--after", words.after, "first wait until the node has seen this token")
      ->type_name("TOKEN");
  app.add_flag("--token", words.token, "print the token of the write");
  app.add_flag("--json", words.json, "answer in JSON");
  // What is none of ours is told by us, and a command may be followed by any flag.
  app.allow_extras();
  app.fallthrough();
  app.require_subcommand(0, 1);
  for (const TypeForm& type : type_forms()) define_type(app, type, words);
  define_tasks(app, words);
}

// ---- reading

void read_file(const std::string& path, Words& out) {
  const std::vector<std::string> known = {"keys", "server", "insecure", "at", "timeout", "json"};
  Words file;
  for (const auto& [name, node] : read_toml(path)) {
    const std::string_view key = name.str();
    if (key == "at") {
      file.at = text_at(node, key);
    } else if (key == "keys") {
      file.keys = text_at(node, key);
    } else if (key == "server") {
      file.server = text_at(node, key);
    } else if (key == "insecure") {
      file.insecure = flag_at(node, key);
    } else if (key == "timeout") {
      if (!out.timeout) out.timeout = text_at(node, key);
    } else if (key == "json") {
      out.json = out.json || flag_at(node, key);
    } else {
      refuse_key(key, known);
    }
  }
  // Keys or none is one choice, and so is which node.
  if (!out.keys && !out.insecure) {
    out.keys = file.keys;
    out.insecure = file.insecure;
  }
  if (!out.at && !out.server) {
    out.at = file.at;
    out.server = file.server;
  }
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* command : app.get_subcommands({})) out.push_back(command->get_name());
  return out;
}

// What the words chose, as "lww set".
const CLI::App& chosen(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::App* level = &app; level; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
    }
  }
  return out;
}

// Of an operation.
std::string usage_before(const CLI::App& command) {
  const auto type = family_named(command.get_parent()->get_name());
  const auto verb = verb_named(command.get_name());
  if (!type || !verb) return {};
  return "; it is " + usage_of(*form_of(*type), *form_of(*form_of(*type), *verb));
}

// Refuses what no definition took.
void refuse_extras(const CLI::App& app, const CLI::App& command) {
  const std::string path = command.get_parent() == &app || &command == &app
                               ? command.get_name()
                               : command.get_parent()->get_name() + " " + command.get_name();
  for (const std::string& word : app.remaining(true)) {
    if (word == "--") continue;
    if (word.starts_with("-") && word.size() > 1) {
      throw Wrong{"there is no flag " + word + did_you_mean(word, flags_of(command)) +
                  "; a text that begins with a dash goes behind --"};
    }
    const std::vector<std::string> known = names_of(command);
    if (known.empty() &&
        command.get_options([](const CLI::Option* option) { return option->get_positional(); })
            .empty()) {
      throw Wrong{path + " takes no '" + word + "'"};
    }
    if (known.empty()) {
      throw Wrong{"too many words: '" + word + "'" + usage_before(command) +
                  "; put quotes around a text"};
    }
    throw Wrong{path + " has no '" + word + "'" + did_you_mean(word, known) +
                (&command == &app ? "; its commands are " : "; it has ") + listed(known)};
  }
}

Operation operation(const CLI::App& command, const Words& words) {
  Operation out;
  const std::string said = command.get_parent()->get_name() + " " + command.get_name();
  out.type = *family_named(command.get_parent()->get_name());
  out.verb = *verb_named(command.get_name());
  if (!words.key) throw Wrong{said + " needs a key"};
  out.key = *words.key;
  const std::string_view takes = form_of(*form_of(out.type), out.verb)->takes;
  for (std::size_t i = 0; i < takes.size() && words.rest[i]; ++i) {
    const std::string& word = *words.rest[i];
    if (takes[i] == static_cast<char>(Word::number)) {
      out.value = integer(word, said + " takes an integer");
    } else if (takes[i] == static_cast<char>(Word::text)) {
      out.value = word;
    } else {
      out.fields.push_back(word);
    }
  }
  if (auto sound = check(out); !sound) throw Wrong{sound.error().message};
  return out;
}

WatchCommand watch(const Words& words) {
  WatchCommand out;
  out.prefix = words.prefix;
  if (!words.since.empty()) out.since = token_in(words.since, "--token");
  if (!words.count.empty()) {
    const std::int64_t count = integer(words.count, "--count takes a number");
    if (count < 1) throw Wrong{"--count takes a number above 0, not " + words.count};
    out.count = static_cast<std::uint64_t>(count);
  }
  out.snapshot = words.snapshot;
  return out;
}

void read_task(const CLI::App& app, const CLI::App& command, const Words& words,
               ClientCommand& out) {
  const std::string& name = command.get_name();
  if (&command == &app) {
    throw Wrong{"what should the node do? The commands are " + listed(names_of(app))};
  }
  if (command.get_parent() != &app) {
    out.task.emplace<ClientRequest>().body = operation(command, words);
  } else if (name == "wait") {
    out.task.emplace<ClientRequest>().body = WaitRequest{quorum(words.peers)};
  } else if (name == "status") {
    out.task.emplace<ClientRequest>().body = StatusRequest{};
  } else if (name == "watch") {
    out.task = watch(words);
  } else if (name == "backup") {
    if (words.file.empty()) throw Wrong{"backup needs a FILE to make"};
    out.task = BackupCommand{words.file, words.force};
  } else if (name == "restore") {
    if (words.directory.empty()) throw Wrong{"restore needs a FILE and a DIR to make"};
    out.task = RestoreCommand{words.file, words.directory};
  } else if (name == "keygen") {
    if (words.directory.empty()) throw Wrong{"keygen needs a DIR to make keys in"};
    out.task = KeygenCommand{words.directory};
  } else if (name == "completion") {
    const auto script = completion_script(words.shell, "rejoin");
    if (!script) throw Wrong{"completion is for bash, zsh or fish, not '" + words.shell + "'"};
    out.exit = 0;
    out.text = *script;
  } else {
    throw Wrong{name + " needs an operation: it has " + listed(names_of(command))};
  }
}

void check_flags(const Words& words, const ClientCommand& command) {
  const auto* request = std::get_if<ClientRequest>(&command.task);
  const auto* asked = request ? std::get_if<Operation>(&request->body) : nullptr;
  if (command.token && !(asked && (command.json || asked->writes()))) {
    throw Wrong{"--token prints the token of a write; --json shows that of a read as well"};
  }
  if (!words.after.empty() && !request) {
    throw Wrong{"--after belongs to reads, writes, wait and status; watch resumes by --token"};
  }
}

// With keys a node by its name, or in plaintext one by its address.
ClientOptions node_in(const Words& words) {
  if (words.keys && words.insecure) throw Wrong{"--keys and --insecure exclude each other"};
  if (!words.keys && !words.insecure) {
    throw Wrong{
        "needs --keys DIR --server NAME@ADDRESS (rejoin keygen DIR makes keys), or --at "
        "ADDRESS --insecure for plaintext"};
  }
  if (words.keys && (words.at || !words.server)) {
    throw Wrong{"--keys needs --server NAME@ADDRESS, such as a@tcp://127.0.0.1:7401" +
                std::string(words.at ? ", not --at" : "")};
  }
  if (words.insecure && (words.server || !words.at)) {
    throw Wrong{"--insecure needs --at ADDRESS, such as --at tcp://127.0.0.1:7401" +
                std::string(words.server ? ", not --server" : "")};
  }
  return {words.insecure ? *words.at : *words.server, words.keys, words.insecure};
}

void read(const CLI::App& app, Words& words, ClientCommand& out) {
  if (!words.config.empty()) {
    try {
      read_file(words.config, words);
    } catch (const BadFile& bad) {
      throw Wrong{words.config + ": " + bad.says};
    }
  }
  out.timeout = duration(words.timeout.value_or("5s"));
  out.token = words.token;
  out.json = words.json;
  const CLI::App& command = chosen(app);
  refuse_extras(app, command);
  read_task(app, command, words, out);
  check_flags(words, out);
  const bool offline = out.exit || std::holds_alternative<RestoreCommand>(out.task) ||
                       std::holds_alternative<KeygenCommand>(out.task);
  if (!offline) out.node = node_in(words);
  if (words.after.empty()) return;
  std::get<ClientRequest>(out.task).after = token_in(words.after, "--after");
}

ClientCommand wrong(const std::string& says) {
  ClientCommand out;
  out.exit = 2;
  out.text = "rejoin: " + says + "\nrejoin --help says more\n";
  return out;
}

}  // namespace

ClientCommand parse_client_command(int argc, const char* const* argv) {
  CLI::App app("rejoin: asks a node that replicates (rejoind).", "rejoin");
  Words words;
  define(app, words);
  ClientCommand out;
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (!given.empty() && given[0] == "--complete") {
    out.exit = 0;
    out.text = complete(app, {given.begin() + 1, given.end()});
    return out;
  }
  // To CLI11 it ends a command, and a set's element would silently become no element.
  for (const std::string& word : given) {
    if (word == "--") break;
    if (word == "++") return wrong("a text of ++ goes behind --, as in: rejoin lww set k -- ++");
  }
  try {
    app.parse(argc, argv);
    read(app, words, out);
  } catch (const CLI::ParseError& e) {
    std::ostringstream text, errors;
    if (app.exit(e, text, errors) != 0) return wrong(e.what());
    out.exit = 0;
    out.text = text.str();
  } catch (const Wrong& usage) {
    return wrong(usage.says);
  }
  return out;
}

std::string text_of(const CausalContext& token) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  const std::string bytes = encoded(token);
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  out.pop_back();  // the terminating zero
  return out;
}

std::optional<CausalContext> token_from(const std::string& text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                       text.data(), text.size(), nullptr, &size, &end,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(size);
  return decoded<CausalContext>(bytes);
}

}  // namespace rejoin
