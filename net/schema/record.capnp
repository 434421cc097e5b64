@0x90d4be5540aac967;
# What a replica writes down. Replaying all records in order gives its store again. Version and
# store are checked before the body is looked at.

using Cxx = import "/capnp/c++.capnp";
using Entries = import "entries.capnp";
$Cxx.namespace("rejoin::schema");

struct Record {
  version @0 :UInt16;
  storeHigh @1 :UInt64;
  storeLow @2 :UInt64;

  union {
    identity :group {
      nodeHigh @3 :UInt64;
      nodeLow @4 :UInt64;
    }
    incarnation @5 :UInt64;
    entries @6 :Entries.EntryBatch;
    slots @7 :Entries.SlotBatch;
    clock :group {
      clock @8 :Data;
      removed @9 :Data;
    }
  }

  untilClock @10 :Bool;  # of slots: they hold from the next record on, which is a clock
}
