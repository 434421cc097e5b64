#include "sim/rejoin_sim_recording.hpp"

#include <array>
#include <fstream>
#include <iostream>
#include <locale>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view format = "rejoin-sim recording";

// Hashes do not fit the numbers of JavaScript.
bool amount_is_hash(What what) {
  return what == What::state || what == What::value;
}

// The word for `code`; empty where it means nothing.
std::string_view code_word(const Recorded& event) {
  switch (event.what) {
    case What::transaction:
      return name_of(static_cast<Done>(event.code));
    case What::send:
    case What::deliver:
      return name_of(static_cast<FrameKind>(event.code));
    case What::lost:
      return name_of(static_cast<Lost>(event.code));
    default:
      return {};
  }
}

// Bytes that are not UTF-8 must not stop a report.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

template <class T, class F>
void write_list(std::ostream& out, const char* name, const T& list, F&& each) {
  out << ",\n\"" << name << "\": [";
  const char* comma = "\n";
  for (const auto& one : list) {
    out << comma;
    each(one);
    comma = ",\n";
  }
  out << "]";
}

Json json_of(const RecordedFault& fault) {
  Json json;
  json["name"] = fault.name;
  json["kind"] = name_of(fault.kind);
  json["begin"] = fault.begin;
  json["end"] = fault.end;
  if (!fault.nodes.empty()) json["nodes"] = fault.nodes;
  if (!fault.side.empty()) json["side"] = fault.side;
  if (!fault.from.empty()) json["from"] = fault.from;
  if (!fault.to.empty()) json["to"] = fault.to;
  return json;
}

void write_event(std::ostream& out, const Recorded& event) {
  out << '[' << event.at << ',' << event.event << ",\"" << name_of(event.what) << "\",";
  if (event.node == Recorded::nobody) {
    out << "null";
  } else {
    out << event.node;
  }
  out << ',' << event.subject << ',';
  if (amount_is_hash(event.what)) {
    out << '"' << hash_text(event.amount) << '"';
  } else {
    out << event.amount;
  }
  out << ',';
  if (event.fault == Recorded::no_fault) {
    out << "null";
  } else {
    out << event.fault;
  }
  out << ",\"" << code_word(event) << "\"," << event.text << ']';
}

// ---- reading

template <class Enum>
std::optional<Enum> called(std::string_view name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

std::uint8_t code_called(What what, std::string_view word) {
  std::optional<std::uint8_t> code;
  const auto take = [&](auto value) {
    if (value) code = static_cast<std::uint8_t>(*value);
  };
  if (what == What::transaction) take(called<Done>(word, 3));
  if (what == What::send || what == What::deliver) take(called<FrameKind>(word, 9));
  if (what == What::lost) take(called<Lost>(word, 3));
  return code.value_or(0);
}

std::uint64_t hash_of(const Json& json) {
  return std::stoull(json.get<std::string>(), nullptr, 16);
}

Recorded event_of(const Json& json) {
  const auto what = called<What>(json.at(2).get<std::string>(), what_count);
  if (!what) throw std::invalid_argument("an unknown event, " + json.at(2).dump());
  Recorded event;
  event.at = json.at(0);
  event.event = json.at(1);
  event.what = *what;
  if (!json.at(3).is_null()) event.node = json.at(3);
  event.subject = json.at(4);
  event.amount = amount_is_hash(*what) ? hash_of(json.at(5)) : json.at(5).get<std::uint64_t>();
  if (!json.at(6).is_null()) event.fault = json.at(6);
  event.code = code_called(*what, json.at(7).get<std::string>());
  event.text = json.at(8);
  return event;
}

RecordedFault fault_of(const Json& json) {
  RecordedFault fault;
  fault.name = json.at("name");
  const auto kind = fault_kind(json.at("kind").get<std::string>());
  if (!kind) throw std::invalid_argument("an unknown fault, " + json.at("kind").dump());
  fault.kind = *kind;
  fault.begin = json.at("begin");
  fault.end = json.at("end");
  fault.nodes = json.value("nodes", Nodes{});
  fault.side = json.value("side", std::vector<unsigned>{});
  fault.from = json.value("from", Nodes{});
  fault.to = json.value("to", Nodes{});
  return fault;
}

// Numbers that name something must name something that is there.
void check(const Recording& recording, const Recorded& event) {
  const bool has_message = event.what == What::send || event.what == What::deliver ||
                           event.what == What::lost || event.what == What::bite ||
                           event.what == What::held;
  const bool bad = event.text >= recording.texts.size() ||
                   (event.fault != Recorded::no_fault && event.fault >= recording.faults.size()) ||
                   (event.node != Recorded::nobody && event.node >= recording.nodes) ||
                   (has_message && event.subject >= recording.messages.size()) ||
                   (event.what == What::value && event.subject >= recording.keys.size());
  if (bad) throw std::invalid_argument("an event names what is not there");
}

Recording recording_of(const Json& json) {
  if (json.value("format", "") != format || json.value("version", 0U) != Recording::version) {
    throw std::invalid_argument("not a " + std::string(format) + " of version " +
                                std::to_string(Recording::version));
  }
  Recording recording;
  recording.scenario = json.at("scenario");
  recording.nodes = json.at("nodes");
  for (const Json& fault : json.at("faults")) recording.faults.push_back(fault_of(fault));
  const Json& texts = json.at("texts");  // the first is the empty one
  for (std::size_t i = 1; i < texts.size(); ++i) recording.texts.append(texts[i]);
  for (const Json& key : json.at("keys")) recording.keys.push_back(key.get<std::uint32_t>());
  for (const Json& message : json.at("messages")) {
    recording.messages.push_back({message.at(0), message.at(1), hash_of(message.at(2))});
  }
  for (const Json& event : json.at("events")) {
    recording.events.push_back(event_of(event));
    check(recording, recording.events.back());
  }
  recording.outcome = outcome_of(json.at("outcome"));
  return recording;
}

}  // namespace

