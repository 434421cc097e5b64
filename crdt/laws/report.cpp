#include "crdt/laws/report.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <sstream>

namespace rejoin::laws {
namespace {

std::string share(std::size_t part, std::size_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

std::string joined_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string quoted(const std::string& text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // What types print may be any bytes; a text of them is not always UTF-8.
      out += std::string("\\u00") + digits[byte >> 4] + digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

class Json {
 public:
  Json& add(const char* name, const std::string& text) { return raw(name, quoted(text)); }
  Json& add(const char* name, std::uint64_t number) { return raw(name, std::to_string(number)); }
  Json& add(const char* name, const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ",") + quoted(text);
    return raw(name, '[' + list + ']');
  }
  Json& raw(const char* name, const std::string& json) {
    text_ += (text_.empty() ? "" : ",") + quoted(name) + ':' + json;
    return *this;
  }
  std::string text() const { return '{' + text_ + '}'; }

 private:
  std::string text_;
};

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "held";
    case Verdict::broken:
      return "broken";
    case Verdict::not_checked:
      return "not checked";
  }
  return "";
}

std::string to_json(const Finding& finding) {
  Json json;
  json.add("law", finding.law).add("verdict", std::string(name_of(finding.verdict)));
  if (!finding.complaint.empty()) json.add("complaint", finding.complaint);
  if (finding.verdict == Verdict::broken) {
    json.add("history", finding.history)
        .add("steps", finding.steps)
        .add("ends", finding.ends)
        .add("numbers", finding.numbers)
        .add("saved", finding.saved);
  }
  return json.text();
}

void print_broken(std::ostream& out, const std::string& type, const Finding& finding) {
  out << "  BROKEN       " << finding.law << ", by " << finding.steps << " steps:\n"
      << finding.history << "    => " << finding.complaint << '\n';
  if (!finding.sentence.empty()) out << "    The law: " << finding.sentence << '\n';
  out << finding.ends;
  if (!finding.numbers.empty()) out << '\n' << test_of(type, finding) << '\n';
  if (!finding.saved.empty()) out << "    Saved in " << finding.saved << '\n';
}

void print(std::ostream& out, const std::string& type, const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::held:
      out << "  held         " << finding.law << '\n';
      break;
    case Verdict::not_checked:
      out << "  not checked  " << finding.law << " (" << finding.complaint << ")\n";
      break;
    case Verdict::broken:
      print_broken(out, type, finding);
      break;
  }
}

}  // namespace

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::fail:
      return "fail";
    case Outcome::inconclusive:
      return "inconclusive";
  }
  return "";
}

std::vector<std::string> Report::shortages() const {
  std::vector<std::string> out;
  if (!problem.empty()) out.push_back(problem);
  const auto ask = [&](std::size_t part, std::size_t whole, std::size_t percent, const char* what) {
    if (part * 100 >= whole * percent) return;
    out.push_back(share(part, whole) + ' ' + what + ", at least " + std::to_string(percent) +
                  "% are needed");
  };
  ask(concurrent, histories, concurrent_percent_min, "histories had concurrent operations");
  ask(effective, operations, effective_percent_min, "operations changed anything");
  if (histories >= 100) {
    ask(ties, histories, ties_percent_min, "histories had concurrent operations with one stamp");
    ask(gaps, histories, gaps_percent_min, "histories had a delta that overtook an earlier one");
  }
  return out;
}

bool Report::broke(const std::string& law) const {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.law == law && finding.verdict == Verdict::broken;
  });
}

std::vector<std::string> Report::broken() const {
  std::vector<std::string> laws;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::broken) laws.push_back(finding.law);
  }
  return laws;
}

Outcome Report::outcome() const {
  if (!broken().empty()) return Outcome::fail;
  return vacuous() ? Outcome::inconclusive : Outcome::pass;
}

std::string Report::to_json() const {
  std::string list;
  for (const Finding& finding : findings) {
    list += (list.empty() ? "" : ",") + laws::to_json(finding);
  }
  Json power_json;
  power_json.add("tried", power.tried)
      .add("killed", power.killed)
      .add("survivors", power.survivors)
      .add("same", power.same);
  return Json()
      .add("type", type)
      .add("outcome", std::string(name_of(outcome())))
      .add("seed", seed)
      .add("replayed", replayed)
      .add("exhausted", exhausted)
      .add("unlike", unlike)
      .add("histories", histories)
      .add("operations", operations)
      .add("effective", effective)
      .add("concurrent", concurrent)
      .add("ties", ties)
      .add("gaps", gaps)
      .add("refused", refused)
      .add("shortages", shortages())
      .raw("findings", '[' + list + ']')
      .raw("power", power_json.text())
      .text();
}

std::string test_of(const std::string& type, const Finding& finding) {
  const auto name = [](const std::string& words) {
    std::string out;
    bool capital = true;
    for (const char c : words) {
      const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
      if (letter) out += capital ? static_cast<char>(std::toupper(c)) : c;
      capital = !letter;
    }
    return out;
  };
  std::string out = "    TEST(" + name(type) + ", " + name(finding.law) + ") {\n";
  out += "      EXPECT_EQ(rejoin::laws::replayed<" + type + ">(\"" + finding.law + "\",\n";
  std::istringstream lines(finding.numbers);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t mark = line.find("  # ");
    const std::string what = mark == std::string::npos ? "" : "  // " + line.substr(mark + 4);
    out += "          \"" + line.substr(0, mark) + "\\n\"" + what + '\n';
  }
  return out + "          ), \"\");\n    }\n";
}

std::string summary(const Report& report) {
  std::string out = report.outcome() == Outcome::pass   ? "all laws hold"
                    : report.outcome() == Outcome::fail ? "laws are broken"
                                                        : "inconclusive, too little was seen";
  out += ": all " + std::to_string(report.exhausted) + " histories of the scope, " +
         std::to_string(report.histories) + " random ones, " + std::to_string(report.concurrent) +
         " with concurrent operations, " + std::to_string(report.ties) + " with tied stamps, " +
         std::to_string(report.gaps) + " with gaps, " + std::to_string(report.refused) +
         " with refusals";
  if (report.power.tried != 0) {
    out +=
        "; power " + std::to_string(report.power.killed) + '/' + std::to_string(report.power.tried);
  }
  if (report.replayed != 0) out += "; " + std::to_string(report.replayed) + " replayed";
  return out + "; RC_PARAMS=\"seed=" + std::to_string(report.seed) + '"';
}

std::ostream& operator<<(std::ostream& out, const Report& report) {
  out << summary(report) << '\n';
  for (const std::string& shortage : report.shortages()) {
    out << "  TOO LITTLE   " << shortage << '\n';
  }
  for (const Finding& finding : report.findings) print(out, report.type, finding);
  if (!report.power.survivors.empty()) {
    out << "  not caught   " << joined_names(report.power.survivors) << '\n';
  }
  if (!report.power.same.empty()) {
    out << "  no mistake   " << joined_names(report.power.same) << " (of this type)\n";
  }
  return out;
}

}  // namespace rejoin::laws
