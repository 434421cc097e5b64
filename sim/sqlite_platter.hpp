#pragma once

// A platter that is the shipped one: SqliteStorage, with SQLite, its write-ahead log and the guard,
// on files in memory that fail (fault_file_system.hpp). What a crash, a lie or a rotten bit leaves
// is what SQLite and the checks of SqliteStorage make of it.
//
// SQLite reaches no clock, no sleep and no file of the machine (net/disk/vfs.hpp). It draws from
// one generator of the whole process, which is seeded before each call here by `seed` and by how
// many there were: what lies on the platter is a function of the seed and of the calls. So all
// platters of a process belong to one thread.
//
// Cost: an append is some 20 us, a load a few hundred; about 50 kB each.

#include <cstdint>
#include <memory>

#include "net/frame.hpp"
#include "sim/platter.hpp"

namespace rejoin::sim {

std::unique_ptr<Platter> sqlite_platter(StoreId store, std::uint64_t seed);

}  // namespace rejoin::sim
