#include "tests/integration/portrait.hpp"

#include <functional>
#include <set>
#include <stdexcept>
#include <vector>

#include "crdt/bytes.hpp"
#include "crdt/causal_context.hpp"
#include "sim/families.hpp"

namespace rejoin::integration {
namespace {

using Stamps = std::set<std::uint64_t>;
using Replaced = std::function<std::uint64_t(std::uint64_t)>;

constexpr std::size_t replica_bytes = 24;

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte / 16];
    out += digits[byte % 16];
  }
  return out;
}

std::string written(const ReplicaId& id) {
  std::string out;
  Codec<ReplicaId>::encode(out, id);
  return out;
}

void require(bool good) {
  if (!good) throw std::runtime_error("a value is not what its family writes");
}

// A stamped value begins with its stamp.
std::string with_stamp(std::string_view bytes, const Replaced& replaced) {
  ByteReader in(bytes);
  std::uint64_t stamp = 0;
  require(get_fixed64(in, stamp));
  std::string out;
  put_fixed64(out, replaced(stamp));
  return out + std::string(bytes.substr(sizeof(stamp)));
}

// Shares by replica and birth.
std::string with_births(std::string_view bytes, const Replaced& replaced) {
  ByteReader in(bytes);
  std::string out;
  for (std::uint8_t more = 0; in.byte(more) && more == 1;) {
    std::string_view replica;
    std::uint64_t number = 0;
    require(in.bytes(replica_bytes, replica) && get_unsigned(in, number));
    put_byte(out, more);
    out += replica;
    put_unsigned(out, replaced(number));
    for (int i = 0; i < 4; ++i) {
      require(get_unsigned(in, number));
      put_unsigned(out, number);
    }
  }
  put_byte(out, 0);
  return out;
}

std::string with_times(const ObjectKey& object, const std::string& bytes,
                       const Replaced& replaced) {
  switch (static_cast<Family>(object.type.family)) {
    case Family::lww_register:
    case Family::lww_set:
    case Family::lww_map:
      return with_stamp(bytes, replaced);
    case Family::resettable_counter:
      return with_births(bytes, replaced);
    default:
      return bytes;
  }
}

class Painter {
 public:
  explicit Painter(const Store& store) : store_(store) {
    store.clock().each_replica(
        [&](const ReplicaId& replica, const SequenceSet&) { replicas_.push_back(replica); });
    each_live([&](const SlotKey& slot, const Dot&, const std::string& value) {
      with_times(slot.object, value, [&](std::uint64_t time) {
        times_.insert(time);
        return time;
      });
    });
  }

  std::string paint() const {
    std::string out =
        "clock" + of_context(store_.clock()) + "\nremoved" + of_context(store_.removed()) + "\n";
    SlotKey last;
    each_live([&](const SlotKey& slot, const Dot& dot, const std::string& value) {
      if (slot != last) out += "\n" + name_of(slot) + ":";
      last = slot;
      out += " " + name_of(dot.replica) + "." + std::to_string(dot.sequence) + "=" +
             hex(painted(slot, value));
    });
    return out + "\n";
  }

 private:
  // Dots of a slot in the order of their full names, which that of the table need not be.
  template <class F>
  void each_live(F&& f) const {
    for (const auto& [object, slots] : store_.objects()) {
      for (const auto& [path, live] : slots) {
        std::map<Dot, std::string> sorted;
        for (const Store::Live& one : live) sorted[store_.full(one.dot)] = one.value;
        for (const auto& [dot, value] : sorted) f(SlotKey{object, path}, dot, value);
      }
    }
  }

  std::string name_of(const ReplicaId& replica) const {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (replicas_[i] == replica) return "n" + std::to_string(i);
    }
    return "somebody";
  }
  static std::string name_of(const SlotKey& slot) {
    const auto family = static_cast<Family>(slot.object.type.family);
    return std::string(sim::word_of(family)) + " " + slot.object.name +
           (slot.path.empty() ? "" : " " + hex(slot.path));
  }
  std::string of_context(const CausalContext& context) const {
    std::string out;
    context.each_interval([&](const ReplicaId& replica, Interval dots) {
      out += " " + name_of(replica) + "." + std::to_string(dots.first) + ".." +
             std::to_string(dots.last);
    });
    return out;
  }
  std::string painted(const SlotKey& slot, const std::string& value) const {
    std::string out = with_times(slot.object, value, [&](std::uint64_t time) {
      return static_cast<std::uint64_t>(std::distance(times_.begin(), times_.find(time)));
    });
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      const std::string replica = written(replicas_[i]);
      for (std::size_t at = 0; (at = out.find(replica, at)) != std::string::npos;) {
        out.replace(at, replica_bytes, written(ReplicaId(i)));
      }
    }
    return out;
  }

  const Store& store_;
  std::vector<ReplicaId> replicas_;  // rising
  Stamps times_;
};

}  // namespace

std::string portrait(const Store& store) {
  return Painter(store).paint();
}

std::map<std::string, std::string> readings(const Store& store) {
  std::map<std::string, std::string> out;
  for (const auto& [object, slots] : store.objects()) {
    const auto family = static_cast<Family>(object.type.family);
    out[std::string(sim::word_of(family)) + " " + object.name] = sim::read_value(store, object);
  }
  return out;
}

}  // namespace rejoin::integration
