#include "net/operation.hpp"

#include <array>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/pn_counter.hpp"
#include "net/store.hpp"
#include "net/stored.hpp"

namespace rejoin {
namespace {

using Text = std::string;

struct TypeRow {
  Family type;
  std::string_view word;
  Verb writes;  // beside remove
  bool integers;
};
constexpr std::array<TypeRow, 7> types = {{
    {Family::g_counter, "gcounter", Verb::add, true},
    {Family::pn_counter, "pncounter", Verb::add, true},
    {Family::lww_register, "lww", Verb::set, false},
    {Family::mv_register, "mv", Verb::set, false},
    {Family::max_register, "max", Verb::set, true},
    {Family::min_register, "min", Verb::set, true},
    {Family::aw_set, "awset", Verb::add, false},
}};
constexpr std::array<std::string_view, 4> verbs = {"add", "set", "remove", "get"};

const TypeRow* row_of(Family type) {
  for (const TypeRow& row : types) {
    if (row.type == type) return &row;
  }
  return nullptr;
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

// f(type) with the C++ type of the family, in a std::type_identity.
template <class F>
auto with_type(Family type, F&& f) {
  switch (type) {
    case Family::g_counter:
      return f(std::type_identity<GCounter>{});
    case Family::pn_counter:
      return f(std::type_identity<PnCounter>{});
    case Family::lww_register:
      return f(std::type_identity<LwwRegister<Text>>{});
    case Family::mv_register:
      return f(std::type_identity<MvRegister<Text>>{});
    case Family::max_register:
      return f(std::type_identity<MaxRegister<std::int64_t>>{});
    case Family::min_register:
      return f(std::type_identity<MinRegister<std::int64_t>>{});
    default:
      return f(std::type_identity<AwSet<Text>>{});
  }
}

template <class T>
void write(const Operation& operation, Transaction& tx) {
  const Plain& value = operation.value;
  if (operation.verb == Verb::remove && std::holds_alternative<std::monostate>(value)) {
    return tx.remove(Key<T>{operation.key});
  }
  auto object = open<T>(tx, operation.key);
  if constexpr (T::family == Family::g_counter || T::family == Family::pn_counter) {
    const auto* step = std::get_if<std::int64_t>(&value);
    object.add(tx, step ? *step : 1);
  } else if constexpr (T::family == Family::aw_set) {
    if (operation.verb == Verb::add) {
      object.add(tx, std::get<Text>(value));
    } else {
      object.remove(tx, std::get<Text>(value));
    }
  } else if constexpr (T::family == Family::lww_register || T::family == Family::mv_register) {
    object.set(tx, std::get<Text>(value));
  } else {
    object.set(tx, std::get<std::int64_t>(value));
  }
}

void list(std::int64_t value, std::vector<Plain>& out) {
  out.emplace_back(value);
}
void list(Text value, std::vector<Plain>& out) {
  out.emplace_back(std::move(value));
}
template <class T>
void list(std::optional<T> value, std::vector<Plain>& out) {
  if (value) list(*std::move(value), out);
}
template <class T>
void list(std::vector<T> values, std::vector<Plain>& out) {
  for (T& value : values) list(std::move(value), out);
}

}  // namespace

std::optional<Family> family_named(std::string_view word) {
  for (const TypeRow& row : types) {
    if (row.word == word) return row.type;
  }
  return std::nullopt;
}

std::optional<Verb> verb_named(std::string_view word) {
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    if (verbs[i] == word) return static_cast<Verb>(i);
  }
  return std::nullopt;
}

std::string_view word_for(Family type) {
  const TypeRow* row = row_of(type);
  return row ? row->word : std::string_view();
}

std::string_view word_for(Verb verb) {
  return verbs[static_cast<std::size_t>(verb)];
}

std::vector<Family> families() {
  std::vector<Family> out;
  for (const TypeRow& row : types) out.push_back(row.type);
  return out;
}

Verb writing_verb(Family type) {
  const TypeRow* row = row_of(type);
  return row ? row->writes : Verb::set;
}

bool holds_integers(Family type) {
  const TypeRow* row = row_of(type);
  return row && row->integers;
}

Result<void> check(const Operation& operation) {
  const TypeRow* row = row_of(operation.type);
  if (!row) return Error{ErrorCode::unknown_type, "a type that this program does not know"};
  const std::string type(row->word);
  const std::string verb(word_for(operation.verb));
  const bool none = std::holds_alternative<std::monostate>(operation.value);
  if (operation.key.empty()) return wrong("a key cannot be empty: give it a name");
  if (!is_utf8(operation.key)) return wrong("the key is not UTF-8: the tools take no other text");
  if (const auto* text = std::get_if<Text>(&operation.value); text && !is_utf8(*text)) {
    return wrong("the value is not UTF-8: the tools take no other text");
  }
  if (operation.verb == Verb::get) {
    return none ? Result<void>() : wrong(type + " get takes a key and no value");
  }
  if (operation.verb == Verb::remove && none) return {};
  if (operation.verb == Verb::remove && operation.type != Family::aw_set) {
    return wrong(type + " remove takes a key and no value: it removes the key");
  }
  if (operation.verb != Verb::remove && operation.verb != row->writes) {
    return wrong(type + " has no " + verb + "; it has " + std::string(word_for(row->writes)) +
                 ", remove and get");
  }
  const bool counter = operation.type == Family::g_counter || operation.type == Family::pn_counter;
  if (none && !counter) return wrong(type + " " + verb + " needs a value");
  if (!none && std::holds_alternative<std::int64_t>(operation.value) != row->integers) {
    return wrong(type + " " + verb + (row->integers ? " takes an integer" : " takes a text"));
  }
  return {};
}

Result<void> apply(const Operation& operation, Transaction& tx) {
  if (auto sound = check(operation); !sound) return sound;
  with_type(operation.type,
            [&](auto type) { write<typename decltype(type)::type>(operation, tx); });
  return {};
}

Result<std::vector<Plain>> read(const Operation& operation, const Store& store) {
  if (auto sound = check(operation); !sound) return sound.error();
  std::vector<Plain> out;
  with_type(operation.type, [&](auto type) {
    list(open<typename decltype(type)::type>(store, operation.key).value(), out);
  });
  return out;
}

std::optional<std::vector<Plain>> read_plain(const ObjectKey& key, const Store& store) {
  const auto type = static_cast<Family>(key.type.family);
  if (!row_of(type)) return std::nullopt;
  return with_type(type, [&](auto known) -> std::optional<std::vector<Plain>> {
    using T = typename decltype(known)::type;
    if (key.type != type_tag<T>) return std::nullopt;
    std::vector<Plain> out;
    list(open<T>(store, key.name).value(), out);
    return out;
  });
}

}  // namespace rejoin
