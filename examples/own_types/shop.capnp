@0xbd1f89c5a3e74c21;
# A schema as an application would have one.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("shop");

struct Order {
  item @0 :Text;
  amount @1 :UInt32;
}
