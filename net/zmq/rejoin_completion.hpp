#pragma once

// What a shell may offer while somebody types a command of ours, by the program's own definitions:
// the shell asks the program itself, so the two cannot differ.
//
//     PROGRAM --complete WORD...      the words typed so far; the last, maybe empty, is completed
//
// Prints a candidate a line, with a tab and its meaning; or ":file" or ":dir" alone, where the
// shell knows better. An option's or positional's type name says what it takes: FILE, DIR, words
// with | between them, or anything else, which nobody can guess.

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rejoin {

// The lines to print.
std::string complete(const CLI::App& app, const std::vector<std::string>& words);

// The script that makes `shell` ask; nothing for a shell that is not bash, zsh or fish.
std::optional<std::string> completion_script(std::string_view shell, const std::string& program);

}  // namespace rejoin
