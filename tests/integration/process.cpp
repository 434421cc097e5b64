#include "tests/integration/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

extern char** environ;

namespace rejoin::integration {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What a child wrote to its stderr is read at its end, so it must fit; a pipe takes this much.
constexpr int error_bytes_max = 1 << 20;

bool readable(int descriptor, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    pollfd item{descriptor, POLLIN, 0};
    const int ready = poll(&item, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
  }
}

std::string read_all(int descriptor) {
  std::string out;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = read(descriptor, buffer.data(), buffer.size())) > 0;) {
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return out;
}

std::string located(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

}  // namespace

Process::Process(std::vector<std::string> command) {
  command[0] = located(command[0]);
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> out{}, err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  fcntl(err[1], F_SETPIPE_SZ, error_bytes_max);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  if (failed != 0) throw std::runtime_error("cannot start " + command[0]);
  out_ = out[0];
  err_ = err[0];
  handle_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (handle_ < 0) throw std::runtime_error("no pidfd");
}

Process::~Process() {
  signal(SIGKILL);
  wait();
  close(handle_);
  close(out_);
  close(err_);
}

std::optional<std::string> Process::line(milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    if (!readable(out_, deadline)) return std::nullopt;
    std::array<char, 4096> buffer{};
    const ssize_t got = read(out_, buffer.data(), buffer.size());
    if (got <= 0) return std::nullopt;
    read_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void Process::signal(int number) const {
  if (!exit_) kill(pid_, number);
}

std::optional<int> Process::wait(milliseconds timeout) {
  if (exit_ || !readable(handle_, Clock::now() + timeout)) return exit_;
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_;
}

std::string Process::rest_of_output() {
  return read_ + read_all(out_);
}
std::string Process::errors() {
  return read_all(err_);
}

Finished run(std::vector<std::string> command) {
  Process process(std::move(command));
  Finished out;
  out.exit = process.wait().value_or(-1);
  if (out.exit < 0) return out;
  out.out = process.rest_of_output();
  out.err = process.errors();
  return out;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "rejoin-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = pattern;
}
TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// Below the range that the kernel gives to outgoing connections: there somebody's connection may
// take a port while its daemon restarts, even a connection to itself. Tests that run at the same
// time begin at different ports.
std::vector<std::string> free_addresses(std::size_t count) {
  constexpr int lowest = 10'000;
  constexpr int range = 20'000;
  constexpr int apart = 64;
  static int next = static_cast<int>(getpid()) % (range / apart) * apart;
  std::vector<std::string> out;
  for (int tries = 0; out.size() < count; ++tries) {
    if (tries > range) throw std::runtime_error("no free port");
    const int port = lowest + next;
    next = (next + 1) % range;
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool free = bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(socket);
    if (free) out.push_back("tcp://127.0.0.1:" + std::to_string(port));
  }
  return out;
}

}  // namespace rejoin::integration
