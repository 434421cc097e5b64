#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>

#include "tests/tidy/source_text.hpp"

namespace rejoin::tidy {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string_view>;

constexpr int columns_max = 100;
constexpr std::size_t header_lines_max = 300;
constexpr std::size_t source_lines_max = 500;

const Names top_level = {"CMakeLists.txt",
                         "crdt",
                         "net",
                         "sim",
                         "tests",
                         "examples",
                         "docs",
                         "README.md",
                         "LICENSE",
                         "CHANGELOG.md",
                         "CONTRIBUTING.md",
                         "CMakePresets.json"};
const Names folders_never = {"utils", "common", "detail"};

const Names threads = {"thread",    "mutex",   "shared_mutex", "condition_variable", "future",
                       "semaphore", "barrier", "latch",        "stop_token"};
const Names clocks = {"system_clock",  "steady_clock", "high_resolution_clock", "utc_clock",
                      "clock_gettime", "gettimeofday", "timespec_get"};
const Names operating_system = {"unistd.h", "fcntl.h", "poll.h", "signal.h", "dirent.h", "sys/"};
const Names tool_libraries = {"CLI/", "toml++/", "nlohmann/"};

Names operator+(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A row of the table of folders. What is not the standard library's must be named to be allowed.
struct Zone {
  std::string_view name;
  Names ours;       // folders of ours whose headers may be included
  Names foreign;    // other headers that may be; a name that ends in a slash is a folder
  Names std_never;  // headers of the standard library that may not be
  Names words_never;
  bool anything_foreign = false;
};

const std::array<Zone, 12> zones = {{
    {"crdt",
     {"crdt"},
     {},
     threads + Names{"random", "iostream", "chrono", "ctime"},
     clocks + Names{"getenv"}},
    {"crdt/laws",
     {"crdt", "crdt/laws"},
     {"rapidcheck.h", "rapidcheck/", "cxxabi.h"},
     threads + Names{"random"},
     clocks + Names{"getenv"}},
    // It reads which budget a run has, and guards itself against types that loop, eat or abort.
    {"the runner in crdt/laws",
     {"crdt", "crdt/laws"},
     operating_system + Names{"rapidcheck.h", "rapidcheck/", "cxxabi.h"},
     threads + Names{"random"},
     {}},
    {"net",
     {"crdt", "net", "net/schema"},
     {"capnp/", "kj/", "xxhash.h"},
     threads + Names{"random", "iostream", "ctime"},
     clocks + Names{"getenv"}},
    // The simulator runs this code, so it is as blind to time as the core.
    {"net/disk",
     {"crdt", "net", "net/disk"},
     operating_system + Names{"sqlite3.h", "xxhash.h"},
     threads + Names{"random", "iostream", "ctime"},
     clocks + Names{"getenv"}},
    {"net/zmq",
     {"crdt", "net", "net/schema", "net/disk", "net/zmq"},
     operating_system + Names{"zmq.h", "zmq.hpp", "zmq_addon.hpp", "sodium.h"},
     {"iostream"},
     {}},
    {"the tools in net/zmq",
     {"crdt", "net", "net/schema", "net/disk", "net/zmq"},
     operating_system + tool_libraries + Names{"zmq.h", "zmq.hpp", "zmq_addon.hpp", "sodium.h"},
     {},
     {}},
    // Cap'n Proto: it writes messages as a newer version of us would.
    {"sim",
     {"crdt", "net", "net/disk", "sim"},
     {"capnp/", "kj/"},
     threads + Names{"random", "iostream", "ctime"},
     clocks + Names{"getenv"}},
    // It says how long a run took; what runs below it never sees a clock.
    {"the tool in sim",
     {"crdt", "net", "net/disk", "sim"},
     operating_system + tool_libraries,
     threads + Names{"random", "ctime"},
     {}},
    // Where the law kit's subjects become the simulator's types.
    {"sim/laws",
     {"crdt", "crdt/laws", "net", "net/disk", "sim"},
     {},
     threads + Names{"random", "iostream", "ctime"},
     clocks + Names{"getenv"}},
    {"examples",
     {"crdt", "crdt/laws", "net", "net/disk", "net/zmq", "sim", "sim/laws", "examples"},
     {},
     {},
     {},
     true},
    {"tests",
     {"crdt", "crdt/laws", "net", "net/schema", "net/disk", "net/zmq", "sim", "sim/laws", "tests",
      "examples"},
     {},
     {},
     {},
     true},
}};

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view top_of(std::string_view path) {
  return path.substr(0, path.find('/'));
}

bool is_header(std::string_view path) {
  return path.ends_with(".hpp") || path.ends_with(".h");
}
bool is_source(std::string_view path) {
  return path.ends_with(".cpp");
}

bool is_code(std::string_view path, std::string_view text) {
  return is_header(path) || is_source(path) || path.ends_with(".capnp") ||
         path.ends_with(".cmake") || path.ends_with("CMakeLists.txt") || text.starts_with("#!");
}

const Zone* zone_named(std::string_view name) {
  const auto zone =
      std::find_if(zones.begin(), zones.end(), [&](const Zone& z) { return z.name == name; });
  return zone == zones.end() ? nullptr : &*zone;
}

const Zone* zone_of(const std::string& path) {
  // As in the CMake files: a tool is <stem>.cpp, which holds main, and <stem>_*.
  static const std::regex node_tool(R"(net/zmq/rejoind?(_[^/]*)?\.[ch]pp)");
  static const std::regex laws_runner(R"(crdt/laws/(budget|run|isolated)(_[^/]*)?\.cpp)");
  static const std::regex sim_tool(R"(sim/rejoin_sim(_[^/]*)?\.[ch]pp)");
  if (std::regex_match(path, node_tool)) return zone_named("the tools in net/zmq");
  if (std::regex_match(path, sim_tool)) return zone_named("the tool in sim");
  if (std::regex_match(path, laws_runner)) return zone_named("the runner in crdt/laws");
  if (below(path, "tests")) return zone_named("tests");
  if (below(path, "examples")) return zone_named("examples");
  return zone_named(folder_of(path));
}

// Cap'n Proto stays out of public headers, except where a name says that it is the subject.
bool may_show_capnp(const std::string& path) {
  return is_source(path) || below(path, "tests") || path.starts_with("net/capnp_");
}

bool shows_capnp(std::string_view include) {
  return include.starts_with("capnp/") || include.starts_with("kj/") ||
         include.starts_with("net/schema/");
}

bool names_header(const Names& names, std::string_view header) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return name.ends_with('/') ? header.starts_with(name) : header == name;
  });
}

