#include "crdt/version_vector.hpp"

#include <algorithm>

#include "crdt/causal_context.hpp"  // Codec<ReplicaId>

namespace rejoin {
namespace {

constexpr auto before = [](const VersionVector::Entry& entry, const ReplicaId& replica) {
  return entry.first < replica;
};

}  // namespace

std::uint64_t VersionVector::operator[](const ReplicaId& replica) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), replica, before);
  return at == entries_.end() || at->first != replica ? 0 : at->second;
}

bool VersionVector::raise(const ReplicaId& replica, std::uint64_t value) {
  if (value == 0) return false;
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), replica, before);
  if (at == entries_.end() || at->first != replica) {
    entries_.insert(at, {replica, value});
    return true;
  }
  if (at->second >= value) return false;
  at->second = value;
  return true;
}

bool VersionVector::merge(const VersionVector& other) {
  if (covers(other)) return false;
  std::vector<Entry> out;
  out.reserve(entries_.size() + other.entries_.size());
  auto i = entries_.begin();
  auto j = other.entries_.begin();
  while (i != entries_.end() || j != other.entries_.end()) {
    if (j == other.entries_.end() || (i != entries_.end() && i->first < j->first)) {
      out.push_back(*i++);
    } else if (i == entries_.end() || j->first < i->first) {
      out.push_back(*j++);
    } else {
      out.emplace_back(i->first, std::max(i->second, j->second));
      ++i;
      ++j;
    }
  }
  entries_ = std::move(out);
  return true;
}

bool VersionVector::covers(const VersionVector& other) const {
  auto i = entries_.begin();
  for (const Entry& theirs : other.entries_) {
    while (i != entries_.end() && i->first < theirs.first) ++i;
    if (i == entries_.end() || i->first != theirs.first || i->second < theirs.second) return false;
  }
  return true;
}

// 01, id, number for each entry, rising by id; 00 at the end.
void Codec<VersionVector>::encode(std::string& out, const VersionVector& vector) {
  for (const auto& [replica, value] : vector.entries()) {
    put_byte(out, 1);
    Codec<ReplicaId>::encode(out, replica);
    put_unsigned(out, value);
  }
  put_byte(out, 0);
}

bool Codec<VersionVector>::decode(ByteReader& in, VersionVector& vector) {
  vector = {};
  for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
    if (more == 0) return true;
    ReplicaId replica;
    std::uint64_t value = 0;
    if (!Codec<ReplicaId>::decode(in, replica) || !get_unsigned(in, value) || value == 0) {
      return false;
    }
    if (!vector.empty() && replica <= vector.entries().back().first) return false;
    vector.raise(replica, value);
  }
  return false;
}

}  // namespace rejoin
