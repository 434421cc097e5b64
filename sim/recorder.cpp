#include "sim/recorder.hpp"

#include <utility>

#include "crdt/hash.hpp"
#include "sim/description.hpp"
#include "sim/families.hpp"
#include "sim/fault_table.hpp"

namespace rejoin::sim {
namespace {

std::string nodes_in_words(const Nodes& nodes) {
  std::string out;
  for (unsigned node : nodes) out += (out.empty() ? "n" : " n") + std::to_string(node);
  return out;
}

bool takes(FaultKind kind, FaultField field) {
  return row_of(kind).takes.has(field);
}

std::string targets_of(const Fault& fault) {
  if (takes(fault.kind, FaultField::groups)) {
    std::map<unsigned, Nodes> groups;
    for (unsigned i = 0; i < fault.side.size(); ++i) groups[fault.side[i]].push_back(i);
    std::string out;
    for (const auto& group : groups) {
      out += (out.empty() ? "" : " | ") + nodes_in_words(group.second);
    }
    return out;
  }
  if (takes(fault.kind, FaultField::from))
    return nodes_in_words(fault.from) + " -> " + nodes_in_words(fault.to);
  return takes(fault.kind, FaultField::nodes) ? nodes_in_words(fault.nodes) : "";
}

std::uint64_t hash_of(const CausalContext& context) {
  return hash64(encoded(context));
}

// Of what lives in an object, by full dots: equal on any two nodes that hold the same.
std::uint64_t hash_of(const Store& store, const Store::Slots& slots) {
  std::uint64_t hash = 0;
  for (const auto& [path, fragments] : slots) {
    hash = combine64(hash, hash64(path));
    for (const Store::Live& fragment : fragments) {
      const Dot dot = store.full(fragment.dot);
      const auto& bytes = dot.replica.node.bytes;
      const std::string_view node(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      const std::uint64_t maker = hash64(node, dot.replica.incarnation);
      hash += combine64(combine64(maker, dot.sequence), hash64(fragment.value));
    }
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace

void Recorder::add(Recorded event) {
  if (event_ < first_ || event_ > last_) return;
  event.at = now_;
  event.event = static_cast<std::uint32_t>(event_);
  recording_.events.push_back(event);
  if (each_) each_(recording_, recording_.events.back());
}

void Recorder::begin(const std::string& scenario, unsigned nodes) {
  recording_.scenario = scenario;
  recording_.nodes = nodes;
  recording_.messages.resize(1);
  sent_at_.resize(1);
  kinds_.resize(1);
  seen_.resize(nodes);
}

void Recorder::faults(const std::vector<Fault>& faults, const std::vector<FaultSpec>& specs) {
  recording_.faults.clear();
  for (const Fault& fault : faults) {
    RecordedFault recorded{
        specs[fault.spec].name, fault.kind, fault.begin, fault.end, {}, {}, {}, {}};
    if (takes(fault.kind, FaultField::nodes)) recorded.nodes = fault.nodes;
    if (takes(fault.kind, FaultField::groups)) recorded.side = fault.side;
    if (takes(fault.kind, FaultField::from)) {
      recorded.from = fault.from;
      recorded.to = fault.to;
    }
    recording_.faults.push_back(std::move(recorded));
  }
}

void Recorder::at(Time now, std::uint64_t event) {
  now_ = now;
  event_ = event;
}

void Recorder::note(What what, unsigned node, std::uint64_t amount, std::string_view text,
                    std::size_t fault) {
  Recorded event;
  event.what = what;
  event.node = node;
  event.amount = amount;
  event.text = recording_.texts.add(text);
  event.fault = static_cast<std::uint16_t>(fault);
  add(event);
}

void Recorder::transaction(unsigned node, std::uint64_t number, Done done,
                           const std::string& acts) {
  Recorded event;
  event.what = What::transaction;
  event.node = node;
  event.subject = static_cast<std::uint32_t>(number);
  event.code = static_cast<std::uint8_t>(done);
  event.text = recording_.texts.add(acts);
  add(event);
}

void Recorder::entry(unsigned node, EntryNumber number, const Entry& entry) {
  made_.resize(std::max<std::size_t>(made_.size(), number + std::size_t{1}));
  made_[number] = {entry.dots, now_, 0};
  for (unsigned other = 0; other < seen_.size(); ++other) {
    if (other != node) seen_[other].invisible.push_back(number);
  }
  std::uint64_t dots = 0;
  entry.dots.each_interval(
      [&](const ReplicaId&, Interval interval) { dots += interval.last - interval.first + 1; });
  Recorded event;
  event.what = What::entry;
  event.node = node;
  event.subject = number;
  event.amount = dots;
  event.text = recording_.texts.add(described(entry));
  add(event);
}

void Recorder::acknowledged(unsigned node, EntryNumber number) {
  Made& made = made_[number];
  made.acknowledged_at = now_;
  Recorded event;
  event.what = What::acknowledged;
  event.node = node;
  event.subject = number;
  event.amount = now_ - made.at;
  add(event);
}

void Recorder::look(unsigned node, const Store& store) {
  Seen& seen = seen_[node];
  const bool clock_moved = !(seen.clock == store.clock());
  if (!seen.stale && !clock_moved && seen.removed == store.removed() &&
      seen.live == store.live_count() && seen.bytes == store.value_bytes()) {
    return;
  }
  seen.clock = store.clock();
  seen.removed = store.removed();
  seen.live = store.live_count();
  seen.bytes = store.value_bytes();
  seen.stale = false;
  if (clock_moved) look_at_entries(node, store);
  look_at_objects(node, store);
}

void Recorder::look_at_entries(unsigned node, const Store& store) {
  std::erase_if(seen_[node].invisible, [&](EntryNumber number) {
    const Made& made = made_[number];
    if (!store.clock().covers(made.dots)) return false;
    Recorded event;
    event.what = What::visible;
    event.node = node;
    event.subject = number;
    event.amount = made.acknowledged_at > 0 ? now_ - made.acknowledged_at : 0;
    add(event);
    return true;
  });
}

void Recorder::look_at_objects(unsigned node, const Store& store) {
  Seen& seen = seen_[node];
  std::uint64_t state = combine64(hash_of(store.clock()), hash_of(store.removed()));
  const auto changed = [&](const ObjectKey& object, std::uint64_t hash) {
    Recorded event;
    event.what = What::value;
    event.node = node;
    event.subject = key_number(object);
    event.amount = hash;
    event.text = recording_.texts.add(hash == 0 ? "nothing" : read_value(store, object));
    add(event);
  };
  std::map<ObjectKey, std::uint64_t> gone = std::exchange(seen.objects, {});
  for (const auto& [object, slots] : store.objects()) {
    const std::uint64_t hash = hash_of(store, slots);
    state = combine64(state, combine64(hash64(object.name, object.type.family), hash));
    const auto before = gone.find(object);
    if (before == gone.end() || before->second != hash) changed(object, hash);
    if (before != gone.end()) gone.erase(before);
    seen.objects.emplace_hint(seen.objects.end(), object, hash);
  }
  for (const auto& lost : gone) changed(lost.first, 0);
  if (state == seen.state) return;
  seen.state = state;
  note(What::state, node, state);
  const std::uint64_t context = encoded(store.clock()).size() + encoded(store.removed()).size();
  note_size(node, store.value_bytes(), context);
}

void Recorder::note_size(unsigned node, std::uint64_t values, std::uint64_t context) {
  Recorded event;
  event.what = What::size;
  event.node = node;
  event.subject = static_cast<std::uint32_t>(values);
  event.amount = context;
  add(event);
}

std::uint32_t Recorder::key_number(const ObjectKey& object) {
  const auto [at, added] = keys_.try_emplace(object, static_cast<std::uint32_t>(keys_.size()));
  if (added) {
    recording_.keys.push_back(recording_.texts.add(
        std::string(word_of(static_cast<Family>(object.type.family))) + " " + object.name));
  }
  return at->second;
}

void Recorder::start(unsigned node, std::uint64_t starts, std::size_t records,
                     const std::string& name) {
  seen_[node].stale = true;
  Recorded event;
  event.what = What::start;
  event.node = node;
  event.subject = static_cast<std::uint32_t>(starts);
  event.amount = records;
  event.text = recording_.texts.add(name);
  add(event);
}

void Recorder::stop(unsigned node, std::size_t lost, std::size_t fault, FaultKind kind) {
  note(What::stop, node, lost, name_of(kind), fault);
}

void Recorder::send(unsigned source, unsigned target, std::uint64_t bytes, std::uint64_t hash,
                    const Frame& frame) {
  Recorded event;
  event.what = What::send;
  event.node = source;
  event.subject = static_cast<std::uint32_t>(recording_.messages.size());
  event.amount = bytes;
  event.code = static_cast<std::uint8_t>(frame.body.index());
  event.text = recording_.texts.add(described(frame));
  recording_.messages.push_back({source, target, hash});
  sent_at_.push_back(now_);
  kinds_.push_back(static_cast<FrameKind>(event.code));
  biters_.clear();
  add(event);
}

void Recorder::bite(std::size_t fault, std::uint64_t) {
  biters_.push_back(fault);
}

void Recorder::sent(std::size_t copies) {
  const std::uint32_t number = message();
  const RecordedMessage& of = recording_.messages[number];
  if (copies == 0) return lost(of.source, number, Lost::under_way);
  for (std::size_t fault : std::exchange(biters_, {})) {
    Recorded event;
    event.what = What::bite;
    event.node = of.source;
    event.subject = number;
    event.amount = copies;
    event.fault = static_cast<std::uint16_t>(fault);
    add(event);
  }
}

std::uint32_t Recorder::message() const {
  return static_cast<std::uint32_t>(recording_.messages.size() - 1);
}

void Recorder::deliver(unsigned node, std::uint32_t message) {
  biters_.clear();
  Recorded event;
  event.what = What::deliver;
  event.node = node;
  event.subject = message;
  event.amount = now_ - sent_at_[message];
  event.code = static_cast<std::uint8_t>(kinds_[message]);
  seen_[node].stale = kinds_[message] == FrameKind::repair_chunk;
  add(event);
}

void Recorder::lost(unsigned node, std::uint32_t message, Lost how) {
  Recorded event;
  event.what = What::lost;
  event.node = node;
  event.subject = message;
  event.code = static_cast<std::uint8_t>(how);
  if (!biters_.empty()) event.fault = static_cast<std::uint16_t>(biters_.front());
  biters_.clear();
  add(event);
}

void Recorder::held(unsigned node, std::uint32_t message, Time until, std::size_t fault) {
  Recorded event;
  event.what = What::held;
  event.node = node;
  event.subject = message;
  event.amount = until;
  event.fault = static_cast<std::uint16_t>(fault);
  add(event);
}

void Recorder::fault_begins(std::size_t index, const Fault& fault) {
  RecordedFault& as_drawn = recording_.faults[index];
  if (takes(fault.kind, FaultField::nodes)) as_drawn.nodes = fault.nodes;  // those that were up
  note(What::fault_begins, Recorded::nobody, 0, targets_of(fault), index);
}

void Recorder::fault_ends(std::size_t index) {
  note(What::fault_ends, Recorded::nobody, 0, {}, index);
}

}  // namespace rejoin::sim