bool allows_ours(const Zone& zone, std::string_view include) {
  const std::string_view top = top_of(include);
  if (top == "tests" || top == "examples") return contains(zone.ours, top);
  return contains(zone.ours, folder_of(include));
}

// What is wrong with one include, if anything: the rule's name and a sentence.
using Fault = std::optional<std::pair<std::string, std::string>>;

Fault fault_of(const std::string& path, const Zone& zone, const Include& include) {
  static const Names our_folders = {"crdt", "net", "sim", "tests", "examples"};
  const std::string& name = include.path;
  const bool ours = contains(our_folders, top_of(name)) && name.find('/') != std::string::npos;
  const std::string here(zone.name);

  if (include.quoted && !ours) {
    return {{"include-root", "\"" + name + "\" is not a path from the repository's root"}};
  }
  if (!include.quoted && ours && name.ends_with(".hpp")) {
    return {{"include-root", "<" + name + "> is ours: use quotes"}};
  }
  if (shows_capnp(name) && is_header(path) && !may_show_capnp(path)) {
    return {{"capnp-in-header", name + " in a header that is not named capnp_*"}};
  }
  if (include.quoted) {
    if (allows_ours(zone, name)) return {};
    return {{"include-layer", here + " may not include " + name}};
  }
  const bool standard = name.find_first_of("./") == std::string::npos;
  if (standard) {
    if (!contains(zone.std_never, name)) return {};
    return {{"include-std", here + " may not include <" + name + ">"}};
  }
  if (zone.anything_foreign || names_header(zone.foreign, name)) return {};
  return {{"include-foreign", here + " may not include <" + name + ">"}};
}

void check_cpp(const std::string& path, std::string_view text, std::vector<Violation>& found) {
  const Zone* zone = zone_of(path);
  if (zone == nullptr) {
    found.push_back({path, 0, "folder", "C++ lies only in the folders of the table"});
    return;
  }
  for (const Include& include : includes_of(text)) {
    if (const Fault fault = fault_of(path, *zone, include)) {
      found.push_back({path, include.line, fault->first, fault->second});
    }
  }
  if (zone->words_never.empty()) return;
  for (const Word& word : words_of(text)) {
    if (!contains(zone->words_never, word.text)) continue;
    found.push_back(
        {path, word.line, "word", std::string(zone->name) + " may not use " + word.text});
  }
}

