#pragma once

// SQLite takes a frame of the write-ahead log that does not fit its checksum for the torn end of
// the log, and drops it with all that follow. That is right after a power cut, and wrong when a
// byte rotted in the middle: acknowledged records would be gone without a word. The two can be told
// apart, because a transaction is synced before the next one is written:
//
//     power cut    [a] [b, commit] [c] [torn, commit]      nothing whole after a torn commit
//     damage       [a] [bad, commit] [c] [d, commit]       c fits its predecessor: b had been
//     synced
//
// A frame's checksum goes on from its predecessor's, so one frame and the stored sum before it
// suffice to check it. Damage is found unless it lies in the last transaction, where it looks like
// a tear.
//
// The header is rewritten when the log begins again from its start, which is after all of it was
// copied into the database. So a header that does not fit is a torn one if every page of the log
// equals the database's, and damage otherwise.
//
// Cost: one pass over the log. Source: "WAL-Format", sqlite.org/fileformat2.html.

#include <string>

#include "crdt/result.hpp"
#include "net/disk/file_system.hpp"

namespace rejoin {

// Checks the log of the database at `path`; none, or an empty one, is whole.
// Errors: storage_corrupt, storage_failed.
Result<void> check_wal(FileSystem& files, const std::string& path);

}  // namespace rejoin
