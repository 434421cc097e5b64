#include "net/wire_tables.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "crdt/assert.hpp"
#include "crdt/causal_context.hpp"

namespace rejoin::wire {
namespace {

bool before(const ObjectKey* a, const ObjectKey* b) {
  return *a < *b;
}
bool same(const ObjectKey* a, const ObjectKey* b) {
  return *a == *b;
}

// Sorted, and each only once.
template <class List, class Before, class Same>
void close_list(List& list, Before before_each, Same same_as) {
  if (list.size() < 2) return;
  std::sort(list.begin(), list.end(), before_each);
  const auto end = std::unique(list.begin(), list.end(), same_as);
  list.resize(static_cast<std::size_t>(end - list.begin()));
}

}  // namespace

void ReplicaTable::close() {
  close_list(replicas_, std::less<>(), std::equal_to<>());
}

void ReplicaTable::find(const ReplicaId& replica) {
  const auto found = std::lower_bound(replicas_.begin(), replicas_.end(), replica);
  REJOIN_ASSERT(found != replicas_.end() && *found == replica);
  last_ = static_cast<std::size_t>(found - replicas_.begin());
}

void ReplicaTable::put(ByteWriter& out) const {
  for (const ReplicaId& replica : replicas_) {
    out.fixed64(replica.node.half(0));
    out.fixed64(replica.node.half(8));
    out.fixed64(replica.incarnation);
  }
}

void ObjectTable::close() {
  close_list(objects_, before, same);
}

void ObjectTable::find(const ObjectKey& object) {
  const auto found = std::lower_bound(objects_.begin(), objects_.end(), &object, before);
  REJOIN_ASSERT(found != objects_.end() && **found == object);
  last_ = static_cast<std::size_t>(found - objects_.begin());
}

std::size_t ObjectTable::bytes_max() const {
  std::size_t total = 0;
  for (const ObjectKey* object : objects_) total += 3 * number_bytes_max + object->name.size();
  return total;
}

void ObjectTable::put(ByteWriter& out) const {
  for (const ObjectKey* object : objects_) {
    out.number(object->type.family);
    out.number(object->type.value);
    out.number(object->name.size());
    out.bytes(object->name);
  }
}

ShortVector<ReplicaId, 4> get_replicas(std::string_view bytes) {
  ShortVector<ReplicaId, 4> out;
  out.reserve(bytes.size() / replica_bytes);
  for (ByteReader in(bytes); !in.empty();) {
    ReplicaId replica;
    if (!Codec<ReplicaId>::decode(in, replica)) refuse_malformed("replicas end too early");
    if (!out.empty() && replica <= out[out.size() - 1]) {
      refuse_malformed("replicas are out of order");
    }
    out.push_back(replica);
  }
  return out;
}

ShortVector<ObjectView, 4> get_objects(std::string_view bytes) {
  ShortVector<ObjectView, 4> out;
  for (ByteReader in(bytes); !in.empty();) {
    const std::uint64_t family = get_number(in, "objects");
    const std::uint64_t value = get_number(in, "objects");
    if (family > std::numeric_limits<std::uint16_t>::max() ||
        value > std::numeric_limits<std::uint32_t>::max()) {
      refuse_malformed("objects have a type that cannot be");
    }
    const std::uint64_t size = get_number(in, "objects");
    const ObjectView object{{static_cast<std::uint16_t>(family), static_cast<std::uint32_t>(value)},
                            get_bytes(in, size, "objects")};
    if (!out.empty() && object <= out[out.size() - 1]) {
      refuse_malformed("objects are out of order");
    }
    out.push_back(object);
  }
  return out;
}

std::string PathReader::get(std::uint64_t shared, std::uint64_t fresh, Budget& budget) {
  if (shared > previous_.size()) refuse_malformed("paths share more than there is");
  const std::string_view suffix = get_bytes(in_, fresh, "paths");
  budget.charge(shared + fresh);
  if (shared == 0) {
    previous_ = suffix;
    return std::string(suffix);
  }
  if (previous_.data() != kept_.data()) kept_ = previous_;
  kept_.resize(shared);
  kept_.append(suffix);
  previous_ = kept_;
  return kept_;
}

std::uint64_t SequencePredictor::put(std::uint64_t replica, Interval interval) {
  const std::uint64_t difference = interval.first - next_[replica];
  next_[replica] = interval.last + 1;
  return folded(difference);
}

Interval SequencePredictor::get(std::uint64_t replica, std::uint64_t first, std::uint64_t extra) {
  constexpr std::uint64_t sequence_max = CausalContext::sequence_max;
  const std::uint64_t from = next_[replica] + unfolded(first);
  if (from == 0 || from > sequence_max || extra > sequence_max - from) {
    refuse_malformed("a sequence is out of range");
  }
  next_[replica] = from + extra + 1;
  return {from, from + extra};
}

}  // namespace rejoin::wire
