#include "net/zmq/backup.hpp"

#include <memory>
#include <utility>

namespace rejoin {
namespace {

Result<BackupReply> fetch(Client& client, const BackupRequest& request,
                          const BackupOptions& options) {
  ClientRequest question;
  question.body = request;
  auto reply = client.ask(std::move(question), options.timeout);
  if (!reply) return reply.error();
  if (const auto* refused = std::get_if<Error>(&reply->body)) return *refused;
  if (auto* page = std::get_if<BackupReply>(&reply->body)) return std::move(*page);
  return Error{ErrorCode::malformed, "the node answered another question"};
}

Result<BackupHead> write_pages(Client& client, FileSystem& files, const std::string& path,
                               const BackupOptions& options) {
  auto reply = fetch(client, {}, options);
  if (!reply) return reply.error();
  const BackupHead head{reply->store, reply->cluster, reply->replica,
                        reply->token, reply->records, reply->bytes};
  auto writer = BackupWriter::create(files, path, head);
  if (!writer) return writer.error();
  for (std::uint64_t written = 0; written < head.records;) {
    if (reply->page.empty() || written + reply->page.size() > head.records) {
      return Error{ErrorCode::malformed, "the node sent another number of records than it said"};
    }
    for (const std::string& record : reply->page) {
      if (auto added = (*writer)->add(record); !added) return added.error();
    }
    written += reply->page.size();
    // Behind the last one it says that we are done.
    reply = fetch(client, {reply->session, written}, options);
    if (!reply && written < head.records) return reply.error();
  }
  if (auto finished = (*writer)->finish(); !finished) return finished.error();
  return head;
}

}  // namespace

Result<BackupHead> take_backup(Client& client, FileSystem& files, const std::string& path,
                               const BackupOptions& options) {
  auto there = files.exists(path);
  if (!there) return there.error();
  if (*there && !options.replace) {
    return Error{ErrorCode::invalid_argument,
                 path + " is there already: choose another name, or replace it with --force"};
  }
  auto head = write_pages(client, files, path, options);
  // What keeps us from removing it kept us from writing it, and that was said.
  if (!head) static_cast<void>(files.remove(path + ".part"));
  return head;
}

}  // namespace rejoin
