// A distributed word count. Three processes each embed a node and count a third of a text into
// replicated counters. In the middle one of them is killed and another is cut off; in the end all
// three must hold what `tr`, `sort` and `uniq -c` count.
//
//     worker.cpp         a process with a node: what a user of the library would write
//     foreman.cpp        starts the workers; foreman_acts.cpp: the accidents, and what must hold
//     gate.cpp           the TCP port in the way of every link, which can be closed
//     text.cpp           what a word is, and where the thirds end

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "examples/word_count/foreman.hpp"
#include "examples/word_count/show.hpp"
#include "examples/word_count/text.hpp"
#include "examples/word_count/worker.hpp"

namespace {

namespace fs = std::filesystem;

const char* const usage =
    "usage: word_count run [--plaintext] [--keep] [--words N] FILE...\n"
    "\n"
    "  FILE...       the text: all of them, one after the other\n"
    "  --plaintext   the nodes have no keys and speak plaintext, on loopback\n"
    "  --keep        keep the nodes' directories and their counts, and say where they are\n"
    "  --words N     words in one transaction; default: so that each node makes about 1200\n"
    "\n"
    "Exit code: 0 the counts are exact, 1 they are not or something failed, 2 wrong usage.\n";

struct Arguments {
  word_count::Job job;
  bool keep = false;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "word_count: %s\n", what.c_str());
  return 2;
}

// Nothing: it has complained.
std::optional<Arguments> parse(const std::vector<std::string>& words) {
  Arguments arguments;
  std::vector<std::string> files;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--plaintext") {
      arguments.job.plaintext = true;
    } else if (words[i] == "--keep") {
      arguments.keep = true;
    } else if (words[i] == "--words") {
      const std::string number = i + 1 < words.size() ? words[++i] : "";
      const char* const end = number.data() + number.size();
      const auto [rest, error] = std::from_chars(number.data(), end, arguments.job.batch);
      if (error != std::errc() || rest != end || arguments.job.batch == 0) {
        complain("--words needs a number above 0");
        return std::nullopt;
      }
    } else if (words[i].starts_with("-")) {
      complain("unknown option " + words[i] + "\n" + usage);
      return std::nullopt;
    } else {
      files.push_back(words[i]);
    }
  }
  for (const std::string& file : files) {
    const auto bytes = word_count::read_file(file);
    if (!bytes) {
      complain("cannot read " + file);
      return std::nullopt;
    }
    arguments.job.text += *bytes;
  }
  const std::size_t missing = word_count::Foreman::words_missing(arguments.job.text);
  if (missing > 0) {
    complain("the text is too short to have a middle: a third of it lacks " +
             std::to_string(missing) + " words");
    return std::nullopt;
  }
  return arguments;
}

int run(const std::vector<std::string>& words) {
  auto arguments = parse(words);
  if (!arguments) return 2;
  std::string directory = (fs::temp_directory_path() / "rejoin-word-count-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return complain("cannot make " + directory);
  arguments->job.directory = directory;

  word_count::Show show;
  std::optional<std::string> surprise;
  std::string summary;
  {
    word_count::Foreman foreman(std::move(arguments->job), show);
    surprise = foreman.run();
    summary = foreman.summary();
  }
  if (arguments->keep) {
    show.tell("kept: " + directory);
  } else {
    std::error_code ignored;  // what is left behind changes no count
    fs::remove_all(directory, ignored);
  }
  show.conclude(!surprise, surprise ? "FAILED: " + *surprise : summary);
  return surprise ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "worker") {
    return word_count::run_worker(word_count::WorkerOptions::parse(words));
  }
  if (!words.empty() && words[0] == "run") return run(words);
  const bool asked = !words.empty() && (words[0] == "--help" || words[0] == "-h");
  std::fputs(usage, asked ? stdout : stderr);
  return asked ? 0 : 2;
} catch (const std::exception& e) {
  return complain(e.what()) - 1;
}
