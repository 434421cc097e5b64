#include "net/operation_form.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rejoin {
namespace {

using Reads = TypeForm::Reads;

constexpr std::array<std::string_view, 10> verbs = {
    "add", "set", "remove", "get", "enable", "disable", "reset", "subtract", "move", "rights"};

constexpr VerbForm remove_key = {Verb::remove, "", 0, "remove the key"};
constexpr VerbForm remove_element = {Verb::remove, "T", 0,
                                     "remove an element, or without one the key"};
constexpr VerbForm remove_for_ever = {Verb::remove, "T", 0,
                                      "remove an element, or without one the key and all removals"};
constexpr VerbForm remove_field = {Verb::remove, "F", 0, "remove a field, or without one the key"};
constexpr VerbForm get = {Verb::get, "", 0, "print the value"};
constexpr VerbForm get_field = {Verb::get, "F", 0, "print all fields, or the value of one"};
constexpr VerbForm add_number = {Verb::add, "N", 0, "add a number; 1 unless said"};
constexpr VerbForm add_element = {Verb::add, "T", 1, "add an element"};
constexpr VerbForm set_number = {Verb::set, "N", 1, "set the value"};
constexpr VerbForm set_text = {Verb::set, "T", 1, "set the value"};
constexpr VerbForm enable = {Verb::enable, "", 0, "turn it on"};
constexpr VerbForm disable = {Verb::disable, "", 0, "turn it off"};

std::vector<TypeForm> all_forms() {
  return {
      {Family::g_counter,
       "gcounter",
       "GCounter",
       "a counter that only grows",
       Reads::one,
       0,
       {add_number, remove_key, get}},
      {Family::pn_counter,
       "pncounter",
       "PnCounter",
       "a counter that goes up and down",
       Reads::one,
       0,
       {add_number, remove_key, get}},
      {Family::resettable_counter,
       "resettable",
       "ResettableCounter",
       "a counter that can be set back to zero",
       Reads::one,
       0,
       {add_number, {Verb::reset, "", 0, "take away all that was counted"}, remove_key, get}},
      {Family::bounded_counter,
       "bounded",
       "BoundedCounter<>",
       "a counter that never falls below zero",
       Reads::one,
       0,
       {{Verb::add, "N", 0, "add a number, and as many rights for this node; 1 unless said"},
        {Verb::subtract, "N", 0, "take a number, if this node has the rights; 1 unless said"},
        {Verb::move, "RN", 2, "give rights to a replica, named as status shows it"},
        {Verb::rights, "", 0, "print how much this node may take"},
        get}},
      {Family::max_register,
       "max",
       "MaxRegister<std::int64_t>",
       "an integer: the greatest ever set",
       Reads::one,
       0,
       {set_number, remove_key, get}},
      {Family::min_register,
       "min",
       "MinRegister<std::int64_t>",
       "an integer: the least ever set",
       Reads::one,
       0,
       {set_number, remove_key, get}},
      {Family::lww_register,
       "lww",
       "LwwRegister<std::string>",
       "a text: the last write wins",
       Reads::one,
       0,
       {set_text, remove_key, get}},
      {Family::mv_register,
       "mv",
       "MvRegister<std::string>",
       "a text: concurrent writes are all kept",
       Reads::many,
       0,
       {set_text, remove_key, get}},
      {Family::ordered_register,
       "ordered",
       "OrderedRegister<Ranked, ByRank>",
       "a text with a rank: the greatest rank ever set wins",
       Reads::ranked,
       0,
       {{Verb::set, "PT", 2, "set rank and text"}, remove_key, get}},
      {Family::ew_flag,
       "ewflag",
       "EwFlag",
       "a flag: an enable wins over a concurrent disable",
       Reads::flag,
       0,
       {enable, disable, remove_key, get}},
      {Family::dw_flag,
       "dwflag",
       "DwFlag",
       "a flag: a disable wins over a concurrent enable",
       Reads::flag,
       0,
       {enable, disable, remove_key, get}},
      {Family::g_set,
       "gset",
       "GSet<std::string>",
       "a set of texts that only grows",
       Reads::many,
       0,
       {add_element, remove_key, get}},
      {Family::two_phase_set,
       "twophase",
       "TwoPhaseSet<std::string>",
       "a set of texts: what was removed never comes back",
       Reads::many,
       0,
       {add_element, remove_for_ever, get}},
      {Family::aw_set,
       "awset",
       "AwSet<std::string>",
       "a set of texts: an add wins over a concurrent remove",
       Reads::many,
       0,
       {add_element, remove_element, get}},
      {Family::rw_set,
       "rwset",
       "RwSet<std::string>",
       "a set of texts: a remove wins over a concurrent add",
       Reads::many,
       0,
       {add_element, remove_element, get}},
      {Family::lww_set,
       "lwwset",
       "LwwSet<std::string>",
       "a set of texts: the last add or remove wins",
       Reads::many,
       0,
       {add_element, remove_element, get}},
      {Family::g_map,
       "gmap",
       "GMap<std::string, PnCounter>",
       "counters by field, which stay",
       Reads::one,
       1,
       {{Verb::add, "FN", 1, "add a number to a field; 1 unless said"}, remove_key, get_field}},
      {Family::lww_map,
       "lwwmap",
       "LwwMap<std::string, std::string>",
       "texts by field: the last write or remove wins",
       Reads::one,
       1,
       {{Verb::set, "FT", 2, "set a field"}, remove_field, get_field}},
      {Family::multi_map,
       "multimap",
       "MultiMap<std::string, std::string>",
       "sets of texts by field",
       Reads::many,
       1,
       {{Verb::add, "FT", 2, "add an element to a field"},
        {Verb::remove, "FT", 0, "remove an element, without one the field, or the key"},
        get_field}},
      {Family::or_map,
       "ormap",
       "OrMap<std::string, OrMap<std::string, PnCounter>>",
       "counters by two fields",
       Reads::one,
       2,
       {{Verb::add, "FFN", 2, "add a number under two fields; 1 unless said"},
        {Verb::remove, "FF", 0, "remove what is under two fields, under one, or the key"},
        {Verb::get, "FF", 0, "print all, or what is under one or two fields"}}},
      {Family::hyper_log_log,
       "hll",
       "HyperLogLog<std::string>",
       "about how many different texts were ever added",
       Reads::one,
       0,
       {{Verb::add, "T", 1, "add a text"}, remove_key, get}},
  };
}

Error wrong(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + more >= text.size()) return false;
    std::uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    if ((more == 2 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) ||
        (more == 3 && (point < 0x10000 || point > 0x10ffff))) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

Result<void> check_texts(const Operation& operation) {
  if (operation.key.empty()) return wrong("a key cannot be empty: give it a name");
  if (!is_utf8(operation.key)) return wrong("the key is not UTF-8: the tools take no other text");
  for (const std::string& field : operation.fields) {
    if (!is_utf8(field)) return wrong("a field is not UTF-8: the tools take no other text");
  }
  const auto* text = std::get_if<std::string>(&operation.value);
  if (text && !is_utf8(*text)) {
    return wrong("the value is not UTF-8: the tools take no other text");
  }
  return {};
}

std::string listed_verbs(const TypeForm& type) {
  std::string out;
  for (std::size_t i = 0; i < type.verbs.size(); ++i) {
    if (i != 0) out += i + 1 == type.verbs.size() ? " and " : ", ";
    out += word_for(type.verbs[i].verb);
  }
  return out;
}

const char* meaning_of(char word) {
  switch (static_cast<Word>(word)) {
    case Word::field:
      return "a field";
    case Word::replica:
      return "a replica";
    case Word::rank:
      return "a rank";
    default:
      return "a value";
  }
}

// The fields and the value against what the verb takes.
Result<void> check_words(const Operation& operation, const VerbForm& form,
                         const std::string& usage) {
  const std::string said(usage.substr(0, usage.find(" KEY")));
  const std::string instead = ": " + usage;
  const bool value = !std::holds_alternative<std::monostate>(operation.value);
  const bool takes_value = !form.takes.empty() && is_value(form.takes.back());
  const std::size_t fields = form.takes.size() - (takes_value ? 1 : 0);
  const std::size_t given = operation.fields.size();
  if (given > fields) return wrong(said + " takes fewer fields" + instead);
  if (value && !takes_value) return wrong(said + " takes no value" + instead);
  if (given < fields && (value || given < form.needs)) {
    return wrong(said + " needs " + meaning_of(form.takes[given]) + instead);
  }
  if (!value && given == fields && form.needs > fields) {
    return wrong(said + " needs a value" + instead);
  }
  const bool number = takes_value && form.takes.back() == static_cast<char>(Word::number);
  if (value && std::holds_alternative<std::int64_t>(operation.value) != number) {
    return wrong(said + (number ? " takes an integer" : " takes a text") + instead);
  }
  for (std::size_t i = 0; i < given; ++i) {
    const std::string& field = operation.fields[i];
    const auto word = static_cast<Word>(form.takes[i]);
    if (word == Word::replica && !replica_from(field)) {
      return wrong("'" + field +
                   "' is no replica: rejoin status of the node that shall get the "
                   "rights shows its replica");
    }
    if (word == Word::rank && !rank_from(field)) {
      return wrong(said + " takes an integer as rank, not '" + field + "'");
    }
  }
  return {};
}

}  // namespace

