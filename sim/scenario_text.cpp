#include "sim/scenario_text.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sim/fault_table.hpp"
#include "sim/scenario_form.hpp"
#include "sim/toml_value.hpp"

namespace rejoin::sim {
namespace {

// Collects lines and tables; what the form of a plain scenario has too is left out in the end.
class WritingTable {
 public:
  static constexpr bool writes = true;

  template <class T, class Wanted>
  void value(std::string_view name, T& value, const Wanted&) {
    add(name, toml_value::text(value));
  }
  template <class T, class Wanted>
  void value(std::string_view name, std::optional<T>& value, const Wanted&) {
    if (value) add(name, toml_value::text(*value));
  }
  template <class T>
  void time(std::string_view name, T& value) {
    add(name, toml_value::text(value, true));
  }
  template <class T>
  void time(std::string_view name, std::optional<T>& value) {
    if (value) add(name, toml_value::text(*value, true));
  }
  template <class T>
  void number(std::string_view name, T& number) {
    value(name, number, "");
  }
  void flag(std::string_view name, bool& flag) { value(name, flag, ""); }
  void text(std::string_view name, std::string& text) { value(name, text, ""); }
  void need(std::string_view name, const char*) { needed_.emplace(name); }
  void fail(const std::string&) {}
  void fail(std::string_view, const std::string&) {}
  OwnTypes own_types() const { return {}; }
  bool has(std::string_view) const { return true; }

  template <class F>
  void table(std::string_view name, F&& f) {
    f(below_.emplace_back(name, WritingTable()).second);
  }
  template <class T, class F>
  void tables(std::string_view name, std::vector<T>& items, F&& f) {
    for (T& item : items) {
      T plain;
      WritingTable table;
      WritingTable otherwise;
      f(table, item);
      f(otherwise, plain);
      items_ += "\n[[" + std::string(name) + "]]\n" + table.text_beside(otherwise);
    }
  }
  void tables(std::string_view, const std::vector<FaultSpec>& faults) {
    for (const FaultSpec& fault : faults) items_ += "\n" + text_of(fault);
  }

  std::string text_beside(const WritingTable& otherwise) const {
    std::string out;
    for (const auto& line : lines_) {
      const bool plain = std::find(otherwise.lines_.begin(), otherwise.lines_.end(), line) !=
                         otherwise.lines_.end();
      if (!plain || needed_.contains(line.first)) out += line.first + " = " + line.second + "\n";
    }
    for (std::size_t i = 0; i < below_.size(); ++i) {
      const std::string text = below_[i].second.text_beside(otherwise.below_[i].second);
      if (!text.empty()) out += "\n[" + below_[i].first + "]\n" + text;
    }
    return out + items_;
  }

 private:
  void add(std::string_view name, std::string text) { lines_.emplace_back(name, std::move(text)); }

  std::vector<std::pair<std::string, std::string>> lines_;
  std::vector<std::pair<std::string, WritingTable>> below_;
  std::set<std::string> needed_;
  std::string items_;
};

}  // namespace

std::string text_of(const Scenario& scenario) {
  Scenario said = scenario;
  Scenario plain;
  // As the reader has it.
  if (!scenario.doings.empty()) plain.workload.transactions = 0;
  WritingTable table;
  WritingTable otherwise;
  scenario_form::scenario(table, said);
  scenario_form::scenario(otherwise, plain);
  std::string text = table.text_beside(otherwise);
  return text.starts_with("\n") ? text.substr(1) : text;
}

}  // namespace rejoin::sim
