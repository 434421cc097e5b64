#include "sim/own.hpp"

namespace rejoin::sim {

bool is_whole(const OwnEvents& events) {
  for (const auto& [number, event] : events) {
    for (const std::uint64_t seen : event->saw) {
      if (!events.contains(seen)) return false;
    }
  }
  return true;
}

std::shared_ptr<const OwnType> own_type_called(const OwnTypes& types, std::string_view word) {
  for (const auto& type : types) {
    if (type->word() == word) return type;
  }
  return nullptr;
}

}  // namespace rejoin::sim
