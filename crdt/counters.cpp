#include <limits>

#include "crdt/g_counter.hpp"
#include "crdt/pn_counter.hpp"

namespace rejoin {

Result<Totals> Totals::add(const ReplicaId& who, std::int64_t n) {
  if (n < 0) {
    return Error{ErrorCode::negative_step,
                 "a grow-only counter cannot take " + std::to_string(n) + "; use a PnCounter"};
  }
  const std::int64_t total = static_cast<std::int64_t>(totals_[who]);
  if (n > share_max - total) {
    return Error{ErrorCode::overflow, "a counter's share holds at most 2^62 - 1: it stands at " +
                                          std::to_string(total) + ", cannot add " +
                                          std::to_string(n) + ": add less"};
  }
  Totals delta;
  delta.totals_.raise(who, static_cast<std::uint64_t>(total + n));
  totals_.merge(delta.totals_);
  return delta;
}

std::int64_t Totals::value() const {
  constexpr std::int64_t ceiling = std::numeric_limits<std::int64_t>::max();
  std::int64_t sum = 0;
  for (const auto& [replica, total] : totals_.entries()) {
    const std::int64_t share = static_cast<std::int64_t>(total);
    sum = share > ceiling - sum ? ceiling : sum + share;
  }
  return sum;
}

void Codec<Totals>::encode(std::string& out, const Totals& totals) {
  Codec<VersionVector>::encode(out, totals.totals_);
}

bool Codec<Totals>::decode(ByteReader& in, Totals& totals) {
  if (!Codec<VersionVector>::decode(in, totals.totals_)) return false;
  for (const auto& [replica, total] : totals.totals_.entries()) {
    if (total > static_cast<std::uint64_t>(Totals::share_max)) return false;
  }
  return true;
}

Result<UpsAndDowns> UpsAndDowns::add(const ReplicaId& who, std::int64_t n) {
  UpsAndDowns delta;
  // The most negative number has no positive twin; it is past the ceiling anyway.
  const bool up = n >= 0;
  const std::int64_t size = up ? n : n == std::numeric_limits<std::int64_t>::min() ? -(n + 1) : -n;
  Result<Totals> moved = (up ? ups_ : downs_).add(who, size);
  if (!moved) return moved.error();
  (up ? delta.ups_ : delta.downs_) = *std::move(moved);
  return delta;
}

bool UpsAndDowns::merge(const UpsAndDowns& other) {
  const bool up = ups_.merge(other.ups_);
  const bool down = downs_.merge(other.downs_);
  return up || down;
}

void Codec<UpsAndDowns>::encode(std::string& out, const UpsAndDowns& value) {
  Codec<Totals>::encode(out, value.ups_);
  Codec<Totals>::encode(out, value.downs_);
}

bool Codec<UpsAndDowns>::decode(ByteReader& in, UpsAndDowns& value) {
  return Codec<Totals>::decode(in, value.ups_) && Codec<Totals>::decode(in, value.downs_);
}

}  // namespace rejoin
