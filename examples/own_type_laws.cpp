// Is my merge right? The law kit answers for any type that has merge, ==, a default and copies.
//
// Here is a type of our own: the best score of each player. We tell the kit three things in a
// Subject: what an operation is, how to draw one, and how to perform it. It then plays histories of
// three replicas, in which states are merged and changes are lost, doubled, reordered and
// regrouped, and checks its laws.
//
// A second type is almost the same: on a tie it keeps the title it already has. Each replica then
// keeps its own, for ever, and no unit test that merges one way will tell. The kit shows two steps
// that prove it.
//
// Prints both reports. Exits with 0 if the first type passes and the second is caught.

#include <iostream>
#include <map>
#include <string>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

struct Score {
  int points = 0;
  std::string title;

  friend auto operator<=>(const Score&, const Score&) = default;
};

template <bool keeps_own_on_tie>
struct HighScores {
  std::map<std::string, Score> best;

  // Changes this table and returns the change, itself a table: its delta.
  HighScores report(const std::string& player, const Score& score) {
    HighScores delta;
    delta.best[player] = score;
    merge(delta);
    return delta;
  }

  bool merge(const HighScores& other) {
    bool changed = false;
    for (const auto& [player, theirs] : other.best) {
      const auto [mine, fresh] = best.try_emplace(player, theirs);
      const bool better = keeps_own_on_tie ? theirs.points > mine->second.points
                                           : theirs > mine->second;  // title breaks the tie
      if (!fresh && better) mine->second = theirs;
      changed |= fresh || better;
    }
    return changed;
  }

  friend bool operator==(const HighScores&, const HighScores&) = default;
};

struct ScoreReport {
  std::string player;
  Score score;

  friend std::ostream& operator<<(std::ostream& out, const ScoreReport& report) {
    return out << report.player << " scores " << report.score.points << " as "
               << report.score.title;
  }
};

template <bool keeps_own_on_tie>
struct rejoin::laws::Subject<HighScores<keeps_own_on_tie>> {
  using T = HighScores<keeps_own_on_tie>;
  using Op = ScoreReport;

  // Few players, few scores: what never meets never clashes.
  static rc::Gen<Op> operations() {
    auto parts = rc::gen::tuple(among<std::string>({"ann", "bo"}), few(),
                                among<std::string>({"knight", "queen"}));
    return rc::gen::map(std::move(parts), [](const auto& drawn) {
      const auto& [player, points, title] = drawn;
      return ScoreReport{player, {points, title}};
    });
  }
  static T apply(T& scores, const Op& op, const At&) { return scores.report(op.player, op.score); }
  static auto value(const T& scores) {
    std::vector<std::string> lines;
    for (const auto& [player, score] : scores.best) {
      lines.push_back(player + ' ' + std::to_string(score.points) + ' ' + score.title);
    }
    return lines;
  }
};

int main() {
  const rejoin::laws::Report right = rejoin::laws::check<HighScores<false>>();
  std::cout << "The right type: " << right << '\n';

  const rejoin::laws::Report wrong = rejoin::laws::check<HighScores<true>>();
  std::cout << "The wrong type: " << wrong;

  return right.ok() && wrong.broke("merge is commutative") ? 0 : 1;
}
