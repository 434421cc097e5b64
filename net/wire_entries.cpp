#include "net/wire_entries.hpp"

#include <algorithm>

#include "crdt/assert.hpp"
#include "net/wire_plain.hpp"
#include "net/wire_tables.hpp"

namespace rejoin::wire {
namespace {

// The columns of each list, in the order in which they follow one another; those of entries, which
// are counts, stand each before the list that they count.
enum EntryColumn { entry_intervals, entry_puts, entry_removals, entry_columns };
enum DotColumn { dot_replica, dot_first, dot_extra, dot_columns };
enum PutColumn { put_object, put_place, put_shared, put_fresh, put_size, put_columns };
enum RemovalColumn {
  removal_object,
  removal_replica,
  removal_first,
  removal_extra,
  removal_shared,
  removal_fresh,
  removal_columns
};

// The dots of one entry, numbered from 0 in the order of replicas and sequences.
class DotPlaces {
 public:
  void add(std::uint64_t replica, Interval interval) {
    spans_.push_back({replica, interval, count_});
    count_ += interval.last - interval.first + 1;
  }
  // As add. Refuses an interval that is not above the last one, or touches it, or is too much.
  void add_foreign(std::uint64_t replica, Interval interval) {
    if (!spans_.empty()) {
      const Span& last = *std::prev(spans_.end());
      const bool rising = replica > last.replica ||
                          (replica == last.replica && interval.first > last.interval.last + 1);
      if (!rising) refuse_malformed("an entry's intervals are out of order");
    }
    add(replica, interval);
    if (count_ > CausalContext::sequence_max) refuse_malformed("an entry has too many dots");
  }
  std::uint64_t place(std::uint64_t replica, std::uint64_t sequence) const {
    const auto after = std::upper_bound(
        spans_.begin(), spans_.end(), sequence, [&](std::uint64_t value, const Span& span) {
          return replica < span.replica || (replica == span.replica && value < span.interval.first);
        });
    REJOIN_ASSERT(after != spans_.begin());  // a put's dot is one of its entry's
    const Span& span = *std::prev(after);
    REJOIN_ASSERT(span.replica == replica && sequence <= span.interval.last);
    return span.base + (sequence - span.interval.first);
  }
  template <class Replicas>
  Dot dot(std::uint64_t place, const Replicas& replicas) const {
    if (place >= count_) refuse_malformed("a put's dot is not one of its entry's");
    const auto after =
        std::upper_bound(spans_.begin(), spans_.end(), place,
                         [](std::uint64_t value, const Span& span) { return value < span.base; });
    const Span& span = *std::prev(after);
    return {replicas[span.replica], span.interval.first + (place - span.base)};
  }
  void clear() {
    spans_.clear();
    count_ = 0;
  }

 private:
  struct Span {
    std::uint64_t replica;
    Interval interval;
    std::uint64_t base;
  };
  ShortVector<Span, 4> spans_;
  std::uint64_t count_ = 0;
};

class EntryWriter {
 public:
  explicit EntryWriter(std::span<const Entry* const> entries)
      : entries_(entries), sizes_(entries.size()) {
    std::size_t intervals = 0;
    std::size_t puts = 0;
    std::size_t removals = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      note(*entries[i], i);
      intervals += sizes_[entry_intervals][i];
      puts += sizes_[entry_puts][i];
      removals += sizes_[entry_removals][i];
    }
    replicas_.close();
    objects_.close();
    dots_.resize(intervals);
    puts_.resize(puts);
    removals_.resize(removals);
    parts_.reserve(puts + removals);
  }

  void write(std::string& out) {
    fill_columns();
    DataWriter writer(out, entry_batch_pointers, bytes_max());
    replicas_.put(writer);
    writer.close();
    objects_.put(writer);
    writer.close();
    writer.number(entries_.size());
    put_list(writer, sizes_[entry_intervals], dots_);
    put_list(writer, sizes_[entry_puts], puts_);
    put_list(writer, sizes_[entry_removals], removals_);
    for (const std::string_view part : parts_) writer.bytes(part);
    writer.close();
    for (const Entry* entry : entries_) {
      for (const Put& put : entry->puts) writer.bytes(put.value);
    }
    writer.close();
  }

