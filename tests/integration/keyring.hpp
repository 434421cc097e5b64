// Key directories of several nodes and clients, who know each other as a test says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "net/zmq/key_directory.hpp"
#include "net/zmq/keygen.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {

class Keyring {
 public:
  // Its public key.
  std::string make(const std::string& who) const {
    const auto made = make_keys(at(who));
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made ? *made : "";
  }
  std::string at(const std::string& who, const std::string& file = "") const {
    return directory_.path(who) + (file.empty() ? "" : "/" + file);
  }
  KeyPair pair(const std::string& who) const {
    auto opened = KeyDirectory::open(at(who));
    if (!opened) throw std::runtime_error(opened.error().message);
    auto out = new_key_pair();
    if (!out) throw std::runtime_error(out.error().message);
    out->public_key = opened->self().public_key;
    std::copy_n(opened->self().secret.data(), key_text_size, out->secret.data());
    return *std::move(out);
  }
  void know_peer(const std::string& here, const std::string& who) const {
    copy(who, at(here, "peers/" + who + ".pub"));
  }
  void know_client(const std::string& here, const std::string& who) const {
    copy(who, at(here, "clients/" + who + ".pub"));
  }
  void forget_peer(const std::string& here, const std::string& who) const {
    std::filesystem::remove(at(here, "peers/" + who + ".pub"));
  }
  void forget_client(const std::string& here, const std::string& who) const {
    std::filesystem::remove(at(here, "clients/" + who + ".pub"));
  }
  // As an operator does: all of the new file appears at once.
  void copy(const std::string& who, const std::string& to) const {
    std::filesystem::copy_file(at(who, "self.pub"), to + ".new");
    std::filesystem::rename(to + ".new", to);
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace rejoin::integration
