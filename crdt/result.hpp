#pragma once

// Result<T>: a value or the Error that says why there is none.
//
// The names are those of std::expected, which g++ 12 and clang 14 lack under C++20. An operation
// that returns an error has changed nothing: not the value, not the store, not the disk.

#include <string>
#include <utility>
#include <variant>

#include "crdt/assert.hpp"

namespace rejoin {

// When each occurs. Whatever the code, what was refused left no trace.
enum class ErrorCode {
  negative_step,   // a grow-only counter was asked to shrink
  overflow,        // a counter's share would pass 2^62 - 1
  not_a_number,    // NaN where an order is needed: a set's element, a map's key
  malformed,       // bytes that no encoder of ours writes: truncated, not canonical, out of range
  limit_exceeded,  // a key, value, transaction or frame above its limit in Config
  foreign_store,   // a frame, record or directory that belongs to another store
  version_unsupported,  // a format version that this program does not speak
  unknown_type,         // a type's name or tag that this program does not know
  aborted,              // the transaction's own function refused
  storage_failed,       // the disk did not take it; writing has stopped
  storage_corrupt,      // the disk holds what was never written
  storage_locked,       // another process owns the directory
  transport_failed,     // a socket could not be opened, bound or connected
  timed_out,            // the wait ended before the condition held
  closed,               // the node is stopping or has stopped
  invalid_argument,     // a setting or an argument that names nothing valid
  removed_for_good,     // an element that a two-phase set will not take back
  insufficient_rights,  // more than this replica may take from a bounded counter
  access_denied,        // a key that may not do this, or a key file that others could change
};

// The code's name as written above, for messages and machines.
const char* name_of(ErrorCode code);

// What was refused, for a program (code) and for a person (message: what was wrong, what to do).
struct Error {
  ErrorCode code{};
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Requires: has_value().
  const T& value() const& {
    REJOIN_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    REJOIN_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    REJOIN_ASSERT(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  // Requires: !has_value().
  const Error& error() const {
    REJOIN_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    REJOIN_ASSERT(failed_);
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace rejoin
