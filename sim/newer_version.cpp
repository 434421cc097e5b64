#include "sim/newer_version.hpp"

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>
#include <variant>
#include <vector>

#include "crdt/assert.hpp"

namespace rejoin::sim {
namespace {

constexpr std::uint64_t unknown_number = 0x6e65777665727369;
constexpr std::uint64_t unknown_features = 0xff00;
const char* const unknown_text = "a field that this version does not know";

void grow(capnp::AnyStruct::Reader from, capnp::AnyStruct::Builder to);

std::uint16_t words(capnp::AnyStruct::Reader reader) {
  return static_cast<std::uint16_t>(reader.getDataSection().size() / sizeof(std::uint64_t));
}

std::uint16_t pointers(capnp::AnyStruct::Reader reader) {
  return static_cast<std::uint16_t>(reader.getPointerSection().size());
}

void grow_pointer(capnp::AnyPointer::Reader from, capnp::AnyPointer::Builder to) {
  if (from.isNull()) return;
  if (from.isStruct()) {
    const auto reader = from.getAs<capnp::AnyStruct>();
    grow(reader, to.initAsAnyStruct(static_cast<std::uint16_t>(words(reader) + 1),
                                    static_cast<std::uint16_t>(pointers(reader) + 1)));
    return;
  }
  to.set(from);  // lists here are bytes
}

void grow(capnp::AnyStruct::Reader from, capnp::AnyStruct::Builder to) {
  const auto bytes = from.getDataSection();
  auto grown = to.getDataSection();
  if (bytes.size() > 0) std::memcpy(grown.begin(), bytes.begin(), bytes.size());
  std::memcpy(grown.begin() + bytes.size(), &unknown_number, sizeof unknown_number);
  const auto pointers_before = from.getPointerSection();
  auto pointers_after = to.getPointerSection();
  for (unsigned i = 0; i < pointers_before.size(); ++i) {
    grow_pointer(pointers_before[i], pointers_after[i]);
  }
  pointers_after[pointers_before.size()].setAs<capnp::Text>(unknown_text);
}

}  // namespace

std::string as_newer(std::string_view frame, Speaks speaks, const StoreId& store) {
  auto decoded = decode_frame(frame, store, ~std::uint64_t{0});
  REJOIN_ASSERT(decoded);
  std::string bytes(frame);
  if (auto* hello = std::get_if<Hello>(&decoded->body)) {
    hello->version_max = protocol_version + 1;
    if (speaks == Speaks::only_newer) hello->version_min = protocol_version + 1;
    hello->features |= unknown_features;
    bytes = encode_frame(*decoded, store);
  }
  bytes.resize(bytes.size() - frame_seal_bytes);
  std::vector<capnp::word> aligned(bytes.size() / sizeof(capnp::word));
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  capnp::FlatArrayMessageReader reader(kj::arrayPtr(aligned.data(), aligned.size()));
  capnp::MallocMessageBuilder message;
  grow_pointer(reader.getRoot<capnp::AnyPointer>(), message.getRoot<capnp::AnyPointer>());
  const auto flat = capnp::messageToFlatArray(message);
  const auto out = flat.asBytes();
  return sealed_frame({reinterpret_cast<const char*>(out.begin()), out.size()});
}

}  // namespace rejoin::sim
