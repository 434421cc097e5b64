#include "tests/maelstrom/node_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

extern char** environ;

namespace rejoin::test {

NodeProcess::NodeProcess(std::vector<std::string> command) {
  signal(SIGPIPE, SIG_IGN);  // a node that ended is a finding, not our end
  command[0] = std::filesystem::read_symlink("/proc/self/exe").parent_path() / command[0];
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  if (failed != 0) throw std::runtime_error("cannot start " + command[0]);
  in_ = in[1];
  out_ = out[0];
}

NodeProcess::~NodeProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (in_ >= 0) close(in_);
  close(out_);
}

void NodeProcess::write_line(const std::string& line) {
  const std::string text = line + '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(in_, text.data() + done, text.size() - done);
    if (wrote <= 0) return;  // it ended: finish() will say how
    done += static_cast<std::size_t>(wrote);
  }
}

std::vector<std::string> NodeProcess::read_lines() {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(out_, buffer.data(), buffer.size());
  if (got > 0) text_.append(buffer.data(), static_cast<std::size_t>(got));
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text_.substr(begin, end - begin));
  }
  text_.erase(0, begin);
  return lines;
}

int NodeProcess::finish() {
  close(in_);
  in_ = -1;
  std::array<char, 65536> buffer{};
  while (read(out_, buffer.data(), buffer.size()) > 0) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace rejoin::test
