#pragma once

// Driver: the I/O thread of a node. It owns the sockets and the storage, and carries bytes and time
// between them and the replica. One turn:
//
//     wait            for a message, a wake-up, or the next deadline
//     handle          messages and the deadline                            under the mutex
//     persist         poll the records; append them; tell the replica      append outside the mutex
//     transmit        poll frames and answers; send them                   send outside the mutex
//
// What callers made while an append ran is appended together next time: group commit.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/storage.hpp"
#include "net/zmq/node_state.hpp"
#include "net/zmq/requests.hpp"
#include "net/zmq/transport.hpp"

namespace rejoin {

class Driver {
 public:
  // Without storage everything counts as durable at once.
  Driver(NodeState& state, std::unique_ptr<Transport> transport, std::unique_ptr<Storage> storage);

  // The thread's body: turns until the phase is stopping, then the end. Leaves the phase stopped.
  void run();

 private:
  std::vector<Transport::Received> receive();
  void wait();
  // False: the node is to stop.
  bool handle(const std::vector<Transport::Received>& messages);
  void take_frame(const Transport::Received& message, Now now);  // with the mutex held
  void persist();
  void checkpoint();
  void transmit();
  void finish();

  // Makes the records durable, and tells the replica.
  void append(const std::vector<std::string>& records);
  void fail(const Error& error);
  void publish_events();  // with the mutex held

  NodeState& state_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Storage> storage_;
  Requests requests_;
  std::uint64_t persisted_ = 0;       // records of this start
  std::uint64_t access_version_ = 0;  // when what waits was last judged
};

}  // namespace rejoin
