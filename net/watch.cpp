#include "net/watch.hpp"

#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace rejoin {
namespace {

// About what an object costs beside its bytes.
constexpr std::uint64_t object_envelope = 64;
constexpr std::uint64_t value_envelope = 32;
constexpr std::uint64_t field_envelope = 16;

// As people look for things.
struct ByName {
  bool operator()(const ObjectKey& a, const ObjectKey& b) const {
    return std::tie(a.name, a.type) < std::tie(b.name, b.type);
  }
};

// Takes objects until the page is full.
class PageFiller {
 public:
  PageFiller(const Store& store, const WatchLimits& limits, WatchPage& page)
      : store_(store), limits_(limits), page_(page) {}

  // False: there is no room, and the next page begins with the object.
  bool take(const ObjectKey& key) {
    if (bytes_ > limits_.page_bytes) {
      page_.next = key;
      return false;
    }
    WatchedObject object{key, WatchedObject::State::present, {}};
    std::uint64_t bytes = object_envelope + key.name.size();
    if (!store_.objects().contains(key)) {
      object.state = WatchedObject::State::removed;
    } else if (auto values = read_plain(key, store_)) {
      object.values = *std::move(values);
    } else {
      object.state = WatchedObject::State::opaque;
    }
    for (const Item& item : object.values) {
      const auto* text = std::get_if<std::string>(&item.value);
      bytes += value_envelope + (text ? text->size() : 0);
      for (const std::string& field : item.fields) bytes += field_envelope + field.size();
    }
    if (bytes > limits_.object_bytes) {
      object.state = WatchedObject::State::too_large;
      object.values.clear();
      bytes = object_envelope + key.name.size();
    }
    bytes_ += bytes;
    page_.objects.push_back(std::move(object));
    return true;
  }

 private:
  const Store& store_;
  const WatchLimits& limits_;
  WatchPage& page_;
  std::uint64_t bytes_ = 0;
};

// Every object with the prefix, rising by name: a merge of the ranges of all types, each of which
// the store has in that order.
class NameWalk {
 public:
  NameWalk(const Store::Objects& objects, const std::string& prefix, const ObjectKey* from)
      : objects_(objects), prefix_(prefix) {
    for (auto at = objects.begin(); at != objects.end();) {
      const TypeTag type = at->first.type;
      auto head = objects.lower_bound({type, from ? from->name : prefix});
      if (from && head != objects.end() && ByName()(head->first, *from)) ++head;
      heads_.emplace_back(type, head);
      if (type.value == std::numeric_limits<std::uint32_t>::max()) {
        if (type.family == std::numeric_limits<std::uint16_t>::max()) break;
        at = objects.lower_bound({{static_cast<std::uint16_t>(type.family + 1), 0}, {}});
      } else {
        at = objects.lower_bound({{type.family, type.value + 1}, {}});
      }
    }
  }

  const ObjectKey* next() {
    Head* least = nullptr;
    for (Head& head : heads_) {
      if (!in_range(head)) continue;
      if (!least || ByName()(head.second->first, least->second->first)) least = &head;
    }
    return least ? &(least->second++)->first : nullptr;
  }

 private:
  using Head = std::pair<TypeTag, Store::Objects::const_iterator>;

  bool in_range(const Head& head) const {
    return head.second != objects_.end() && head.second->first.type == head.first &&
           head.second->first.name.starts_with(prefix_);
  }

  const Store::Objects& objects_;
  const std::string& prefix_;
  std::vector<Head> heads_;
};

void fill_snapshot(const WatchView& view, const std::string& prefix, const ObjectKey* from,
                   const WatchLimits& limits, WatchPage& page) {
  PageFiller filler(view.store, limits, page);
  NameWalk walk(view.store.objects(), prefix, from);
  while (const ObjectKey* key = walk.next()) {
    if (!filler.take(*key)) return;
  }
}

// Objects that the entries name; and in `told`, the dots of those entries.
std::set<ObjectKey, ByName> objects_of(const std::vector<const Entry*>& entries,
                                       const std::string& prefix, CausalContext& told) {
  std::set<ObjectKey, ByName> out;
  const auto add = [&](const ObjectKey& key) {
    if (key.name.starts_with(prefix)) out.insert(key);
  };
  for (const Entry* entry : entries) {
    told.merge(entry->dots);
    for (const Put& put : entry->puts) add(put.slot.object);
    for (const Removal& removal : entry->removals) add(removal.slot.object);
  }
  return out;
}

}  // namespace

WatchPage watch_anew(const WatchView& view, const std::string& prefix, SnapshotReason reason,
                     const WatchLimits& limits) {
  WatchPage page;
  page.snapshot = true;
  page.begins = true;
  page.reason = reason;
  page.upto = view.shown;
  fill_snapshot(view, prefix, nullptr, limits, page);
  return page;
}

WatchPage watch_page(const WatchView& view, const WatchRequest& request, const CausalContext& since,
                     const WatchLimits& limits) {
  const auto& rest = request.rest;
  if (rest && !view.shown.covers(rest->upto)) {
    return watch_anew(view, request.prefix, SnapshotReason::unknown, limits);
  }
  if (rest && rest->snapshot) {
    WatchPage page;
    page.snapshot = true;
    page.upto = rest->upto;
    fill_snapshot(view, request.prefix, &rest->from, limits, page);
    return page;
  }
  if (!request.resumes) return watch_anew(view, request.prefix, SnapshotReason::asked, limits);

  const CausalContext lacking = (rest ? rest->upto : view.shown) - since;
  if (!view.log.dots().covers(lacking)) {
    return watch_anew(view, request.prefix, SnapshotReason::behind, limits);
  }
  const std::uint64_t bytes_max =
      rest ? std::numeric_limits<std::uint64_t>::max() : limits.entries_bytes;
  CausalContext told;
  const auto objects = objects_of(view.log.collect(lacking, bytes_max), request.prefix, told);
  WatchPage page;
  if (rest) {
    page.upto = rest->upto;
  } else {
    page.upto = since;
    page.upto.merge(told.covers(lacking) ? view.shown : told);
  }
  PageFiller filler(view.store, limits, page);
  for (auto at = rest ? objects.lower_bound(rest->from) : objects.begin(); at != objects.end();
       ++at) {
    if (!filler.take(*at)) break;
  }
  return page;
}

}  // namespace rejoin
