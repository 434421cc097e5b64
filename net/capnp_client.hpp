#pragma once

// Parts of client messages as Cap'n Proto, for net/client_message.cpp: values, clocks, and what a
// watch and a backup say. A read_* is false for what no writer of ours makes.

#include <capnp/message.h>

#include <string>

#include "net/client_message.hpp"
#include "net/schema/client.capnp.h"

namespace rejoin::client_wire {

namespace wire = schema::client;

inline Error malformed(const char* what) {
  return {ErrorCode::malformed, std::string("not a client message: ") + what};
}

inline capnp::Data::Reader data_of(const std::string& bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}
inline std::string string_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string string_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

std::string clock_bytes(const CausalContext& clock);
bool read_clock(capnp::Data::Reader data, CausalContext& out);

void write_value(const Plain& value, wire::Value::Builder out);
bool read_value(wire::Value::Reader in, Plain& out);
void write_item(const Item& item, wire::Value::Builder out);
bool read_item(wire::Value::Reader in, Item& out);
void write_operation(const Operation& operation, wire::Operation::Builder out);
bool read_operation(wire::Operation::Reader in, Operation& out);

void write_watch(const WatchRequest& request, wire::Watch::Builder out);
bool read_watch(wire::Watch::Reader in, WatchRequest& out);
void write_page(const WatchPage& page, wire::Watched::Builder out);
bool read_page(wire::Watched::Reader in, WatchPage& out);

void write_backup(const BackupReply& reply, wire::BackupPage::Builder out);
bool read_backup(wire::BackupPage::Reader in, BackupReply& out);

}  // namespace rejoin::client_wire