 private:
  void note(const Entry& entry, std::size_t at) {
    std::uint64_t& intervals = sizes_[entry_intervals][at];
    entry.dots.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
      replicas_.note(replica);
      intervals += seen.interval_count();
    });
    for (const Put& put : entry.puts) {
      objects_.note(put.slot.object);
      bulk_ += put.slot.path.size() + put.value.size();
    }
    for (const Removal& removal : entry.removals) {
      replicas_.note(removal.replica);
      objects_.note(removal.slot.object);
      bulk_ += removal.slot.path.size();
    }
    sizes_[entry_puts][at] = entry.puts.size();
    sizes_[entry_removals][at] = entry.removals.size();
  }
  std::size_t bytes_max() const {
    const std::size_t numbers = 1 + entry_columns * entries_.size() + dot_columns * dots_.rows() +
                                put_columns * puts_.rows() + removal_columns * removals_.rows();
    return replicas_.bytes() + objects_.bytes_max() + column_bytes_max(numbers) + bulk_;
  }

  void fill_columns() {
    SequencePredictor dots(replicas_.size());
    SequencePredictor removals(replicas_.size());
    DotPlaces places;
    PathWriter paths;
    for (const Entry* entry : entries_) {
      places.clear();
      fill_dots(*entry, dots, places);
      fill_puts(*entry, places, paths);
      fill_removals(*entry, removals, paths);
    }
  }
  void fill_dots(const Entry& entry, SequencePredictor& predictor, DotPlaces& places) {
    entry.dots.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
      const std::uint64_t index = replicas_.index(replica);
      seen.each_interval([&](Interval interval) {
        const std::size_t row = next_interval_++;
        places.add(index, interval);
        dots_[dot_replica][row] = index;
        dots_[dot_first][row] = predictor.put(index, interval);
        dots_[dot_extra][row] = interval.last - interval.first;
      });
    });
  }
  void fill_puts(const Entry& entry, const DotPlaces& places, PathWriter& paths) {
    std::uint64_t expected = 0;
    for (const Put& put : entry.puts) {
      const std::size_t row = next_put_++;
      const std::uint64_t place = places.place(replicas_.index(put.dot.replica), put.dot.sequence);
      const PathPart part = paths.next(put.slot.path);
      puts_[put_object][row] = objects_.index(put.slot.object);
      puts_[put_place][row] = folded(place - expected);
      puts_[put_shared][row] = part.shared;
      puts_[put_fresh][row] = part.fresh.size();
      puts_[put_size][row] = put.value.size();
      parts_.push_back(part.fresh);
      expected = place + 1;
    }
  }
  void fill_removals(const Entry& entry, SequencePredictor& predictor, PathWriter& paths) {
    for (const Removal& removal : entry.removals) {
      const std::size_t row = next_removal_++;
      const std::uint64_t index = replicas_.index(removal.replica);
      const PathPart part = paths.next(removal.slot.path);
      removals_[removal_object][row] = objects_.index(removal.slot.object);
      removals_[removal_replica][row] = index;
      removals_[removal_first][row] = predictor.put(index, removal.dots);
      removals_[removal_extra][row] = removal.dots.last - removal.dots.first;
      removals_[removal_shared][row] = part.shared;
      removals_[removal_fresh][row] = part.fresh.size();
      parts_.push_back(part.fresh);
    }
  }
  template <class List>
  static void put_list(DataWriter& out, Numbers counts, const List& list) {
    put_column(out, counts);
    put_all(out, list);
    out.close();
  }

  std::span<const Entry* const> entries_;
  ReplicaTable replicas_;
  ObjectTable objects_;
  std::size_t bulk_ = 0;  // bytes of paths and values
  Columns<entry_columns> sizes_;
  Columns<dot_columns> dots_;
  Columns<put_columns> puts_;
  Columns<removal_columns> removals_;
  ShortVector<std::string_view, 4> parts_;  // of paths: what is not as in the one before
  std::size_t next_interval_ = 0;
  std::size_t next_put_ = 0;
  std::size_t next_removal_ = 0;
};

// Whether an entry removes a dot under which it puts a value. Few are compared each with each.
bool removes_own(const Entry& entry) {
  constexpr std::size_t few = 16;
  if (entry.puts.size() > few || entry.removals.size() > few) {
    const CausalContext removed = entry.removed();
    return std::any_of(entry.puts.begin(), entry.puts.end(),
                       [&](const Put& put) { return removed.contains(put.dot); });
  }
  for (const Put& put : entry.puts) {
    for (const Removal& removal : entry.removals) {
      if (put.dot.sequence >= removal.dots.first && put.dot.sequence <= removal.dots.last &&
          put.dot.replica == removal.replica) {
        return true;
      }
    }
  }
  return false;
}

class EntryReader {
 public:
  EntryReader(const EntryColumns& columns, Budget& budget)
      : budget_(budget),
        replicas_(get_replicas(columns.replicas)),
        objects_(get_objects(columns.objects)),
        dots_predictor_(replicas_.size()),
        removals_predictor_(replicas_.size()),
        paths_(columns.paths),
        values_(columns.values) {
    ByteReader dots(columns.dots);
    const std::uint64_t entries = get_number(dots, "dots");
    budget_.charge(entry_cost, entries);
    expect_columns<1>(dots, entries, "dots");
    sizes_.resize(entries);
    read_list(dots, "dots", interval_cost, sizes_[entry_intervals], dots_);
    ByteReader puts(columns.puts);
    read_list(puts, "puts", put_cost, sizes_[entry_puts], puts_);
    ByteReader removals(columns.removals);
    read_list(removals, "removals", removal_cost, sizes_[entry_removals], removals_);
  }

