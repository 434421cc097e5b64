#include "net/zmq/key_directory.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "net/zmq/keygen.hpp"

namespace rejoin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t line_bytes_max = 1024;
constexpr std::size_t name_bytes_max = 64;
constexpr mode_t others_write = S_IWGRP | S_IWOTH;
constexpr mode_t others_any = S_IRWXG | S_IRWXO;

Error wrong(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}
Error failed(const std::string& what) {
  return {ErrorCode::storage_failed, what + ": " + std::strerror(errno)};
}

Result<void> check_owned(const struct stat& status, const std::string& path, mode_t never,
                         const std::string& advice) {
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return Error{ErrorCode::access_denied, path + " belongs to somebody else: chown it"};
  }
  if ((status.st_mode & never) == 0) return {};
  return Error{ErrorCode::access_denied,
               "others can " + std::string(never == others_any ? "read or write " : "write ") +
                   path + ": type chmod " + advice + " " + path};
}

Result<void> check_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return wrong("there is no directory " + path + "; rejoin keygen makes one with keys");
  }
  return check_owned(status, path, others_write, "go-w");
}

// False only if there is nothing: what cannot be looked at is for whoever reads it to complain.
bool there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 || errno != ENOENT;
}

// A file's bytes in memory that is wiped.
struct Bytes {
  ~Bytes() { sodium_memzero(data.data(), data.size()); }
  std::string_view view() const { return {data.data(), size}; }

  std::array<char, line_bytes_max + 1> data{};
  std::size_t size = 0;
};

// What is checked is the file that is read, whatever its name leads to a moment later.
Result<void> read_file(const std::string& path, mode_t never, const std::string& advice,
                       Bytes& out) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return wrong("cannot read " + path + ": " + std::strerror(errno));
  struct stat status {};
  const bool found = ::fstat(file, &status) == 0;
  const bool regular = found && S_ISREG(status.st_mode);
  ssize_t got = 0;
  if (regular) {
    while (out.size < out.data.size() &&
           (got = ::read(file, out.data.data() + out.size, out.data.size() - out.size)) > 0) {
      out.size += static_cast<std::size_t>(got);
    }
  }
  ::close(file);
  if (found) {
    if (auto owned = check_owned(status, path, never, advice); !owned) return owned;
  }
  if (!regular || got < 0 || out.size > line_bytes_max) return wrong(path + " is no key file");
  return {};
}

// One line: a key; and maybe a blank and an address.
std::optional<Acquaintance> parsed(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  const std::string_view key = text.substr(0, key_text_size);
  std::string_view rest = text.substr(key.size());
  if (!is_key(key) || rest.find_first_of("\r\n\t") != rest.npos) return std::nullopt;
  if (!rest.empty() && !rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.find(' ') != rest.npos) return std::nullopt;
  return Acquaintance{{}, std::string(key), std::string(rest)};
}

Result<Acquaintance> read_public(const std::string& path) {
  Bytes bytes;
  if (auto read = read_file(path, others_write, "go-w", bytes); !read) return read.error();
  auto out = parsed(bytes.view());
  if (!out) return wrong(path + " is no key file: that is one line with a key of 40 characters");
  return *std::move(out);
}

Result<Secret> read_secret(const std::string& path) {
  Bytes bytes;
  if (auto read = read_file(path, others_any, "600", bytes); !read) return read.error();
  const bool line = bytes.size == key_text_size ||
                    (bytes.size == key_text_size + 1 && bytes.data[key_text_size] == '\n');
  Secret secret;
  std::copy_n(bytes.data.data(), key_text_size, secret.data());
  if (!line || !public_key_of(secret)) {
    return wrong(path + " is no key file: that is one line with a key of 40 characters");
  }
  return secret;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

// Complete or not there, and never over another one.
Result<void> write_new(const std::string& path, mode_t mode, const char* key) {
  std::array<char, key_text_size + 1> line{};
  std::copy_n(key, key_text_size, line.data());
  line[key_text_size] = '\n';
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0 && errno == EEXIST) return wrong(path + " is there already; nothing is overwritten");
  if (file < 0) return failed("cannot make " + path);
  const bool written = ::fchmod(file, mode) == 0 &&
                       ::write(file, line.data(), line.size()) == ssize_t{key_text_size + 1} &&
                       ::fsync(file) == 0;
  sodium_memzero(line.data(), line.size());
  if (!written) {
    auto error = failed("cannot write " + path);
    ::close(file);
    ::unlink(path.c_str());
    return error;
  }
  ::close(file);
  return {};
}

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return check_directory(path);
  return failed("cannot make " + path);
}

