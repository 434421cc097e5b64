#pragma once

// Foreman: starts the three workers, kills one and cuts another off in the middle of their work,
// and judges what they end with. It only watches and disturbs: no count passes through it.
//
//     starting    until all listen and know of each other
//     first_part  all may count to 50 %; when b has a quarter of its third, kill -9
//     without_b   all may count to 60 %; when a and c have gone on, b is started again
//     b_returns   until b's own register has said where to go on
//     all_again   until b has gone on, and all are linked; then c's links are cut
//     without_c   all may count to 85 %; until each side has gone on, lacks counts of the other and
//                 has noticed; then the links are healed
//     last_part   all may count to the end; until everybody holds everything
//     listing     each writes its counts; they are compared
//     stopping    until the processes have ended
//     over
//
// The percentages are what makes both accidents fall into the middle on any machine: nobody can
// have finished before them, and nobody sleeps to wait for them.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/word_count/gate.hpp"
#include "examples/word_count/poller.hpp"
#include "examples/word_count/process.hpp"
#include "examples/word_count/show.hpp"
#include "examples/word_count/text.hpp"

namespace word_count {

struct Job {
  std::string directory;  // exists, empty, ours
  std::string text;       // the bytes
  std::size_t batch = 0;  // words in a transaction; 0: chosen from the length of the text
  bool plaintext = false;
};

class Foreman {
 public:
  // Requires: words_missing(job.text) == 0.
  Foreman(Job job, Show& show);

  // How many words the poorest third lacks for there to be a middle.
  static std::size_t words_missing(std::string_view text);

  // Nothing if all went as promised; else what did not.
  std::optional<std::string> run();
  // The last line of a good run.
  std::string summary() const;

 private:
  static constexpr std::size_t workers_count = 3;
  static constexpr std::size_t victim = 1;  // b
  static constexpr std::size_t hermit = 2;  // c

  enum class Act {
    starting,
    first_part,
    without_b,
    b_returns,
    all_again,
    without_c,
    last_part,
    listing,
    stopping,
    over
  };

  struct Worker {
    std::string name;
    std::uint64_t words = 0;    // in its third
    std::uint64_t counted = 0;  // of them, on its disk
    std::unique_ptr<Process> process;
    std::string address;
    std::optional<std::uint64_t> resumed;
    std::array<std::uint64_t, workers_count> view{};
    std::set<std::string> linked;  // peers that answer it
    bool replicated = false;
    bool listed = false;
    std::string state = "starts";
    bool in_trouble = false;
  };

  static const char* name_of(Act act);
  bool prepare();
  bool prepare_keys();
  bool start(std::size_t index);
  void hear(std::size_t index, const std::string& line);
  void allow(std::uint64_t percent);

  void advance();
  void await_start();
  void kill_victim();
  void restart_victim();
  void check_victim();
  void cut_hermit();
  void heal_hermit();
  void await_everything();
  void compare();
  void await_end();

  void watch_processes();
  bool require(bool holds, const std::string& what);
  void show_progress();
  bool all(bool Worker::*flag) const;
  bool all_linked() const;
  std::uint64_t missing() const;
  std::uint64_t total() const;
  std::string path_of(const std::string& name) const { return job_.directory + '/' + name; }
  std::string keys_of(const Worker& worker) const { return path_of("keys-" + worker.name); }
  bool count_with_tools(const std::string& path) const;

  const Job job_;
  Show& show_;
  Poller poller_;
  std::array<Worker, workers_count> workers_;
  std::array<std::array<std::unique_ptr<Gate>, workers_count>, workers_count> gates_;  // from, to
  Act act_ = Act::starting;
  std::size_t batch_ = 1;
  std::uint64_t allowed_percent_ = 0;
  std::array<std::uint64_t, workers_count> counted_before_{};  // when the last accident began
  std::optional<std::string> surprise_;
  std::chrono::steady_clock::time_point last_heard_;
  std::size_t distinct_ = 0;
};

}  // namespace word_count
