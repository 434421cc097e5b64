#include <utility>

#include "net/wire_entries.hpp"
#include "net/wire_tables.hpp"

namespace rejoin::wire {
namespace {

// The column of values says more than sizes: an absent value is not an empty one.
constexpr std::uint64_t no_value = 0;

enum SlotColumn { slot_fragments, slot_object, slot_shared, slot_fresh, slot_columns };
enum FragmentColumn { fragment_replica, fragment_sequence, fragment_value, fragment_columns };

class SlotWriter {
 public:
  explicit SlotWriter(const std::vector<SlotState>& slots) : slots_(slots), columns_(slots.size()) {
    std::size_t fragments = 0;
    for (const SlotState& slot : slots) {
      objects_.note(slot.slot.object);
      for (const Fragment& fragment : slot.fragments) replicas_.note(fragment.dot.replica);
      fragments += slot.fragments.size();
    }
    replicas_.close();
    objects_.close();
    fragments_.resize(fragments);
  }

  void write(SlotColumns<std::string>& out) {
    SequencePredictor predictor(replicas_.size());
    PathWriter paths;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const SlotState& slot = slots_[i];
      const PathPart part = paths.next(slot.slot.path);
      columns_[slot_fragments][i] = slot.fragments.size();
      columns_[slot_object][i] = objects_.index(slot.slot.object);
      columns_[slot_shared][i] = part.shared;
      columns_[slot_fresh][i] = part.fresh.size();
      out.paths.append(part.fresh);
      for (const Fragment& fragment : slot.fragments) put(fragment, predictor, out.values);
    }
    ByteWriter replicas(out.replicas, replicas_.bytes());
    replicas_.put(replicas);
    ByteWriter objects(out.objects, objects_.bytes_max());
    objects_.put(objects);
    ByteWriter list(out.slots, column_bytes_max(1 + slot_columns * slots_.size()));
    list.number(slots_.size());
    put_all(list, columns_);
    ByteWriter fragments(out.fragments, column_bytes_max(fragment_columns * fragments_.rows()));
    put_all(fragments, fragments_);
  }

 private:
  void put(const Fragment& fragment, SequencePredictor& predictor, std::string& values) {
    const std::size_t row = next_++;
    const std::uint64_t replica = replicas_.index(fragment.dot.replica);
    const std::uint64_t sequence = fragment.dot.sequence;
    fragments_[fragment_replica][row] = replica;
    fragments_[fragment_sequence][row] = predictor.put(replica, {sequence, sequence});
    fragments_[fragment_value][row] = fragment.has_value ? fragment.value.size() + 1 : no_value;
    if (fragment.has_value) values.append(fragment.value);
  }

  const std::vector<SlotState>& slots_;
  ReplicaTable replicas_;
  ObjectTable objects_;
  Columns<slot_columns> columns_;
  Columns<fragment_columns> fragments_;
  std::size_t next_ = 0;
};

class FragmentReader {
 public:
  FragmentReader(const SlotColumns<std::string_view>& columns, std::uint64_t total, Budget& budget)
      : budget_(budget),
        replicas_(get_replicas(columns.replicas)),
        predictor_(replicas_.size()),
        bytes_(columns.values) {
    budget_.charge(fragment_cost, total);
    ByteReader in(columns.fragments);
    get_all(in, total, columns_, "fragments");
    expect_end(in, "fragments");
  }

  std::vector<Fragment> read(std::uint64_t count) {
    std::vector<Fragment> out;
    out.reserve(count);
    for (const std::uint64_t end = next_ + count; next_ < end; ++next_) {
      const std::uint64_t index = columns_[fragment_replica][next_];
      const ReplicaId& replica = at(replicas_, index, "replicas");
      const Interval one = predictor_.get(index, columns_[fragment_sequence][next_], 0);
      const std::uint64_t size = columns_[fragment_value][next_];
      Fragment fragment;
      fragment.dot = {replica, one.first};
      fragment.has_value = size != no_value;
      if (fragment.has_value) {
        const std::string_view value = get_bytes(bytes_, size - 1, "values");
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
  ShortVector<ReplicaId, 4> replicas_;
  SequencePredictor predictor_;
  ByteReader bytes_;
  Columns<fragment_columns> columns_;
  std::uint64_t next_ = 0;
};

}  // namespace

SlotColumns<std::string> put_slots(const std::vector<SlotState>& slots) {
  SlotColumns<std::string> out;
  SlotWriter(slots).write(out);
  return out;
}

std::vector<SlotState> get_slots(const SlotColumns<std::string_view>& columns, Budget& budget) {
  const auto objects = get_objects(columns.objects);
  ByteReader in(columns.slots);
  const std::uint64_t size = get_number(in, "slots");
  budget.charge(slot_cost, size);
  Columns<slot_columns> slots;
  get_all(in, size, slots, "slots");
  expect_end(in, "slots");
  const std::uint64_t total = total_of(slots[slot_fragments], columns.fragments, "fragments");

  FragmentReader fragments(columns, total, budget);
  PathReader paths(columns.paths);
  std::vector<SlotState> out;
  out.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    const ObjectView& object = at(objects, slots[slot_object][i], "objects");
    budget.charge(object.name.size());
    SlotState state{{object.key(), paths.get(slots[slot_shared][i], slots[slot_fresh][i], budget)},
                    fragments.read(slots[slot_fragments][i])};
    if (!out.empty() && state.slot <= out.back().slot) refuse_malformed("slots are out of order");
    out.push_back(std::move(state));
  }
  paths.finish();
  fragments.finish();
  return out;
}

}  // namespace rejoin::wire