const char* folder(KeyDirectory::Kind kind) {
  return kind == KeyDirectory::Kind::peers ? "/peers" : "/clients";
}

}  // namespace

Result<std::string> make_keys(const std::string& directory) {
  for (const char* below : {"", "/peers", "/clients"}) {
    if (auto made = make_directory(directory + below); !made) return made.error();
  }
  const std::string open_path = directory + "/self.pub";
  if (there(open_path)) {
    return wrong(open_path + " is there already; nothing is overwritten");
  }
  auto pair = new_key_pair();
  if (!pair) return pair.error();
  const std::string secret_path = directory + "/self.key";
  if (auto done = write_new(secret_path, S_IRUSR | S_IWUSR, pair->secret.data()); !done) {
    return done.error();
  }
  if (auto done =
          write_new(open_path, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, pair->public_key.c_str());
      !done) {
    return done.error();
  }
  return pair->public_key;
}

Result<KeyDirectory> KeyDirectory::open(const std::string& path) {
  if (auto sound = check_directory(path); !sound) return sound.error();
  auto secret = read_secret(path + "/self.key");
  if (!secret) return secret.error();
  auto public_key = public_key_of(*secret);
  if (!public_key) return public_key.error();
  KeyDirectory out;
  out.path_ = path;
  out.self_ = {*std::move(public_key), *std::move(secret)};
  const std::string open_path = path + "/self.pub";
  if (there(open_path)) {
    const auto told = read_public(open_path);
    if (!told) return told.error();
    if (told->key != out.self_.public_key) {
      return wrong(open_path + " is not the public key of self.key, which is " +
                   out.self_.public_key);
    }
  }
  return out;
}

bool KeyDirectory::Allowed::may_be(const std::string& name) const {
  if (std::find(unread.begin(), unread.end(), name) != unread.end()) return true;
  return !listed && std::none_of(known.begin(), known.end(),
                                 [&](const Acquaintance& one) { return one.name == name; });
}

KeyDirectory::Allowed KeyDirectory::read(Kind kind) const {
  Allowed out;
  const std::string where = path_ + folder(kind);
  if (!there(where)) return out;
  if (auto sound = check_directory(where); !sound) {
    out.refused.push_back(sound.error());
    out.listed = sound.error().code == ErrorCode::access_denied;  // and so nobody's word counts
    return out;
  }
  std::vector<fs::path> files;
  std::error_code unreadable;
  for (fs::directory_iterator at(where, unreadable), end; !unreadable && at != end;
       at.increment(unreadable)) {
    if (at->path().extension() == ".pub") files.push_back(at->path());
  }
  if (unreadable) {
    out.refused.push_back(wrong("cannot list " + where + ": " + unreadable.message()));
    out.listed = false;
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string name = file.stem();
    auto key = read_public(file);
    if (!key || !is_name(name)) {
      out.refused.push_back(key ? wrong(file.string() + " has a name that cannot be used")
                                : key.error());
      const bool distrusted = !key && key.error().code == ErrorCode::access_denied;
      if (is_name(name) && !distrusted && there(file)) out.unread.push_back(name);
      continue;
    }
    key->name = name;
    out.known.push_back(*std::move(key));
  }
  return out;
}

Result<Acquaintance> KeyDirectory::peer(const std::string& name) const {
  if (name == "self") return Acquaintance{name, self_.public_key, {}};
  if (!is_name(name)) {
    return wrong("'" + name + "' is no name of a key: letters, digits, dots, dashes, underscores");
  }
  const std::string path = path_ + "/peers/" + name + ".pub";
  if (!there(path)) {
    return wrong("there is no " + path + ": copy the self.pub of " + name + " there");
  }
  if (auto sound = check_directory(path_ + "/peers"); !sound) return sound.error();
  auto key = read_public(path);
  if (key) key->name = name;
  return key;
}

Result<Acquaintance> KeyDirectory::server(const std::string& text) const {
  const std::size_t at = text.find('@');
  if (at == text.npos && text.find("://") != text.npos) {
    return wrong("whose key is it at " + text + "? Say NAME@" + text + ", where " + path_ +
                 "/peers/NAME.pub is its key");
  }
  auto out = peer(text.substr(0, at));
  if (!out) return out;
  if (at != text.npos) out->address = text.substr(at + 1);
  if (out->address.empty()) {
    return wrong("where is " + text + "? Say " + text +
                 "@tcp://HOST:PORT, or write the address "
                 "behind the key in " +
                 path_ + "/peers/" + text + ".pub");
  }
  return out;
}

}  // namespace rejoin
