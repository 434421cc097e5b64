#include "sim/harvest.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "net/log.hpp"
#include "net/store.hpp"

namespace rejoin::sim {
namespace {

constexpr double twice = 0.25;
constexpr std::uint64_t everything = ~std::uint64_t{0};

// A longer history is reordered piece by piece: a store that sees every second dot of it first
// carries as many intervals, and to merge them all takes the square of their number.
constexpr std::size_t piece = 512;

// Each at a place of its own, some at a second one.
std::vector<const Entry*> reordered(const std::vector<const Entry*>& entries, std::uint64_t order,
                                    const Draws& draws) {
  using Place = std::pair<std::size_t, std::uint64_t>;  // its piece, and where in it
  std::vector<std::pair<Place, const Entry*>> places;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::uint64_t bits = draws.bits(Purpose::harvest, order, i);
    places.push_back({{i / piece, bits}, entries[i]});
    if (chance(mix64(bits), twice)) places.push_back({{i / piece, mix64(bits + 1)}, entries[i]});
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Entry*> out;
  for (const auto& place : places) out.push_back(place.second);
  return out;
}

std::string canonical_of(const std::vector<const Entry*>& entries) {
  Store store;
  for (const Entry* entry : entries) store.merge(*entry);
  return store.canonical();
}

}  // namespace

std::optional<std::string> merged_otherwise(const Ledger& ledger, const std::vector<bool>& happened,
                                            const std::string& expected, const Draws& draws,
                                            std::uint64_t orders) {
  std::vector<const Entry*> entries;
  EntryLog log(everything);
  for (EntryNumber number = 0; number < ledger.entry_count(); ++number) {
    if (!happened[number]) continue;
    entries.push_back(&ledger.entry(number).made);
    log.append(ledger.entry(number).made);
  }
  for (std::uint64_t order = 0; order < orders; ++order) {
    if (canonical_of(reordered(entries, order, draws)) == expected) continue;
    return "the entries of the run, merged in another order, give another state";
  }
  if (canonical_of(reordered(log.newest(everything), orders, draws)) != expected) {
    return "the entries of the run, joined as a log joins them, give another state";
  }
  return std::nullopt;
}

}  // namespace rejoin::sim