  std::vector<Entry> read() {
    std::vector<Entry> out(sizes_.rows());
    DotPlaces places;
    for (std::size_t i = 0; i < out.size(); ++i) {
      places.clear();
      read_dots(sizes_[entry_intervals][i], out[i], places);
      read_puts(sizes_[entry_puts][i], places, out[i]);
      read_removals(sizes_[entry_removals][i], out[i]);
    }
    paths_.finish();
    expect_end(values_, "values");
    return out;
  }

 private:
  template <class List>
  void read_list(ByteReader& in, const char* name, std::uint64_t cost, Numbers counts, List& list) {
    get_column(in, counts, name);
    const std::uint64_t total = total_of(counts, in.rest(), name);
    budget_.charge(cost, total);
    get_all(in, total, list, name);
    expect_end(in, name);
  }

  void read_dots(std::uint64_t count, Entry& entry, DotPlaces& places) {
    if (count == 0) refuse_malformed("an entry has no dots");
    for (const std::uint64_t end = next_interval_ + count; next_interval_ < end; ++next_interval_) {
      const std::uint64_t replica = dots_[dot_replica][next_interval_];
      const ReplicaId& id = at(replicas_, replica, "replicas");
      const Interval interval = dots_predictor_.get(replica, dots_[dot_first][next_interval_],
                                                    dots_[dot_extra][next_interval_]);
      places.add_foreign(replica, interval);
      entry.dots.append(id, interval);
    }
  }
  void read_puts(std::uint64_t count, const DotPlaces& places, Entry& entry) {
    entry.puts.reserve(count);
    const Numbers seen = puts_[put_place].subspan(next_put_, count);
    std::uint64_t expected = 0;
    for (std::uint64_t& place : seen) {
      place = expected + unfolded(place);
      const Dot dot = places.dot(place, replicas_);
      expected = place + 1;
      const std::size_t row = next_put_++;
      entry.puts.push_back(
          {read_slot(puts_[put_object][row], puts_[put_shared][row], puts_[put_fresh][row]), dot,
           read_value(puts_[put_size][row])});
    }
    std::sort(seen.begin(), seen.end());
    if (std::adjacent_find(seen.begin(), seen.end()) != seen.end()) {
      refuse_malformed("an entry puts two values under one dot");
    }
  }
  void read_removals(std::uint64_t count, Entry& entry) {
    if (count == 0) return;
    entry.removals.reserve(count);
    for (const std::uint64_t end = next_removal_ + count; next_removal_ < end; ++next_removal_) {
      const std::uint64_t replica = removals_[removal_replica][next_removal_];
      const ReplicaId& id = at(replicas_, replica, "replicas");
      const Interval dots =
          removals_predictor_.get(replica, removals_[removal_first][next_removal_],
                                  removals_[removal_extra][next_removal_]);
      entry.removals.push_back({read_slot(removals_[removal_object][next_removal_],
                                          removals_[removal_shared][next_removal_],
                                          removals_[removal_fresh][next_removal_]),
                                id, dots});
    }
    if (removes_own(entry)) refuse_malformed("an entry removes a value that it puts");
  }
  std::string read_value(std::uint64_t size) {
    const std::string_view value = get_bytes(values_, size, "values");
    budget_.charge(size);
    return std::string(value);
  }
  SlotKey read_slot(std::uint64_t object, std::uint64_t shared, std::uint64_t fresh) {
    const ObjectView& key = at(objects_, object, "objects");
    budget_.charge(key.name.size());
    return {key.key(), paths_.get(shared, fresh, budget_)};
  }

  Budget& budget_;
  ShortVector<ReplicaId, 4> replicas_;
  ShortVector<ObjectView, 4> objects_;
  SequencePredictor dots_predictor_;
  SequencePredictor removals_predictor_;
  PathReader paths_;
  ByteReader values_;
  Columns<entry_columns> sizes_;
  Columns<dot_columns> dots_;
  Columns<put_columns> puts_;
  Columns<removal_columns> removals_;
  std::uint64_t next_interval_ = 0;
  std::uint64_t next_put_ = 0;
  std::uint64_t next_removal_ = 0;
};

}  // namespace

std::string put_entries(std::span<const Entry* const> entries) {
  std::string out;
  EntryWriter(entries).write(out);
  return out;
}

std::string put_entries(const std::vector<Entry>& entries) {
  ShortVector<const Entry*, 8> each;
  each.reserve(entries.size());
  for (const Entry& entry : entries) each.push_back(&entry);
  return put_entries({each.begin(), each.size()});
}

std::vector<Entry> get_entries(const EntryColumns& columns, Budget& budget) {
  return EntryReader(columns, budget).read();
}

}  // namespace rejoin::wire
