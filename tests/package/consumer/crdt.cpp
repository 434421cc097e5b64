// A project outside, on rejoin::crdt: two copies, apart and merged.

#include <string>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"

int main() {
  const rejoin::ReplicaId one{1}, two{2};
  rejoin::AwSet<std::string> here, there;
  here.add(one, "milk");
  there.add(two, "bread");
  here.merge(there);
  there.merge(here);

  rejoin::GCounter hits;
  const bool counted = hits.add(one, 3).has_value() && !hits.add(one, -1).has_value();
  return counted && hits.value() == 3 && here == there && here.size() == 2 ? 0 : 1;
}
