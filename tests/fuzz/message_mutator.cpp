#include "tests/fuzz/message_mutator.hpp"

#include <capnp/dynamic.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <cstring>
#include <vector>

#include "tests/fuzz/bytes_mutator.hpp"

namespace rejoin::fuzz {
namespace {

using capnp::DynamicList;
using capnp::DynamicStruct;
using Field = capnp::StructSchema::Field;
using Kind = capnp::schema::Type::Which;

void change_struct(DynamicStruct::Builder target, Random& random);

std::string bytes_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
capnp::Data::Reader data_of(const std::string& bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}

// As many bits as the type takes: a wider number would be an error of ours, not of the decoder.
std::uint64_t narrowed(std::uint64_t number, Kind kind) {
  switch (kind) {
    case Kind::UINT8:
      return number & UINT8_MAX;
    case Kind::UINT16:
      return number & UINT16_MAX;
    case Kind::UINT32:
      return number & UINT32_MAX;
    default:
      return number;
  }
}

void change_list(DynamicList::Builder list, Random& random) {
  if (list.size() == 0) return;
  const auto at = static_cast<capnp::uint>(random.below(list.size()));
  if (list.getSchema().whichElementType() == Kind::STRUCT) {
    change_struct(list[at].as<DynamicStruct>(), random);
  } else if (list.getSchema().whichElementType() == Kind::TEXT) {
    const capnp::Text::Builder text = list[at].as<capnp::Text>();
    const std::string changed = mutated(std::string(text.begin(), text.size()), random);
    list.set(at, capnp::Text::Reader(changed.c_str(), changed.size()));
  }
}

void change_pointer(DynamicStruct::Builder target, Field field, Random& random) {
  if (random.one_in(16)) return target.clear(field);
  const capnp::Type type = field.getType();
  if (type.isList()) {
    if (!target.has(field) || random.one_in(8)) {
      target.init(field, static_cast<capnp::uint>(random.below(5)));
    }
    return change_list(target.get(field).as<DynamicList>(), random);
  }
  if (!target.has(field)) target.init(field);
  change_struct(target.get(field).as<DynamicStruct>(), random);
}

void change_field(DynamicStruct::Builder target, Field field, Random& random) {
  const capnp::Type type = field.getType();
  switch (type.which()) {
    case Kind::VOID:
      return target.clear(field);
    case Kind::BOOL:
      return target.set(field, random.one_in(2));
    case Kind::INT64:
      return target.set(
          field, static_cast<std::int64_t>(mutated(
                     static_cast<std::uint64_t>(target.get(field).as<std::int64_t>()), random)));
    case Kind::UINT8:
    case Kind::UINT16:
    case Kind::UINT32:
    case Kind::UINT64:
      return target.set(
          field, narrowed(mutated(target.get(field).as<std::uint64_t>(), random), type.which()));
    case Kind::ENUM:
      return target.set(
          field, capnp::DynamicEnum(type.asEnum(), static_cast<std::uint16_t>(random.below(6))));
    case Kind::DATA: {
      const std::string changed =
          mutated(bytes_of(target.get(field).as<capnp::Data>().asReader()), random);
      return target.set(field, data_of(changed));
    }
    case Kind::TEXT: {
      const capnp::Text::Builder text = target.get(field).as<capnp::Text>();
      const std::string changed = mutated(std::string(text.begin(), text.size()), random);
      return target.set(field, capnp::Text::Reader(changed.c_str(), changed.size()));
    }
    case Kind::STRUCT:
      if (field.getProto().isGroup()) {
        return change_struct(target.get(field).as<DynamicStruct>(), random);
      }
      return change_pointer(target, field, random);
    case Kind::LIST:
      return change_pointer(target, field, random);
    default:
      return;
  }
}

// The arm that a union is in counts as many fields as there are others: that is where the content
// is.
void change_struct(DynamicStruct::Builder target, Random& random) {
  const capnp::StructSchema schema = target.getSchema();
  std::vector<Field> fields;
  for (const Field field : schema.getNonUnionFields()) fields.push_back(field);
  const auto arms = schema.getUnionFields();
  if (arms.size() > 0 && random.one_in(24)) {
    const Field arm = arms[static_cast<capnp::uint>(random.below(arms.size()))];
    target.clear(arm);
    return change_field(target, arm, random);
  }
  KJ_IF_MAYBE (active, target.which()) {
    fields.insert(fields.end(), fields.size() + 1, *active);
  }
  if (fields.empty()) return;
  change_field(target, fields[random.below(fields.size())], random);
}

}  // namespace

std::optional<std::string> mutated_message(const std::string& bytes, capnp::StructSchema schema,
                                           Random& random) {
  if (bytes.size() < sizeof(capnp::word)) return std::nullopt;
  try {
    kj::Array<capnp::word> words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
    std::memcpy(words.begin(), bytes.data(), words.asBytes().size());
    capnp::FlatArrayMessageReader reader(words);
    capnp::MallocMessageBuilder message;
    message.setRoot(reader.getRoot<DynamicStruct>(schema));
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      change_struct(message.getRoot<DynamicStruct>(schema), random);
    }
    const kj::Array<capnp::word> out = capnp::messageToFlatArray(message);
    return std::string(out.asChars().begin(), out.asChars().size());
  } catch (const kj::Exception&) {
    return std::nullopt;
  }
}

}  // namespace rejoin::fuzz
