#include "sim/history.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "net/frame.hpp"
#include "net/replica.hpp"
#include "sim/ledger.hpp"
#include "sim/perform.hpp"
#include "sim/specification.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {
namespace {

constexpr std::string_view first_line = "rejoin counterexample 1";
constexpr unsigned nodes = 3;
const char* const key = "key0";

struct HistoryStep {
  enum class Kind { perform, receive, regroup, merge };
  Kind kind{};
  unsigned at = 0;
  unsigned from = 0;
  std::size_t delta = 0;
  std::size_t count = 1;
  std::uint64_t unix_ms = 0;
  std::shared_ptr<const OwnAct> act;
  std::string text;  // the line
};

std::string name_of(unsigned node) {
  return std::string(1, static_cast<char>('A' + node));
}

template <class N>
bool number_in(std::string_view text, N& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool node_in(std::string_view text, unsigned& out) {
  if (text.size() != 1 || text[0] < 'A' || text[0] >= static_cast<char>('A' + nodes)) return false;
  out = static_cast<unsigned>(text[0] - 'A');
  return true;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

Result<HistoryStep> step_from(std::string_view line, const OwnType& type) {
  const auto wrong = [&](const std::string& why) {
    return Error{ErrorCode::malformed, "'" + std::string(line) + "': " + why};
  };
  HistoryStep step;
  step.text = line.substr(0, line.find("  # "));
  const std::vector<std::string_view> words = words_of(step.text);
  if (words.size() < 4 || !node_in(words[1], step.at)) return wrong("no step of a history");
  if (words[0] == "perform") {
    if (words.size() != 5 || words[3] != "at" || !number_in(words[4], step.unix_ms)) {
      return wrong("write perform A OPERATION at MILLISECONDS");
    }
    auto act = type.parse(key, words[2]);
    if (!act) return wrong(act.error().message);
    step.act = *std::move(act);
    return step;
  }
  if (words[0] == "merge") {
    step.kind = HistoryStep::Kind::merge;
    if (words.size() != 4 || words[2] != "from" || !node_in(words[3], step.from)) {
      return wrong("write merge A from B");
    }
    return step;
  }
  const bool several = words[0] == "regroup";
  step.kind = several ? HistoryStep::Kind::regroup : HistoryStep::Kind::receive;
  if ((!several && words[0] != "receive") || words[2] != "delta" ||
      !number_in(words[3], step.delta) || words.size() != (several ? 6 : 4) ||
      (several && (words[4] != "count" || !number_in(words[5], step.count)))) {
    return wrong("write receive C delta K, or regroup C delta K count N");
  }
  return step;
}

class Player {
 public:
  explicit Player(const OwnType& type)
      : type_(type), specification_(ledger_, nodes), store_(StoreId::named("history")) {
    for (unsigned i = 0; i < nodes; ++i) {
      Replica::Setup setup;
      setup.store = store_;
      setup.self = {NodeId(i + 1), 1};
      setup.name = name_of(i);
      at_[i] = std::make_unique<Replica>(std::move(setup));
      at_[i]->start(now(1), true);
    }
    for (unsigned i = 0; i < nodes; ++i) {
      for (unsigned j = 0; j + 1 < nodes; ++j) at_[i]->add_route(now(1));
    }
    introduce();
  }

  // What is wrong then; empty: nothing.
  std::string take(const HistoryStep& step) {
    switch (step.kind) {
      case HistoryStep::Kind::perform:
        if (auto wrong = perform(step); !wrong.empty()) return wrong;
        break;
      case HistoryStep::Kind::receive:
      case HistoryStep::Kind::regroup:
        if (!deltas_.empty()) receive(step);
        break;
      case HistoryStep::Kind::merge:
        send(step.from, step.at, had_by(step.from));
        break;
    }
    told_ += step.text + (step.act ? "  # " + after_mark(step.act->text()) : "") + "\n    " +
             name_of(step.at) + " reads " + type_.read(at_[step.at]->store(), key) + "\n";
    return specification_.misread(at_[step.at]->store()).value_or("");
  }

  std::string end() {
    for (unsigned i = 0; i < nodes; ++i) {
      for (unsigned j = 0; j < nodes; ++j) {
        if (i != j) send(i, j, had_by(i));
      }
    }
    for (const auto& replica : at_) {
      if (auto wrong = specification_.misread(replica->store())) return "in the end: " + *wrong;
      if (replica->store().canonical() != at_.front()->store().canonical()) {
        return "in the end the stores are not equal";
      }
    }
    return {};
  }

  std::string take_told() { return std::move(told_); }

 private:
  struct Made {
    unsigned by = 0;
    Entry entry;  // without dots: the change left no trace
  };

  static std::string after_mark(const std::string& text) {
    const std::size_t mark = text.find(" # ");
    return mark == std::string::npos ? text : text.substr(mark + 3);
  }
  // Long after: what a replica was told of another's dots a moment ago would hold against those
  // that a third one brings now.
  Now now(std::uint64_t unix_ms) { return {mono_ns_ += 10 * second, unix_ms}; }

  void introduce() {
    for (unsigned i = 0; i < nodes; ++i) {
      for (unsigned j = 0; j < nodes; ++j) {
        if (i == j) continue;
        Hello hello;
        hello.name = name_of(i);
        hello.route = 1;
        hello.frame_bytes_max = at_[i]->config().frame_bytes_max;
        give(j, {at_[i]->self(), std::move(hello)});
      }
    }
    for (unsigned i = 0; i < nodes; ++i) static_cast<void>(persist(i));
  }

  // What the replica wants to be durable is so at once; what it wants to send is lost.
  std::vector<Entry> persist(unsigned node) {
    std::vector<Entry> made;
    Replica& replica = *at_[node];
    for (auto records = replica.poll_persist(); !records.empty();
         records = replica.poll_persist()) {
      for (const std::string& bytes : records) {
        const auto record = decode_record(bytes, store_);
        const auto* entries = record ? std::get_if<EntriesRecord>(&*record) : nullptr;
        if (entries != nullptr) {
          made.insert(made.end(), entries->entries.begin(), entries->entries.end());
        }
      }
      replica.handle_persisted(replica.records(), now(1));
    }
    while (replica.poll_transmit()) {
    }
    while (replica.poll_event()) {
    }
    return made;
  }

  std::string perform(const HistoryStep& step) {
    Replica& replica = *at_[step.at];
    bool refused = false;
    specification_.begin(step.at);
    const auto done = replica.transact(
        [&](Transaction& tx) {
          Stage stage{step.at, replica.store(), tx, specification_,
                      [this](unsigned other) { return at_[other]->self(); }};
          auto good = step.act->perform(stage);
          refused = stage.refused;
          return good;
        },
        now(step.unix_ms));
    if (!done) return "the operation was refused: " + done.error().message;
    specification_.commit(step.at);
    std::vector<Entry> made = persist(step.at);
    if (refused) return {};
    if (made.empty()) made.emplace_back();
    for (Entry& entry : made) {
      EntryNumber number = no_number;
      if (entry.puts.empty()) {
        deltas_.push_back({step.at, std::move(entry)});
        continue;
      }
      if (auto wrong = ledger_.record(entry, step.at, mono_ns_, number)) return *wrong;
      if (auto wrong = specification_.made(step.at, entry, number)) return *wrong;
      deltas_.push_back({step.at, std::move(entry)});
    }
    return {};
  }

  void receive(const HistoryStep& step) {
    std::vector<Entry> group;
    unsigned by = step.at;
    for (std::size_t i = 0; i < step.count; ++i) {
      const Made& made = deltas_[(step.delta + i) % deltas_.size()];
      if (made.entry.dots.empty()) continue;
      if (made.by != step.at) by = made.by;
      if (group.empty()) {
        group.push_back(made.entry);
      } else if (!(group.front() == made.entry)) {
        group.front() = join(group.front(), made.entry);
      }
    }
    if (by != step.at) send(by, step.at, std::move(group));  // its own it has
  }

  std::vector<Entry> had_by(unsigned node) const {
    std::vector<Entry> entries;
    for (const Made& made : deltas_) {
      const bool has = at_[node]->store().clock().covers(made.entry.dots);
      if (has && !made.entry.dots.empty()) entries.push_back(made.entry);
    }
    return entries;
  }

  void send(unsigned from, unsigned to, std::vector<Entry> entries) {
    if (entries.empty()) return;
    give(to, {at_[from]->self(), Entries{++sequence_, std::move(entries)}});
    static_cast<void>(persist(to));
  }

  void give(unsigned to, const Frame& frame) {
    static_cast<void>(at_[to]->handle_frame(encode_frame(frame, store_), now(1)));
  }

  const OwnType& type_;
  Ledger ledger_;
  Specification specification_;
  StoreId store_;
  std::array<std::unique_ptr<Replica>, nodes> at_;
  std::vector<Made> deltas_;
  std::uint64_t mono_ns_ = 0;
  std::uint64_t sequence_ = 0;
  std::string told_;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

bool is_history(std::string_view text) {
  return text.starts_with(first_line);
}

Result<HistoryPlayed> play_history(std::string_view text, const OwnTypes& types) {
  const auto after = [&](std::string_view begins) {
    const std::string_view line = take_line(text);
    return line.starts_with(begins) ? std::string(line.substr(begins.size())) : std::string();
  };
  const bool headed = take_line(text) == first_line;
  HistoryPlayed played;
  played.type = after("type ");
  played.law = after("law ");
  if (!headed || played.type.empty() || played.law.empty()) {
    return Error{ErrorCode::malformed, "no counterexample of the law kit"};
  }
  auto type = own_type_called(types, played.type);
  if (!type && types.size() == 1) type = types.front();
  if (!type) {
    return Error{ErrorCode::invalid_argument,
                 "it is about the type " + played.type + ", which this program does not know"};
  }
  Player player(*type);
  while (!text.empty() && played.complaint.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    const auto step = step_from(line, *type);
    if (!step) return step.error();
    played.complaint = player.take(*step);
  }
  if (played.complaint.empty()) played.complaint = player.end();
  played.told = player.take_told();
  return played;
}

}  // namespace rejoin::sim
