#include "examples/word_count/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace word_count {
namespace {

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

std::unique_ptr<Process> Process::start(Poller& poller, const std::vector<std::string>& arguments,
                                        OnLine on_line) {
  std::array<int, 2> input{-1, -1};
  std::array<int, 2> output{-1, -1};
  if (::pipe2(input.data(), O_CLOEXEC) != 0) return nullptr;
  if (::pipe2(output.data(), O_CLOEXEC) != 0) {
    for (int& end : input) close_end(end);
    return nullptr;
  }
  std::vector<std::string> words = {"word_count"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_t id = -1;
  const int failed =
      posix_spawn(&id, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close_end(input[0]);
  close_end(output[1]);
  if (failed != 0) {
    close_end(input[1]);
    close_end(output[0]);
    return nullptr;
  }
  ::fcntl(output[0], F_SETFL, O_NONBLOCK);
  return std::unique_ptr<Process>(new Process(poller, id, input[1], output[0], std::move(on_line)));
}

Process::Process(Poller& poller, pid_t id, int input, int output, OnLine on_line)
    : poller_(poller), id_(id), input_(input), output_(output), on_line_(std::move(on_line)) {
  poller_.watch(output_, POLLIN, [this] { read_lines(); });
}

Process::~Process() {
  if (!reaped_) {
    ::kill(id_, SIGKILL);
    reap();
  }
  end_input();
  if (output_ >= 0) poller_.forget(output_);
  close_end(output_);
}

void Process::send(const std::string& line) {
  const std::string whole = line + '\n';
  // A pipe that its reader left is noticed at the other pipe, by finished().
  if (::write(input_, whole.data(), whole.size()) < 0) return;
}

void Process::end_input() {
  close_end(input_);
}

bool Process::kill_at_once() {
  if (reaped_) return false;
  ::kill(id_, SIGKILL);
  const int status = reap();
  if (output_ >= 0) read_lines();
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

int Process::exit_code() {
  const int status = reap();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int Process::reap() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  return status;
}

void Process::read_lines() {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t n = ::read(output_, buffer.data(), buffer.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (n <= 0) {
      poller_.forget(output_);
      close_end(output_);
      break;
    }
    partial_.append(buffer.data(), static_cast<std::size_t>(n));
  }
  std::size_t begin = 0;
  for (std::size_t end; (end = partial_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    on_line_(partial_.substr(begin, end - begin));
  }
  partial_.erase(0, begin);
}

}  // namespace word_count
