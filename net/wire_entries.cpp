#include "net/wire_entries.hpp"

#include <algorithm>

#include "crdt/assert.hpp"
#include "net/wire_tables.hpp"

namespace rejoin::wire {
namespace {

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
      const Span& last = spans_.back();
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
  Dot dot(std::uint64_t place, const std::vector<ReplicaId>& replicas) const {
    if (place >= count_) refuse_malformed("a put's dot is not one of its entry's");
    const auto after =
        std::upper_bound(spans_.begin(), spans_.end(), place,
                         [](std::uint64_t value, const Span& span) { return value < span.base; });
    const Span& span = *std::prev(after);
    return {replicas[span.replica], span.interval.first + (place - span.base)};
  }

 private:
  struct Span {
    std::uint64_t replica;
    Interval interval;
    std::uint64_t base;
  };
  std::vector<Span> spans_;
  std::uint64_t count_ = 0;
};

class EntryWriter {
 public:
  explicit EntryWriter(std::span<const Entry* const> entries) : entries_(entries) {
    for (const Entry* entry : entries) note(*entry);
    replicas_.close();
    objects_.close();
    dots_predictor_ = SequencePredictor(replicas_.size());
    removals_predictor_ = SequencePredictor(replicas_.size());
  }

  EntryColumns<std::string> write() {
    for (const Entry* entry : entries_) {
      const DotPlaces places = write_dots(*entry);
      write_puts(*entry, places);
      write_removals(*entry);
    }
    EntryColumns<std::string> out;
    out.replicas = replicas_.bytes();
    out.objects = objects_.bytes();
    put_unsigned(out.dots, entries_.size());
    for (const Column& column : dots_) put_column(out.dots, column);
    for (const Column& column : puts_) put_column(out.puts, column);
    put_paths(out.puts, put_paths_);
    put_column(out.puts, value_sizes_);
    for (const Column& column : removals_) put_column(out.removals, column);
    put_paths(out.removals, removal_paths_);
    out.paths = paths_.take();
    out.values = std::move(values_);
    return out;
  }

 private:
  void note(const Entry& entry) {
    entry.dots.each_replica(
        [&](const ReplicaId& replica, const SequenceSet&) { replicas_.note(replica); });
    for (const Put& put : entry.puts) objects_.note(put.slot.object);
    for (const Removal& removal : entry.removals) {
      replicas_.note(removal.replica);
      objects_.note(removal.slot.object);
    }
  }
  DotPlaces write_dots(const Entry& entry) {
    DotPlaces places;
    std::uint64_t intervals = 0;
    entry.dots.each_interval([&](const ReplicaId& replica, Interval interval) {
      const std::uint64_t index = replicas_.index(replica);
      places.add(index, interval);
      dots_[1].push_back(index);
      dots_[2].push_back(dots_predictor_.put(index, interval));
      dots_[3].push_back(interval.last - interval.first);
      ++intervals;
    });
    dots_[0].push_back(intervals);
    return places;
  }
  void write_puts(const Entry& entry, const DotPlaces& places) {
    puts_[0].push_back(entry.puts.size());
    std::uint64_t expected = 0;
    for (const Put& put : entry.puts) {
      const std::uint64_t place = places.place(replicas_.index(put.dot.replica), put.dot.sequence);
      puts_[1].push_back(objects_.index(put.slot.object));
      puts_[2].push_back(folded(place - expected));
      expected = place + 1;
      paths_.put(put.slot.path, put_paths_);
      value_sizes_.push_back(put.value.size());
      values_.append(put.value);
    }
  }
  void write_removals(const Entry& entry) {
    removals_[0].push_back(entry.removals.size());
    for (const Removal& removal : entry.removals) {
      const std::uint64_t index = replicas_.index(removal.replica);
      removals_[1].push_back(objects_.index(removal.slot.object));
      removals_[2].push_back(index);
      removals_[3].push_back(removals_predictor_.put(index, removal.dots));
      removals_[4].push_back(removal.dots.last - removal.dots.first);
      paths_.put(removal.slot.path, removal_paths_);
    }
  }
  static void put_paths(std::string& out, const PathColumns& columns) {
    put_column(out, columns.shared);
    put_column(out, columns.fresh);
  }

  std::span<const Entry* const> entries_;
  ReplicaTable replicas_;
  ObjectTable objects_;
  SequencePredictor dots_predictor_{0};
  SequencePredictor removals_predictor_{0};
  Column dots_[4];  // counts, then per interval
  Column puts_[3];  // counts, then per put
  Column removals_[5];
  PathColumns put_paths_;
  PathColumns removal_paths_;
  Column value_sizes_;
  PathWriter paths_;
  std::string values_;
};

class EntryReader {
 public:
  EntryReader(const EntryColumns<std::string_view>& columns, Budget& budget)
      : budget_(budget),
        replicas_(get_replicas(columns.replicas)),
        objects_(get_objects(columns.objects)),
        dots_predictor_(replicas_.size()),
        removals_predictor_(replicas_.size()),
        paths_(columns.paths),
        values_(columns.values) {
    read_dot_columns(columns.dots);
    read_put_columns(columns.puts);
    read_removal_columns(columns.removals);
  }

