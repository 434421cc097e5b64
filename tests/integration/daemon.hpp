// A daemon as a process, and rejoin asking it: for tests of one command over several starts.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/process.hpp"

namespace rejoin::integration {

class Daemon {
 public:
  // `more`: --data DIR or --volatile, and whatever else.
  explicit Daemon(std::vector<std::string> more, std::string address = free_addresses(1)[0])
      : address_(std::move(address)), more_(std::move(more)) {
    start();
  }

  void start() {
    std::vector<std::string> words = {"rejoind", "--listen", address_, "--insecure"};
    words.insert(words.end(), more_.begin(), more_.end());
    process_ = std::make_unique<Process>(std::move(words));
    EXPECT_TRUE(process_->line()) << process_->errors();
  }
  void kill() {
    process_->signal(SIGKILL);
    process_->wait();
  }
  Process& process() { return *process_; }
  const std::string& address() const { return address_; }

  // The words of a rejoin that asks it.
  std::vector<std::string> words(const std::vector<std::string>& more) const {
    std::vector<std::string> out = {"rejoin", "--insecure", "--at", address_};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  Finished ask(const std::vector<std::string>& more) const { return run(words(more)); }
  // What it prints. Requires that it succeeds.
  std::string out(const std::vector<std::string>& more) const {
    const Finished finished = ask(more);
    EXPECT_EQ(finished.exit, 0) << finished.err;
    return finished.out;
  }
  std::unique_ptr<Process> begin(const std::vector<std::string>& more) const {
    return std::make_unique<Process>(words(more));
  }

 private:
  std::string address_;
  std::vector<std::string> more_;
  std::unique_ptr<Process> process_;
};

}  // namespace rejoin::integration
