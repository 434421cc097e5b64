#include "net/zmq/rejoin_completion.hpp"

#include <algorithm>

namespace rejoin {
namespace {

// PROGRAM stands for its name.
constexpr const char* bash =
    R"(# Completion of PROGRAM for bash: the program itself knows what may follow.
_PROGRAM_complete() {
  local line=${COMP_LINE:0:COMP_POINT} candidate
  local -a typed candidates
  # Not COMP_WORDS: bash breaks an address at its colons.
  read -ra typed <<< "$line"
  [[ $line != *[[:space:]] ]] || typed+=('')
  mapfile -t candidates < <("${typed[0]}" --complete "${typed[@]:1}" 2> /dev/null)
  COMPREPLY=()
  case ${candidates[0]-} in
    :file) compopt -o default ;;
    :dir) compopt -o dirnames ;;
    *) for candidate in "${candidates[@]}"; do COMPREPLY+=("${candidate%%$'\t'*}"); done ;;
  esac
}
complete -F _PROGRAM_complete PROGRAM
)";

constexpr const char* zsh = R"(#compdef PROGRAM
# Completion of PROGRAM for zsh: the program itself knows what may follow.
_PROGRAM() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" --complete "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  case ${candidates[1]} in
    :file) _files ;;
    :dir) _files -/ ;;
    *) candidates=("${(@)candidates//$'\t'/:}"); _describe -t commands 'PROGRAM' candidates ;;
  esac
}
if [ "$funcstack[1]" = _PROGRAM ]; then _PROGRAM "$@"; else compdef _PROGRAM PROGRAM; fi
)";

constexpr const char* fish =
    R"(# Completion of PROGRAM for fish: the program itself knows what may follow.
function __PROGRAM_complete
  set -l typed (commandline -opc)
  set -l candidates ($typed[1] --complete $typed[2..-1] (commandline -ct) 2> /dev/null)
  switch "$candidates[1]"
    case ':file'
      __fish_complete_path (commandline -ct)
    case ':dir'
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\n' $candidates
  end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
)";

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

std::string spelt(const CLI::Option& option) {
  return option.get_lnames().empty() ? "" : "--" + option.get_lnames().front();
}

std::string line(const std::string& word, const std::string& meaning) {
  return word + "\t" + meaning.substr(0, meaning.find_first_of("\n;")) + "\n";
}

const CLI::Option* option_named(const CLI::App* app, const std::string& word) {
  for (; app; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional() && spelt(*option) == word) return option;
    }
  }
  return nullptr;
}

const CLI::App* subcommand_named(const CLI::App& app, const std::string& word) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == word) return command;
  }
  return nullptr;
}

std::string values_of(const CLI::Option& option, const std::string& begun) {
  const std::string type = option.get_type_name();
  if (type == "FILE") return ":file\n";
  if (type == "DIR") return ":dir\n";
  std::string out;
  if (type.find('|') == std::string::npos) return out;
  for (const std::string& word : CLI::detail::split(type, '|')) {
    const bool literal = std::none_of(word.begin(), word.end(), [](char c) { return isupper(c); });
    if (literal && word.starts_with(begun)) out += line(word, {});
  }
  return out;
}

// Where the words lead: the subcommand they chose, and how many positionals it got.
struct Place {
  const CLI::App* app = nullptr;
  std::size_t positionals = 0;
  const CLI::Option* awaits = nullptr;  // an option whose value comes next
};

Place walk(const CLI::App& app, const std::vector<std::string>& words) {
  Place at{&app, 0, nullptr};
  bool only_positionals = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (at.awaits) {
      at.awaits = nullptr;
    } else if (only_positionals) {
      ++at.positionals;
    } else if (word == "--") {
      only_positionals = true;
    } else if (const CLI::Option* option = option_named(at.app, word)) {
      if (takes_value(*option)) at.awaits = option;
    } else if (const CLI::App* command = subcommand_named(*at.app, word)) {
      at.app = command;
    } else if (!word.starts_with("-")) {
      ++at.positionals;
    }
  }
  return at;
}

}  // namespace

std::string complete(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const std::string& begun = words.back();
  const Place at = walk(app, words);
  if (at.awaits) return values_of(*at.awaits, begun);
  std::string out;
  if (begun.starts_with("-")) {
    for (const CLI::App* level = at.app; level; level = level->get_parent()) {
      for (const CLI::Option* option : level->get_options()) {
        const std::string word = spelt(*option);
        // An outer option of the same name is hidden by the inner one.
        if (!word.empty() && word.starts_with(begun) && option_named(at.app, word) == option) {
          out += line(word, option->get_description());
        }
      }
    }
    return out;
  }
  for (const CLI::App* command : at.app->get_subcommands({})) {
    if (command->get_name().starts_with(begun)) {
      out += line(command->get_name(), command->get_description());
    }
  }
  std::size_t position = 0;
  for (const CLI::Option* option : at.app->get_options()) {
    if (option->get_positional() && position++ == at.positionals) {
      out += values_of(*option, begun);
    }
  }
  return out;
}

std::optional<std::string> completion_script(std::string_view shell, const std::string& program) {
  const char* text = shell == "bash"   ? bash
                     : shell == "zsh"  ? zsh
                     : shell == "fish" ? fish
                                       : nullptr;
  if (!text) return std::nullopt;
  constexpr std::string_view placeholder = "PROGRAM";
  std::string out = text;
  for (std::size_t at = 0; (at = out.find(placeholder, at)) != std::string::npos;) {
    out.replace(at, placeholder.size(), program);
  }
  return out;
}

}  // namespace rejoin
