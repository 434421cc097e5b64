#pragma once

// Worker: one of the three processes. It embeds a node and counts its third of the text.
//
// It does what its standard input allows and tells on its standard output what happened, a line
// each, so that the process which started it can watch; replication goes another way, over the
// node's own links.
//
//     in   upto N           count the words before the Nth of the third, then wait
//          list FILE        write all counts that the node holds
//          (end of input)   stop
//     out  address URL      the node listens there
//          resume N         words of the third that its own register says are counted: 0 at first
//          counted N        so many are; it is on this node's disk
//          view N...        the progress of every worker as this node knows it
//          up NAME, down NAME    a peer answers, a peer is silent
//          replicated       both peers hold on their disks all that this node does
//          listed FILE
//          failed WHY       and the process ends

#include <cstddef>
#include <string>
#include <vector>

namespace word_count {

inline const std::vector<std::string> worker_names = {"a", "b", "c"};

// As the command line carries it: `word_count worker INDEX TEXT DIRECTORY BATCH KEYS PEER...`
struct WorkerOptions {
  std::size_t index = 0;
  std::string text;       // the file, the whole of it
  std::string directory;  // of the node's data
  std::size_t batch = 1;  // words in one transaction
  std::string keys;       // the directory of its keys; empty: plaintext
  std::vector<std::string> peers;

  std::vector<std::string> arguments() const;
  static WorkerOptions parse(const std::vector<std::string>& arguments);
};

// The exit code.
int run_worker(const WorkerOptions& options);

}  // namespace word_count
