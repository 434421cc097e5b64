#pragma once

// Act: one operation of the workload as a plain value, and Deed: what one transaction does. They
// are drawn (workload.hpp) or written down in a scenario, printed, parsed, compared, cut down, and
// performed (perform.hpp). The words are those of net/operation_form.hpp, and lattice; the key
// comes before the verb.
//
//     awset key0 add e2          ormap key1 add f0 e3 -4       pncounter key0 add -4
//     awset key0 remove e2       ormap key1 remove f0          lattice key0 add e1
//     awset key0 remove          bounded key0 move n2 5        ordered key0 set 17
//
// An operation of the user's (own.hpp) says itself how it is written: its type, its key, and what
// comes then is its type's.
//
// A text has no blanks. Rights are given to n2, what node 2 is when the act is performed, or to w7:
// of the replicas that wrote to the counter, as its node sees it, number 7 modulo how many.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/result.hpp"
#include "crdt/type_tag.hpp"
#include "net/operation.hpp"
#include "sim/own.hpp"

namespace rejoin::sim {

struct Whom {
  enum class Kind : std::uint8_t { node, writer };
  Kind kind = Kind::node;
  std::uint64_t number = 0;

  friend bool operator==(const Whom&, const Whom&) = default;
};

struct Act {
  Family family = Family::g_counter;
  std::string key;
  Verb verb = Verb::add;
  std::string field;  // of a map; of ormap the outer one
  std::string text;   // a register's or a map's text, a set's element, the inner field of ormap
  std::int64_t number = 0;
  Whom to;                                 // whom a bounded counter's rights are moved to
  std::shared_ptr<const OwnAct> own = {};  // then nothing else but the key is said here

  friend bool operator==(const Act& a, const Act& b);  // of the user's: their texts
};

struct Deed {
  std::vector<Act> acts;
  bool refuses = false;  // the transaction refuses at its end, so nothing happens

  friend bool operator==(const Deed&, const Deed&) = default;
};

std::string to_string(const Act& act);
// All of them, in their order.
std::string to_string(const Deed& deed);
// Error: invalid_argument, with what would be right.
Result<Act> act_from(std::string_view text, const OwnTypes& own = {});

}  // namespace rejoin::sim
