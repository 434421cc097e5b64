@0xb0e67d84c4b1f26c;
# Batches of entries and of slots, shared by frames and records. Bulk is columns: each Data is read
# once, front to back; net/wire_entries.hpp has their grammar. A list of structs would cost a
# pointer and padding for each entry.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("rejoin::schema");

struct Replica {
  nodeHigh @0 :UInt64;     # the node's bytes, big-endian
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;
}

struct Slot {
  family @0 :UInt16;
  value @1 :UInt32;
  name @2 :Data;
  path @3 :Data;
}

struct EntryBatch {
  replicas @0 :Data;  # 24 bytes each, rising
  objects @1 :Data;   # rising
  dots @2 :Data;
  puts @3 :Data;
  removals @4 :Data;
  paths @5 :Data;     # of each entry its puts' and then its removals', without what each shares
  values @6 :Data;    # with the path before it
}

struct SlotBatch {
  replicas @0 :Data;
  objects @1 :Data;
  slots @2 :Data;
  fragments @3 :Data;
  paths @4 :Data;
  values @5 :Data;
}