void write_recording(std::ostream& out, const Recording& recording) {
  out.imbue(std::locale::classic());
  out << "{\"format\": \"" << format << "\",\n\"version\": " << Recording::version
      << ",\n\"scenario\": " << quoted(recording.scenario) << ",\n\"nodes\": " << recording.nodes;
  out << ",\n\"outcome\": "
      << json_of(recording.outcome, 0).dump(-1, ' ', true, Json::error_handler_t::replace);
  write_list(out, "faults", recording.faults,
             [&](const RecordedFault& fault) { out << json_of(fault).dump(); });
  out << ",\n\"columns\": [\"at\", \"event\", \"what\", \"node\", \"subject\", \"amount\", "
         "\"fault\", \"code\", \"text\"]";
  write_list(out, "events", recording.events,
             [&](const Recorded& event) { write_event(out, event); });
  write_list(out, "messages", recording.messages, [&](const RecordedMessage& message) {
    out << '[' << message.source << ',' << message.target << ",\"" << hash_text(message.hash)
        << "\"]";
  });
  write_list(out, "keys", recording.keys, [&](std::uint32_t text) { out << text; });
  std::vector<std::uint32_t> texts(recording.texts.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i) texts[i] = i;
  write_list(out, "texts", texts,
             [&](std::uint32_t number) { out << quoted(recording.texts[number]); });
  out << "}\n";
}

Result<void> write_recording(const std::string& where, const Recording& recording) {
  const Error error{ErrorCode::invalid_argument, where + ": cannot be written"};
  if (where == "-") {
    write_recording(std::cout, recording);
    if (!std::cout.good()) return error;
    return {};
  }
  std::ofstream out(where);
  write_recording(out, recording);
  out.flush();
  if (!out.good()) return error;
  return {};
}

Result<Recording> read_recording(const std::string& file) {
  std::ifstream in(file);
  if (!in) return Error{ErrorCode::invalid_argument, file + ": cannot be read"};
  try {
    return recording_of(Json::parse(in));
  } catch (const std::exception& error) {
    return Error{ErrorCode::invalid_argument, file + ": " + error.what()};
  }
}

Result<Recording> record(const Scenario& scenario, const Seed& seed) {
  Recorder recorder;
  const auto outcome = simulate(scenario, seed, &recorder);
  if (!outcome) return outcome.error();
  return recorder.take();
}

Result<Recording> recording_called(const std::string& word) {
  if (word.ends_with(".json")) return read_recording(word);
  if (!names_scenario(word)) {
    return Error{ErrorCode::invalid_argument,
                 "'" + word + "' is neither a recording (FILE.json) nor SCENARIO.toml:SEED"};
  }
  const auto named = load_run_called(word);
  if (!named) return named.error();
  return record(named->scenario, named->seed);
}

}  // namespace rejoin::sim
