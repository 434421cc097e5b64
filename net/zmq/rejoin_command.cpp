#include "net/zmq/rejoin_command.hpp"

#include <sodium.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <sstream>
#include <vector>

namespace rejoin {
namespace {

using std::chrono::milliseconds;

constexpr const char* manual = R"(
  rejoin --at ADDRESS gcounter  add KEY [N] | get KEY | remove KEY
  rejoin --at ADDRESS pncounter add KEY [N] | get KEY | remove KEY
  rejoin --at ADDRESS lww       set KEY TEXT | get KEY | remove KEY
  rejoin --at ADDRESS mv        set KEY TEXT | get KEY | remove KEY
  rejoin --at ADDRESS max       set KEY N | get KEY | remove KEY
  rejoin --at ADDRESS min       set KEY N | get KEY | remove KEY
  rejoin --at ADDRESS awset     add KEY TEXT | remove KEY TEXT | get KEY | remove KEY
  rejoin --at ADDRESS wait --peers all|majority|N
  rejoin --at ADDRESS status

A write returns when it is durable at the node. get prints the bare value: several sorted, a
line each.
Text that begins with a dash goes behind --, as in: rejoin --at A lww set k -- -text

Exit code: 0 done, 1 refused, 2 wrong usage, 3 nobody there or not in time.)";

struct Wrong {
  std::string says;
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

Quorum quorum(const std::string& text) {
  if (text == "all") return {Quorum::Kind::all, 0};
  if (text == "majority") return {Quorum::Kind::majority, 0};
  if (text.empty()) throw Wrong{"wait needs --peers all, majority or a number"};
  const std::int64_t number = integer(text, "--peers takes all, majority or a number");
  if (number < 0 || number > 1'000'000) throw Wrong{"--peers cannot be " + text};
  return {Quorum::Kind::at_least, static_cast<std::uint32_t>(number)};
}

Operation operation(const std::vector<std::string>& words) {
  Operation out;
  const auto type = family_named(words[0]);
  if (!type) {
    throw Wrong{"'" + words[0] +
                "' is neither a type (gcounter, pncounter, lww, mv, max, min, awset) nor wait or "
                "status"};
  }
  out.type = *type;
  if (words.size() < 3) throw Wrong{words[0] + " needs an operation and a key"};
  const auto verb = verb_named(words[1]);
  if (!verb) throw Wrong{"'" + words[1] + "' is no operation; there are add, set, remove and get"};
  out.verb = *verb;
  out.key = words[2];
  if (words.size() > 4) throw Wrong{"too many words: '" + words[4] + "'; put quotes around a text"};
  if (words.size() == 4 && holds_integers(out.type)) {
    out.value = integer(words[3], words[0] + " takes an integer");
  } else if (words.size() == 4) {
    out.value = words[3];
  }
  if (auto sound = check(out); !sound) throw Wrong{sound.error().message};
  return out;
}

void read_words(const std::vector<std::string>& words, const std::string& peers,
                ClientCommand& out) {
  if (words.empty()) throw Wrong{"what should the node do?"};
  if (words[0] == "wait" || words[0] == "status") {
    if (words.size() > 1) throw Wrong{words[0] + " takes no '" + words[1] + "'"};
    if (words[0] == "wait") {
      out.request.body = WaitRequest{quorum(peers)};
    } else {
      out.request.body = StatusRequest{};
    }
  } else {
    out.request.body = operation(words);
  }
  if (words[0] != "wait" && !peers.empty()) throw Wrong{"--peers belongs to wait"};
  const auto* asked = std::get_if<Operation>(&out.request.body);
  if (out.token && !out.json && !(asked && asked->writes())) {
    throw Wrong{"--token prints the token of a write; --json shows that of a read as well"};
  }
}

ClientCommand wrong(const std::string& says) {
  ClientCommand out;
  out.exit = 2;
  out.text = "rejoin: " + says + "\nrejoin --help says more";
  return out;
}

}  // namespace

ClientCommand parse_client_command(int argc, const char* const* argv) {
  CLI::App app("rejoin: asks a node that replicates (rejoind).", "rejoin");
  app.footer(manual);
  ClientCommand out;
  std::vector<std::string> words;
  std::string peers, timeout = "5s", after, keys;
  app.add_option("--at", out.at, "the node's address: tcp://HOST:PORT");
  app.add_option("--timeout", timeout, "how long to try: 500ms, 5s (default), 2m");
  app.add_option("--after", after, "first wait until the node has seen this token");
  app.add_option("--peers", peers, "wait: who must hold it durably: all, majority or a number");
  app.add_flag("--token", out.token, "print the token of the write");
  app.add_flag("--json", out.json, "answer in JSON");
  app.add_option("--keys", keys, "not in this build")->type_name("DIR");
  app.add_option("WORDS", words, "what to do; see below");
  try {
    app.parse(argc, argv);
    if (!keys.empty()) return wrong("this build has no keys yet: leave --keys away for plaintext");
    if (out.at.empty()) return wrong("needs --at ADDRESS, such as --at tcp://127.0.0.1:7401");
    out.timeout = duration(timeout);
    if (!after.empty()) {
      const auto token = token_from(after);
      if (!token) return wrong("--after takes what --token printed, whole");
      out.request.after = *token;
    }
    read_words(words, peers, out);
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
