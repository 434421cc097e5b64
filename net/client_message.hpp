#pragma once

// What a client asks of a node and what it answers, as values; their bytes are Cap'n Proto messages
// (net/schema/client.capnp). One request, one reply with its id; a wait is answered when it holds
// or its time is over, so replies may come in another order.
//
// decode takes hostile bytes: it never throws, reads at most what was sent, and caps segments,
// nesting and traversal. Errors: malformed, version_unsupported, limit_exceeded (above its
// bytes_max).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/frame.hpp"
#include "net/operation.hpp"
#include "net/status.hpp"
#include "net/watch.hpp"

namespace rejoin {

constexpr std::uint16_t client_version = 1;
constexpr std::uint64_t request_bytes_max = 1024 * 1024;
constexpr std::uint64_t reply_bytes_max = 64 * 1024 * 1024;

// How many peers must hold something; see Peers in net/zmq/node.hpp.
struct Quorum {
  enum class Kind { all, majority, at_least };
  Kind kind = Kind::all;
  std::uint32_t number = 0;

  friend bool operator==(const Quorum&, const Quorum&) = default;
};
struct WaitRequest {  // until the peers hold `after`, or else all that is durable at the node
  Quorum peers;
  friend bool operator==(const WaitRequest&, const WaitRequest&) = default;
};
struct StatusRequest {
  friend bool operator==(const StatusRequest&, const StatusRequest&) = default;
};

struct BackupRequest {
  std::uint64_t session = 0;  // 0: begin
  std::uint64_t from = 0;     // the first record wanted; behind the last: done, and it is forgotten
  friend bool operator==(const BackupRequest&, const BackupRequest&) = default;
};

struct ClientRequest {
  std::uint64_t id = 0;
  std::optional<StoreId> store;  // nothing: whichever the node has
  std::uint64_t timeout_ms = 0;
  CausalContext after;  // what the node must cover before it acts; where a watch resumes
  std::variant<Operation, WaitRequest, StatusRequest, WatchRequest, BackupRequest> body;

  friend bool operator==(const ClientRequest&, const ClientRequest&) = default;
};

struct WrittenReply {  // durable at the node
  CausalContext token;
  friend bool operator==(const WrittenReply&, const WrittenReply&) = default;
};
struct ValuesReply {
  CausalContext token;
  std::vector<Item> values;
  friend bool operator==(const ValuesReply&, const ValuesReply&) = default;
};
struct HeldReply {
  CausalContext token;
  std::vector<std::string> holders;  // node ids
  std::uint32_t needed = 0;
  friend bool operator==(const HeldReply&, const HeldReply&) = default;
};

struct BackupReply {
  std::uint64_t session = 0;
  StoreId store;
  std::string cluster;
  std::string replica;
  CausalContext token;        // the one moment that it is of
  std::uint64_t records = 0;  // in all, and their bytes
  std::uint64_t bytes = 0;
  std::vector<std::string> page;
  friend bool operator==(const BackupReply&, const BackupReply&) = default;
};

struct ClientReply {
  std::uint64_t id = 0;
  std::variant<Error, WrittenReply, ValuesReply, HeldReply, Status, WatchPage, BackupReply> body;
};

std::string encode_request(const ClientRequest& request);
Result<ClientRequest> decode_request(std::string_view bytes);
std::string encode_reply(const ClientReply& reply);
Result<ClientReply> decode_reply(std::string_view bytes);

}  // namespace rejoin
