#include <utility>

#include "net/wire_entries.hpp"
#include "net/wire_tables.hpp"

namespace rejoin::wire {
namespace {

// The column of values says more than sizes: an absent value is not an empty one.
constexpr std::uint64_t no_value = 0;

}  // namespace

SlotColumns<std::string> put_slots(const std::vector<SlotState>& slots) {
  ReplicaTable replicas;
  ObjectTable objects;
  for (const SlotState& slot : slots) {
    objects.note(slot.slot.object);
    for (const Fragment& fragment : slot.fragments) replicas.note(fragment.dot.replica);
  }
  replicas.close();
  objects.close();

  SlotColumns<std::string> out;
  SequencePredictor predictor(replicas.size());
  PathWriter paths;
  PathColumns lengths;
  Column counts, object_of, replica_of, sequences, values;
  for (const SlotState& slot : slots) {
    counts.push_back(slot.fragments.size());
    object_of.push_back(objects.index(slot.slot.object));
    paths.put(slot.slot.path, lengths);
    for (const Fragment& fragment : slot.fragments) {
      const std::uint64_t replica = replicas.index(fragment.dot.replica);
      const std::uint64_t sequence = fragment.dot.sequence;
      replica_of.push_back(replica);
      sequences.push_back(predictor.put(replica, {sequence, sequence}));
      values.push_back(fragment.has_value ? fragment.value.size() + 1 : no_value);
      if (fragment.has_value) out.values.append(fragment.value);
    }
  }
  out.replicas = replicas.bytes();
  out.objects = objects.bytes();
  put_unsigned(out.slots, slots.size());
  for (const Column* column : {&counts, &object_of, &lengths.shared, &lengths.fresh}) {
    put_column(out.slots, *column);
  }
  for (const Column* column : {&replica_of, &sequences, &values}) {
    put_column(out.fragments, *column);
  }
  out.paths = paths.take();
  return out;
}

namespace {

class FragmentReader {
 public:
  FragmentReader(const SlotColumns<std::string_view>& columns, std::uint64_t total, Budget& budget)
      : budget_(budget),
        replicas_(get_replicas(columns.replicas)),
        predictor_(replicas_.size()),
        bytes_(columns.values) {
    budget_.charge(fragment_cost, total);
    ByteReader in(columns.fragments);
    replica_of_ = get_column(in, total, "fragments");
    sequences_ = get_column(in, total, "fragments");
    values_ = get_column(in, total, "fragments");
    expect_end(in, "fragments");
  }

  std::vector<Fragment> read(std::uint64_t count) {
    std::vector<Fragment> out;
    out.reserve(count);
    for (const std::uint64_t end = next_ + count; next_ < end; ++next_) {
      const ReplicaId& replica = at(replicas_, replica_of_[next_], "replicas");
      const Interval one = predictor_.get(replica_of_[next_], sequences_[next_], 0);
      Fragment fragment;
      fragment.dot = {replica, one.first};
      fragment.has_value = values_[next_] != no_value;
      if (fragment.has_value) {
        const std::string_view value = get_bytes(bytes_, values_[next_] - 1, "values");
        budget_.charge(value.size());
        fragment.value = value;
      }
      if (!out.empty() && fragment.dot <= out.back().dot) {
        refuse_malformed("a slot's fragments are out of order");
      }
      out.push_back(std::move(fragment));
    }
    return out;
  }
  void finish() const { expect_end(bytes_, "values"); }

 private:
  Budget& budget_;
  std::vector<ReplicaId> replicas_;
  SequencePredictor predictor_;
  ByteReader bytes_;
  Column replica_of_;
  Column sequences_;
  Column values_;
  std::uint64_t next_ = 0;
};

}  // namespace

std::vector<SlotState> get_slots(const SlotColumns<std::string_view>& columns, Budget& budget) {
  const std::vector<ObjectKey> objects = get_objects(columns.objects);
  ByteReader in(columns.slots);
  const std::uint64_t size = get_number(in, "slots");
  budget.charge(slot_cost, size);
  const Column counts = get_column(in, size, "slots");
  const Column object_of = get_column(in, size, "slots");
  const Column shared = get_column(in, size, "slots");
  const Column fresh = get_column(in, size, "slots");
  expect_end(in, "slots");
  const std::uint64_t total = total_of(counts, columns.fragments, "fragments");

  FragmentReader fragments(columns, total, budget);
  PathReader paths(columns.paths);
  std::vector<SlotState> out;
  out.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    const ObjectKey& object = at(objects, object_of[i], "objects");
    budget.charge(object.name.size());
    SlotState state{{object, paths.get(shared[i], fresh[i], budget)}, fragments.read(counts[i])};
    if (!out.empty() && state.slot <= out.back().slot) refuse_malformed("slots are out of order");
    out.push_back(std::move(state));
  }
  paths.finish();
  fragments.finish();
  return out;
}

}  // namespace rejoin::wire
