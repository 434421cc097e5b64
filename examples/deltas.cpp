// A change is a value, the delta, and a network may treat it as networks do.
//
// Every mutator returns the delta of what it changed, of the same type as the whole. Merging is
// commutative and idempotent, so deltas may come late, twice and in any order. A lost one is made
// up for by a later delta that holds it (here: of the same counter) or by merging a whole state.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"

using rejoin::AwSet, rejoin::GCounter, rejoin::ReplicaId;

int main() {
  const ReplicaId me{1};
  AwSet<std::string> guests;
  std::vector<AwSet<std::string>> deltas;
  for (const char* name : {"ada", "bob", "cyd", "dan"}) deltas.push_back(guests.add(me, name));
  deltas.push_back(guests.remove(me, "bob"));
  std::printf("sent    5 deltas: add ada, bob, cyd, dan; remove bob\n");

  AwSet<std::string> doubled_and_reordered;
  std::vector<AwSet<std::string>> arriving = deltas;
  arriving.insert(arriving.end(), deltas.begin(), deltas.end());
  std::reverse(arriving.begin(), arriving.end());
  for (const auto& delta : arriving) doubled_and_reordered.merge(delta);
  const bool same = doubled_and_reordered == guests;
  std::printf("twice, and the removal of bob before his arrival: %s\n", same ? "equal" : "DIFFER");

  AwSet<std::string> lossy;
  for (std::size_t i = 0; i < deltas.size(); i += 2) lossy.merge(deltas[i]);
  const bool lacks = lossy.size() == 2 && lossy != guests;
  std::printf("two lost: %zu guests instead of %zu\n", lossy.size(), guests.size());
  const bool repaired = lossy.merge(guests) && lossy == guests;
  std::printf("the whole state merged: %s\n", repaired ? "equal" : "DIFFER");
  const bool nothing_left = !lossy.merge(guests);

  GCounter seats, far_away;
  const auto first = seats.add(me, 40);
  const auto second = seats.add(me, 3);
  const bool made_up = second && far_away.merge(*second) && far_away.value() == 43;
  std::printf("seats: the first delta lost, the second holds both: %lld\n",
              static_cast<long long>(far_away.value()));
  const bool late = first && !far_away.merge(*first) && far_away == seats;
  std::printf("the first comes late and changes %s\n", late ? "nothing" : "SOMETHING");

  return same && lacks && repaired && nothing_left && made_up && late ? 0 : 1;
}
