#pragma once

// KeyDirectory: the key files of a node or a client; keygen.hpp says what they are. What others
// could have written is not believed: a directory or a key file that anyone but its owner may
// write, and a secret key that anyone but its owner may read, are refused with the chmod that
// helps.

#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "net/zmq/curve.hpp"

namespace rejoin {

// Somebody as an operator knows them.
struct Acquaintance {
  std::string name;
  std::string key;
  std::string address;  // empty: the file has none
};

class KeyDirectory {
 public:
  enum class Kind { peers, clients };

  // Errors of all: access_denied (permissions), invalid_argument (missing or no key file).
  static Result<KeyDirectory> open(const std::string& path);

  const std::string& path() const { return path_; }
  const KeyPair& self() const { return self_; }

  // All that are allowed now, by name, and why others are not.
  struct Allowed {
    std::vector<Acquaintance> known;
    std::vector<Error> refused;
    // Those of the refused whose file is there, and could not be read or is no key file: it may be
    // half-written. Not those that others could have written.
    std::vector<std::string> unread;
    bool listed = true;  // false: there may be more

    // Whoever was allowed before may still be, as far as one can see.
    bool may_be(const std::string& name) const;
  };
  Allowed read(Kind kind) const;
  // Of peers/NAME.pub; `self` is the owner of the directory.
  Result<Acquaintance> peer(const std::string& name) const;
  // `NAME@ADDRESS`, or `NAME` where the file has the address.
  Result<Acquaintance> server(const std::string& text) const;

 private:
  KeyDirectory() = default;

  std::string path_;
  KeyPair self_;
};

}  // namespace rejoin
