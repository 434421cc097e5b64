#pragma once

// The laws of a type with a Codec: bytes bring back the state, equal states have equal bytes, and
// no bytes do harm.

#include "crdt/laws/delta_laws.hpp"

namespace rejoin::laws {

// The decoded state must also go on as the original would.
template <class T>
std::string encoding_round_trips(const Played<T>& played) {
  for (const T& state : mergeable(played, 8)) {
    const std::string bytes = encoded(state);
    std::optional<T> back = decoded<T>(bytes);
    if (!back) return shown(state) + " does not decode from its own bytes 0x" + hex(bytes);
    if (!(*back == state) || encoded(*back) != bytes) {
      return unless_same("decoding", *back, "before encoding", state) + ", bytes 0x" + hex(bytes);
    }
    T original = state;
    for (const Performed<T>& step : played.performed) {
      (void)mutate(original, step.op, step.at);
      (void)mutate(*back, step.op, step.at);
      if (original == *back) continue;
      return rc::toString(step.op) + ": " + unless_same("on the decoded state", *back,
                                                        "on the original", original);
    }
  }
  return {};
}

template <class T>
std::string bytes_are_canonical(const Played<T>& played) {
  std::vector<T> same{full_state(played), joined_all(played.deltas)};
  if (!played.deltas.empty()) same.push_back(joined_all(strided(played.deltas)));
  for (std::size_t i = 0; i < played.final_states.size(); ++i) {
    T rotated = played.final_states[i];
    std::for_each(played.final_states.rbegin(), played.final_states.rend(),
                  [&](const T& state) { rotated.merge(state); });
    same.push_back(std::move(rotated));
  }
  for (const T& state : spread(played.states, 8)) same.push_back(state);
  for (const T& a : same) {
    for (const T& b : same) {
      const bool equal = a == b;
      if (equal == (encoded(a) == encoded(b))) continue;
      return std::string(equal ? "equal states have unequal" : "unequal states have equal") +
             " bytes: " + shown(a) + " 0x" + hex(encoded(a)) + ", " + shown(b) + " 0x" +
             hex(encoded(b));
    }
  }
  return {};
}

// Bytes that no replica sent: refused, or a state like any other, with one encoding, which merges.
template <class T>
std::string after_hostile_bytes(const std::string& bytes, const T& honest) {
  const std::optional<T> hostile = decoded<T>(bytes);
  if (!hostile) return {};
  if (encoded(*hostile) != bytes) {
    return "0x" + hex(bytes) + " decodes, and encodes again as 0x" + hex(encoded(*hostile));
  }
  (void)shown(*hostile);
  for (const T& both : {joined(honest, *hostile), joined(*hostile, honest)}) {
    if (!decoded<T>(encoded(both))) {
      return "0x" + hex(bytes) + " decodes; merged with " + shown(honest) +
             " it gives a state that does not";
    }
  }
  return {};
}

template <class T>
std::string hostile_bytes_do_no_harm(const Played<T>& played) {
  for (const T& state : spread(played.states, 3)) {
    const std::string bytes = encoded(state);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (decoded<T>(bytes.substr(0, i))) {
        return "0x" + hex(bytes) + " decodes when cut after " + std::to_string(i) + " bytes";
      }
      // One bit, and any change of the byte: both differ from place to place.
      const std::uint64_t noise = mix64(i * 0x9e3779b97f4a7c15ULL + hash64(bytes));
      for (const std::uint64_t mask : {std::uint64_t{1} << (noise % 8), (noise >> 8) % 255 + 1}) {
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(static_cast<unsigned char>(flipped[i]) ^ mask);
        std::string complaint = after_hostile_bytes(flipped, state);
        if (!complaint.empty()) return complaint;
      }
    }
    if (decoded<T>(bytes + '\0')) return "0x" + hex(bytes) + " decodes with a byte after its end";
  }
  return {};
}

}  // namespace rejoin::laws