  std::vector<Entry> read() {
    std::vector<Entry> out(entries_);
    for (std::uint64_t i = 0; i < entries_; ++i) {
      const DotPlaces places = read_dots(intervals_of_[i], out[i]);
      read_puts(puts_of_[i], places, out[i]);
      read_removals(removals_of_[i], out[i]);
    }
    paths_.finish();
    expect_end(values_, "values");
    return out;
  }

 private:
  void read_dot_columns(std::string_view bytes) {
    ByteReader in(bytes);
    entries_ = get_number(in, "dots");
    budget_.charge(entry_cost, entries_);
    read_columns(in, "dots", interval_cost, intervals_of_, dots_);
  }
  void read_put_columns(std::string_view bytes) {
    ByteReader in(bytes);
    read_columns(in, "puts", put_cost, puts_of_, puts_);
  }
  void read_removal_columns(std::string_view bytes) {
    ByteReader in(bytes);
    read_columns(in, "removals", removal_cost, removals_of_, removals_);
  }
  template <std::size_t size>
  void read_columns(ByteReader& in, const char* name, std::uint64_t cost, Column& counts,
                    Column (&columns)[size]) {
    counts = get_column(in, entries_, name);
    const std::uint64_t total = total_of(counts, in.rest(), name);
    budget_.charge(cost, total);
    for (Column& column : columns) column = get_column(in, total, name);
    expect_end(in, name);
  }

  DotPlaces read_dots(std::uint64_t count, Entry& entry) {
    if (count == 0) refuse_malformed("an entry has no dots");
    DotPlaces places;
    for (const std::uint64_t end = next_interval_ + count; next_interval_ < end; ++next_interval_) {
      const std::uint64_t replica = dots_[0][next_interval_];
      const ReplicaId& id = at(replicas_, replica, "replicas");
      const Interval interval =
          dots_predictor_.get(replica, dots_[1][next_interval_], dots_[2][next_interval_]);
      places.add_foreign(replica, interval);
      entry.dots.add(id, interval);
    }
    return places;
  }
  void read_puts(std::uint64_t count, const DotPlaces& places, Entry& entry) {
    entry.puts.reserve(count);
    Column seen;
    std::uint64_t expected = 0;
    for (const std::uint64_t end = next_put_ + count; next_put_ < end; ++next_put_) {
      const std::uint64_t place = expected + unfolded(puts_[1][next_put_]);
      const Dot dot = places.dot(place, replicas_);
      expected = place + 1;
      seen.push_back(place);
      SlotKey slot = read_slot(puts_[0][next_put_], puts_[2][next_put_], puts_[3][next_put_]);
      const std::uint64_t size = puts_[4][next_put_];
      const std::string_view value = get_bytes(values_, size, "values");
      budget_.charge(size);
      entry.puts.push_back({std::move(slot), dot, std::string(value)});
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
      const std::uint64_t replica = removals_[1][next_removal_];
      const ReplicaId& id = at(replicas_, replica, "replicas");
      const Interval dots = removals_predictor_.get(replica, removals_[2][next_removal_],
                                                    removals_[3][next_removal_]);
      SlotKey slot = read_slot(removals_[0][next_removal_], removals_[4][next_removal_],
                               removals_[5][next_removal_]);
      entry.removals.push_back({std::move(slot), id, dots});
    }
    const CausalContext removed = entry.removed();
    for (const Put& put : entry.puts) {
      if (removed.contains(put.dot)) refuse_malformed("an entry removes a value that it puts");
    }
  }
  SlotKey read_slot(std::uint64_t object, std::uint64_t shared, std::uint64_t fresh) {
    const ObjectKey& key = at(objects_, object, "objects");
    budget_.charge(key.name.size());
    return {key, paths_.get(shared, fresh, budget_)};
  }

  Budget& budget_;
  std::vector<ReplicaId> replicas_;
  std::vector<ObjectKey> objects_;
  SequencePredictor dots_predictor_;
  SequencePredictor removals_predictor_;
  PathReader paths_;
  ByteReader values_;
  std::uint64_t entries_ = 0;
  Column intervals_of_;
  Column puts_of_;
  Column removals_of_;
  Column dots_[3];      // replica, first, extra
  Column puts_[5];      // object, place, shared, fresh, value size
  Column removals_[6];  // object, replica, first, extra, shared, fresh
  std::uint64_t next_interval_ = 0;
  std::uint64_t next_put_ = 0;
  std::uint64_t next_removal_ = 0;
};

}  // namespace

EntryColumns<std::string> put_entries(std::span<const Entry* const> entries) {
  return EntryWriter(entries).write();
}

EntryColumns<std::string> put_entries(const std::vector<Entry>& entries) {
  std::vector<const Entry*> each;
  each.reserve(entries.size());
  for (const Entry& entry : entries) each.push_back(&entry);
  return put_entries(each);
}

std::vector<Entry> get_entries(const EntryColumns<std::string_view>& columns, Budget& budget) {
  return EntryReader(columns, budget).read();
}

}  // namespace rejoin::wire
