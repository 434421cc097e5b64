#pragma once

// Pool: worker processes that take tasks, a line of text each, and answer with a line. A worker
// that dies (a broken invariant of ours aborts) or is too long over a task costs that task alone:
// it is killed, the caller is told, and another goes on behind it. A worker is a copy of this
// process as it is when it begins, so whatever `work` captures is there.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rejoin::sim {

class Pool {
 public:
  using Clock = std::chrono::steady_clock;
  using Work = std::function<std::string(const std::string&)>;

  struct Settings {
    unsigned jobs = 1;
    double task_seconds_max = 0;  // 0: no limit
  };
  struct Answer {
    std::uint64_t task = 0;
    std::string text;  // what work() returned, its line breaks as spaces
    std::string died;  // not empty: it did not return, and why
  };

  Pool(const Settings& settings, Work work);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();  // kills what runs

  // A task may be given: some worker has fewer than a few.
  bool wants() const;
  // Requires: wants(). Text without line breaks.
  void give(std::uint64_t task, const std::string& text);
  std::size_t under_way() const { return under_way_; }
  // Waits for answers, at most for a moment or until a signal comes; calls f with each.
  void wait(const std::function<void(Answer)>& f);

 private:
  struct Task {
    std::uint64_t number = 0;
    std::string text;
  };
  struct Worker {
    int pid = -1;
    int socket = -1;
    std::string received;
    std::deque<Task> tasks;  // the first is being worked on
    Clock::time_point began;
  };

  void begin(Worker& worker);
  int end(Worker& worker);
  void send(Worker& worker, const Task& task);
  void receive(Worker& worker, const std::function<void(Answer)>& f);
  void lose(Worker& worker, const std::string& why, const std::function<void(Answer)>& f);
  [[noreturn]] void serve(int socket) const;

  Settings settings_;
  Work work_;
  std::vector<Worker> workers_;
  std::size_t under_way_ = 0;
};

}  // namespace rejoin::sim
