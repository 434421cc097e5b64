#pragma once

// Law<T>: a named function of one played history. It answers with a complaint, or with nothing if
// the law holds there. Laws know neither random numbers nor budgets, so any driver may feed them:
// check.hpp draws histories; another might list all short ones, or run them on mutants of a type.
//
// Laws are about states that histories reach. A state that none reaches may break any law and prove
// nothing; such states appear only in the law on hostile bytes.

#include <string>
#include <vector>

#include "crdt/laws/play.hpp"

namespace rejoin::laws {

template <class T>
struct Law {
  const char* name;
  std::string (*complaint)(const Played<T>&);
};

// At most `most` of the values, evenly spread, the first among them.
template <class T>
[[gnu::noinline]] std::vector<T> spread(const std::vector<T>& values, std::size_t most) {
  std::vector<T> out;
  const std::size_t count = std::min(values.size(), most);
  for (std::size_t i = 0; i < count; ++i) out.push_back(values[i * values.size() / count]);
  return out;
}

// States and deltas: what a replica may be asked to merge.
template <class T>
[[gnu::noinline]] std::vector<T> mergeable(const Played<T>& played, std::size_t most) {
  std::vector<T> out = spread(played.states, most - most / 4);
  for (const T& delta : spread(played.deltas, most / 4)) out.push_back(delta);
  return out;
}

// The complaint that two ways to one state differ; nothing if they do not.
template <class T>
[[gnu::noinline]] std::string unless_same(const char* way, const T& got, const char* other,
                                              const T& want) {
  if (got == want) return {};
  return std::string(way) + " gives " + shown(got) + ", " + other + " gives " + shown(want);
}

// Bytes where the type has them.
template <class T>
[[gnu::noinline]] std::string bytes_of(const T& state) {
  if constexpr (Encodable<T>) return encoded(state);
  return {};
}

// A state as it was, to notice any change of it: by a copy, and by bytes, which no copy can share.
template <class T>
class Witness {
 public:
  explicit Witness(const T& state) : copy_(state), bytes_(bytes_of(state)), text_(shown(state)) {}

  bool agrees(const T& state) const {
    return copy_ == state && bytes_of(state) == bytes_ && shown(state) == text_;
  }
  const std::string& text() const { return text_; }

 private:
  T copy_;
  std::string bytes_;
  std::string text_;
};

}  // namespace rejoin::laws
