#include "net/capnp_client.hpp"

#include <utility>

#include "net/operation_form.hpp"

namespace rejoin::client_wire {
namespace {

void write_key(const ObjectKey& key, wire::ObjectKey::Builder out) {
  out.setFamily(key.type.family);
  out.setValueType(key.type.value);
  out.setName(data_of(key.name));
}

ObjectKey read_key(wire::ObjectKey::Reader in) {
  return {{in.getFamily(), in.getValueType()}, string_of(in.getName())};
}

bool read_object(wire::Object::Reader in, WatchedObject& out) {
  out.key = read_key(in.getKey());
  if (in.getState() > static_cast<std::uint16_t>(WatchedObject::State::too_large)) return false;
  out.state = static_cast<WatchedObject::State>(in.getState());
  for (const wire::Value::Reader value : in.getValues()) {
    if (!read_item(value, out.values.emplace_back())) return false;
  }
  return true;
}

}  // namespace

std::string clock_bytes(const CausalContext& clock) {
  return clock.empty() ? std::string() : encoded(clock);
}

bool read_clock(capnp::Data::Reader data, CausalContext& out) {
  if (data.size() == 0) return true;
  auto clock = decoded<CausalContext>(string_of(data));
  if (!clock) return false;
  out = *std::move(clock);
  return true;
}

void write_value(const Plain& value, wire::Value::Builder out) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out.setInteger(*integer);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    out.setText(data_of(*text));
  } else {
    out.setNone();
  }
}

bool read_value(wire::Value::Reader in, Plain& out) {
  switch (in.which()) {
    case wire::Value::NONE:
      out = std::monostate{};
      return true;
    case wire::Value::INTEGER:
      out = std::int64_t{in.getInteger()};
      return true;
    case wire::Value::TEXT:
      out = string_of(in.getText());
      return true;
  }
  return false;
}

void write_item(const Item& item, wire::Value::Builder out) {
  write_value(item.value, out);
  if (item.fields.empty()) return;
  auto fields = out.initFields(static_cast<unsigned>(item.fields.size()));
  for (unsigned i = 0; i < fields.size(); ++i) fields.set(i, data_of(item.fields[i]));
}

bool read_item(wire::Value::Reader in, Item& out) {
  for (const auto field : in.getFields()) out.fields.push_back(string_of(field));
  return read_value(in, out.value);
}

void write_operation(const Operation& operation, wire::Operation::Builder out) {
  out.setFamily(static_cast<std::uint16_t>(operation.type));
  out.setVerb(static_cast<wire::Verb>(operation.verb));
  out.setKey(data_of(operation.key));
  write_value(operation.value, out.initValue());
  if (operation.fields.empty()) return;
  auto fields = out.initFields(static_cast<unsigned>(operation.fields.size()));
  for (unsigned i = 0; i < fields.size(); ++i) fields.set(i, data_of(operation.fields[i]));
}

bool read_operation(wire::Operation::Reader in, Operation& out) {
  out.type = static_cast<Family>(in.getFamily());
  if (word_for(out.type).empty()) return false;
  const auto verb = static_cast<std::uint16_t>(in.getVerb());
  if (verb > static_cast<std::uint16_t>(Verb::rights)) return false;
  out.verb = static_cast<Verb>(verb);
  out.key = string_of(in.getKey());
  for (const auto field : in.getFields()) out.fields.push_back(string_of(field));
  return read_value(in.getValue(), out.value);
}

void write_watch(const WatchRequest& request, wire::Watch::Builder out) {
  out.setPrefix(data_of(request.prefix));
  out.setResumes(request.resumes);
  if (!request.rest) return;
  out.setHasRest(true);
  out.setSnapshot(request.rest->snapshot);
  out.setUpto(data_of(clock_bytes(request.rest->upto)));
  write_key(request.rest->from, out.initFrom());
}

bool read_watch(wire::Watch::Reader in, WatchRequest& out) {
  out.prefix = string_of(in.getPrefix());
  out.resumes = in.getResumes();
  if (!in.getHasRest()) return true;
  WatchRequest::Rest& rest = out.rest.emplace();
  rest.snapshot = in.getSnapshot();
  rest.from = read_key(in.getFrom());
  return read_clock(in.getUpto(), rest.upto);
}

void write_page(const WatchPage& page, wire::Watched::Builder out) {
  out.setSnapshot(page.snapshot);
  out.setBegins(page.begins);
  out.setReason(static_cast<std::uint16_t>(page.reason));
  out.setUpto(data_of(clock_bytes(page.upto)));
  auto objects = out.initObjects(static_cast<unsigned>(page.objects.size()));
  for (unsigned i = 0; i < objects.size(); ++i) {
    const WatchedObject& object = page.objects[i];
    write_key(object.key, objects[i].initKey());
    objects[i].setState(static_cast<std::uint16_t>(object.state));
    auto values = objects[i].initValues(static_cast<unsigned>(object.values.size()));
    for (unsigned k = 0; k < values.size(); ++k) write_item(object.values[k], values[k]);
  }
  if (!page.next) return;
  out.setHasNext(true);
  write_key(*page.next, out.initNext());
}

bool read_page(wire::Watched::Reader in, WatchPage& out) {
  out.snapshot = in.getSnapshot();
  out.begins = in.getBegins();
  if (in.getReason() > static_cast<std::uint16_t>(SnapshotReason::unknown)) return false;
  out.reason = static_cast<SnapshotReason>(in.getReason());
  for (const wire::Object::Reader object : in.getObjects()) {
    if (!read_object(object, out.objects.emplace_back())) return false;
  }
  if (in.getHasNext()) out.next = read_key(in.getNext());
  return read_clock(in.getUpto(), out.upto);
}

void write_backup(const BackupReply& reply, wire::BackupPage::Builder out) {
  out.setSession(reply.session);
  out.setStoreHigh(reply.store.high);
  out.setStoreLow(reply.store.low);
  out.setCluster(reply.cluster);
  out.setReplica(reply.replica);
  out.setToken(data_of(clock_bytes(reply.token)));
  out.setRecords(reply.records);
  out.setBytes(reply.bytes);
  auto page = out.initPage(static_cast<unsigned>(reply.page.size()));
  for (unsigned i = 0; i < page.size(); ++i) page.set(i, data_of(reply.page[i]));
}

bool read_backup(wire::BackupPage::Reader in, BackupReply& out) {
  out.session = in.getSession();
  out.store = {in.getStoreHigh(), in.getStoreLow()};
  out.cluster = string_of(in.getCluster());
  out.replica = string_of(in.getReplica());
  out.records = in.getRecords();
  out.bytes = in.getBytes();
  for (const capnp::Data::Reader record : in.getPage()) out.page.push_back(string_of(record));
  return read_clock(in.getToken(), out.token);
}

}  // namespace rejoin::client_wire
