// NodeProcess: a program of ours that is spoken to in lines, both ways, without waiting.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rejoin::test {

class NodeProcess {
 public:
  // A program that lies beside this test.
  explicit NodeProcess(std::vector<std::string> command);
  ~NodeProcess();  // kills it, if it still runs
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  int output() const { return out_; }  // to poll
  void write_line(const std::string& line);
  // Whole lines that came; waits for nothing if there is something to read.
  std::vector<std::string> read_lines();
  // Closes its stdin and awaits its end: its exit code, or 128 + the signal's number.
  int finish();

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::string text_;
};

}  // namespace rejoin::test
