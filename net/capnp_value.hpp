#pragma once

// CapnpValue<S>: a struct that the Cap'n Proto compiler made from your schema, as a value of
// rejoin's: in a register, a set, a map's values.
//
//     using Order = CapnpValue<shop::Order>;
//     const Order order = *Order::made([](shop::Order::Builder it) { it.setItem("tea"); });
//     register.set(me, order);
//     register.value()->read([](shop::Order::Reader it) { return it.getItem(); });
//
// It keeps the canonical form of the message, so equal structs are equal values and have equal
// bytes, whoever built them; fields that a newer schema added stay. Its order is that of its bytes.
// Bytes that are no canonical message of at most words_max words, or do not fit the schema, do not
// decode.
//
// This header alone includes Cap'n Proto's; who includes it links CapnProto::capnp.
// Cost   made, decode, == O(size); read as Cap'n Proto's: nothing is copied.
// Source Cap'n Proto, "Encoding: canonicalization".

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "crdt/codec.hpp"
#include "crdt/result.hpp"

namespace rejoin {

template <class S>
class CapnpValue {
 public:
  static constexpr std::size_t words_max = std::size_t{1} << 20;  // 8 MiB

  // A struct with the schema's defaults.
  CapnpValue() : CapnpValue(*made([](typename S::Builder) {})) {}

  // fill(S::Builder) sets the fields. What it throws passes through. Error: limit_exceeded, for a
  // struct that could not be read again: above words_max, or nested more than 64 deep.
  template <class F>
  static Result<CapnpValue> made(F&& fill) {
    capnp::MallocMessageBuilder message;
    fill(message.template initRoot<S>());
    return of(message.template getRoot<S>().asReader());
  }
  // A copy of a struct that came from elsewhere. Errors: as made; malformed, if it is no struct of
  // this schema.
  static Result<CapnpValue> of(typename S::Reader reader) {
    CapnpValue copy{Empty{}};
    const auto thrown = kj::runCatchingExceptions([&] {
      const kj::Array<capnp::word> canonical = capnp::canonicalize(reader);
      copy.words_.resize(canonical.size());
      if (!copy.words_.empty()) std::memcpy(copy.words_.data(), canonical.begin(), copy.bytes());
    });
    if (thrown != nullptr || copy.words_.size() <= words_max) {
      if (thrown == nullptr && copy.sound()) return copy;
      return Error{ErrorCode::malformed,
                   "this Cap'n Proto struct cannot be read by its schema, or nests too deep"};
    }
    return Error{ErrorCode::limit_exceeded, "this Cap'n Proto struct takes " +
                                                std::to_string(copy.bytes()) +
                                                " bytes, a value at most 8 MiB"};
  }

  // f(S::Reader); what it returns must not point into the value once that is gone. Nothing that f
  // reads by the schema throws: that was tried when the value was made or decoded.
  template <class F>
  auto read(F&& f) const {
    const kj::ArrayPtr<const capnp::word> segments[] = {segment()};
    capnp::SegmentArrayMessageReader message(segments, unlimited());
    return f(message.getRoot<S>());
  }

  friend bool operator==(const CapnpValue&, const CapnpValue&) = default;

 private:
  friend struct Codec<CapnpValue>;

  struct Empty {};
  explicit CapnpValue(Empty) {}

  std::size_t bytes() const { return words_.size() * sizeof(words_[0]); }
  kj::ArrayPtr<const capnp::word> segment() const {
    return {reinterpret_cast<const capnp::word*>(words_.data()), words_.size()};
  }
  // A canonical message reaches each word once; what an application reads twice is its own affair.
  static capnp::ReaderOptions unlimited() {
    capnp::ReaderOptions limits;
    limits.traversalLimitInWords = std::numeric_limits<std::uint64_t>::max();
    return limits;
  }

  // A canonical message whose every pointer is what the schema says, so that no read of it throws.
  bool sound() const {
    bool canonical = false;
    const auto thrown = kj::runCatchingExceptions([&] {
      const kj::ArrayPtr<const capnp::word> segments[] = {segment()};
      capnp::SegmentArrayMessageReader message(segments, unlimited());
      canonical = message.isCanonical() && words_[0] != 0;
      if (canonical) visit(capnp::DynamicStruct::Reader(message.getRoot<S>()));
    });
    return canonical && thrown == nullptr;
  }
  // Throws where a pointer is not what the schema says.
  static void visit(const capnp::DynamicStruct::Reader& from) {
    for (const capnp::StructSchema::Field field : from.getSchema().getNonUnionFields()) {
      if (from.has(field)) visit(from.get(field));
    }
    KJ_IF_MAYBE(field, from.which()) {
      if (from.has(*field)) visit(from.get(*field));
    }
  }
  static void visit(const capnp::DynamicValue::Reader& value) {
    switch (value.getType()) {
      case capnp::DynamicValue::STRUCT:
        visit(value.as<capnp::DynamicStruct>());
        break;
      case capnp::DynamicValue::LIST:
        for (const auto& element : value.as<capnp::DynamicList>()) visit(element);
        break;
      default:
        break;
    }
  }

  std::vector<std::uint64_t> words_;  // as bytes: aligned, in the order of the message
};

template <class S>
struct Codec<CapnpValue<S>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(mix64(S::_capnpPrivate::typeId)) | 0x80000000U;

  static void encode(std::string& out, const CapnpValue<S>& value) {
    put_string(out, std::string_view(reinterpret_cast<const char*>(value.words_.data()),
                                     value.words_.size() * 8));
  }
  static bool decode(ByteReader& in, CapnpValue<S>& value) {
    std::string bytes;
    if (!get_string(in, bytes) || bytes.empty() || bytes.size() % 8 != 0) return false;
    if (bytes.size() / 8 > CapnpValue<S>::words_max) return false;
    value.words_.resize(bytes.size() / 8);
    std::memcpy(value.words_.data(), bytes.data(), bytes.size());
    return value.sound();
  }
};

}  // namespace rejoin
