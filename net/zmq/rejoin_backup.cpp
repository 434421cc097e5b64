#include "net/zmq/rejoin_backup.hpp"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "net/disk/posix_file_system.hpp"
#include "net/zmq/backup.hpp"
#include "net/zmq/rejoin_answer.hpp"

namespace rejoin {
namespace {

constexpr const char* writable = "; choose a file where this user may write, on a disk with room";
constexpr const char* both =
    "; name a file that rejoin backup made, and a directory where this user may write";

// Others say themselves what to do.
Error advised(Error error, const char* advice) {
  if (error.code == ErrorCode::storage_failed) error.message += advice;
  return error;
}

int report(const ClientCommand& command, const char* did, const std::string& where,
           const BackupHead& head) {
  if (command.json) {
    const nlohmann::ordered_json json = {{"ok", true},
                                         {"path", where},
                                         {"cluster", head.cluster},
                                         {"replica", head.replica},
                                         {"records", head.records},
                                         {"bytes", head.bytes},
                                         {"token", text_of(head.token)}};
    std::printf("%s\n",
                json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s %s: %llu records, %s, of replica %s in cluster %s\n", did, where.c_str(),
                static_cast<unsigned long long>(head.records), size_text(head.bytes).c_str(),
                head.replica.c_str(), head.cluster.c_str());
  }
  return 0;
}

}  // namespace

int run_backup(const ClientCommand& command, Client& client) {
  const auto& what = std::get<BackupCommand>(command.task);
  PosixFileSystem files;
  const auto head = take_backup(client, files, what.file, {what.force, command.timeout});
  if (!head) return print_failure(command, advised(head.error(), writable));
  return report(command, "wrote", what.file, *head);
}

int run_restore(const ClientCommand& command) {
  namespace fs = std::filesystem;
  const auto& what = std::get<RestoreCommand>(command.task);
  std::string directory = what.directory;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  std::error_code ignored;
  if (fs::exists(directory, ignored) && !fs::is_empty(directory, ignored)) {
    return print_failure(command, {ErrorCode::invalid_argument,
                                   directory + " is not an empty directory: choose another, or "
                                               "move what is there away"});
  }
  const std::string part = directory + ".part";
  const bool part_is_ours = !fs::exists(part, ignored);
  PosixFileSystem files;
  const auto head = restore_backup(files, what.file, directory);
  if (head) return report(command, "made", directory, *head);
  if (part_is_ours) fs::remove_all(part, ignored);
  return print_failure(command, advised(head.error(), both));
}

}  // namespace rejoin
