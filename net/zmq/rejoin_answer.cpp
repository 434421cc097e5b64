#include "net/zmq/rejoin_answer.hpp"

#include <algorithm>
#include <cstdio>

#include "net/operation_form.hpp"

namespace rejoin {
namespace {

using Json = nlohmann::ordered_json;

constexpr int refused = 1;
constexpr int unreachable = 3;

int exit_code(const Error& error) {
  const bool late = error.code == ErrorCode::timed_out ||
                    error.code == ErrorCode::transport_failed || error.code == ErrorCode::closed;
  return late ? unreachable : refused;
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const Plain& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Json json_of(const TypeForm& form, const std::vector<const Item*>& items) {
  if (form.reads == TypeForm::Reads::many) {
    Json list = Json::array();
    for (const Item* item : items) list.push_back(json_of(item->value));
    return list;
  }
  if (items.empty()) return nullptr;
  const Item& item = *items.front();
  switch (form.reads) {
    case TypeForm::Reads::flag:
      return item.value != Plain(std::int64_t{0});
    case TypeForm::Reads::ranked:
      if (item.fields.empty()) return nullptr;
      return {{"rank", rank_from(item.fields.back()).value_or(0)}, {"text", json_of(item.value)}};
    default:
      return json_of(item.value);
  }
}

// Objects by field, as deep as there are fields. A node lists what is under one field together.
Json json_under(const TypeForm& form, const std::vector<const Item*>& items, std::size_t level,
                std::size_t depth) {
  if (level == depth) return json_of(form, items);
  Json out = Json::object();
  auto& members = out.get_ref<Json::object_t&>();  // out[field] would look through all before it
  for (auto at = items.begin(); at != items.end();) {
    std::vector<const Item*> same;
    if ((*at)->fields.size() < depth) return nullptr;  // no answer of ours
    const std::string& field = (*at)->fields[level];
    for (; at != items.end() && (*at)->fields.size() >= depth && (*at)->fields[level] == field;
         ++at) {
      same.push_back(*at);
    }
    members.emplace_back(field, json_under(form, same, level + 1, depth));
  }
  return out;
}

Json json_of(const Status::Peer& peer) {
  return {{"address", peer.address},       {"name", peer.name},
          {"replica", peer.replica},       {"state", peer.state},
          {"lag_dots", peer.lag_dots},     {"lag_seconds", double(peer.lag_ms) / 1000},
          {"frames_out", peer.frames_out}, {"bytes_out", peer.bytes_out},
          {"frames_in", peer.frames_in},   {"bytes_in", peer.bytes_in}};
}

Json json_of(const Status& status) {
  Json peers = Json::array();
  for (const Status::Peer& peer : status.peers) peers.push_back(json_of(peer));
  const Stats& stats = status.stats;
  return {{"name", status.name},
          {"cluster", status.cluster},
          {"address", status.address},
          {"replica", status.replica},
          {"storage", status.storage},
          {"failure", status.failure.empty() ? Json(nullptr) : Json(status.failure)},
          {"duplicated", status.duplicated},
          {"objects", status.objects},
          {"live_dots", status.slots_live},
          {"value_bytes", status.value_bytes},
          {"stored_bytes", status.stored_bytes},
          {"clock_dots", status.clock_dots},
          {"peers", peers},
          {"frames_in", stats.frames_in},
          {"bytes_in", stats.bytes_in},
          {"frames_out", stats.frames_out},
          {"bytes_out", stats.bytes_out},
          {"frames_refused", stats.frames_refused},
          {"links_refused", status.links_refused},
          {"encrypted", status.encrypted},
          {"access_refused", status.access_refused},
          {"events_dropped", status.events_dropped},
          {"entries_made", stats.entries_made},
          {"entries_merged", stats.entries_merged},
          {"entries_duplicate", stats.entries_duplicate},
          {"repairs_given", stats.repairs_given},
          {"repairs_taken", stats.repairs_taken},
          {"repairs_interrupted", stats.repairs_interrupted},
          {"resends", stats.resends}};
}

std::string peer_line(const Status::Peer& peer, bool colour) {
  char lag[64];
  std::snprintf(lag, sizeof(lag), "lag %llu dots, %.1f s",
                static_cast<unsigned long long>(peer.lag_dots), double(peer.lag_ms) / 1000);
  const bool good = peer.state == "streaming";
  const std::string state =
      colour ? (good ? "\x1b[32m" : "\x1b[33m") + peer.state + "\x1b[0m" : peer.state;
  return "peer " + (peer.name.empty() ? "?" : peer.name) + "  " + peer.address + "  " + state +
         "  " + lag + "  out " + std::to_string(peer.frames_out) + " frames " +
         size_text(peer.bytes_out) + "  in " + std::to_string(peer.frames_in) + " frames " +
         size_text(peer.bytes_in) + "\n";
}

std::string text_of_status(const Status& status, bool colour) {
  const Stats& stats = status.stats;
  std::string out =
      "node " + status.name + "  " + status.address + "  cluster " + status.cluster +
      (status.encrypted ? "  encrypted" : "  PLAINTEXT") + "\nreplica " + status.replica +
      "\nstore " + status.storage + "  " + std::to_string(status.objects) + " objects  " +
      std::to_string(status.slots_live) + " live dots  " + size_text(status.value_bytes) +
      " values  " + size_text(status.stored_bytes) + " on disk\n";
  if (!status.failure.empty()) out += "FAILED, takes no writes: " + status.failure + "\n";
  for (const std::string& node : status.duplicated) {
    out += "DUPLICATED: two processes run as node " + node + ": was its directory copied?\n";
  }
  for (const Status::Peer& peer : status.peers) out += peer_line(peer, colour);
  out += "frames out " + std::to_string(stats.frames_out) + ", " + size_text(stats.bytes_out) +
         "; in " + std::to_string(stats.frames_in) + ", " + size_text(stats.bytes_in) + "\n";
  out += "refused " + std::to_string(stats.frames_refused) + " frames, " +
         std::to_string(status.links_refused) + " messages, " +
         std::to_string(status.access_refused) + " for their keys; entries made " +
         std::to_string(stats.entries_made) + ", merged " + std::to_string(stats.entries_merged) +
         ", duplicate " + std::to_string(stats.entries_duplicate) + "; repairs given " +
         std::to_string(stats.repairs_given) + ", taken " + std::to_string(stats.repairs_taken) +
         "; resends " + std::to_string(stats.resends) + "\n";
  return out;
}

Printed failed(const ClientCommand& command, const Error& error) {
  Printed out;
  out.exit = exit_code(error);
  if (command.json) {
    out.out = dumped({{"error", {{"code", name_of(error.code)}, {"message", error.message}}}});
  } else {
    out.error = "rejoin: " + error.message + "\n";
  }
  return out;
}

struct Printer {
  const ClientCommand& command;
  bool colour;

  Printed another() const {
    return failed(command, {ErrorCode::malformed, "the node answered another question"});
  }
  Printed operator()(const Error& error) const { return failed(command, error); }
  Printed operator()(const WrittenReply& reply) const {
    if (command.json) return {dumped({{"ok", true}, {"token", text_of(reply.token)}}), {}, 0};
    return {command.token ? text_of(reply.token) + "\n" : std::string(), {}, 0};
  }
  Printed operator()(const ValuesReply& reply) const {
    const auto* request = std::get_if<ClientRequest>(&command.task);
    const auto* operation = request ? std::get_if<Operation>(&request->body) : nullptr;
    if (!operation) return another();
    if (command.json) {
      return {
          dumped({{"type", word_for(operation->type)},
                  {"key", operation->key},
                  {"value", values_json(operation->type, reply.values, operation->fields.size())},
                  {"token", text_of(reply.token)}}),
          {},
          0};
    }
    Printed out;
    for (const Item& item : reply.values) {
      for (const std::string& field : item.fields) out.out += field + "\t";
      out.out += word_of(operation->type, item.value) + "\n";
    }
    return out;
  }
  Printed operator()(const HeldReply& reply) const {
    if (command.json) {
      return {dumped({{"ok", true},
                      {"needed", reply.needed},
                      {"holders", reply.holders},
                      {"token", text_of(reply.token)}}),
              {},
              0};
    }
    return {};
  }
  Printed operator()(const WatchPage&) const { return another(); }
  Printed operator()(const BackupReply&) const { return another(); }
  Printed operator()(const Status& status) const {
    if (command.json) return {dumped(json_of(status)), {}, 0};
    return {text_of_status(status, colour), {}, 0};
  }
};

}  // namespace

std::string word_of(Family type, const Plain& value) {
  const TypeForm* form = form_of(type);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (form && form->reads == TypeForm::Reads::flag) return *integer != 0 ? "true" : "false";
    return std::to_string(*integer);
  }
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

nlohmann::ordered_json values_json(Family type, const std::vector<Item>& items, std::size_t given) {
  const TypeForm* form = form_of(type);
  if (!form) return nullptr;
  std::vector<const Item*> all;
  for (const Item& item : items) all.push_back(&item);
  return json_under(*form, all, 0, form->depth - std::min(given, form->depth));
}

std::string size_text(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit < 4; ++unit) size /= 1024;
  char out[32];
  std::snprintf(out, sizeof(out), unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  return out;
}

int print_failure(const ClientCommand& command, const Error& error) {
  const Printed printed = failed(command, error);
  std::fputs(printed.out.c_str(), stdout);
  std::fputs(printed.error.c_str(), stderr);
  return printed.exit;
}

Printed print(const ClientCommand& command, const Result<ClientReply>& reply, bool colour) {
  if (!reply) return failed(command, reply.error());
  return std::visit(Printer{command, colour}, reply->body);
}

}  // namespace rejoin
