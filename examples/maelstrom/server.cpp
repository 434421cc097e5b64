#include "examples/maelstrom/server.hpp"

#include <array>
#include <utility>

#include "crdt/g_counter.hpp"
#include "crdt/g_set.hpp"
#include "crdt/hash.hpp"
#include "crdt/pn_counter.hpp"
#include "examples/maelstrom/base64.hpp"
#include "net/stored.hpp"

namespace maelstrom {
namespace {

using rejoin::Error;
using rejoin::ErrorCode;
using rejoin::Now;
using rejoin::Result;

// An element may be any JSON: the set holds its text.
const rejoin::Key<rejoin::GSet<std::string>> set_key{"set"};
const rejoin::Key<rejoin::GCounter> counter_key{"counter"};
const rejoin::Key<rejoin::PnCounter> both_ways_key{"counter"};

// Maelstrom's codes of definite errors.
constexpr int not_supported = 10;
constexpr int malformed_request = 12;

// Clocks are shown twice a second, so that all is equal well within the ten seconds that Maelstrom
// grants; changes are gathered for a moment, so that many requests cost one message a neighbour.
rejoin::Config config() {
  rejoin::Config config;
  config.batch_window_ms = 20;
  config.digest_interval_ms = 500;
  config.hello_interval_ms = 250;
  config.relay_after_ms = 250;
  config.resend_after_ms = 200;
  config.peer_timeout_ms = 2000;
  return config;
}

std::string text_of(const nlohmann::ordered_json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

std::optional<Workload> workload_called(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Workload>, 5> all = {{
      {"echo", Workload::echo},
      {"broadcast", Workload::broadcast},
      {"g-set", Workload::g_set},
      {"g-counter", Workload::g_counter},
      {"pn-counter", Workload::pn_counter},
  }};
  for (const auto& [word, workload] : all) {
    if (word == name) return workload;
  }
  return std::nullopt;
}

void Server::take(const std::string& line, const Now& now) {
  const Json message = Json::parse(line, nullptr, false);
  if (!message.is_object() || !message.contains("body") || !message["body"].is_object()) return;
  if (text_of(message["body"], "type") == "init") {
    begin(message, now);
  } else if (!replica_) {
    early_.push_back(message);
    return;
  } else {
    handle(message, now);
  }
  if (replica_) drain(now);
}

void Server::handle_timeout(const Now& now) {
  if (!replica_) return;
  replica_->handle_timeout(now);
  drain(now);
}

std::optional<std::uint64_t> Server::deadline() const {
  return replica_ ? replica_->poll_timeout() : std::nullopt;
}

void Server::begin(const Json& message, const Now& now) {
  const Json& body = message["body"];
  const std::string self = text_of(body, "node_id");
  if (self.empty()) return;
  if (!replica_) {
    self_ = self;
    rejoin::Replica::Setup setup;
    setup.config = config();
    setup.store = rejoin::StoreId::named("maelstrom");
    setup.self = {rejoin::NodeId(rejoin::hash64(self)), incarnation_};
    setup.name = self;
    replica_.emplace(std::move(setup));
    replica_->start(now, true);
    for (const Json& each : body.value("node_ids", Json::array())) {
      if (each.is_string() && each != self) neighbours_[replica_->add_route(now)] = each;
    }
  }
  reply(text_of(message, "src"), body, {{"type", "init_ok"}});
  for (const Json& waited : std::exchange(early_, {})) handle(waited, now);
}

void Server::handle(const Json& message, const Now& now) {
  const Json& body = message["body"];
  const std::string source = text_of(message, "src");
  if (text_of(body, "type") == "rejoin") return take_frames(body, now);
  if (comes_again(source, body)) return;
  answer(source, body, now);
}

// A frame that the core refuses is dealt with by the core: what it lacks is sent again.
void Server::take_frames(const Json& body, const Now& now) {
  const auto frames = body.find("frames");
  if (frames == body.end() || !frames->is_array()) return;
  for (const Json& frame : *frames) {
    if (!frame.is_string()) continue;
    if (const auto bytes = from_base64(frame.get_ref<const std::string&>())) {
      static_cast<void>(replica_->handle_frame(*bytes, now));
    }
  }
}

// Of a change that was asked for twice, the first will be answered.
bool Server::comes_again(const std::string& client, const Json& body) {
  const auto id = body.find("msg_id");
  if (id == body.end() || !id->is_number_unsigned()) return false;
  const auto number = id->get<std::uint64_t>() + 1;  // sequences begin with 1
  return !requests_[client].add({number, number});
}

void Server::answer(const std::string& client, const Json& body, const Now& now) {
  const std::string type = text_of(body, "type");
  if (type == "echo") {
    return reply(client, body, {{"type", "echo_ok"}, {"echo", body.value("echo", Json())}});
  }
  // Frames go to everybody; whose entries do not arrive is helped by others.
  if (type == "topology") return reply(client, body, {{"type", "topology_ok"}});
  if (type == "read" && workload_ != Workload::echo) return reply(client, body, read());
  const char* changes = workload_ == Workload::broadcast ? "broadcast" : "add";
  if (type != changes || workload_ == Workload::echo) {
    return refuse(client, body, not_supported, "there is no \"" + type + "\" in this workload");
  }
  const auto done =
      replica_->transact([&](rejoin::Transaction& tx) { return change(body, tx); }, now);
  if (!done) return refuse(client, body, malformed_request, done.error().message);
  // What changed nothing may say what another request, not durable yet, has just said.
  if (done->flush > 0) last_ = *done;
  unanswered_.push_back({last_, client, {{"type", type + "_ok"}}});
  if (const auto id = body.find("msg_id"); id != body.end()) {
    unanswered_.back().reply["in_reply_to"] = *id;
  }
}

Result<void> Server::change(const Json& body, rejoin::Transaction& tx) const {
  const auto malformed = [](const char* what) { return Error{ErrorCode::invalid_argument, what}; };
  if (workload_ == Workload::broadcast || workload_ == Workload::g_set) {
    const auto element = body.find(workload_ == Workload::broadcast ? "message" : "element");
    if (element == body.end()) return malformed("what is to be added is missing");
    rejoin::open(tx, set_key).add(tx, element->dump());
    return {};
  }
  const auto delta = body.find("delta");
  if (delta == body.end() || !delta->is_number_integer()) {
    return malformed("delta must be an integer");
  }
  const auto by = delta->get<std::int64_t>();
  if (workload_ == Workload::pn_counter) {
    rejoin::open(tx, both_ways_key).add(tx, by);
  } else {
    rejoin::open(tx, counter_key).add(tx, by);
  }
  return {};
}

Server::Json Server::read() const {
  Json out = {{"type", "read_ok"}};
  if (workload_ == Workload::g_counter) {
    out["value"] = rejoin::open(replica_->store(), counter_key).value();
  } else if (workload_ == Workload::pn_counter) {
    out["value"] = rejoin::open(replica_->store(), both_ways_key).value();
  } else {
    Json elements = Json::array();
    for (const std::string& element : rejoin::open(replica_->store(), set_key).elements()) {
      elements.push_back(Json::parse(element, nullptr, false));
    }
    out[workload_ == Workload::broadcast ? "messages" : "value"] = std::move(elements);
  }
  return out;
}

void Server::reply(const std::string& client, const Json& request, Json body) {
  if (const auto id = request.find("msg_id"); id != request.end()) body["in_reply_to"] = *id;
  send(client, std::move(body));
}

void Server::refuse(const std::string& client, const Json& request, int code,
                    const std::string& why) {
  reply(client, request, {{"type", "error"}, {"code", code}, {"text", why}});
}

void Server::send(const std::string& to, Json body) {
  const Json message = {{"src", self_}, {"dest", to}, {"body", std::move(body)}};
  lines_.push_back(message.dump());
}

void Server::drain(const Now& now) {
  std::map<rejoin::RouteId, Json> outgoing;
  for (;;) {
    const std::vector<std::string> records = replica_->poll_persist();
    if (!records.empty()) {
      static_cast<void>(storage_.append(records));  // memory does not fail
      replica_->handle_persisted(storage_.last(), now);
    }
    auto frame = replica_->poll_transmit();
    if (!frame && records.empty()) break;
    for (; frame; frame = replica_->poll_transmit()) {
      outgoing[frame->route].push_back(to_base64(frame->bytes));
    }
  }
  while (replica_->poll_event()) {
  }
  for (auto& [route, frames] : outgoing) {
    send(neighbours_.at(route), {{"type", "rejoin"}, {"frames", std::move(frames)}});
  }
  answer_durable();
}

void Server::answer_durable() {
  std::erase_if(unanswered_, [&](Unanswered& waiting) {
    const auto token = replica_->token_of(waiting.commit);
    if (!token || !replica_->covers(*token)) return false;
    send(waiting.client, std::move(waiting.reply));
    return true;
  });
}

}  // namespace maelstrom
