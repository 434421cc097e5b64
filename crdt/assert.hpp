#pragma once

// REJOIN_ASSERT(condition): a broken invariant of ours, never bad input. On in every build: going
// on after one would spread a wrong state to every replica. It prints where, and aborts.

namespace rejoin {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace rejoin

#define REJOIN_ASSERT(condition) \
  ((condition) ? void(0) : ::rejoin::assertion_failed(#condition, __FILE__, __LINE__))
