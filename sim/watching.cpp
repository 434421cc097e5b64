#include "sim/watching.hpp"

#include <utility>

namespace rejoin::sim {
namespace {

using Invariants = std::vector<std::pair<std::string, Invariant>>;

std::optional<Broken> first_broken(const Invariants& invariants, const View& view) {
  for (const auto& [name, holds] : invariants) {
    if (std::string what = holds(view); !what.empty()) return Broken{name, std::move(what)};
  }
  return std::nullopt;
}

}  // namespace

Watching::Watching(std::shared_ptr<const Watch> watch, unsigned nodes)
    : watch_(std::move(watch)), done_(nodes), passed_(watch_->sometimes.size()) {}

void Watching::done(unsigned node, const Deed& deed) {
  for (const Act& act : deed.acts) done_[node].insert(to_string(act));
}

std::optional<Broken> Watching::look(unsigned node, Time now, const SlotReader& reader) {
  const View view(node, now, reader, done_[node]);
  for (std::size_t i = 0; i < passed_.size(); ++i) {
    if (!passed_[i]) passed_[i] = watch_->sometimes[i].second(view);
  }
  return first_broken(watch_->always, view);
}

std::optional<Broken> Watching::look_in_the_end(unsigned node, Time now,
                                                const SlotReader& reader) const {
  return first_broken(watch_->in_the_end, View(node, now, reader, done_[node]));
}

std::string Watching::never_passed() const {
  for (std::size_t i = 0; i < passed_.size(); ++i) {
    if (!passed_[i]) return watch_->sometimes[i].first;
  }
  return {};
}

}  // namespace rejoin::sim
