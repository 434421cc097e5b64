#include "crdt/laws/counterexample.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "crdt/laws/law.hpp"

namespace rejoin::laws {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "rejoin counterexample 1";

// On one line, and printable: what follows a # is for people.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

template <class N>
bool read_number(std::string_view text, N& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_replica(std::string_view text, std::size_t& out) {
  if (text.size() != 1 || text[0] < 'A' || text[0] >= static_cast<char>('A' + replicas))
    return false;
  out = static_cast<std::size_t>(text[0] - 'A');
  return true;
}

bool read_origin(std::string_view text, Origin& out) {
  const std::size_t first = text.find('/');
  const std::size_t second = text.find('/', first + 1);
  if (first == text.npos || second == text.npos) return false;
  if (!read_number(text.substr(0, first), out.seed)) return false;
  if (!read_number(text.substr(first + 1, second - first - 1), out.size)) return false;
  for (const std::string_view part : split(text.substr(second + 1), '.')) {
    if (!read_number(part, out.path.emplace_back())) return false;
  }
  return true;
}

// The words of a line, without what follows a #.
bool read_step(const std::vector<std::string_view>& words, Move& move, Origin& origin) {
  const auto is = [&](std::size_t i, std::string_view word) { return words[i] == word; };
  if (words.size() < 4 || !read_replica(words[1], move.at)) return false;
  if (is(0, "perform")) {
    move.kind = Kind::perform;
    return words.size() == 5 && is(3, "at") && read_origin(words[2], origin) &&
           read_number(words[4], move.unix_ms);
  }
  if (is(0, "merge")) {
    move.kind = Kind::merge;
    std::size_t source = 0;
    if (words.size() != 4 || !is(2, "from") || !read_replica(words[3], source)) return false;
    move.from = (source + replicas - move.at + replicas - 1) % replicas;
    return source != move.at;
  }
  if (!is(2, "delta") || !read_number(words[3], move.delta)) return false;
  if (is(0, "receive")) {
    move.kind = Kind::receive;
    return words.size() == 4;
  }
  move.kind = Kind::regroup;
  return is(0, "regroup") && words.size() == 6 && is(4, "count") &&
         read_number(words[5], move.count) && move.count >= 2 && move.count <= 100;
}

Error malformed(std::string_view line) {
  return {ErrorCode::malformed, "no step of a history: " + std::string(line)};
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string file_name(const std::string& type, const std::string& law) {
  std::string out;
  for (const char c : type + '-' + law) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) out += c;
    if (!letter && !out.empty() && out.back() != '-') out += '-';
  }
  // Names of template types are long, and names of files may not be.
  constexpr std::size_t longest = 120;
  if (out.size() > longest) out.erase(longest / 2, out.size() - longest);
  return out + ".history";
}

}  // namespace

std::string to_text(const Origin& origin) {
  std::string out = std::to_string(origin.seed) + '/' + std::to_string(origin.size) + '/';
  for (std::size_t i = 0; i < origin.path.size(); ++i) {
    out += (i == 0 ? "" : ".") + std::to_string(origin.path[i]);
  }
  return out;
}

std::optional<Origin> origin_from(std::string_view text) {
  Origin origin;
  return read_origin(text, origin) ? std::optional(std::move(origin)) : std::nullopt;
}

std::string steps_of(const History& history) {
  std::string out;
  for (const auto& [move, op] : history) {
    const std::string who = ' ' + name_of_replica(move.at) + ' ';
    const std::string delta = "delta " + std::to_string(move.delta);
    switch (move.kind) {
      case Kind::perform:
        out += "perform" + who + to_text(op.origin()) + " at " + std::to_string(move.unix_ms) +
               "  # " + plain(op.text());
        break;
      case Kind::merge:
        out += "merge" + who + "from " + name_of_replica(move.source());
        break;
      case Kind::receive:
        out += "receive" + who + delta;
        break;
      case Kind::regroup:
        out += "regroup" + who + delta + " count " + std::to_string(move.count);
        break;
    }
    out += '\n';
  }
  return out;
}

std::string to_text(const Counterexample& counterexample) {
  return std::string(first_line) + "\ntype " + plain(counterexample.type) + "\nlaw " +
         counterexample.law + '\n' + steps_of(counterexample.history);
}

Result<History> steps_from(const Type& type, std::string_view text) {
  History history;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t mark = line.find("  # ");
    const std::vector<std::string_view> words = split(line.substr(0, mark), ' ');
    if (words.empty() || words[0].starts_with('#')) continue;
    Step step;
    Origin origin;
    if (!read_step(words, step.move, origin)) return malformed(line);
    if (step.move.kind == Kind::perform) {
      const std::optional<Operation> op = draw(type, origin);
      if (!op || (mark != line.npos && plain(op->text()) != line.substr(mark + 4))) {
        return Error{ErrorCode::invalid_argument,
                     "the generator does not draw this operation any more: " + std::string(line)};
      }
      step.op = *op;
    }
    history.push_back(std::move(step));
  }
  return history;
}

Result<Counterexample> counterexample_from(const Type& type, std::string_view text) {
  Counterexample out;
  const auto line = [&](std::string_view begins) -> std::optional<std::string> {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view found = text.substr(0, end);
    if (!found.starts_with(begins)) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
    return std::string(found.substr(begins.size()));
  };
  const auto head = line(first_line);
  const auto name = line("type ");
  const auto law = line("law ");
  if (!head || !head->empty() || !name || !law) return malformed(text.substr(0, 80));
  Result<History> history = steps_from(type, text);
  if (!history) return history.error();
  return Counterexample{*name, *law, *std::move(history)};
}

std::string replayed(const Type& type, std::string_view law, std::string_view steps) {
  const Result<History> history = steps_from(type, steps);
  if (!history) return history.error().message;
  for (const Law& each : LawBook(type).laws) {
    if (law == each.name) return complaint_of(each, type, *history);
  }
  return "there is no law \"" + std::string(law) + "\" of this type";
}

std::vector<Counterexample> Shelf::all_of(const Type& type) const {
  std::vector<Counterexample> out;
  std::error_code error;
  std::vector<fs::path> files;
  if (folder_.empty()) return out;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".history") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  const std::string line = "\ntype " + plain(type.name()) + '\n';
  for (const fs::path& file : files) {
    const std::string text = read_file(file);
    if (text.find(line) == std::string::npos) continue;
    if (auto found = counterexample_from(type, text)) out.push_back(*std::move(found));
  }
  return out;
}

std::string Shelf::put(const Counterexample& counterexample) const {
  if (folder_.empty()) return {};
  std::error_code error;
  fs::create_directories(folder_, error);
  const fs::path path = fs::path(folder_) / file_name(counterexample.type, counterexample.law);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << to_text(counterexample);
  out.close();
  return out ? path.string() : std::string();
}

}  // namespace rejoin::laws
