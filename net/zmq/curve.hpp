#pragma once

// Curve: key pairs, and sockets that speak to nobody without one. CURVE encrypts a link with keys
// made for it alone; the long-lived ones only say who is there (ZeroMQ RFC 26).

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "crdt/result.hpp"

namespace rejoin {

constexpr std::size_t key_text_size = 40;  // a key in Z85
constexpr std::size_t key_bytes_size = 32;

// What requests to our ZAP handler must name. Not empty: libzmq asks nobody for an empty domain.
constexpr const char* zap_domain = "rejoin";

// A secret key in Z85. Nothing of it stays in memory; a copy would.
class Secret {
 public:
  Secret() = default;
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;

  char* data() { return text_.data(); }  // key_text_size characters and a zero
  const char* data() const { return text_.data(); }

 private:
  void wipe();

  std::array<char, key_text_size + 1> text_{};
};

struct KeyPair {
  std::string public_key;
  Secret secret;
};

// Errors of all: transport_failed, where this libzmq cannot do what we rely on.
Result<KeyPair> new_key_pair();
Result<std::string> public_key_of(const Secret& secret);
bool is_key(std::string_view text);
std::string key_text(std::string_view key_bytes);

// Before bind: whoever connects needs a key that the ZAP handler allows; where no handler answers,
// nobody is let in.
Result<void> serve_curve(void* socket, const KeyPair& self);
// Before connect: only the holder of `server_key` is spoken to.
Result<void> speak_curve(void* socket, const KeyPair& self, const std::string& server_key);

}  // namespace rejoin
