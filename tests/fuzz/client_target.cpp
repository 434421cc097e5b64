#include "net/client_message.hpp"
#include "net/operation_form.hpp"
#include "net/schema/client.capnp.h"
#include "tests/fuzz/host.hpp"
#include "tests/fuzz/message_mutator.hpp"
#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {
namespace {

// The first byte says which of the two decoders the rest is for.
constexpr char request_first = 'q';
constexpr char reply_first = 'r';

Operation random_operation(Random& random) {
  Operation out;
  out.type = static_cast<Family>(1 + random.below(22));
  out.verb = static_cast<Verb>(random.below(10));
  out.key = random.bytes(10);
  if (random.one_in(2)) out.value = random.bytes(10);
  if (random.one_in(2)) out.value = static_cast<std::int64_t>(random.next());
  while (random.one_in(2)) out.fields.push_back(random.bytes(4));
  return out;
}

std::vector<ClientRequest> requests(Random& random) {
  std::vector<ClientRequest> out(6);
  for (ClientRequest& request : out) {
    request.id = random.next();
    if (random.one_in(2)) request.store = store_id();
    request.timeout_ms = random.below(10'000);
    request.after = test::random_context(random);
  }
  out[0].body = random_operation(random);
  out[1].body = Operation{Family::aw_set, Verb::add, "cart", std::string("milk")};
  out[2].body = WaitRequest{{Quorum::Kind::at_least, 2}};
  out[3].body = StatusRequest{};
  out[4].body = Operation{Family::multi_map, Verb::add, "by", std::string("a"), {"b"}};
  out[5].body = Operation{
      Family::bounded_counter, Verb::move, "stock", std::int64_t{2}, {to_string(ReplicaId(5))}};
  return out;
}

std::vector<ClientReply> replies(Random& random) {
  Status status;
  status.name = random.bytes(10);
  status.peers.push_back({"tcp://h:1", "b", "id", "streaming", 1, 2, 3, 4, 5, 6});
  status.stats.resends = 11;
  const CausalContext clock = test::random_context(random);
  return {{1, Error{ErrorCode::limit_exceeded, "too large"}},
          {2, WrittenReply{clock}},
          {3, ValuesReply{clock,
                          {std::int64_t{-1}, random.bytes(10), std::monostate{},
                           Item(random.bytes(3), {random.bytes(3), "f"})}}},
          {4, HeldReply{clock, {"x", "y"}, 2}},
          {5, status}};
}

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed);
    for (const ClientRequest& request : requests(random)) {
      out.push_back(request_first + encode_request(request));
    }
    for (const ClientReply& reply : replies(random)) {
      out.push_back(reply_first + encode_reply(reply));
    }
  }
  return out;
}

// What a node would do with it.
std::optional<std::string> obey(const Operation& operation) {
  if (!check(operation)) return std::nullopt;
  Host host;
  host.start();
  host.apply(operation);
  return host.complaint();
}

std::optional<std::string> check_request(std::string_view bytes) {
  const Result<ClientRequest> request = decode_request(bytes);
  if (!request) {
    if (request.error().message.empty()) return "it is refused without a reason";
    return std::nullopt;
  }
  const Result<ClientRequest> again = decode_request(encode_request(*request));
  if (!again) return "encoded again it is refused: " + again.error().message;
  if (!(*again == *request)) return "encoded again it is another request";
  const auto* operation = std::get_if<Operation>(&request->body);
  return operation == nullptr ? std::nullopt : obey(*operation);
}

std::optional<std::string> check_reply(std::string_view bytes) {
  const Result<ClientReply> reply = decode_reply(bytes);
  if (!reply) {
    if (reply.error().message.empty()) return "it is refused without a reason";
    return std::nullopt;
  }
  const std::string again = encode_reply(*reply);
  const Result<ClientReply> second = decode_reply(again);
  if (!second) return "encoded again it is refused: " + second.error().message;
  if (encode_reply(*second) != again) return "encoded again it is another reply";
  return std::nullopt;
}

std::optional<std::string> check_either(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::string_view rest = bytes.substr(1);
  return bytes.front() == reply_first ? check_reply(rest) : check_request(rest);
}

std::optional<std::string> mutate(const std::string& bytes, Random& random) {
  if (bytes.empty()) return std::nullopt;
  const capnp::StructSchema schema = bytes.front() == reply_first
                                         ? capnp::Schema::from<schema::client::Reply>()
                                         : capnp::Schema::from<schema::client::Request>();
  std::optional<std::string> changed = mutated_message(bytes.substr(1), schema, random);
  if (changed) changed->insert(0, 1, bytes.front());
  return changed;
}

}  // namespace

const Target client_target{"client", seeds, check_either, mutate};

}  // namespace rejoin::fuzz
