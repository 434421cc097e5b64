#include "crdt/laws/type.hpp"

#include <cxxabi.h>

#include <cstdlib>

namespace rejoin::laws {

std::vector<Operation> Operation::simpler(std::size_t most) const {
  std::vector<Operation> out;
  if (!held_) return out;
  for (std::shared_ptr<const Held>& held : held_->simpler(most)) {
    Origin origin = origin_;
    origin.path.push_back(static_cast<std::uint32_t>(out.size()));
    out.emplace_back(std::move(held), std::move(origin));
  }
  return out;
}

std::optional<Operation> draw(const Type& type, const Origin& origin) {
  Operation op = type.draw(origin.seed, origin.size);
  for (const std::uint32_t step : origin.path) {
    std::vector<Operation> simpler = op.simpler(step + std::size_t{1});
    if (simpler.size() <= step) return std::nullopt;
    op = std::move(simpler[step]);
  }
  return op;
}

std::optional<State> State::apply(const Operation& op, const At& at) {
  ObjectPtr delta = type_->apply(object_, op, at);
  if (!delta) return std::nullopt;
  return State(*type_, std::move(delta));
}

std::optional<State> State::decoded(std::string_view bytes) const {
  ObjectPtr object = type_->decode(bytes);
  if (!object) return std::nullopt;
  return State(*type_, std::move(object));
}

std::string hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string readable(const char* type_name) {
  int status = 0;
  char* const demangled = abi::__cxa_demangle(type_name, nullptr, nullptr, &status);
  std::string out = status == 0 ? demangled : type_name;
  std::free(demangled);
  return out;
}

}  // namespace rejoin::laws
