#include "crdt/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace rejoin {

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::negative_step:
      return "negative_step";
    case ErrorCode::overflow:
      return "overflow";
    case ErrorCode::not_a_number:
      return "not_a_number";
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::foreign_store:
      return "foreign_store";
    case ErrorCode::version_unsupported:
      return "version_unsupported";
    case ErrorCode::unknown_type:
      return "unknown_type";
    case ErrorCode::aborted:
      return "aborted";
    case ErrorCode::storage_failed:
      return "storage_failed";
    case ErrorCode::storage_corrupt:
      return "storage_corrupt";
    case ErrorCode::storage_locked:
      return "storage_locked";
    case ErrorCode::transport_failed:
      return "transport_failed";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::closed:
      return "closed";
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::removed_for_good:
      return "removed_for_good";
    case ErrorCode::insufficient_rights:
      return "insufficient_rights";
    case ErrorCode::access_denied:
      return "access_denied";
  }
  return "unknown";
}

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "rejoin: broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace rejoin
