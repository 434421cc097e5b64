@0xd2b7a4c19e60f835;
# What a client asks of a node, and the answer. Values and limits: net/client_message.hpp.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("rejoin::schema::client");

struct Request {
  version @0 :UInt16;
  id @1 :UInt64;          # the answer carries it
  hasStore @2 :Bool;      # a client need not know which cluster it talks to
  storeHigh @3 :UInt64;
  storeLow @4 :UInt64;
  timeoutMs @5 :UInt64;
  after @6 :Data;         # a clock in canonical bytes that the node must cover first; empty: none
  union {
    operation @7 :Operation;
    wait @8 :Wait;
    status @9 :Void;
    watch @10 :Watch;     # after is where it resumes
    backup @11 :Backup;
  }
}

enum Verb {
  add @0;
  set @1;
  remove @2;
  get @3;
  enable @4;
  disable @5;
  reset @6;
  subtract @7;
  move @8;
  rights @9;
}

struct Operation {
  family @0 :UInt16;      # number of rejoin::Family
  verb @1 :Verb;
  key @2 :Data;
  value @3 :Value;
  fields @4 :List(Data);  # UTF-8
}

struct Value {
  union {
    none @0 :Void;
    integer @1 :Int64;
    text @2 :Data;        # UTF-8
  }
  fields @3 :List(Data);  # of an answer: what leads to the value in a map, or its rank
}

struct Wait {
  union {
    all @0 :Void;
    majority @1 :Void;
    atLeast @2 :UInt32;
  }
}

struct Reply {
  version @0 :UInt16;
  id @1 :UInt64;
  union {
    refused @2 :Refused;
    written @3 :Data;     # the clock of the write
    values @4 :Values;
    held @5 :Held;
    status @6 :Status;
    watched @7 :Watched;
    backup @8 :BackupPage;
  }
}

struct Refused {
  code @0 :Text;          # name of rejoin::ErrorCode
  message @1 :Text;
}

struct Values {
  token @0 :Data;         # the clock that was read
  list @1 :List(Value);
}

struct Held {
  token @0 :Data;
  holders @1 :List(Text);
  needed @2 :UInt32;
}

struct Status {
  name @0 :Text;
  cluster @1 :Text;
  address @2 :Text;
  replica @3 :Text;
  storage @4 :Text;
  failure @5 :Text;
  objects @6 :UInt64;
  slotsLive @7 :UInt64;
  valueBytes @8 :UInt64;
  storedBytes @9 :UInt64;
  clockDots @10 :UInt64;
  linksRefused @11 :UInt64;
  eventsDropped @12 :UInt64;
  peers @13 :List(Peer);
  framesIn @14 :UInt64;
  framesRefused @15 :UInt64;
  bytesIn @16 :UInt64;
  framesOut @17 :UInt64;
  bytesOut @18 :UInt64;
  entriesMade @19 :UInt64;
  entriesMerged @20 :UInt64;
  entriesDuplicate @21 :UInt64;
  repairsGiven @22 :UInt64;
  repairsTaken @23 :UInt64;
  repairsInterrupted @24 :UInt64;
  resends @25 :UInt64;
  duplicated @26 :List(Text);   # node ids
  accessRefused @27 :UInt64;
  encrypted @28 :Bool;
}

struct Peer {
  address @0 :Text;
  name @1 :Text;
  replica @2 :Text;
  state @3 :Text;
  lagDots @4 :UInt64;
  lagMs @5 :UInt64;
  framesOut @6 :UInt64;
  bytesOut @7 :UInt64;
  framesIn @8 :UInt64;
  bytesIn @9 :UInt64;
}

struct ObjectKey {
  family @0 :UInt16;      # TypeTag
  valueType @1 :UInt32;
  name @2 :Data;
}

struct Watch {
  prefix @0 :Data;
  resumes @1 :Bool;
  hasRest @2 :Bool;       # the next page of an answer, as its last page said
  snapshot @3 :Bool;
  upto @4 :Data;
  from @5 :ObjectKey;
}

struct Watched {
  snapshot @0 :Bool;
  begins @1 :Bool;
  reason @2 :UInt16;      # number of rejoin::SnapshotReason
  upto @3 :Data;
  objects @4 :List(Object);
  hasNext @5 :Bool;
  next @6 :ObjectKey;
}

struct Object {
  key @0 :ObjectKey;
  state @1 :UInt16;       # number of rejoin::WatchedObject::State
  values @2 :List(Value);
}

struct Backup {
  session @0 :UInt64;     # 0: begin
  from @1 :UInt64;        # the first record that is asked for; behind the last: done
}

struct BackupPage {
  session @0 :UInt64;
  storeHigh @1 :UInt64;
  storeLow @2 :UInt64;
  cluster @3 :Text;
  replica @4 :Text;
  token @5 :Data;
  records @6 :UInt64;     # in all
  bytes @7 :UInt64;       # of them
  page @8 :List(Data);
}
