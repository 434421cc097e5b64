#pragma once

// Process: another process of this program, with lines in and lines out.

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "examples/word_count/poller.hpp"

namespace word_count {

class Process {
 public:
  // Called for each line that it writes, without the end of line.
  using OnLine = std::function<void(const std::string&)>;

  // This program, with these arguments. Nothing: it could not be started.
  static std::unique_ptr<Process> start(Poller& poller, const std::vector<std::string>& arguments,
                                        OnLine on_line);
  // Kills it, if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(const std::string& line);
  void end_input();
  // kill -9. Returns when it is gone and its last lines are read: was it that which ended it?
  bool kill_at_once();
  // Whether it has closed its output: it ended, or is about to.
  bool finished() const { return output_ < 0; }
  // Waits for its end: the exit code, or -1 if a signal ended it.
  int exit_code();

  pid_t id() const { return id_; }

 private:
  Process(Poller& poller, pid_t id, int input, int output, OnLine on_line);
  void read_lines();
  int reap();

  Poller& poller_;
  pid_t id_;
  int input_;
  int output_;
  OnLine on_line_;
  std::string partial_;
  bool reaped_ = false;
};

}  // namespace word_count
