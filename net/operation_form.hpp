#pragma once

// The table of operation.hpp, as data: which type has which verbs, what each takes, and how to say
// it. Command line, completion, help and checks are made from it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/operation.hpp"

namespace rejoin {

// What a verb takes behind the key, in order: a field, a replica, a rank, a text, a number. The
// last two are values; only the last word can be one.
enum class Word : char { field = 'F', replica = 'R', rank = 'P', text = 'T', number = 'N' };

struct VerbForm {
  Verb verb;
  std::string_view takes;  // of Word
  std::size_t needs;       // so many of them; the others may be left out, from the end
  std::string_view does;   // for help
};

struct TypeForm {
  enum class Reads { one, many, flag, ranked };

  Family type;
  std::string_view word;
  std::string_view cpp;
  std::string_view is;    // for help
  Reads reads;            // under its fields, if it has any
  std::size_t depth = 0;  // fields that lead to a value
  std::vector<VerbForm> verbs;
};

// In the order of operation.hpp.
const std::vector<TypeForm>& type_forms();
const TypeForm* form_of(Family type);
const VerbForm* form_of(const TypeForm& type, Verb verb);

std::optional<Family> family_named(std::string_view word);
std::optional<Verb> verb_named(std::string_view word);
std::string_view word_for(Family type);
std::string_view word_for(Verb verb);

bool is_value(char word);
// The number that a rank is written as; nothing if it is none.
std::optional<std::int64_t> rank_from(std::string_view text);
// What help calls the word at a place of `takes`: FIELD, N.
std::string name_of_word(std::string_view takes, std::size_t at);
// As "lwwmap set KEY FIELD TEXT".
std::string usage_of(const TypeForm& type, const VerbForm& verb);

// Is it in the table, with the words that its verb takes? Error: unknown_type, or invalid_argument
// with what to say instead.
Result<void> check(const Operation& operation);

}  // namespace rejoin
