// Programs of ours as processes: started, read, signalled, awaited; always with a deadline.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace rejoin::integration {

constexpr std::chrono::seconds patience{60};

class Process {
 public:
  // A path without a slash is a program that lies beside this test.
  explicit Process(std::vector<std::string> command);
  ~Process();  // kills it
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // A line of its stdout, without the newline; nothing if it ended or the time did.
  std::optional<std::string> line(std::chrono::milliseconds timeout = patience);
  void signal(int number) const;
  pid_t id() const { return pid_; }
  // Its exit code; 128 + the signal's number if one ended it; nothing if it still runs.
  std::optional<int> wait(std::chrono::milliseconds timeout = patience);
  // All that it wrote and line() did not take. Requires that it ended.
  std::string rest_of_output();
  std::string errors();

 private:
  pid_t pid_ = -1;
  int handle_ = -1;  // becomes readable when it ends
  int out_ = -1;
  int err_ = -1;
  std::string read_;
  std::optional<int> exit_;
};

struct Finished {
  int exit = -1;
  std::string out;
  std::string err;
};
Finished run(std::vector<std::string> command);

// A directory that goes away with this.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// tcp://127.0.0.1:PORT, with ports that were free a moment ago; none is given twice.
std::vector<std::string> free_addresses(std::size_t count);

}  // namespace rejoin::integration
