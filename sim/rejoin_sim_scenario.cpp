#include "sim/rejoin_sim_scenario.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "sim/families.hpp"
#include "sim/fault_table.hpp"
#include "sim/scenario_form.hpp"

namespace rejoin::sim {
namespace {

OwnTypes& known_types() {
  static OwnTypes types;
  return types;
}

constexpr std::string_view scenario_suffix = ".toml";

// Far above any run, and far below where sums of a few would overflow.
constexpr Time duration_max = 366ULL * 24 * 60 * 60 * second;

std::optional<Time> duration(std::string_view text) {
  std::size_t at = 0;
  std::uint64_t number = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at < 18) {
    number = number * 10 + static_cast<std::uint64_t>(text[at++] - '0');
  }
  if (at == 0) return std::nullopt;
  const std::string_view unit = text.substr(at);
  Time one = 0;
  if (unit == "ns") one = 1;
  if (unit == "us") one = microsecond;
  if (unit == "ms") one = millisecond;
  if (unit == "s") one = second;
  if (unit == "m") one = 60 * second;
  if (one == 0 || number > duration_max / one) return std::nullopt;
  return number * one;
}

// How each kind of value is read from a node of the file; false if it is another kind.
bool take(const toml::node& node, Time& out, bool is_duration) {
  if (is_duration) {
    const auto text = node.value_exact<std::string>();
    const auto parsed = text ? duration(*text) : std::nullopt;
    if (parsed) out = *parsed;
    return parsed.has_value();
  }
  const auto number = node.value_exact<std::int64_t>();
  if (!number || *number < 0) return false;
  out = static_cast<std::uint64_t>(*number);
  return true;
}
bool take(const toml::node& node, std::int64_t& out, bool) {
  const auto number = node.value_exact<std::int64_t>();
  if (!number || *number < 0) return false;
  out = *number;
  return true;
}
bool take(const toml::node& node, unsigned& out, bool) {
  const auto number = node.value_exact<std::int64_t>();
  if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max()) return false;
  out = static_cast<unsigned>(*number);
  return true;
}
bool take(const toml::node& node, double& out, bool) {
  if (!node.is_number()) return false;
  out = *node.value<double>();
  return true;
}
bool take(const toml::node& node, bool& out, bool) {
  const auto value = node.value_exact<bool>();
  if (value) out = *value;
  return value.has_value();
}
bool take(const toml::node& node, std::string& out, bool) {
  const auto value = node.value_exact<std::string>();
  if (value) out = *value;
  return value.has_value();
}
bool take(const toml::node& node, Act& out, bool) {
  const auto text = node.value_exact<std::string>();
  auto act = text ? act_from(*text, known_types()) : Result<Act>(Error{});
  if (act) out = *std::move(act);
  return act.has_value();
}
bool take(const toml::node& node, std::map<std::string, std::string>& out, bool) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return false;
  for (const auto& [key, value] : *table) {
    const auto text = value.value_exact<std::string>();
    if (!text) return false;
    out.emplace(key.str(), *text);
  }
  return true;
}
template <class T>
bool take(const toml::node& node, Range<T>& out, bool is_duration) {
  if (const toml::array* both = node.as_array()) {
    return both->size() == 2 && take(*both->get(0), out.low, is_duration) &&
           take(*both->get(1), out.high, is_duration);
  }
  if (!take(node, out.low, is_duration)) return false;
  out.high = out.low;
  return true;
}
template <class T>
bool take(const toml::node& node, std::optional<T>& out, bool is_duration) {
  T value{};
  if (!take(node, value, is_duration)) return false;
  out = std::move(value);
  return true;
}
bool take(const toml::node& node, Lasting& out, bool is_duration) {
  if (take(node, static_cast<Range<Time>&>(out), is_duration)) return true;
  const auto text = node.value_exact<std::string>();
  const auto multiple = text ? multiple_of_field(*text) : std::nullopt;
  if (multiple) out = *multiple;
  return multiple.has_value();
}
bool take(const toml::node& node, Distribution& out, bool) {
  Distribution read;
  if (take(node, read.times[0], true)) {
    out = read;
    return true;
  }
  const toml::table* table = node.as_table();
  if (table == nullptr || table->size() != 1) return false;
  for (const ShapeRow& row : shapes()) {
    const toml::node* values = table->get(row.name);
    if (values == nullptr) continue;
    read.shape = row.shape;
    if (row.times == 1 && !row.number && take(*values, read.times[0], true)) break;
    const toml::array* list = values->as_array();
    if (list == nullptr || list->empty()) return false;
    const std::size_t times = list->size() - (row.number ? 1 : 0);
    read.times.assign(times, 0);
    for (std::size_t i = 0; i < times; ++i) {
      if (!take(*list->get(i), read.times[i], true)) return false;
    }
    if (row.number && !take(*list->get(times), read.number, false)) return false;
    break;
  }
  if (table->get(shapes()[static_cast<std::size_t>(read.shape)].name) == nullptr) return false;
  out = read;
  return read.wrong().empty();
}
bool take(const toml::node& node, std::optional<CutMode>& out, bool) {
  const auto text = node.value_exact<std::string>();
  if (text) out = cut_mode(*text);
  return text && out;
}
bool take(const toml::node& node, QueueDrop& out, bool) {
  const auto text = node.value_exact<std::string>();
  const auto drop = text ? queue_drop(*text) : std::nullopt;
  if (drop) out = *drop;
  return drop.has_value();
}
template <class T>
bool take(const toml::node& node, std::vector<T>& out, bool is_duration) {
  const toml::array* all = node.as_array();
  if (all == nullptr) return false;
  out.clear();
  for (const toml::node& each : *all) {
    out.emplace_back();
    if (!take(each, out.back(), is_duration)) return false;
  }
  return true;
}

