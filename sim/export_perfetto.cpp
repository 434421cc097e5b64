#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "sim/export.hpp"

namespace rejoin::sim {
namespace {

// Processes of the trace.
constexpr unsigned replicas = 1;
constexpr unsigned states = 2;
constexpr unsigned faults = 3;

// Microseconds, exact.
std::string micros(Time time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%llu.%03llu",
                static_cast<unsigned long long>(time / microsecond),
                static_cast<unsigned long long>(time % microsecond));
  return text.data();
}

// What begins an event of the run at a node: a slice is named by it.
bool begins_slice(What what) {
  return what == What::deliver || what == What::timer || what == What::transaction ||
         what == What::sync || what == What::start || what == What::stop;
}

struct Slice {
  Time at = 0;
  unsigned node = 0;
  std::uint32_t event = 0;
  std::string name;
  std::vector<std::string> lines;
};

class TraceFile {
 public:
  TraceFile(std::ostream& out, const Recording& recording, const ExportSettings& settings)
      : out_(out), recording_(recording), settings_(settings), last_(recording.nodes) {}

  void write() {
    out_ << "{\"displayTimeUnit\": \"ns\", \"otherData\": {\"scenario\": "
         << json_quoted(recording_.scenario) << ", \"seed\": \"" << recording_.outcome.seed
         << "\"}, \"traceEvents\": [";
    name_tracks();
    sent_at_.resize(recording_.messages.size());
    for (const Recorded& event : recording_.events) {
      end_ = std::max(end_, event.at);
      if (event.what == What::send) sent_at_[event.subject] = event.at;
      if (event.at < settings_.from || event.at > settings_.until) continue;
      if (written_++ == settings_.events_max) break;
      take(event);
    }
    write_slices();
    write_absences();
    write_faults();
    out_ << "\n]}\n";
  }

 private:
  void object(const std::string& members) {
    out_ << (first_ ? "\n{" : ",\n{") << members << '}';
    first_ = false;
  }
  static std::string on(unsigned process, std::size_t thread) {
    return "\"pid\": " + std::to_string(process) + ", \"tid\": " + std::to_string(thread);
  }
  void name(unsigned process, std::size_t thread, const std::string& text, const char* what) {
    object("\"ph\": \"M\", \"name\": \"" + std::string(what) + "\", " + on(process, thread) +
           ", \"args\": {\"name\": " + json_quoted(text) + "}");
  }
  void name_tracks() {
    name(replicas, 0, "replicas", "process_name");
    name(states, 0, "up, and equal", "process_name");
    name(faults, 0, "faults", "process_name");
    for (unsigned i = 0; i < recording_.nodes; ++i) {
      name(replicas, i, "n" + std::to_string(i), "thread_name");
      name(states, i, "n" + std::to_string(i), "thread_name");
    }
    for (std::size_t i = 0; i < recording_.faults.size(); ++i) {
      name(faults, i, recording_.faults[i].name, "thread_name");
    }
  }

  void take(const Recorded& event) {
    if (event.node == Recorded::nobody) {
      if (event.what != What::phase) return;
      return object(
          "\"ph\": \"i\", \"s\": \"g\", \"name\": " + json_quoted(words_of(recording_, event)) +
          ", \"ts\": " + micros(event.at) + ", " + on(states, 0));
    }
    if (event.what == What::state) return take_state(event);
    if (event.what == What::stop || event.what == What::start || event.what == What::pause ||
        event.what == What::resume) {
      changes_.push_back(event);
    }
    if (event.what == What::deliver) flow(event);
    Slice* slice = slice_of(event);
    slice->lines.push_back(words_of(recording_, event));
  }

  // Of the run's event at this node; what has none of its own is one.
  Slice* slice_of(const Recorded& event) {
    std::size_t& last = last_[event.node];
    const bool known = last > 0 && slices_[last - 1].event == event.event;
    if (known && !begins_slice(event.what)) return &slices_[last - 1];
    std::string name(name_of(event.what));
    if (event.what == What::deliver) {
      name = name_of(static_cast<FrameKind>(event.code));
      name += " from n" + std::to_string(recording_.messages[event.subject].source);
    }
    slices_.push_back({event.at, event.node, event.event, std::move(name), {}});
    last = slices_.size();
    return &slices_.back();
  }

