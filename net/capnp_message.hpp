#pragma once

// Cap'n Proto messages as bytes, and the parts that frames and records share. For sources in net/
// only.
//
// read_message takes hostile bytes: it reads them where they are, or a copy if they are not
// aligned; of at most `segments_max` segments, with limits on traversal and nesting.
// decode_guarded turns whatever is thrown into an Error.

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>
#include <kj/io.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "net/frame.hpp"
#include "net/schema/entries.capnp.h"
#include "net/wire_entries.hpp"
#include "net/wire_numbers.hpp"

namespace rejoin::wire {

constexpr std::uint32_t segments_max = 16;
constexpr int nesting_max = 16;

// Words for a builder's first segment, all zero: in place if they are few, as in most frames.
class FirstSegment {
 protected:
  explicit FirstSegment(std::size_t words) {
    if (words * sizeof(capnp::word) > sizeof few_) {
      many_ = kj::heapArray<capnp::word>(words);
      std::memset(many_.begin(), 0, many_.asBytes().size());
    } else {
      std::memset(few_, 0, words * sizeof(capnp::word));
      used_ = {reinterpret_cast<capnp::word*>(few_), words};
    }
  }
  kj::ArrayPtr<capnp::word> first_segment() { return many_ == nullptr ? used_ : many_.asPtr(); }

 private:
  alignas(capnp::word) std::byte few_[1024];
  kj::ArrayPtr<capnp::word> used_;
  kj::Array<capnp::word> many_;
};

// A builder whose first segment takes a message with this many bytes of Data: then it is the only
// one.
class MessageBuilder : private FirstSegment, public capnp::MallocMessageBuilder {
 public:
  explicit MessageBuilder(std::size_t data_bytes)
      : FirstSegment(data_bytes / sizeof(capnp::word) + 64),
        MallocMessageBuilder(first_segment()) {}
  // With room for more bytes behind, which cost no second allocation.
  std::string bytes(std::size_t room = 0) {
    const auto segments = getSegmentsForOutput();
    const std::size_t size = capnp::computeSerializedSizeInWords(segments) * sizeof(capnp::word);
    std::string out;
    out.reserve(size + room);
    out.resize(size);
    kj::ArrayOutputStream stream({reinterpret_cast<kj::byte*>(out.data()), out.size()});
    capnp::writeMessage(stream, segments);
    return out;
  }
};

inline capnp::Data::Reader data_of(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
inline std::string_view view_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

// Each batch has its columns under the same names, so one list of them serves both ways.
inline EntryColumns columns_of(schema::EntryBatch::Reader batch) {
  return {view_of(batch.getReplicas()), view_of(batch.getObjects()),  view_of(batch.getDots()),
          view_of(batch.getPuts()),     view_of(batch.getRemovals()), view_of(batch.getPaths()),
          view_of(batch.getValues())};
}
inline SlotColumns<std::string_view> columns_of(schema::SlotBatch::Reader batch) {
  return {view_of(batch.getReplicas()),  view_of(batch.getObjects()), view_of(batch.getSlots()),
          view_of(batch.getFragments()), view_of(batch.getPaths()),   view_of(batch.getValues())};
}

inline std::size_t size_of(const SlotColumns<std::string>& c) {
  return c.replicas.size() + c.objects.size() + c.slots.size() + c.fragments.size() +
         c.paths.size() + c.values.size();
}

// An empty column is left out: it reads as empty, and costs nothing.
inline void fill(schema::SlotBatch::Builder batch, const SlotColumns<std::string>& c) {
  if (!c.replicas.empty()) batch.setReplicas(data_of(c.replicas));
  if (!c.objects.empty()) batch.setObjects(data_of(c.objects));
  if (!c.slots.empty()) batch.setSlots(data_of(c.slots));
  if (!c.fragments.empty()) batch.setFragments(data_of(c.fragments));
  if (!c.paths.empty()) batch.setPaths(data_of(c.paths));
  if (!c.values.empty()) batch.setValues(data_of(c.values));
}

CausalContext get_clock(std::string_view bytes, const char* name);
inline CausalContext get_clock(capnp::Data::Reader data, const char* name) {
  return get_clock(view_of(data), name);
}

// Refuses a version outside [least, greatest] and a store that is not ours.
void check_head(const char* what, std::uint16_t version, std::uint16_t least,
                std::uint16_t greatest, const StoreId& theirs, const StoreId& ours);

// Refuses bytes that cannot be one whole message of few segments, before anything is allocated.
void check_shape(std::string_view bytes);

// What `decode` gives, or why it was refused. `kind` is what messages call the bytes; `decode` may
// make it more exact as it learns more.
template <class Value, class Decode>
Result<Value> decode_guarded(const char*& kind, Decode&& decode) {
  const auto error = [&](ErrorCode code, std::string_view what) {
    return Error{code, std::string(kind) + ": " + std::string(what)};
  };
  try {
    return decode();
  } catch (const Refused& refused) {
    return error(refused.code(), refused.what());
  } catch (const kj::Exception& failure) {
    return error(ErrorCode::malformed, failure.getDescription().cStr());
  } catch (const std::exception& failure) {
    return error(ErrorCode::malformed, failure.what());
  }
}

// `read` takes the message's root and gives the value. Throws what decode_guarded catches.
template <class Root, class Read>
auto read_message(std::string_view bytes, Read&& read) {
  check_shape(bytes);
  const std::size_t words = bytes.size() / sizeof(capnp::word);
  kj::Array<capnp::word> copy;
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(capnp::word) != 0) {
    copy = kj::heapArray<capnp::word>(words);
    std::memcpy(copy.asBytes().begin(), bytes.data(), bytes.size());
  }
  const kj::ArrayPtr<const capnp::word> aligned =
      copy != nullptr ? copy.asPtr().asConst()
                      : kj::ArrayPtr<const capnp::word>(
                            reinterpret_cast<const capnp::word*>(bytes.data()), words);
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 2 * words + 64;
  options.nestingLimit = nesting_max;
  capnp::FlatArrayMessageReader message(aligned, options);
  if (message.getEnd() != aligned.end()) refuse_malformed("bytes follow the message");
  return read(message.getRoot<Root>());
}

}  // namespace rejoin::wire
