#include "sim/act.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "net/operation_form.hpp"
#include "sim/families.hpp"

namespace rejoin::sim {
namespace {

// A share's ceiling is 2^62: as many acts as a scenario may have stay below it.
constexpr std::int64_t step_max = 1'000'000'000;

std::vector<VerbForm> forms_for(Family family) {
  constexpr VerbForm remove_key = {Verb::remove, "", 0, ""};
  if (family == Family::lattice_value) return {{Verb::add, "T", 1, ""}, remove_key};
  // A number here, ordered by its last digit.
  if (family == Family::ordered_register) return {{Verb::set, "N", 1, ""}, remove_key};
  std::vector<VerbForm> writes;
  for (const VerbForm& form : form_of(family)->verbs) {
    if (form.verb != Verb::get && form.verb != Verb::rights) writes.push_back(form);
  }
  return writes;
}

std::optional<VerbForm> form_for(Family family, Verb verb) {
  for (const VerbForm& form : forms_for(family)) {
    if (form.verb == verb) return form;
  }
  return std::nullopt;
}

std::string usage(Family family) {
  std::string out;
  for (const VerbForm& form : forms_for(family)) {
    out += (out.empty() ? "" : ", or ") + std::string(word_of(family)) + " KEY " +
           std::string(word_for(form.verb));
    for (std::size_t i = 0; i < form.takes.size(); ++i) {
      const bool whom = form.takes[i] == static_cast<char>(Word::replica);
      out += (i < form.needs ? " " : " [") + (whom ? "nNODE" : name_of_word(form.takes, i));
    }
    out += std::string(form.takes.size() - std::min(form.needs, form.takes.size()), ']');
  }
  return out;
}

template <class T>
bool number_in(std::string_view text, T& out) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end;
}

bool take_word(Act& act, Word word, std::string_view text) {
  switch (word) {
    case Word::field:
      (act.field.empty() ? act.field : act.text) = text;
      return true;
    case Word::text:
      act.text = text;
      return true;
    case Word::number:
      return number_in(text, act.number);
    case Word::replica:
      act.to.kind = text.front() == 'w' ? Whom::Kind::writer : Whom::Kind::node;
      return (text.front() == 'n' || text.front() == 'w') &&
             number_in(text.substr(1), act.to.number);
    case Word::rank:
      break;
  }
  return false;
}

// Numbers that the type takes, and that no sum of which overflows.
const char* wrong_number(const Act& act) {
  const bool grows = act.family == Family::g_counter || act.family == Family::bounded_counter;
  if (act.verb == Verb::set) return nullptr;
  if (act.number > step_max || act.number < -step_max) return "a step is at most 1000000000";
  if (grows && act.number < 0) return "its steps are not negative";
  if (act.family == Family::resettable_counter && act.verb == Verb::add && act.number == 0) {
    return "its steps are not 0";
  }
  return nullptr;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

Error wrong(std::string_view text, const std::string& what) {
  return {ErrorCode::invalid_argument, "'" + std::string(text) + "' is no operation: " + what};
}

}  // namespace

bool operator==(const Act& a, const Act& b) {
  if (a.own || b.own) return a.own && b.own && a.own->text() == b.own->text();
  return std::tie(a.family, a.key, a.verb, a.field, a.text, a.number, a.to) ==
         std::tie(b.family, b.key, b.verb, b.field, b.text, b.number, b.to);
}

std::string to_string(const Act& act) {
  if (act.own) return act.own->text();
  std::string out =
      std::string(word_of(act.family)) + " " + act.key + " " + std::string(word_for(act.verb));
  const auto form = form_for(act.family, act.verb);
  bool field_said = false;
  for (const char c : form ? form->takes : std::string_view()) {
    const auto word = static_cast<Word>(c);
    if (word == Word::number) {
      out += " " + std::to_string(act.number);
    } else if (word == Word::replica) {
      out += act.to.kind == Whom::Kind::node ? " n" : " w";
      out += std::to_string(act.to.number);
    } else {
      const std::string& text = word == Word::field && !field_said ? act.field : act.text;
      field_said = true;
      if (text.empty()) break;
      out += " " + text;
    }
  }
  return out;
}

std::string to_string(const Deed& deed) {
  std::string out;
  for (const Act& act : deed.acts) out += (out.empty() ? "" : "; ") + to_string(act);
  return out;
}

Result<Act> act_from(std::string_view text, const OwnTypes& own) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < 3) return wrong(text, "write TYPE KEY VERB..., such as awset key0 add e2");
  Act act;
  if (const auto type = own_type_called(own, words[0])) {
    const auto rest = static_cast<std::size_t>(words[2].data() - text.data());
    auto parsed = type->parse(std::string(words[1]), text.substr(rest));
    if (!parsed) return wrong(text, parsed.error().message);
    act.key = words[1];
    act.own = *std::move(parsed);
    return act;
  }
  const auto family = family_called(words[0]);
  if (!family) return wrong(text, "the types are " + names_of_families(own));
  act.family = *family;
  act.key = words[1];
  const std::string instead = "write " + usage(act.family);
  const auto verb = verb_named(words[2]);
  const auto form = verb ? form_for(act.family, *verb) : std::nullopt;
  if (!form) return wrong(text, instead);
  act.verb = *verb;
  const std::size_t given = words.size() - 3;
  if (given < form->needs || given > form->takes.size()) return wrong(text, instead);
  if (form->takes.ends_with('N')) act.number = 1;  // unless said
  for (std::size_t i = 0; i < given; ++i) {
    if (!take_word(act, static_cast<Word>(form->takes[i]), words[3 + i])) {
      return wrong(text, instead);
    }
  }
  if (const char* why = wrong_number(act)) return wrong(text, why);
  return act;
}

}  // namespace rejoin::sim
