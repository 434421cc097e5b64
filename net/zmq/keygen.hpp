#pragma once

// make_keys: a key pair for a node or a client, as files in a directory of its own:
//
//     DIR/self.key             the secret key; refused unless its owner alone may read it
//     DIR/self.pub             the public key, to be given to whoever shall allow it
//     DIR/peers/NAME.pub       a node: frames are taken from it, and it may be connected to
//     DIR/clients/NAME.pub     a client: requests are taken from it
//
// A key file is one line: the key in Z85 (40 characters, ZeroMQ RFC 32), and in a .pub, if you
// like, a blank and the address where that node listens. NAME is what an operator calls it:
// letters, digits, dots, dashes and underscores. `self` names the owner of the directory.
// docs/security.md tells what a key may do, and how one is replaced.

#include <string>

#include "crdt/result.hpp"

namespace rejoin {

// Makes DIR if need be, self.key (0600), self.pub and the two empty directories; the public key.
// Never overwrites. Errors: invalid_argument (there is a key already), storage_failed.
Result<std::string> make_keys(const std::string& directory);

}  // namespace rejoin
