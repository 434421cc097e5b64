#include "crdt/laws/isolated.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>

#include "crdt/codec.hpp"
#include "crdt/laws/mutants.hpp"

namespace rejoin::laws {
namespace {

// What the child is doing, in memory that both have.
struct Whereabouts {
  std::atomic<std::uint64_t> count{0};  // how often it said so
  std::atomic<int> phase{0};
  std::atomic<std::uint64_t> number{0};
  std::atomic<const char*> law{""};  // names are constants, at one address in both
};

class Telling final : public Progress {
 public:
  explicit Telling(Whereabouts& where) : where_(where) {}
  void at(const Position& position) override {
    where_.phase.store(static_cast<int>(position.phase), std::memory_order_relaxed);
    where_.number.store(position.number, std::memory_order_relaxed);
    where_.law.store(position.law, std::memory_order_relaxed);
    where_.count.fetch_add(1, std::memory_order_release);
  }

 private:
  Whereabouts& where_;
};

std::uint64_t cpu_ms_of(pid_t child) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
         static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

std::uint64_t memory_mb_of(pid_t child) {
  const std::string path = "/proc/" + std::to_string(child) + "/statm";
  std::FILE* const file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return 0;
  unsigned long all = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &all, &resident);
  std::fclose(file);
  const auto page = static_cast<unsigned long>(sysconf(_SC_PAGESIZE));
  return read == 2 ? std::uint64_t{resident} * page >> 20 : 0;
}

// One child: what it sent, and why it ended if not well.
class Child {
 public:
  using Body = std::function<void(Progress&, const std::function<void(const std::string&)>&)>;

  Child(const Budget& budget, Progress& progress) : budget_(budget), progress_(progress) {
    void* const shared = mmap(nullptr, sizeof(Whereabouts), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != MAP_FAILED) where_ = new (shared) Whereabouts;
  }
  ~Child() {
    if (where_ != nullptr) munmap(where_, sizeof(Whereabouts));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False if there is no child to be had.
  bool run(const Body& body) {
    int ends[2] = {-1, -1};
    if (where_ == nullptr || pipe(ends) != 0) return false;
    memory_mb_before_ = memory_mb_of(getpid());
    child_ = fork();
    if (child_ == 0) {
      close(ends[0]);
      live(body, ends[1]);
    }
    close(ends[1]);
    const bool forked = child_ > 0;
    if (forked) watch(ends[0]);
    close(ends[0]);
    return forked;
  }

  const std::string& sent() const { return sent_; }
  const std::string& why() const { return why_; }  // empty: it ended well
  Position last() const {
    return {static_cast<Phase>(where_->phase.load()),
            static_cast<std::size_t>(where_->number.load()), where_->law.load()};
  }

 private:
  [[noreturn]] void live(const Body& body, int out) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) ::signal(signal, SIG_DFL);
    Telling telling(*where_);
    body(telling, [&](const std::string& bytes) {
      for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t written = write(out, bytes.data() + at, bytes.size() - at);
        if (written <= 0) _exit(1);
        at += static_cast<std::size_t>(written);
      }
    });
    _exit(0);
  }

  void watch(int in) {
    using Clock = std::chrono::steady_clock;
    std::uint64_t count = 0;
    std::uint64_t cpu = 0;
    Clock::time_point since = Clock::now();
    const std::chrono::milliseconds wall_max(10 * budget_.cpu_ms_max);
    pollfd waiting{in, POLLIN, 0};
    while (true) {
      constexpr int look_every_ms = 5;
      if (poll(&waiting, 1, look_every_ms) > 0 && !receive(in)) break;
      const std::uint64_t now = where_->count.load(std::memory_order_acquire);
      if (now != count) {
        count = now;
        cpu = cpu_ms_of(child_);
        since = Clock::now();
        progress_.at(last());
      }
      if (!why_.empty()) continue;
      if (cpu_ms_of(child_) > cpu + budget_.cpu_ms_max || Clock::now() - since > wall_max) {
        end("does not end: it took more than " + std::to_string(budget_.cpu_ms_max) + " ms");
      } else if (memory_mb_of(child_) > memory_mb_before_ + budget_.memory_mb_max) {
        end("takes more than " + std::to_string(budget_.memory_mb_max) + " MB of memory");
      }
    }
    int status = 0;
    waitpid(child_, &status, 0);
    if (!why_.empty()) return;
    if (WIFSIGNALED(status)) why_ = std::string("ends the process: ") + strsignal(WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
      why_ = "ends the process with exit code " + std::to_string(WEXITSTATUS(status));
    }
  }

  // False at the end.
  bool receive(int in) {
    char buffer[4096];
    const ssize_t got = read(in, buffer, sizeof buffer);
    if (got <= 0) return false;
    sent_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  void end(std::string why) {
    why_ = std::move(why);
    kill(child_, SIGKILL);
  }

  const Budget& budget_;
  Progress& progress_;
  Whereabouts* where_ = nullptr;
  pid_t child_ = -1;
  std::uint64_t memory_mb_before_ = 0;
  std::string sent_;
  std::string why_;
};

// The law that was being asked is broken; of the others nothing is known.
Report report_of_death(const Type& type, const Budget& budget, const Child& child) {
  const Position last = child.last();
  const std::string law = *last.law == '\0' ? "operations and merges end" : last.law;
  const History history = history_at(type, budget, last);
  Report report;
  report.type = type.name();
  report.seed = budget.seed;
  report.findings.push_back({law, Verdict::broken,
                             "the type " + child.why() + " (in " + name_of(last.phase) +
                                 " history " + std::to_string(last.number) + ")",
                             to_string(history), history.size()});
  for (const Law& other : LawBook(type).laws) {
    if (law == other.name) continue;
    report.findings.push_back({other.name, Verdict::not_checked, "the run ended before", {}, 0});
  }
  return report;
}

Power power_of(const Type& type, const Budget& budget, Progress& progress) {
  Power power;
  const auto mutants = mutants_of(type);
  for (std::size_t next = 0; next < mutants.size();) {
    Child child(budget, progress);
    const bool ran = child.run([&](Progress& inside, const auto& send) {
      try_mutants(type, budget, inside, next,
                  [&](const char*, Fate fate) { send(std::string(1, static_cast<char>(fate))); });
    });
    if (!ran) break;
    for (const char fate : child.sent()) {
      note_fate(mutants[next++]->title(), static_cast<Fate>(fate), power);
    }
    // One that ends its process has been noticed.
    if (!child.why().empty() && next < mutants.size()) {
      note_fate(mutants[next++]->title(), Fate::killed, power);
    }
  }
  return power;
}

Report report_of_none(const Type& type, const Budget& budget) {
  Report report;
  report.type = type.name();
  report.seed = budget.seed;
  report.problem = "the check has not run: the system gave no process for it";
  return report;
}

}  // namespace

Report check_isolated(const Type& type, const Budget& budget, Progress& progress) {
  Child child(budget, progress);
  const bool ran = child.run(
      [&](Progress& inside, const auto& send) { send(encoded(check_laws(type, budget, inside))); });
  if (!ran) return report_of_none(type, budget);
  if (!child.why().empty()) return report_of_death(type, budget, child);
  std::optional<Report> report = decoded<Report>(child.sent());
  if (!report) return report_of_none(type, budget);
  if (budget.power && report->broken().empty()) report->power = power_of(type, budget, progress);
  return *std::move(report);
}

}  // namespace rejoin::laws
