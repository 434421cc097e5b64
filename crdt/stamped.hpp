#pragma once

// Stamped<T>: a value and when it was written.

#include "crdt/codec.hpp"
#include "crdt/hybrid_time.hpp"

namespace rejoin {

template <class T>
struct Stamped {
  HybridTime time;
  T value{};
};

template <Encodable T>
struct Codec<Stamped<T>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(17, Codec<T>::tag)) | 0x80000000U;
  static void encode(std::string& out, const Stamped<T>& stamped) {
    put_fixed64(out, stamped.time.value);
    Codec<T>::encode(out, stamped.value);
  }
  static bool decode(ByteReader& in, Stamped<T>& stamped) {
    return get_fixed64(in, stamped.time.value) && stamped.time.legal() &&
           Codec<T>::decode(in, stamped.value);
  }
};

}  // namespace rejoin