void check_size(const std::string& path, std::string_view text, std::vector<Violation>& found) {
  const std::size_t lines = lines_of(text).size();
  const std::size_t lines_max = is_header(path) ? header_lines_max : source_lines_max;
  if (lines > lines_max) {
    found.push_back({path, 0, "file-length",
                     std::to_string(lines) + " lines, at most " + std::to_string(lines_max)});
  }
  if (is_header(path) && without_comments(text, true).find("#pragma once") == std::string::npos) {
    found.push_back({path, 0, "pragma-once", "a header without #pragma once"});
  }
}

// In any kind of text: no path of somebody's machine. The pattern is in two parts so as not to
// match itself.
void check_lines(const std::string& path, std::string_view text, std::vector<Violation>& found) {
  static const std::regex machine_path(
      "(^|[\\s\"'`(=:,;<>\\[{|])/(wo"
      "rk|ro"
      "ot)(/|$|[\\s\"'`),:;<>\\]}|])");
  static const std::string_view unfinished =
      "TODO"
      "(now)";
  const bool code = is_code(path, text);
  int number = 0;
  for (std::string_view line : lines_of(text)) {
    ++number;
    if (code && columns_of(line) > columns_max) {
      found.push_back({path, number, "line-length",
                       std::to_string(columns_of(line)) + " columns, at most 100"});
    }
    if (code && line.find(unfinished) != std::string_view::npos) {
      found.push_back({path, number, "unfinished", std::string(unfinished)});
    }
    if (line.find('/') != std::string_view::npos &&
        std::regex_search(line.begin(), line.end(), machine_path)) {
      found.push_back({path, number, "machine-path", "a path of one machine"});
    }
  }
}

void check_place(const std::string& path, std::vector<Violation>& found) {
  const std::string_view top = top_of(path);
  if (!top.starts_with('.') && !contains(top_level, top)) {
    found.push_back(
        {path, 0, "top-level", std::string(top) + " is not in the list of architecture"});
  }
  for (const fs::path& part : fs::path(path).parent_path()) {
    if (contains(folders_never, part.native())) {
      found.push_back(
          {path, 0, "folder-name", part.native() + " says nothing about what it holds"});
    }
  }
  if (path.ends_with(".toml") && below(path, "examples") &&
      folder_of(path) != "examples/scenarios") {
    found.push_back({path, 0, "scenario", "TOML below examples/ is a scenario in scenarios/"});
  }
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string quoted_for_shell(const std::string& text) {
  std::string result = "'";
  for (char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// The output of a shell command, or nothing if it failed.
std::optional<std::string> output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string result;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.append(buffer.data(), n);
  }
  if (pclose(pipe) != 0) return {};
  return result;
}

}  // namespace

std::vector<std::string> files_below(const fs::path& root) {
  static const Names skipped = {".git", ".cache", "build"};
  std::vector<std::string> result;
  auto entry = fs::recursive_directory_iterator(root);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string path = entry->path().lexically_relative(root).generic_string();
    if (contains(skipped, path)) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      result.push_back(path);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> project_files(const fs::path& root) {
  const auto listed = output_of("git -c 'safe.directory=*' -C " + quoted_for_shell(root.string()) +
                                " ls-files -z --cached --others --exclude-standard 2>/dev/null");
  if (!listed || listed->empty()) return files_below(root);
  std::vector<std::string> result;
  std::string_view rest = *listed;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    const std::string path(rest.substr(0, end));
    if (fs::is_regular_file(root / path)) result.push_back(path);  // it may have been deleted
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<Violation> check_text(const std::string& path, std::string_view text) {
  std::vector<Violation> found;
  check_place(path, found);
  if (text.find('\0') != std::string_view::npos) return found;  // not a text
  check_lines(path, text, found);
  if (is_header(path) || is_source(path)) {
    check_size(path, text, found);
    check_cpp(path, text, found);
  }
  return found;
}

std::vector<Violation> check_files(const fs::path& root, const std::vector<std::string>& files) {
  std::vector<Violation> found;
  for (const std::string& path : files) {
    const std::vector<Violation> more = check_text(path, read(root / path));
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

}  // namespace rejoin::tidy
