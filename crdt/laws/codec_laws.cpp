#include <algorithm>

#include "crdt/hash.hpp"
#include "crdt/laws/law.hpp"

namespace rejoin::laws {
namespace {

// The decoded state must also go on as the original would.
std::string goes_on_alike(const State& state, State back, const Played& played) {
  State original = state;
  for (const Performed& step : played.performed) {
    (void)original.apply(step.op, step.at);
    (void)back.apply(step.op, step.at);
    if (original == back) continue;
    return step.op.text() + ": " +
           unless_same("on the decoded state", back, "on the original", original);
  }
  return {};
}

// Bytes that no replica sent: refused, or a state like any other, with one encoding, which merges.
std::string after_hostile_bytes(const std::string& bytes, const State& honest) {
  const std::optional<State> hostile = honest.decoded(bytes);
  if (!hostile) return {};
  const std::string again = hostile->bytes();
  if (again != bytes) return "0x" + hex(bytes) + " decodes, and encodes again as 0x" + hex(again);
  (void)hostile->text();
  for (const State& both : {joined(honest, *hostile), joined(*hostile, honest)}) {
    if (!honest.decoded(both.bytes())) {
      return "0x" + hex(bytes) + " decodes; merged with " + honest.text() +
             " it gives a state that does not";
    }
  }
  return {};
}

std::string under_attack(const State& state, const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (state.decoded(std::string_view(bytes).substr(0, i))) {
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
  if (state.decoded(bytes + '\0')) {
    return "0x" + hex(bytes) + " decodes with a byte after its end";
  }
  return {};
}

// It takes long, so each once; and of many, a part, which the seed chooses.
bool worth_attacking(Memo& memo, const std::string& bytes) {
  const std::uint64_t hash = hash64(bytes);
  if (!memo.hostile.insert(hash).second) return false;
  if (memo.attacks_left == 0) return combine64(memo.seed, hash) % 4 == 0;
  --memo.attacks_left;
  return true;
}

}  // namespace

std::string encoding_round_trips(const Played& played) {
  for (const State* state : mergeable(played, 8)) {
    const std::string bytes = state->bytes();
    const std::optional<State> back = state->decoded(bytes);
    if (!back) return state->text() + " does not decode from its own bytes 0x" + hex(bytes);
    if (!(*back == *state) || back->bytes() != bytes) {
      return unless_same("decoding", *back, "before encoding", *state) + ", bytes 0x" + hex(bytes);
    }
    std::string complaint = goes_on_alike(*state, *back, played);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

std::string bytes_are_canonical(const Played& played) {
  std::vector<State> same{played.full(), joined_all(played, played.deltas)};
  if (!played.deltas.empty()) same.push_back(joined_strided(played));
  for (const State& state : played.final_states) {
    State rotated = state;
    std::for_each(played.final_states.rbegin(), played.final_states.rend(),
                  [&](const State& other) { rotated.merge(other); });
    same.push_back(std::move(rotated));
  }
  for (const State* state : spread(played.states, 8)) same.push_back(*state);
  std::vector<std::string> bytes;
  for (const State& state : same) bytes.push_back(state.bytes());
  for (std::size_t i = 0; i < same.size(); ++i) {
    for (std::size_t j = i; j < same.size(); ++j) {
      const bool equal = same[i] == same[j];  // i == j: encoded a second time
      if (equal == (bytes[i] == (i == j ? same[j].bytes() : bytes[j]))) continue;
      return std::string(equal ? "equal states have unequal" : "unequal states have equal") +
             " bytes: " + same[i].text() + " 0x" + hex(bytes[i]) + ", " + same[j].text() + " 0x" +
             hex(bytes[j]);
    }
  }
  return {};
}

std::string hostile_bytes_do_no_harm(const Played& played) {
  for (const State* state : spread(played.states, 3)) {
    const std::string bytes = state->bytes();
    if (played.memo != nullptr && !worth_attacking(*played.memo, bytes)) continue;
    std::string complaint = under_attack(*state, bytes);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

}  // namespace rejoin::laws
