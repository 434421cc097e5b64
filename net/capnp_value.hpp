#pragma once

// CapnpValue<S>: a struct that the Cap'n Proto compiler made from your schema, as a value of
// rejoin's: in a register, a set, a map's values.
//
//     using Order = CapnpValue<shop::Order>;
//     const Order order = Order::made([](shop::Order::Builder it) { it.setItem("tea"); });
//     register.set(me, order);
//     register.value()->read([](shop::Order::Reader it) { return it.getItem(); });
//
// It keeps the canonical form of the message, so equal structs are equal values and have equal
// bytes, whoever built them; fields that a newer schema added stay. Its order is that of its bytes.
// Bytes that are no canonical message of at most words_max words do not decode.
//
// This header alone includes Cap'n Proto's; who includes it links CapnProto::capnp.
// Cost   made, decode, == O(size); read as Cap'n Proto's: nothing is copied.
// Source Cap'n Proto, "Encoding: canonicalization".

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include "crdt/codec.hpp"
#include "crdt/result.hpp"

namespace rejoin {

template <class S>
class CapnpValue {
 public:
  static constexpr std::size_t words_max = std::size_t{1} << 20;  // 8 MiB

  // A struct with the schema's defaults.
  CapnpValue() : CapnpValue(made([](typename S::Builder) {})) {}

  // fill(S::Builder) sets the fields. What it throws passes through.
  template <class F>
  static CapnpValue made(F&& fill) {
    capnp::MallocMessageBuilder message;
    fill(message.template initRoot<S>());
    return CapnpValue(capnp::canonicalize(message.template getRoot<S>().asReader()));
  }
  // A copy of a struct that came from elsewhere. Error: malformed, if it cannot be read.
  static Result<CapnpValue> of(typename S::Reader reader) {
    Result<CapnpValue> out = Error{ErrorCode::malformed, "this Cap'n Proto struct cannot be read"};
    const auto thrown =
        kj::runCatchingExceptions([&] { out = CapnpValue(capnp::canonicalize(reader)); });
    static_cast<void>(thrown);  // then `out` is still the error
    return out;
  }

  // f(S::Reader); what it returns must not point into the value once that is gone.
  template <class F>
  auto read(F&& f) const {
    const kj::ArrayPtr<const capnp::word> segments[] = {segment()};
    capnp::SegmentArrayMessageReader message(segments, options(words_.size()));
    return f(message.getRoot<S>());
  }

  friend bool operator==(const CapnpValue&, const CapnpValue&) = default;

 private:
  friend struct Codec<CapnpValue>;

  explicit CapnpValue(const kj::Array<capnp::word>& canonical) : words_(canonical.size()) {
    if (!words_.empty()) std::memcpy(words_.data(), canonical.begin(), words_.size() * 8);
  }

  // Each word may be reached once, and lists of nothing count too.
  static capnp::ReaderOptions options(std::size_t words) {
    capnp::ReaderOptions limits;
    limits.traversalLimitInWords = 4 * words + 64;
    return limits;
  }
  kj::ArrayPtr<const capnp::word> segment() const {
    return {reinterpret_cast<const capnp::word*>(words_.data()), words_.size()};
  }
  bool canonical() const {
    bool sound = false;
    const auto thrown = kj::runCatchingExceptions([&] {
      const kj::ArrayPtr<const capnp::word> segments[] = {segment()};
      capnp::SegmentArrayMessageReader message(segments, options(words_.size()));
      sound = message.isCanonical();
    });
    return sound && thrown == nullptr;
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
    return value.canonical();
  }
};

}  // namespace rejoin
