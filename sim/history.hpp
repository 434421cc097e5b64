#pragma once

// A counterexample of the law kit (crdt/laws/counterexample.hpp), played on three replicas of the
// core: what a type does wrong when its values are merged by hand, does it do it in a store?
//
//     perform A OP at MS     a transaction at A, at that time of its wall clock
//     receive C delta K      C is sent the K-th change, as the entry that it became, alone
//     regroup C delta K ...  several of them, joined into one entry as a log joins them
//     merge A from B         A is sent every entry that B has
//
// Everything else that the replicas would send is lost. After each step the node that acted must
// read what its operations say; in the end all get everything, and must be equal by bytes, too.
//
// What a history means in a store is not the same in all: an entry carries its node's whole share
// of the key, so with a later change come the earlier ones of that node. And a store takes part of
// the kit's laws from a type: its states are never compared, and merged only when they are read.

#include <string>
#include <string_view>

#include "crdt/result.hpp"
#include "sim/own.hpp"

namespace rejoin::sim {

bool is_history(std::string_view text);

struct HistoryPlayed {
  std::string type;
  std::string law;        // that the history broke in the kit
  std::string complaint;  // empty: nothing is wrong in a store
  std::string told;       // a line for each step, with what its node reads then
};
// `types`: of them one must have the name that the history says, or be the only one. Error:
// malformed or invalid_argument, with the line.
Result<HistoryPlayed> play_history(std::string_view text, const OwnTypes& types);

}  // namespace rejoin::sim
