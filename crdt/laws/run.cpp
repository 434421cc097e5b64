#include "crdt/laws/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "crdt/laws/check.hpp"

namespace rejoin::laws {
namespace {

enum Exit { held = 0, broken = 1, inconclusive = 2, usage = 4 };

constexpr const char* help =
    "Holds types against the laws of replicated data, and shrinks what breaks one.\n"
    "\n"
    "  --budget LEVEL          quick (default; or what REJOIN_LAWS says), normal or deep\n"
    "  --seed N                of the random histories; without it a new one, which is printed\n"
    "  --type TEXT             only types whose name contains it\n"
    "  --counterexamples DIR   keep what breaks a law there, and try that first next time\n"
    "                          (or what REJOIN_COUNTEREXAMPLES says; without both: keep nothing)\n"
    "  --in-process            no process of its own for each type: easier to debug\n"
    "  --json                  one object a line for each type\n"
    "  --help\n"
    "\n"
    "Exit codes: 0 all laws hold, 1 a law is broken, 2 inconclusive, 4 usage.\n";

struct Options {
  Budget budget;
  std::string type;
  bool json = false;
  bool help = false;
  std::string wrong;  // what was not understood
};

class Reader {
 public:
  Reader(int argc, const char* const* argv) : words_(argv + std::min(argc, 1), argv + argc) {}

  Options read() {
    std::optional<std::uint64_t> seed;
    Options out;
    if (const char* folder = std::getenv("REJOIN_COUNTEREXAMPLES")) {
      out.budget.counterexamples = folder;
    }
    bool isolated = true;
    while (next_ < words_.size() && out.wrong.empty()) {
      const std::string_view word = words_[next_++];
      if (word == "--help")
        out.help = true;
      else if (word == "--json")
        out.json = true;
      else if (word == "--in-process")
        isolated = false;
      else if (word == "--type")
        out.type = value(out);
      else if (word == "--counterexamples")
        out.budget.counterexamples = value(out);
      else if (word == "--seed")
        seed = number(out);
      else if (word == "--budget")
        take_level(out);
      else
        out.wrong = "no such option: " + std::string(word);
    }
    if (seed) out.budget.seed = *seed;
    out.budget.isolated = isolated;
    out.budget.power = true;
    return out;
  }

 private:
  std::string value(Options& out) {
    if (next_ < words_.size()) return words_[next_++];
    out.wrong = "a value is missing after " + words_.back();
    return {};
  }

  std::optional<std::uint64_t> number(Options& out) {
    const std::string text = value(out);
    std::uint64_t read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (out.wrong.empty() && (error != std::errc() || end != text.data() + text.size())) {
      out.wrong = "not a number: " + text;
    }
    return read;
  }

  void take_level(Options& out) {
    const std::string text = value(out);
    const std::optional<Level> level = level_named(text);
    if (!level) {
      if (out.wrong.empty()) out.wrong = "no such budget: " + text;
      return;
    }
    const std::string folder = out.budget.counterexamples;
    out.budget = Budget(*level);
    out.budget.counterexamples = folder;
  }

  const std::vector<std::string> words_;
  std::size_t next_ = 0;
};

// One line that is written over, on a terminal; nothing anywhere else.
class Line final : public Progress {
 public:
  explicit Line(std::string type) : type_(std::move(type)), on_(isatty(STDERR_FILENO) == 1) {}
  ~Line() override {
    if (on_) std::fputs("\r\x1b[K", stderr);
  }
  void at(const Position& position) override {
    if (!on_ || ++calls_ % 64 != 1) return;
    std::fprintf(stderr, "\r\x1b[K%s: %s %zu", type_.c_str(), name_of(position.phase),
                 position.number);
  }

 private:
  const std::string type_;
  const bool on_;
  std::size_t calls_ = 0;
};

Report checked(const Type& type, const Budget& budget) {
  Line line(type.name());
  return check(type, budget, line);
}

void print(const Report& report, bool json) {
  if (json) {
    std::printf("%s\n", report.to_json().c_str());
    return;
  }
  std::ostringstream text;
  text << report.type << ": " << report << '\n';
  std::fputs(text.str().c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

int run_main(const std::vector<std::unique_ptr<Type>>& types, int argc, const char* const* argv) {
  const Options options = Reader(argc, argv).read();
  if (options.help) {
    std::fputs(help, stdout);
    return held;
  }
  if (!options.wrong.empty()) {
    std::fprintf(stderr, "%s; --help tells the options\n", options.wrong.c_str());
    return usage;
  }
  bool any = false;
  bool fail = false;
  bool unclear = false;
  for (const auto& type : types) {
    if (type->name().find(options.type) == std::string::npos) continue;
    any = true;
    const Report report = checked(*type, options.budget);
    print(report, options.json);
    fail = fail || report.outcome() == Outcome::fail;
    unclear = unclear || report.outcome() == Outcome::inconclusive;
  }
  if (!any) {
    std::fprintf(stderr, "no type's name contains \"%s\"\n", options.type.c_str());
    return usage;
  }
  return fail ? broken : unclear ? inconclusive : held;
}

}  // namespace rejoin::laws
