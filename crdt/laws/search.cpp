#include "crdt/laws/search.hpp"

#include "crdt/hash.hpp"

namespace rejoin::laws {
namespace {

// Most bugs are found soonest in short histories; every eighth is longer.
History random_history(const Type& type, std::uint64_t seed, std::size_t number) {
  constexpr std::size_t steps_min = 4;
  return draw_history(type, combine64(seed, number), steps_min, number % 8 == 7 ? 40 : 14);
}

History long_history(const Type& type, std::uint64_t seed, std::size_t number) {
  return draw_history(type, combine64(~seed, number), 60, 160);
}

}  // namespace

const char* name_of(Phase phase) {
  switch (phase) {
    case Phase::saved:
      return "saved";
    case Phase::scope:
      return "scope";
    case Phase::random:
      return "random";
    case Phase::lengthy:
      return "long";
    case Phase::shrinking:
      return "shrinking";
    case Phase::power:
      return "power";
  }
  return "";
}

Search::Search(const Type& type, const Type& letters_from, const Budget& budget, Progress& progress,
               bool stop_at_first)
    : type_(type),
      letters_from_(letters_from),
      book_(type),
      budget_(budget),
      progress_(progress),
      stop_at_first_(stop_at_first),
      broken_(book_.laws.size()) {}

void Search::replay(const std::vector<History>& saved) {
  phase_ = Phase::saved;
  for (number_ = 0; number_ < saved.size(); ++number_) {
    for (std::size_t law = 0; law < book_.laws.size() && !done(); ++law) {
      ask(law, saved[number_], nullptr);
    }
  }
}

void Search::run() {
  exhaust();
  draw_all();
}

bool Search::done() const {
  return breaches_.size() == book_.laws.size() || (stop_at_first_ && !breaches_.empty());
}

void Search::exhaust() {
  phase_ = Phase::scope;
  // Of three operations; what fewer led to has been seen before.
  memo_.picks_max = 5;
  memo_.seed = budget_.seed;
  Scope scope = budget_.scope;
  std::vector<Operation> letters;
  try {
    letters = letters_of(letters_from_, scope.letters);
  } catch (...) {
    return;  // it throws on operations of its own: each random history will say what
  }
  scope.letters = letters.size();
  each_in_scope(scope, [&](const std::vector<ScopedStep>& steps) {
    number_ = seen_.exhausted++;
    try_in_scope(spelled(steps, letters));
    return !done();
  });
}

void Search::draw_all() {
  memo_.picks_max = budget_.picks_max;
  memo_.attacks_left = budget_.histories;  // these states are richer than those of the scope
  const std::size_t all = budget_.histories + budget_.long_histories;
  for (std::size_t i = 0; i < all && !done(); ++i) {
    const bool lengthy = i >= budget_.histories;
    phase_ = lengthy ? Phase::lengthy : Phase::random;
    number_ = lengthy ? i - budget_.histories : i;
    const History history = lengthy ? long_history(letters_from_, budget_.seed, number_)
                                    : random_history(letters_from_, budget_.seed, number_);
    ++seen_.histories;
    try_one(history);
  }
}

// One play serves all laws: there are many histories, and little happens in each.
void Search::try_in_scope(const History& history) {
  tell("");
  std::optional<Played> played;
  bool fresh = true;
  try {
    played = play(type_, history, &memo_);
    fresh = unlike(*played);
  } catch (...) {
    // Each law that plays it says what was thrown.
  }
  seen_.unlike += fresh ? 1 : 0;
  for (std::size_t law = 0; law < book_.laws.size() && !done(); ++law) {
    // A specification goes by what happened, not by what it led to.
    if (!fresh && book_.laws[law].complaint != value_is_as_specified) continue;
    ask(law, history, played ? &*played : nullptr);
  }
}

// Wall clocks make no difference to a type without stamps, and many operations change nothing. What
// led to the same bytes everywhere would be told the same by each law about states.
bool Search::unlike(const Played& played) {
  if (!type_.has_codec()) return true;
  std::uint64_t hash = 0;
  const auto add = [&](const State& state) { hash = combine64(hash, hash64(state.bytes())); };
  for (const Performed& step : played.performed) {
    add(step.before);
    add(step.after);
    if (step.delta) add(*step.delta);
    hash = combine64(hash, hash64(step.op.text()));
  }
  for (const State& state : played.final_states) add(state);
  return alike_.insert(hash).second;
}

// Each law gets values of its own: of a type whose copies share their state, what one law does
// would hide from the next what is wrong.
void Search::try_one(const History& history) {
  measure(history);
  for (std::size_t law = 0; law < book_.laws.size() && !done(); ++law) ask(law, history, nullptr);
}

void Search::measure(const History& history) {
  tell("");
  try {
    const Played played = play(type_, history);
    seen_.operations += played.performed.size();
    for (const Performed& step : played.performed) seen_.effective += step.effective ? 1 : 0;
    seen_.concurrent += played.coverage.concurrent ? 1 : 0;
    seen_.ties += played.coverage.tie ? 1 : 0;
    seen_.gaps += played.coverage.gap ? 1 : 0;
    seen_.refused += played.coverage.refused ? 1 : 0;
  } catch (...) {
    // Each law will complain of it.
  }
}

void Search::ask(std::size_t number, const History& history, const Played* played) {
  if (broken_[number]) return;
  const Law& law = book_.laws[number];
  tell(law.name);
  std::string complaint =
      played != nullptr ? complaint_of(law, *played) : complaint_of(law, type_, history, &memo_);
  if (complaint.empty()) return;
  broken_[number] = true;
  const std::string again = complaint_of(law, type_, history);
  breaches_.push_back(
      {number, history, again.empty() ? std::move(complaint) : again, !again.empty()});
}

History history_at(const Type& type, const Budget& budget, const Position& position) {
  History out;
  switch (position.phase) {
    case Phase::scope: {
      Scope scope = budget.scope;
      const std::vector<Operation> letters = letters_of(type, scope.letters);
      scope.letters = letters.size();
      std::size_t number = 0;
      each_in_scope(scope, [&](const std::vector<ScopedStep>& steps) {
        if (number++ < position.number) return true;
        out = spelled(steps, letters);
        return false;
      });
      break;
    }
    case Phase::random:
      return random_history(type, budget.seed, position.number);
    case Phase::lengthy:
      return long_history(type, budget.seed, position.number);
    case Phase::saved:
    case Phase::shrinking:
    case Phase::power:
      break;
  }
  return out;
}

}  // namespace rejoin::laws