const std::vector<TypeForm>& type_forms() {
  static const std::vector<TypeForm> forms = all_forms();
  return forms;
}

const TypeForm* form_of(Family type) {
  for (const TypeForm& form : type_forms()) {
    if (form.type == type) return &form;
  }
  return nullptr;
}

const VerbForm* form_of(const TypeForm& type, Verb verb) {
  for (const VerbForm& form : type.verbs) {
    if (form.verb == verb) return &form;
  }
  return nullptr;
}

std::optional<Family> family_named(std::string_view word) {
  for (const TypeForm& form : type_forms()) {
    if (form.word == word) return form.type;
  }
  return std::nullopt;
}

std::optional<Verb> verb_named(std::string_view word) {
  const auto at = std::find(verbs.begin(), verbs.end(), word);
  if (at == verbs.end()) return std::nullopt;
  return static_cast<Verb>(at - verbs.begin());
}

std::string_view word_for(Family type) {
  const TypeForm* form = form_of(type);
  return form ? form->word : std::string_view();
}

std::string_view word_for(Verb verb) {
  return verbs[static_cast<std::size_t>(verb)];
}

bool is_value(char word) {
  return word == static_cast<char>(Word::text) || word == static_cast<char>(Word::number);
}

std::optional<std::int64_t> rank_from(std::string_view text) {
  std::int64_t rank = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, rank);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return rank;
}

