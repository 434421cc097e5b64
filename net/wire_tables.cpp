#include "net/wire_tables.hpp"

#include <algorithm>
#include <limits>

#include "crdt/assert.hpp"
#include "crdt/causal_context.hpp"

namespace rejoin::wire {
namespace {

constexpr std::size_t replica_bytes = 24;

bool before(const ObjectKey* a, const ObjectKey* b) {
  return *a < *b;
}
bool same(const ObjectKey* a, const ObjectKey* b) {
  return *a == *b;
}

}  // namespace

void ReplicaTable::note(const ReplicaId& replica) {
  if (replicas_.empty() || replicas_.back() != replica) replicas_.push_back(replica);
}

void ReplicaTable::close() {
  std::sort(replicas_.begin(), replicas_.end());
  replicas_.erase(std::unique(replicas_.begin(), replicas_.end()), replicas_.end());
}

std::uint64_t ReplicaTable::index(const ReplicaId& replica) const {
  const auto found = std::lower_bound(replicas_.begin(), replicas_.end(), replica);
  REJOIN_ASSERT(found != replicas_.end() && *found == replica);
  return static_cast<std::uint64_t>(found - replicas_.begin());
}

std::string ReplicaTable::bytes() const {
  std::string out;
  for (const ReplicaId& replica : replicas_) Codec<ReplicaId>::encode(out, replica);
  return out;
}

void ObjectTable::note(const ObjectKey& object) {
  if (objects_.empty() || *objects_.back() != object) objects_.push_back(&object);
}

void ObjectTable::close() {
  std::sort(objects_.begin(), objects_.end(), before);
  objects_.erase(std::unique(objects_.begin(), objects_.end(), same), objects_.end());
}

std::uint64_t ObjectTable::index(const ObjectKey& object) {
  if (last_ >= objects_.size() || *objects_[last_] != object) {
    const auto found = std::lower_bound(objects_.begin(), objects_.end(), &object, before);
    REJOIN_ASSERT(found != objects_.end() && **found == object);
    last_ = static_cast<std::size_t>(found - objects_.begin());
  }
  return last_;
}

std::string ObjectTable::bytes() const {
  std::string out;
  for (const ObjectKey* object : objects_) {
    put_unsigned(out, object->type.family);
    put_unsigned(out, object->type.value);
    put_unsigned(out, object->name.size());
    out.append(object->name);
  }
  return out;
}

std::vector<ReplicaId> get_replicas(std::string_view bytes) {
  std::vector<ReplicaId> out;
  out.reserve(bytes.size() / replica_bytes);
  for (ByteReader in(bytes); !in.empty();) {
    ReplicaId replica;
    if (!Codec<ReplicaId>::decode(in, replica)) refuse_malformed("replicas end too early");
    if (!out.empty() && replica <= out.back()) refuse_malformed("replicas are out of order");
    out.push_back(replica);
  }
  return out;
}

std::vector<ObjectKey> get_objects(std::string_view bytes) {
  std::vector<ObjectKey> out;
  for (ByteReader in(bytes); !in.empty();) {
    const std::uint64_t family = get_number(in, "objects");
    const std::uint64_t value = get_number(in, "objects");
    if (family > std::numeric_limits<std::uint16_t>::max() ||
        value > std::numeric_limits<std::uint32_t>::max()) {
      refuse_malformed("objects have a type that cannot be");
    }
    const std::uint64_t size = get_number(in, "objects");
    ObjectKey object{{static_cast<std::uint16_t>(family), static_cast<std::uint32_t>(value)},
                     std::string(get_bytes(in, size, "objects"))};
    if (!out.empty() && object <= out.back()) refuse_malformed("objects are out of order");
    out.push_back(std::move(object));
  }
  return out;
}

void PathWriter::put(std::string_view path, PathColumns& columns) {
  const auto differ =
      std::mismatch(previous_.begin(), previous_.end(), path.begin(), path.end()).first;
  const std::size_t common = static_cast<std::size_t>(differ - previous_.begin());
  columns.shared.push_back(common);
  columns.fresh.push_back(path.size() - common);
  bytes_.append(path.substr(common));
  previous_ = path;
}

std::string PathReader::get(std::uint64_t shared, std::uint64_t fresh, Budget& budget) {
  if (shared > previous_.size()) refuse_malformed("paths share more than there is");
  const std::string_view suffix = get_bytes(in_, fresh, "paths");
  budget.charge(shared + fresh);
  previous_.resize(shared);
  previous_.append(suffix);
  return previous_;
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