// The first operation that is none, in its own words.
std::optional<Error> wrong_act(const toml::node& node) {
  const auto text = node.value_exact<std::string>();
  auto act = text ? act_from(*text, known_types()) : Result<Act>(Act());
  if (!act) return act.error();
  if (const toml::array* all = node.as_array()) {
    for (const toml::node& each : *all) {
      if (auto wrong = wrong_act(each)) return wrong;
    }
  }
  return std::nullopt;
}
template <class T>
std::optional<Error> wrong_in(const toml::node& node, const T&) {
  constexpr bool acts =
      std::is_same_v<T, std::optional<Act>> || std::is_same_v<T, std::vector<Act>>;
  return acts ? wrong_act(node) : std::nullopt;
}

// Reads one table, remembers what it was asked for, and refuses the rest. The first error is kept.
class ReadingTable {
 public:
  static constexpr bool writes = false;

  ReadingTable(const toml::table& table, std::string where, const std::string& file,
               std::optional<Error>& error)
      : table_(table), where_(std::move(where)), file_(file), error_(error) {}

  template <class T>
  bool value(std::string_view name, T& out, std::string_view wanted, bool is_duration = false) {
    allowed_.emplace_back(name);
    const toml::node* node = table_.get(name);
    if (node == nullptr || error_) return false;
    if (take(*node, out, is_duration)) return true;
    if (const auto wrong = wrong_in(*node, out)) {
      fail(*node, wrong->message);
      return false;
    }
    fail(*node, "'" + std::string(name) + "' in " + where_ + " must be " + std::string(wanted));
    return false;
  }
  template <class T>
  bool time(std::string_view name, T& out) {
    return value(name, out,
                 "a duration such as \"200ms\" of at most a year, or a range of two where one is "
                 "taken",
                 true);
  }
  template <class T>
  bool number(std::string_view name, T& out) {
    return value(name, out, "a number of at least 0, or a range of two where one is taken");
  }
  bool flag(std::string_view name, bool& out) { return value(name, out, "true or false"); }
  bool text(std::string_view name, std::string& out) { return value(name, out, "text in quotes"); }
  void need(std::string_view name, const char* complaint) {
    if (!has(name)) fail(complaint);
  }

  // Calls f with the table of that name, if there is one.
  template <class F>
  void table(std::string_view name, F&& f) {
    allowed_.emplace_back(name);
    const toml::node* node = table_.get(name);
    if (node == nullptr || error_) return;
    if (!node->is_table()) return fail(*node, "'" + std::string(name) + "' must be a table");
    ReadingTable below(*node->as_table(), "[" + std::string(name) + "]", file_, error_);
    f(below);
    below.finish();
  }
  template <class T, class F>
  void tables(std::string_view name, std::vector<T>& items, F&& f) {
    allowed_.emplace_back(name);
    const toml::node* node = table_.get(name);
    if (node == nullptr || error_) return;
    const toml::array* all = node->as_array();
    if (all == nullptr || !all->is_array_of_tables()) {
      return fail(*node, "write each " + std::string(name) + " as [[" + std::string(name) + "]]");
    }
    for (const toml::node& each : *all) {
      ReadingTable below(*each.as_table(), "[[" + std::string(name) + "]]", file_, error_);
      f(below, items.emplace_back());
      below.finish();
    }
  }
  void tables(std::string_view name, std::vector<FaultSpec>& faults);