std::string name_of_word(std::string_view takes, std::size_t at) {
  switch (static_cast<Word>(takes[at])) {
    case Word::field:
      return at == 0 ? "FIELD" : "FIELD2";
    case Word::replica:
      return "REPLICA";
    case Word::rank:
      return "RANK";
    case Word::text:
      return "TEXT";
    case Word::number:
      break;
  }
  return "N";
}

std::string usage_of(const TypeForm& type, const VerbForm& verb) {
  std::string out = std::string(type.word) + " " + std::string(word_for(verb.verb)) + " KEY";
  for (std::size_t i = 0; i < verb.takes.size(); ++i) {
    out += (i < verb.needs ? " " : " [") + name_of_word(verb.takes, i);
  }
  return out + std::string(verb.takes.size() - std::min(verb.needs, verb.takes.size()), ']');
}

Result<void> check(const Operation& operation) {
  const TypeForm* type = form_of(operation.type);
  if (!type) return Error{ErrorCode::unknown_type, "a type that this program does not know"};
  if (auto sound = check_texts(operation); !sound) return sound;
  const VerbForm* verb = form_of(*type, operation.verb);
  if (!verb) {
    return wrong(std::string(type->word) + " has no " + std::string(word_for(operation.verb)) +
                 "; it has " + listed_verbs(*type));
  }
  return check_words(operation, *verb, usage_of(*type, *verb));
}

}  // namespace rejoin
