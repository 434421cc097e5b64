// What the foreman does in each act, and what must hold before the next.

#include <cstdlib>
#include <sstream>

#include "examples/word_count/foreman.hpp"

namespace word_count {
namespace {

std::string of(std::uint64_t part, std::uint64_t whole) {
  return grouped(part) + " of " + grouped(whole);
}

}  // namespace

void Foreman::advance() {
  switch (act_) {
    case Act::starting:
      return await_start();
    case Act::first_part:
      return kill_victim();
    case Act::without_b:
      return restart_victim();
    case Act::b_returns:
      return check_victim();
    case Act::all_again:
      return cut_hermit();
    case Act::without_c:
      return heal_hermit();
    case Act::last_part:
      return await_everything();
    case Act::listing:
      return compare();
    case Act::stopping:
      return await_end();
    case Act::over:
      return;
  }
}

const char* Foreman::name_of(Act act) {
  switch (act) {
    case Act::starting:
      return "starting";
    case Act::first_part:
      return "first_part";
    case Act::without_b:
      return "without_b";
    case Act::b_returns:
      return "b_returns";
    case Act::all_again:
      return "all_again";
    case Act::without_c:
      return "without_c";
    case Act::last_part:
      return "last_part";
    case Act::listing:
      return "listing";
    case Act::stopping:
      return "stopping";
    case Act::over:
      return "over";
  }
  return "?";
}

void Foreman::await_start() {
  if (!all_linked()) return;
  for (Worker& worker : workers_) {
    if (!worker.resumed) return;
    require(*worker.resumed == 0, "node " + worker.name + " did not begin at 0");
    worker.state = "counts";
  }
  show_.tell("each node answers the other two: they count");
  allow(50);
  act_ = Act::first_part;
}

void Foreman::kill_victim() {
  Worker& b = workers_[victim];
  if (b.counted * 4 < b.words) return;
  require(b.process->kill_at_once(), "process b ended before it was killed");
  b.process.reset();
  b.state = "killed";
  b.in_trouble = true;
  require(b.counted > 0 && b.counted < b.words, "b was not in the middle of its third");
  require(missing() > 0, "nothing was missing when b was killed");
  show_.tell("b is killed with kill -9: it had " + of(b.counted, b.words) + " words, and " +
             of(missing(), total()) + " are still to be counted");
  for (std::size_t i = 0; i < workers_count; ++i) counted_before_[i] = workers_[i].counted;
  allow(60);
  act_ = Act::without_b;
}

void Foreman::restart_victim() {
  for (std::size_t i = 0; i < workers_count; ++i) {
    if (i != victim && workers_[i].counted <= counted_before_[i]) return;
  }
  // Its new process is a new incarnation, whom the others have to meet.
  for (Worker& worker : workers_) worker.linked.erase(workers_[victim].name);
  if (!start(victim)) return;
  workers_[victim].state = "starts again";
  show_.tell("a and c went on without it; b is started again on its directory");
  act_ = Act::b_returns;
}

void Foreman::check_victim() {
  Worker& b = workers_[victim];
  if (!b.resumed) return;
  const std::uint64_t acknowledged = counted_before_[victim];
  require(*b.resumed > 0 && *b.resumed < b.words,
          "b resumed at " + of(*b.resumed, b.words) + ", not in the middle");
  require(*b.resumed >= acknowledged, "b forgot words whose counts were acknowledged");
  require(*b.resumed <= acknowledged + batch_, "b's register is ahead of its last transaction");
  require(missing() > 0, "nothing was missing when b came back");
  show_.tell("b's own register says " + of(*b.resumed, b.words) + ": it resumes there, and " +
             grouped(missing()) + " words are still to be counted");
  b.state = "counts";
  b.in_trouble = false;
  allow(allowed_percent_);
  act_ = Act::all_again;
}

void Foreman::cut_hermit() {
  const Worker& b = workers_[victim];
  Worker& c = workers_[hermit];
  if (b.counted <= *b.resumed || c.counted * 10 < c.words * 4 || !all_linked()) return;
  for (std::size_t i = 0; i < workers_count; ++i) {
    counted_before_[i] = workers_[i].counted;
    if (i == hermit) continue;
    require(gates_[i][hermit]->bytes() > 0 && gates_[hermit][i]->bytes() > 0,
            "the gates of c carried nothing, so closing them cuts nothing");
    gates_[i][hermit]->close();
    gates_[hermit][i]->close();
  }
  c.state = "cut off";
  c.in_trouble = true;
  require(missing() > 0, "nothing was missing when c was cut off");
  show_.tell("the gates around c are closed: a and b cannot reach it, nor it them; " +
             of(missing(), total()) + " words are still to be counted");
  allow(85);
  act_ = Act::without_c;
}

void Foreman::heal_hermit() {
  Worker& c = workers_[hermit];
  if (!c.linked.empty()) return;
  std::uint64_t unknown_to_c = 0;
  for (std::size_t i = 0; i < workers_count; ++i) {
    const Worker& worker = workers_[i];
    if (worker.counted <= counted_before_[i]) return;
    if (i == hermit) continue;
    if (worker.linked.contains(c.name)) return;
    if (worker.view[hermit] >= c.counted || c.view[i] >= worker.counted) return;
    unknown_to_c += worker.counted - c.view[i];
  }
  const std::uint64_t unknown_of_c = c.counted - workers_[0].view[hermit];
  require(missing() > 0, "nothing was missing when c was healed");
  show_.tell("all three went on, and each side has noticed: c lacks " + grouped(unknown_to_c) +
             " words of a and b, a lacks " + grouped(unknown_of_c) + " of c");
  for (std::size_t i = 0; i < workers_count; ++i) {
    gates_[i][hermit]->open();
    gates_[hermit][i]->open();
  }
  c.state = "counts";
  c.in_trouble = false;
  show_.tell("the gates are open again; " + of(missing(), total()) +
             " words are still to be counted");
  allow(100);
  act_ = Act::last_part;
}

void Foreman::await_everything() {
  for (Worker& worker : workers_) {
    if (worker.counted == worker.words) worker.state = "all counted";
    if (worker.replicated) worker.state = "replicated";
  }
  if (!all(&Worker::replicated)) return;
  require(missing() == 0, "replicated before everything was counted");
  show_.tell("every node has on its disk what the other two have: each lists its counts");
  for (Worker& worker : workers_) worker.process->send("list " + path_of("counts-" + worker.name));
  act_ = Act::listing;
}

void Foreman::compare() {
  if (!all(&Worker::listed)) return;
  const std::string by_tools = path_of("counts-by-tools");
  if (!require(count_with_tools(by_tools), "tr, sort and uniq cannot be run")) return;
  const auto truth = read_file(by_tools);
  if (!require(truth.has_value(), "cannot read " + by_tools)) return;
  std::uint64_t sum = 0;
  std::istringstream lines(*truth);
  std::string word;
  for (std::uint64_t count = 0; lines >> count >> word; ++distinct_) sum += count;
  require(sum == total(),
          "tr finds " + grouped(sum) + " words, and the thirds have " + grouped(total()));
  const auto first = read_file(path_of("counts-" + workers_[0].name));
  for (Worker& worker : workers_) {
    const auto counts = read_file(path_of("counts-" + worker.name));
    require(counts.has_value() && counts == first, "node " + worker.name + " differs from node a");
    require(counts == truth, "node " + worker.name + " differs from tr, sort and uniq -c");
    worker.process->end_input();
    worker.state = "exact";
  }
  act_ = Act::stopping;
}

// The same definition of a word as words_of(), by tools that share no code with it.
bool Foreman::count_with_tools(const std::string& path) const {
  ::setenv("WORD_COUNT_TEXT", path_of("text").c_str(), 1);
  ::setenv("WORD_COUNT_OUT", path.c_str(), 1);
  const char* const command =
      "export LC_ALL=C; tr -cs A-Za-z '\\n' < \"$WORD_COUNT_TEXT\" | tr A-Z a-z | sed '/^$/d' |"
      " sort | uniq -c | sed 's/^ *//' > \"$WORD_COUNT_OUT\"";
  return std::system(command) == 0;
}

void Foreman::await_end() {
  for (const Worker& worker : workers_) {
    if (!worker.process->finished()) return;
  }
  for (Worker& worker : workers_) {
    require(worker.process->exit_code() == 0, "process " + worker.name + " ended badly");
  }
  act_ = Act::over;
}

}  // namespace word_count
