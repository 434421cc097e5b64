#pragma once

// The door check: a node that has just bound knocks at its own door with a key that nobody knows.
// A libzmq that lets such a key in, for whatever reason, is not to be used.

#include <chrono>
#include <functional>
#include <string>

#include "net/zmq/curve.hpp"

namespace rejoin {

// `answer` judges the keys that wait at `handler` (null: nobody does). Takes a few milliseconds.
// Errors: access_denied (a stranger came in), transport_failed (not refused in time either).
Result<void> check_door(const std::string& address, const std::string& server_key, void* handler,
                        const std::function<void(const std::string& stranger)>& answer,
                        std::chrono::milliseconds timeout);

}  // namespace rejoin
