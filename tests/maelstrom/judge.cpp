#include "tests/maelstrom/judge.hpp"

#include <algorithm>
#include <set>

namespace rejoin::test {

using nlohmann::ordered_json;

std::size_t Judge::ask(const std::string& node, std::int64_t number) {
  additions_.push_back({node, number});
  return additions_.size() - 1;
}

void Judge::acknowledge(std::size_t addition) {
  additions_[addition].fate = Fate::acknowledged;
}

std::size_t Judge::acknowledged() const {
  return static_cast<std::size_t>(
      std::count_if(additions_.begin(), additions_.end(),
                    [](const Addition& each) { return each.fate == Fate::acknowledged; }));
}

Known Judge::known_at(const std::string& node) const {
  Known known;
  if (const auto shown = shown_.find(node); shown != shown_.end()) known.shown = shown->second;
  for (std::size_t i = 0; i < additions_.size(); ++i) {
    const bool here = additions_[i].node == node;
    if (here && additions_[i].fate == Fate::acknowledged) known.acknowledged.push_back(i);
  }
  return known;
}

std::string Judge::judge_read(const std::string& node, const Known& known,
                              const ordered_json& body) {
  const auto value = body.find(field());
  if (value == body.end()) return node + " answers a read without " + field();
  if (!is_set()) {
    if (!value->is_number_integer()) return node + " answers no integer";
    const std::string wrong = judge_sum(value->get<std::int64_t>(), known.acknowledged);
    return wrong.empty() ? wrong : node + ' ' + wrong;
  }
  if (const std::string wrong = judge_elements(*value, known.acknowledged); !wrong.empty()) {
    return node + ' ' + wrong;
  }
  const auto now = value->get<std::set<std::int64_t>>();
  for (const std::int64_t before : known.shown) {
    if (!now.contains(before)) return node + " no longer shows " + std::to_string(before);
  }
  shown_[node].insert(now.begin(), now.end());
  return {};
}

std::string Judge::judge_final(const std::map<std::string, ordered_json>& bodies) const {
  std::vector<std::size_t> needed;
  for (std::size_t i = 0; i < additions_.size(); ++i) {
    if (additions_[i].fate == Fate::acknowledged) needed.push_back(i);
  }
  const ordered_json* first = nullptr;
  for (const auto& [node, body] : bodies) {
    const auto value = body.find(field());
    if (value == body.end()) return node + " answers a read without " + field();
    const std::string wrong =
        is_set() ? judge_elements(*value, needed) : judge_sum(value->get<std::int64_t>(), needed);
    if (!wrong.empty()) return node + ' ' + wrong;
    if (first == nullptr) first = &*value;
    const std::set<ordered_json> mine(value->begin(), value->end());
    if (mine != std::set<ordered_json>(first->begin(), first->end())) {
      return node + " reads " + value->dump() + ", another node " + first->dump();
    }
  }
  return {};
}

std::string Judge::judge_elements(const ordered_json& elements,
                                  const std::vector<std::size_t>& needed) const {
  if (!elements.is_array()) return "answers no array";
  std::set<std::int64_t> there;
  for (const ordered_json& each : elements) {
    const bool asked = std::any_of(additions_.begin(), additions_.end(),
                                   [&](const Addition& one) { return each == one.number; });
    if (!asked) return "shows " + each.dump() + ", which nobody added";
    if (!there.insert(each.get<std::int64_t>()).second) return "shows " + each.dump() + " twice";
  }
  for (std::size_t i : needed) {
    if (!there.contains(additions_[i].number)) {
      return "lacks the acknowledged " + std::to_string(additions_[i].number);
    }
  }
  return {};
}

// The needed ones, and each of the others or not. On the way, where nearly all may be there or not,
// only between which bounds.
std::string Judge::judge_sum(std::int64_t sum, const std::vector<std::size_t>& needed) const {
  constexpr std::size_t exactly = 14;
  const std::string wrong = "reads " + std::to_string(sum) + ", no sum of additions";
  std::int64_t low = sum, high = sum;  // what is left, less what the others may have added
  std::vector<std::int64_t> others;
  for (std::size_t i = 0; i < additions_.size(); ++i) {
    const std::int64_t delta = additions_[i].number;
    const bool sure = std::find(needed.begin(), needed.end(), i) != needed.end();
    if (!sure) others.push_back(delta);
    low -= sure || delta > 0 ? delta : 0;
    high -= sure || delta < 0 ? delta : 0;
  }
  if (low > 0 || high < 0) return wrong;
  if (others.size() > exactly) return {};
  std::set<std::int64_t> left{high};
  for (const std::int64_t delta : others) {
    std::set<std::int64_t> next;
    for (const std::int64_t each : left) {
      next.insert(each);
      next.insert(delta < 0 ? each + delta : each - delta);
    }
    left = std::move(next);
  }
  return left.contains(0) ? std::string() : wrong;
}

}  // namespace rejoin::test