  void finish() {
    for (const auto& [key, node] : table_) {
      if (error_) return;
      const std::string_view name = key.str();
      if (std::find(allowed_.begin(), allowed_.end(), name) != allowed_.end()) continue;
      std::string names;
      for (const std::string& each : allowed_) names += (names.empty() ? "" : ", ") + each;
      fail(node, "unknown key '" + std::string(name) + "' in " + where_ + "; allowed: " + names);
    }
  }
  void fail(const toml::node& node, const std::string& what) {
    if (error_) return;
    error_ = Error{ErrorCode::invalid_argument,
                   file_ + ":" + std::to_string(node.source().begin.line) + ": " + what};
  }
  void fail(const std::string& what) { fail(table_, what); }
  // About the value of that name.
  void fail(std::string_view name, const std::string& what) { fail(*table_.get(name), what); }
  bool has(std::string_view name) const { return table_.get(name) != nullptr; }
  const OwnTypes& own_types() const { return known_types(); }

 private:
  const toml::table& table_;
  std::string where_;
  const std::string& file_;
  std::optional<Error>& error_;
  std::vector<std::string> allowed_;
};

void read_fault(ReadingTable& table, FaultSpec& fault) {
  std::string kind;
  if (!table.text("kind", kind)) return table.fail("a [[fault]] needs a kind");
  const auto known = fault_kind(kind);
  if (!known) {
    return table.fail("'" + kind + "' is no kind of fault; there are " + names_of_fault_kinds());
  }
  fault.kind = *known;
  fault.name = kind;
  for (const FaultFieldRow& field : fields_of(fault.kind)) {
    const bool given = std::visit(
        [&](auto member) {
          return table.value(field.name, fault.*member, field.wanted, field.is_duration);
        },
        field.member);
    if (!given && field.required) {
      table.fail("a [[fault]] needs '" + std::string(field.name) + "'");
    }
  }
}

void ReadingTable::tables(std::string_view name, std::vector<FaultSpec>& faults) {
  tables(name, faults, read_fault);
}

}  // namespace

const OwnTypes& own_types() {
  return known_types();
}

void know_types(OwnTypes types) {
  known_types() = std::move(types);
}

Result<Scenario> parse_scenario(const std::string& text, const std::string& file) {
  Scenario scenario;
  const std::size_t slash = file.rfind('/');
  scenario.name = slash == std::string::npos ? file : file.substr(slash + 1);
  scenario.name = scenario.name.substr(0, scenario.name.rfind(".toml"));
  try {
    const toml::table parsed = toml::parse(text, file);
    std::optional<Error> error;
    ReadingTable top(parsed, "the file", file, error);
    scenario_form::scenario(top, scenario);
    top.finish();
    if (error) return *error;
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::malformed, file + ":" + std::to_string(error.source().begin.line) +
                                           ": " + std::string(error.description())};
  }
  if (auto good = scenario.validate(); !good) {
    return Error{good.error().code, file + ": " + good.error().message};
  }
  return scenario;
}

Result<Scenario> load_scenario(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return Error{ErrorCode::storage_failed, file + ": cannot be read"};
  }
  return parse_scenario(text.str(), file);
}

Result<NamedRun> load_run(const std::string& file, const std::string& seed_text) {
  auto scenario = load_scenario(file);
  if (!scenario) return scenario.error();
  auto seed = seed_for(*scenario, seed_text);
  if (!seed) return Error{seed.error().code, "--seed: " + seed.error().message};
  return NamedRun{*std::move(scenario), *std::move(seed)};
}

bool names_scenario(const std::string& word) {
  return word.find(scenario_suffix) != std::string::npos && !word.ends_with(".json");
}

Result<NamedRun> load_run_called(const std::string& word, const std::string& seed_text) {
  // A seed with edits may have colons of its own, and so may a folder.
  const std::size_t end = word.rfind(scenario_suffix);
  const std::size_t colon = end == std::string::npos ? 0 : end + scenario_suffix.size();
  if (colon == 0 || (colon < word.size() && word[colon] != ':')) {
    return Error{ErrorCode::invalid_argument, "'" + word + "' is no SCENARIO.toml:SEED"};
  }
  auto scenario = load_scenario(word.substr(0, colon));
  if (!scenario) return scenario.error();
  auto seed = seed_for(*scenario, colon < word.size() ? word.substr(colon + 1) : seed_text);
  if (!seed) return Error{seed.error().code, word + ": " + seed.error().message};
  return NamedRun{*std::move(scenario), *std::move(seed)};
}

}  // namespace rejoin::sim
