#include "tests/maelstrom/cluster.hpp"

#include <poll.h>

#include <algorithm>

namespace rejoin::test {
namespace {

using sim::chance;
using sim::Purpose;
using sim::uniform;

constexpr milliseconds mean_delay{8};
constexpr double loss = 0.05;     // between nodes
constexpr double doubled = 0.1;   // anywhere
constexpr double unheard = 0.04;  // requests and answers of clients, while links fail
constexpr std::size_t clients = 4;

std::uint64_t number_of(const std::string& name) {
  return sim::key_of(name);
}

}  // namespace

Cluster::Cluster(const ClusterOptions& options)
    : options_(options), draws_(options.seed), judge_(options.workload) {}

ClusterReport Cluster::run() {
  start();
  for (std::size_t k = 0; k < options_.requests; ++k) {
    const auto part = static_cast<std::int64_t>(k + 1);
    pump(begin_ + options_.asking * part / static_cast<std::int64_t>(options_.requests + 1));
    ask(k);
  }
  pump(heals_at_);
  const auto deadline = Clock::now() + options_.content;
  while (report_.complaint.empty() && !read_all()) {
    if (Clock::now() > deadline) complain("in the end " + judge_.judge_final(final_));
  }
  end();
  return report_;
}

// A node hears its init a while after the one before it is running, so peers are heard first.
void Cluster::start() {
  initialised_.resize(options_.nodes);
  for (std::size_t i = 0; i < options_.nodes; ++i) {
    nodes_.push_back(
        std::make_unique<NodeProcess>(std::vector<std::string>{"maelstrom_node", options_.name}));
  }
  send_init(0, Clock::now());
  const auto patience = Clock::now() + std::chrono::seconds(20);
  while (!all_initialised() && report_.complaint.empty()) {
    if (Clock::now() > patience) complain("a node does not answer its init");
    pump(Clock::now() + milliseconds(5));
  }
  begin_ = Clock::now();
  cut_at_ = begin_ + options_.asking / 4;
  heals_at_ = begin_ + options_.asking;
}

void Cluster::send_init(std::size_t node, Clock::time_point at) {
  Json names = Json::array();
  for (std::size_t i = 0; i < options_.nodes; ++i) names.push_back(node_name(i));
  const Json body = {{"type", "init"},
                     {"msg_id", ++message_ids_},
                     {"node_id", node_name(node)},
                     {"node_ids", names}};
  const Json message = {{"src", "c0"}, {"dest", node_name(node)}, {"body", body}};
  open_[{"c0", message_ids_}] = {node_name(node), body, {}, {}, false};
  under_way_.push({at, ++serial_, "c0", node_name(node), message.dump()});
  if (options_.workload != maelstrom::Workload::broadcast) return;
  Json topology;
  for (const Json& each : names) topology[each.get<std::string>()] = names;
  const Json request = {{"type", "topology"}, {"topology", topology}};
  send_request("c0", {node_name(node), request, {}, {}, false});
}

bool Cluster::all_initialised() const {
  return std::none_of(open_.begin(), open_.end(),
                      [](const auto& each) { return each.second.body["type"] == "init"; }) &&
         initialised_.back();
}

// Carries messages until then.
void Cluster::pump(Clock::time_point until) {
  for (;;) {
    while (!under_way_.empty() && under_way_.top().at <= Clock::now()) {
      const Delivery delivery = under_way_.top();
      under_way_.pop();
      deliver(delivery);
    }
    const auto now = Clock::now();
    if (now >= until || !report_.complaint.empty()) return;
    const auto next = under_way_.empty() ? until : std::min(until, under_way_.top().at);
    std::vector<pollfd> items;
    for (const auto& node : nodes_) items.push_back({node->output(), POLLIN, 0});
    const auto left = std::chrono::ceil<milliseconds>(next - now).count();
    if (poll(items.data(), items.size(), static_cast<int>(std::max<long>(left, 0))) <= 0) continue;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if ((items[i].revents & POLLHUP) != 0) complain(node_name(i) + " ended");
      if ((items[i].revents & POLLIN) == 0) continue;
      for (const std::string& line : nodes_[i]->read_lines()) take(i, line);
    }
  }
}

// Two nodes against the others, and the cut takes what is under way.
bool Cluster::cut(const std::string& a, const std::string& b) const {
  if (options_.last_node_is_deaf && b == node_name(options_.nodes - 1) && a[0] == 'n') return true;
  const auto now = Clock::now();
  if (a[0] != 'n' || b[0] != 'n' || now < cut_at_ || now >= heals_at_) return false;
  const std::uint64_t turn = draws_.bits(Purpose::fault_target);
  const auto side = [&](const std::string& node) {
    return (std::stoull(node.substr(1)) + turn) % options_.nodes < 2;
  };
  return side(a) != side(b);
}

void Cluster::deliver(const Delivery& delivery) {
  if (cut(delivery.from, delivery.to)) {
    ++report_.cut;
    return;
  }
  if (delivery.to[0] == 'c') return take_answer(Json::parse(delivery.line));
  const std::size_t node = std::stoull(delivery.to.substr(1));
  const bool is_init = delivery.line.find("\"init\"") != std::string::npos;
  if (!initialised_[node] && delivery.from[0] == 'n') ++report_.before_init;
  initialised_[node] = initialised_[node] || is_init;
  ++report_.carried;
  nodes_[node]->write_line(delivery.line);
}

