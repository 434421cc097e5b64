#include <utility>

#include "net/schema/record.capnp.h"
#include "tests/fuzz/bytes_mutator.hpp"
#include "tests/fuzz/entry_mutator.hpp"
#include "tests/fuzz/host.hpp"
#include "tests/fuzz/message_mutator.hpp"
#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {
namespace {

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    for (const Record& record : test::random_records(random)) {
      out.push_back(encode_record(record, store_id()));
    }
  }
  return out;
}

std::optional<std::string> check(std::string_view bytes) {
  const Result<Record> record = decode_record(bytes, store_id());
  if (!record) {
    if (record.error().message.empty()) return "it is refused without a reason";
    return std::nullopt;
  }
  const std::string again = encode_record(*record, store_id());
  const Result<Record> second = decode_record(again, store_id());
  if (!second) return "encoded again it is refused: " + second.error().message;
  if (!(*second == *record)) return "encoded again it is another record";
  if (encode_record(*second, store_id()) != again) return "one record has two encodings";
  Host host;
  if (!host.restore(bytes)) return std::nullopt;
  host.start();
  host.pass_time();
  return host.complaint();
}

struct Changer {
  Random& random;

  void operator()(IdentityRecord& record) const { record.node = NodeId(random.next()); }
  void operator()(IncarnationRecord& record) const {
    record.incarnation = mutated(record.incarnation, random);
  }
  void operator()(EntriesRecord& record) const { change(record.entries, random); }
  void operator()(SlotsRecord& record) const { change(record.slots, random); }
  void operator()(ClockRecord& record) const {
    change(random.one_in(2) ? record.clock : record.removed, random);
  }
};

std::optional<std::string> mutate(const std::string& bytes, Random& random) {
  Result<Record> record = decode_record(bytes, store_id());
  if (!record || random.one_in(2)) {
    return mutated_message(bytes, capnp::Schema::from<schema::Record>(), random);
  }
  std::visit(Changer{random}, *record);
  return encode_record(*record, store_id());
}

}  // namespace

const Target record_target{"record", seeds, check, mutate};

}  // namespace rejoin::fuzz
