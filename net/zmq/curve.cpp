#include "net/zmq/curve.hpp"

#include <sodium.h>
#include <zmq.h>

#include <utility>

namespace rejoin {
namespace {

constexpr int enforce_domain =
    93;  // ZMQ_ZAP_ENFORCE_DOMAIN, which the headers of stable builds hide

Error unable(const std::string& what) {
  return {ErrorCode::transport_failed,
          "this libzmq cannot " + what + ": " + zmq_strerror(zmq_errno()) +
              "; install one of 4.3.3 or later with CURVE, or say insecure"};
}

Result<void> set(void* socket, int option, const void* value, std::size_t size) {
  if (zmq_setsockopt(socket, option, value, size) == 0) return {};
  return unable("take the CURVE option " + std::to_string(option));
}

// The keys as libzmq takes them in Z85: with the zero at the end.
Result<void> set_keys(void* socket, const KeyPair& self) {
  if (auto done = set(socket, ZMQ_CURVE_PUBLICKEY, self.public_key.c_str(), key_text_size + 1);
      !done) {
    return done;
  }
  return set(socket, ZMQ_CURVE_SECRETKEY, self.secret.data(), key_text_size + 1);
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : text_(other.text_) {
  other.wipe();
}
Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  text_ = other.text_;
  other.wipe();
  return *this;
}
void Secret::wipe() {
  sodium_memzero(text_.data(), text_.size());
}

Result<KeyPair> new_key_pair() {
  if (zmq_has("curve") == 0) return unable("encrypt");
  KeyPair pair;
  std::array<char, key_text_size + 1> text{};
  if (zmq_curve_keypair(text.data(), pair.secret.data()) != 0) return unable("make keys");
  pair.public_key = text.data();
  return pair;
}

Result<std::string> public_key_of(const Secret& secret) {
  if (zmq_has("curve") == 0) return unable("encrypt");
  std::array<char, key_text_size + 1> text{};
  if (zmq_curve_public(text.data(), secret.data()) != 0) return unable("read a key");
  return std::string(text.data());
}

bool is_key(std::string_view text) {
  if (text.size() != key_text_size) return false;
  std::array<std::uint8_t, key_bytes_size> bytes{};
  const std::string terminated(text);
  return zmq_z85_decode(bytes.data(), terminated.c_str()) != nullptr &&
         key_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) == text;
}

std::string key_text(std::string_view key_bytes) {
  if (key_bytes.size() != key_bytes_size) return {};
  std::array<char, key_text_size + 1> text{};
  zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(key_bytes.data()),
                 key_bytes_size);
  return text.data();
}

Result<void> serve_curve(void* socket, const KeyPair& self) {
  const int on = 1;
  if (auto done = set(socket, ZMQ_CURVE_SERVER, &on, sizeof(on)); !done) return done;
  if (auto done = set_keys(socket, self); !done) return done;
  const std::string_view domain = zap_domain;
  if (auto done = set(socket, ZMQ_ZAP_DOMAIN, domain.data(), domain.size()); !done) return done;
  // Default: off, and then every key is good while no handler is there.
  return set(socket, enforce_domain, &on, sizeof(on));
}

Result<void> speak_curve(void* socket, const KeyPair& self, const std::string& server_key) {
  if (auto done = set_keys(socket, self); !done) return done;
  return set(socket, ZMQ_CURVE_SERVERKEY, server_key.c_str(), key_text_size + 1);
}

}  // namespace rejoin