void Cluster::post(const std::string& from, const std::string& to, const std::string& line) {
  const std::uint64_t link = combine64(number_of(from), number_of(to));
  const std::uint64_t k = ++serial_;
  const bool between_nodes = from[0] == 'n' && to[0] == 'n';
  if (failing() && chance(draws_.bits(Purpose::loss, link, k), between_nodes ? loss : unheard)) {
    ++report_.lost;
    return;
  }
  const bool twice = chance(draws_.bits(Purpose::duplicate, link, k), doubled);
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    const std::uint64_t bits = draws_.bits(Purpose::latency, link, k, static_cast<unsigned>(copy));
    const std::chrono::microseconds delay(
        sim::exponential(bits, static_cast<std::uint64_t>(mean_delay.count()) * 1000));
    under_way_.push({Clock::now() + delay, ++serial_, from, to, line});
  }
  report_.doubled += twice;
}

// Only whole messages of the node itself may be on its stdout.
void Cluster::take(std::size_t node, const std::string& line) {
  const Json message = Json::parse(line, nullptr, false);
  if (!message.is_object() || !message.contains("body") || !message.contains("dest")) {
    return complain(node_name(node) + " wrote no message: " + line);
  }
  if (message["src"] != node_name(node)) {
    return complain(node_name(node) + " writes in another name: " + line);
  }
  post(node_name(node), message["dest"], line);
}

void Cluster::take_answer(const Json& message) {
  const Json& body = message["body"];
  if (!body.contains("in_reply_to")) return complain("no answer to anything: " + message.dump());
  const auto at = open_.find({message["dest"], body["in_reply_to"].get<std::uint64_t>()});
  if (at == open_.end()) return;  // the answer came twice
  const Request request = std::move(at->second);
  open_.erase(at);
  const std::string type = request.body["type"];
  if (body["type"] != type + "_ok") {
    return complain("asked for " + request.body.dump() + ", answered " + body.dump());
  }
  ++report_.answered;
  const std::size_t next = std::stoull(request.node.substr(1)) + 1;
  if (type == "init" && next < options_.nodes) send_init(next, Clock::now() + milliseconds(25));
  if (type == "echo" && body["echo"] != request.body["echo"]) complain("an echo was changed");
  if (request.addition) judge_.acknowledge(*request.addition);
  if (type != "read") return;
  ++report_.reads;
  if (auto wrong = judge_.judge_read(request.node, request.known, body); !wrong.empty()) {
    complain(wrong);
  }
  if (request.final) final_[request.node] = body;
}

void Cluster::send_request(const std::string& client, Request request) {
  request.body["msg_id"] = ++message_ids_;
  const Json message = {{"src", client}, {"dest", request.node}, {"body", request.body}};
  const std::string node = request.node;
  open_[{client, message_ids_}] = std::move(request);
  post(client, node, message.dump());
}

void Cluster::ask(std::size_t k) {
  using maelstrom::Workload;
  const std::string client = "c" + std::to_string(1 + k % clients);
  Request request;
  request.node = node_name(draws_.bits(Purpose::operation_node, k) % options_.nodes);
  const std::uint64_t value = draws_.bits(Purpose::operation_value, k);
  if (options_.workload == Workload::echo) {
    request.body = {{"type", "echo"}, {"echo", {{"text", std::to_string(value)}, {"k", k}}}};
    return send_request(client, std::move(request));
  }
  if (chance(draws_.bits(Purpose::operation_kind, k), 0.2)) {
    request.body = {{"type", "read"}};
    request.known = judge_.known_at(request.node);
    return send_request(client, std::move(request));
  }
  std::int64_t number = static_cast<std::int64_t>(k);
  const bool counts =
      options_.workload == Workload::g_counter || options_.workload == Workload::pn_counter;
  if (counts) {
    number = static_cast<std::int64_t>(uniform(value, std::uint64_t{1}, std::uint64_t{1} << 40));
    if (options_.workload == Workload::pn_counter && mix64(value) % 2 == 0) number = -number;
  }
  request.addition = judge_.ask(request.node, number);
  if (options_.workload == Workload::broadcast) {
    request.body = {{"type", "broadcast"}, {"message", number}};
  } else {
    request.body = {{"type", "add"}, {counts ? "delta" : "element", number}};
  }
  send_request(client, std::move(request));
}

// Asks every node; whether all answered, and the judge is content with them together.
bool Cluster::read_all() {
  if (options_.workload == maelstrom::Workload::echo) return true;
  final_.clear();
  for (std::size_t i = 0; i < options_.nodes; ++i) {
    Request request{node_name(i), {{"type", "read"}}, {}, judge_.known_at(node_name(i)), true};
    send_request("c0", std::move(request));
  }
  const auto patience = Clock::now() + std::chrono::seconds(10);
  while (final_.size() < options_.nodes && report_.complaint.empty()) {
    if (Clock::now() > patience) complain("a node does not answer");
    pump(Clock::now() + milliseconds(5));
  }
  return report_.complaint.empty() && judge_.judge_final(final_).empty();
}

void Cluster::end() {
  report_.unanswered = judge_.unanswered();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const int exit = nodes_[i]->finish();
    if (exit != 0) complain(node_name(i) + " ended with " + std::to_string(exit));
  }
}

}  // namespace rejoin::test
