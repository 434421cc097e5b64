#include "sim/rejoin_sim_pool.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace rejoin::sim {
namespace {

// So that no worker waits for the next task while we are busy with answers.
constexpr std::size_t tasks_at_once = 4;
constexpr int moment_ms = 100;

bool send_all(int socket, const std::string& line) {
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t n = ::send(socket, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

// The next whole line of what was received; false if there is none.
bool take_line(std::string& received, std::string& line) {
  const std::size_t end = received.find('\n');
  if (end == std::string::npos) return false;
  line = received.substr(0, end);
  received.erase(0, end + 1);
  return true;
}

// False: the other side is gone.
bool receive_some(int socket, std::string& received) {
  std::array<char, 65536> buffer{};
  const ssize_t n = recv(socket, buffer.data(), buffer.size(), 0);
  if (n > 0) received.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0;
}

// Without processes there is nothing to be done, and nothing to be told to a caller.
[[noreturn]] void give_up() {
  std::perror("rejoin-sim: a worker process cannot be made");
  std::exit(4);
}

std::string seconds_text(double seconds) {
  std::string text = std::to_string(seconds);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

Pool::Pool(const Settings& settings, Work work)
    : settings_(settings), work_(std::move(work)), workers_(std::max(1U, settings.jobs)) {
  for (Worker& worker : workers_) begin(worker);
}

Pool::~Pool() {
  for (Worker& worker : workers_) end(worker);
}

void Pool::begin(Worker& worker) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) give_up();
  worker.pid = fork();
  if (worker.pid < 0) give_up();
  if (worker.pid == 0) {
    close(ends[0]);
    // Else a worker would outlive us as long as its sisters hold our side of its socket.
    for (const Worker& other : workers_) {
      if (other.socket >= 0) close(other.socket);
    }
    serve(ends[1]);
  }
  close(ends[1]);
  worker.socket = ends[0];
  worker.received.clear();
}

void Pool::serve(int socket) const {
  signal(SIGINT, SIG_IGN);  // a terminal tells all of us; we go when our parent does
  signal(SIGTERM, SIG_DFL);
  std::string received;
  std::string line;
  while (true) {
    while (!take_line(received, line)) {
      if (!receive_some(socket, received)) _exit(0);
    }
    std::string answer = work_(line);
    std::replace(answer.begin(), answer.end(), '\n', ' ');
    if (!send_all(socket, answer + "\n")) _exit(0);
  }
}

// Its status, as of waitpid.
int Pool::end(Worker& worker) {
  int status = 0;
  if (worker.pid <= 0) return status;
  kill(worker.pid, SIGKILL);
  close(worker.socket);
  waitpid(worker.pid, &status, 0);
  worker.pid = -1;
  worker.socket = -1;
  return status;
}

bool Pool::wants() const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const Worker& worker) { return worker.tasks.size() < tasks_at_once; });
}

void Pool::give(std::uint64_t task, const std::string& text) {
  Worker& worker = *std::min_element(
      workers_.begin(), workers_.end(),
      [](const Worker& a, const Worker& b) { return a.tasks.size() < b.tasks.size(); });
  if (worker.tasks.empty()) worker.began = Clock::now();
  worker.tasks.push_back({task, text});
  ++under_way_;
  send(worker, worker.tasks.back());
}

// If it died, its socket will say so.
void Pool::send(Worker& worker, const Task& task) {
  send_all(worker.socket, task.text + "\n");
}

void Pool::receive(Worker& worker, const std::function<void(Answer)>& f) {
  const bool alive = receive_some(worker.socket, worker.received);
  std::string line;
  while (!worker.tasks.empty() && take_line(worker.received, line)) {
    const std::uint64_t task = worker.tasks.front().number;
    worker.tasks.pop_front();
    worker.began = Clock::now();
    --under_way_;
    f({task, line, {}});
  }
  if (alive) return;
  // It is a zombie by now, or about to be one; end() kills what is dead already.
  int status = 0;
  waitpid(worker.pid, &status, 0);
  close(worker.socket);
  worker.pid = -1;
  worker.socket = -1;
  lose(worker,
       WIFSIGNALED(status) ? "was aborted by signal " + std::to_string(WTERMSIG(status))
                           : "ended its process with code " + std::to_string(WEXITSTATUS(status)),
       f);
}

void Pool::lose(Worker& worker, const std::string& why, const std::function<void(Answer)>& f) {
  std::uint64_t lost = 0;
  const bool was_busy = !worker.tasks.empty();
  if (was_busy) {
    lost = worker.tasks.front().number;
    worker.tasks.pop_front();
    --under_way_;
  }
  begin(worker);
  worker.began = Clock::now();
  for (const Task& task : worker.tasks) send(worker, task);
  if (was_busy) f({lost, {}, why});
}

void Pool::wait(const std::function<void(Answer)>& f) {
  std::vector<pollfd> polled;
  for (const Worker& worker : workers_) polled.push_back({worker.socket, POLLIN, 0});
  if (poll(polled.data(), polled.size(), moment_ms) < 0) return;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = workers_[i];
    if (polled[i].revents != 0) {
      receive(worker, f);
    } else if (settings_.task_seconds_max > 0 && !worker.tasks.empty() &&
               std::chrono::duration<double>(Clock::now() - worker.began).count() >
                   settings_.task_seconds_max) {
      end(worker);
      lose(worker, "took more than " + seconds_text(settings_.task_seconds_max) + " s", f);
    }
  }
}

}  // namespace rejoin::sim
