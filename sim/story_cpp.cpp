// A scenario as a test in C++.

#include <algorithm>
#include <cctype>
#include <type_traits>
#include <variant>

#include "sim/fault_table.hpp"
#include "sim/story.hpp"
#include "sim/toml_value.hpp"

namespace rejoin::sim {
namespace {

using toml_value::quoted;

std::string cpp_time(Time time) {
  using Unit = std::pair<Time, const char*>;
  for (const auto& [one, name] : {Unit{second, "second"}, Unit{millisecond, "millisecond"},
                                  Unit{microsecond, "microsecond"}}) {
    if (time > 0 && time % one == 0) return std::to_string(time / one) + " * " + name;
  }
  return std::to_string(time);
}

std::string cpp(const std::string& value, bool) {
  return quoted(value);
}
std::string cpp(bool value, bool) {
  return value ? "true" : "false";
}
std::string cpp(double value, bool) {
  return toml_value::text(value);
}
std::string cpp(unsigned value, bool) {
  return std::to_string(value);
}
std::string cpp(std::uint64_t value, bool is_duration) {
  return is_duration ? cpp_time(value) : std::to_string(value);
}
std::string cpp(std::int64_t value, bool) {
  return std::to_string(value);
}
template <class T>
std::string cpp(const Range<T>& range, bool is_duration) {
  return "{" + cpp(range.low, is_duration) + ", " + cpp(range.high, is_duration) + "}";
}
std::string cpp(const Lasting& lasting, bool is_duration) {
  if (lasting.of.empty()) return cpp(static_cast<const Range<Time>&>(lasting), is_duration);
  return "Lasting(" + quoted(lasting.of) + ", " + cpp(lasting.times, false) + ")";
}
template <class T>
std::string cpp(const std::vector<T>& values, bool is_duration) {
  std::string out;
  for (const T& value : values) out += (out.empty() ? "" : ", ") + cpp(value, is_duration);
  return "{" + out + "}";
}

std::string cpp(const Distribution& value, bool) {
  return "{Distribution::Shape::" +
         std::string(shapes()[static_cast<std::size_t>(value.shape)].name) + ", " +
         cpp(value.times, true) + ", " + cpp(value.number, false) + "}";
}
std::string cpp(const std::optional<CutMode>& value, bool) {
  return value ? "cut_mode(" + quoted(text_of(*value)) + ")" : "std::nullopt";
}
std::string cpp(QueueDrop value, bool) {
  return "QueueDrop::" + text_of(value);
}

class Writer {
 public:
  void line(const std::string& text) { text_ += "  " + text + "\n"; }
  // An assignment, unless it is so anyway.
  template <class T>
  void set(const std::string& what, const T& value, const T& otherwise, bool is_duration = false) {
    if (value == otherwise) return;
    line("scenario." + what + " = " + cpp(value, is_duration) + ";");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string member_of(const FaultFieldRow& field) {
  if (field.field == FaultField::lasting) return "lasting";
  if (field.field == FaultField::bites) return "bites_min";
  return std::string(field.name);
}

void write(Writer& out, const FaultSpec& fault) {
  FaultSpec otherwise;
  out.line("FaultSpec& " + std::string("fault = scenario.faults.emplace_back();"));
  out.line("fault.kind = FaultKind::" + std::string(name_of(fault.kind)) + ";");
  for (const FaultFieldRow& field : fields_of(fault.kind)) {
    std::visit(
        [&](auto member) {
          if (fault.*member == otherwise.*member) return;
          out.line("fault." + member_of(field) + " = " + cpp(fault.*member, field.is_duration) +
                   ";");
        },
        field.member);
  }
}

void write(Writer& out, const Doing& doing) {
  std::string acts;
  for (const Act& act : doing.deed.acts) {
    acts += (acts.empty() ? "" : ", ") + std::string("act_from(") + quoted(to_string(act)) +
            ").value()";
  }
  out.line("scenario.doings.push_back({" + cpp_time(doing.at) + ", " + std::to_string(doing.node) +
           ", {{" + acts + "}, " + cpp(doing.deed.refuses, false) + "}});");
}

void write(Writer& out, const Fate& fate) {
  const auto optional = [](const std::optional<Time>& time) {
    return time ? cpp_time(*time) : std::string("std::nullopt");
  };
  out.line("scenario.fates.push_back({{" + std::to_string(fate.link.source) + ", " +
           std::to_string(fate.link.target) + "}, " + std::to_string(fate.frame) + ", " +
           cpp(fate.lost, false) + ", " + optional(fate.deliver) + ", " + optional(fate.again) +
           "});");
}

void write(Writer& out, const Scenario& scenario) {
  const Scenario plain;
  out.line("Scenario scenario;");
  out.set("nodes", scenario.nodes, plain.nodes);
  out.set("until", scenario.until, plain.until, true);
  out.set("converge", scenario.converge, plain.converge, true);
  out.set("rounds", scenario.rounds, plain.rounds);
  out.set("quiet", scenario.quiet, plain.quiet, true);
  out.set("swarm", scenario.swarm, plain.swarm);
  out.set("check_every", scenario.check_every, plain.check_every);
  out.set("links.base", scenario.links.base, plain.links.base, true);
  out.set("links.jitter", scenario.links.jitter, plain.links.jitter, true);
  out.set("disks.sync", scenario.disks.sync, plain.disks.sync, true);
  out.set("disks.checkpoint", scenario.disks.checkpoint, plain.disks.checkpoint);
  out.set("clocks.offset", scenario.clocks.offset, plain.clocks.offset, true);
  out.line("scenario.workload.transactions = " + std::to_string(scenario.workload.transactions) +
           ";");
  for (const auto& [name, range] : scenario.config) {
    out.line("scenario.config.push_back({" + quoted(name) + ", " + cpp(range, false) + "});");
  }
  for (const Doing& doing : scenario.doings) write(out, doing);
  for (const FaultSpec& fault : scenario.faults) {
    out.line("{");
    Writer inner;
    write(inner, fault);
    for (std::size_t at = 0; at < inner.text().size();) {
      const std::size_t end = inner.text().find('\n', at);
      out.line(inner.text().substr(at, end - at));
      at = end + 1;
    }
    out.line("}");
  }
  for (const Fate& fate : scenario.fates) write(out, fate);
}

// Each line behind a mark; long ones go on in the next.
std::string commented(const std::string& text) {
  constexpr std::size_t width = 96;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    std::string mark = "// ";
    for (std::size_t blank = 0; line.size() > width; line.erase(0, blank + 1)) {
      blank = line.rfind(' ', width);
      if (blank == std::string::npos) break;
      out += mark + line.substr(0, blank) + "\n";
      mark = "//   ";
    }
    out += mark + line + "\n";
    at = end + 1;
  }
  return out;
}

// "rule 5" -> "Rule5".
std::string name_of_test(const std::string& oracle) {
  std::string name;
  bool upper = true;
  for (const char c : oracle) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) == 0) {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(letter)) : c;
    upper = false;
  }
  return name.empty() ? "Nothing" : name;
}

}  // namespace

std::string cpp_test_of(const Scenario& scenario, const Outcome& outcome, const std::string& from) {
  Writer body;
  write(body, scenario);
  std::string rekeys;
  for (const Rekey& rekey : scenario.rekeys) rekeys += to_string(std::vector<Rekey>{rekey});
  if (!rekeys.empty()) body.line("scenario.rekeys = parse_rekeys(" + quoted(rekeys) + ").value();");
  const std::string seed = std::to_string(scenario.seed.value_or(1));
  body.line("ASSERT_TRUE(scenario.validate());");
  body.line("const Outcome outcome = simulate(scenario, " + seed + ").value();");
  body.line("EXPECT_FALSE(outcome.violation) << outcome.violation->detail;");
  const std::string name = outcome.violation ? name_of_test(outcome.violation->oracle) : "Nothing";
  return commented("Shrunk from " + from + ".") + "//\n" + commented(story_of(scenario, outcome)) +
         "#include <gtest/gtest.h>\n\n#include \"sim/world.hpp\"\n\n"
         "namespace rejoin::sim {\nnamespace {\n\nTEST(Shrunk, " +
         name + ") {\n" + body.text() + "}\n\n}  // namespace\n}  // namespace rejoin::sim\n";
}

}  // namespace rejoin::sim
