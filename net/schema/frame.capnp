@0xf409279bd951d924;
# What travels between replicas. Version and store are checked before the body is looked at. A new
# kind of body is a new arm at the end: an older program answers version_unsupported.

using Cxx = import "/capnp/c++.capnp";
using Entries = import "entries.capnp";
$Cxx.namespace("rejoin::schema");

struct Frame {
  version @0 :UInt16;
  storeHigh @1 :UInt64;
  storeLow @2 :UInt64;
  # The sender, inline: a pointer would cost eight bytes in every frame.
  nodeHigh @3 :UInt64;
  nodeLow @4 :UInt64;
  incarnation @5 :UInt64;

  union {
    hello @6 :Hello;
    reject @7 :Reject;
    entries @8 :EntriesBody;
    clock @9 :ClockShown;
    repairOffer @10 :Void;
    repairRequest @11 :RepairRequest;
    repairChunk @12 :RepairChunk;
    repairGone @13 :UInt64;  # the session
    goodbye @14 :Void;
  }
}

# Every clock is the canonical encoding of a CausalContext.

struct Hello {
  versionMin @0 :UInt16;
  versionMax @1 :UInt16;
  route @2 :UInt32;
  features @3 :UInt64;
  frameBytesMax @4 :UInt64;
  name @5 :Data;
  clock @6 :Data;
  heard @7 :Heard;  # null: nothing
  asks @8 :UInt64;
  answers @9 :UInt64;
}

struct Heard {
  replica @0 :Entries.Replica;
  route @1 :UInt32;
}

struct Reject {
  versionMin @0 :UInt16;
  versionMax @1 :UInt16;
  reason @2 :Data;
}

struct EntriesBody {
  sequence @0 :UInt64;
  batch @1 :Entries.EntryBatch;
}

struct ClockShown {
  seen @0 :UInt64;
  asks @1 :UInt64;
  clock @2 :Data;
}

struct RepairRequest {
  session @0 :UInt64;
  context @1 :Data;
  from @2 :Entries.Slot;  # null: nothing
}

struct RepairChunk {
  session @0 :UInt64;
  from @1 :Entries.Slot;  # null: nothing
  upto @2 :Entries.Slot;  # null: nothing
  cutClock @3 :Data;
  cutRemoved @4 :Data;
  batch @5 :Entries.SlotBatch;
}