  // From the slice that sent it to the slice that got it, a flow for each copy.
  void flow(const Recorded& event) {
    const RecordedMessage& message = recording_.messages[event.subject];
    const std::string both = "\"cat\": \"frame\", \"name\": \"" +
                             std::string(name_of(static_cast<FrameKind>(event.code))) +
                             "\", \"id\": " + std::to_string(++flows_) + ", ";
    if (sent_at_[event.subject] < settings_.from) return;
    object("\"ph\": \"s\", " + both + "\"ts\": " + micros(sent_at_[event.subject]) + ", " +
           on(replicas, message.source));
    object("\"ph\": \"f\", \"bp\": \"e\", " + both + "\"ts\": " + micros(event.at) + ", " +
           on(replicas, message.target));
  }

  void take_state(const Recorded& event) {
    states_[event.node] = event.amount;
    std::set<std::uint64_t> different;
    for (const auto& state : states_) different.insert(state.second);
    object("\"ph\": \"C\", \"name\": \"different states\", \"ts\": " + micros(event.at) + ", " +
           on(states, 0) + ", \"args\": {\"states\": " + std::to_string(different.size()) + "}");
  }

  void slice(unsigned process, std::size_t thread, const std::string& text, Time from, Time until,
             const std::string& arguments) {
    object("\"ph\": \"X\", \"name\": " + json_quoted(text) + ", \"ts\": " + micros(from) +
           ", \"dur\": " + micros(until - from) + ", " + on(process, thread) +
           (arguments.empty() ? "" : ", \"args\": {" + arguments + "}"));
  }

  // A microsecond each, so that they can be seen; less where the next one is nearer.
  void write_slices() {
    std::map<unsigned, Time> next;
    std::vector<Time> until(slices_.size());
    for (std::size_t i = slices_.size(); i-- > 0;) {
      const auto at = next.find(slices_[i].node);
      until[i] = slices_[i].at + microsecond;
      if (at != next.end()) until[i] = std::min(until[i], at->second);
      next[slices_[i].node] = slices_[i].at;
    }
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      std::string lines;
      for (const std::string& line : slices_[i].lines) lines += line + "\n";
      slice(replicas, slices_[i].node, slices_[i].name, slices_[i].at, until[i],
            "\"happened\": " + json_quoted(lines));
    }
  }

  void write_absences() {
    std::map<unsigned, const Recorded*> since;
    const auto close = [&](unsigned node, Time until) {
      const auto at = since.find(node);
      if (at == since.end()) return;
      slice(states, node, at->second->what == What::stop ? "down" : "paused", at->second->at,
            std::max(until, at->second->at), {});
      since.erase(at);
    };
    for (const Recorded& event : changes_) {
      close(event.node, event.at);
      if (event.what == What::stop || event.what == What::pause) since[event.node] = &event;
    }
    for (unsigned i = 0; i < recording_.nodes; ++i) close(i, end_);
  }

  void write_faults() {
    for (std::size_t i = 0; i < recording_.faults.size(); ++i) {
      const RecordedFault& fault = recording_.faults[i];
      if (fault.begin > settings_.until || fault.end < settings_.from) continue;
      slice(faults, i, fault.name, fault.begin, std::max(fault.begin, fault.end),
            "\"kind\": \"" + std::string(name_of(fault.kind)) + "\"");
    }
  }

  std::ostream& out_;
  const Recording& recording_;
  const ExportSettings& settings_;
  bool first_ = true;
  Time end_ = 0;
  std::size_t written_ = 0;
  std::uint64_t flows_ = 0;
  std::vector<Time> sent_at_;  // by message
  std::vector<Slice> slices_;
  std::vector<std::size_t> last_;  // by node: the number of its last slice, from 1
  std::vector<Recorded> changes_;  // of whether a node runs
  std::map<unsigned, std::uint64_t> states_;
};

}  // namespace

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", byte);
      out += escaped.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

void write_perfetto(std::ostream& out, const Recording& recording, const ExportSettings& settings) {
  TraceFile(out, recording, settings).write();
}

}  // namespace rejoin::sim
