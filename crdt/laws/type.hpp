#pragma once

// Type: a user's type with its subject, as the laws see it, without its name. The laws are compiled
// once, into the library; what a type costs to compile is its adapter (adapter.hpp). Whatever can
// be said about a type here can also be changed by another Type in front of it, which is how the
// kit makes wrong ones of right ones.
//
//     Object      one value of the type
//     Operation   one operation: immutable, printable, with simpler ones, and the numbers that
//                 bring it back in another process
//     Type        what can be done with both

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/writer.hpp"

namespace rejoin::laws {

struct Object {
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
};

// Shared only by a type that is made so on purpose; laws hold each through one State.
using ObjectPtr = std::shared_ptr<Object>;

// Where an operation comes from: the generator at a seed and a size, then the number of the simpler
// one taken, again and again. The same generator gives the same operation for them.
struct Origin {
  std::uint64_t seed = 0;
  int size = 0;
  std::vector<std::uint32_t> path;

  friend bool operator==(const Origin&, const Origin&) = default;
};

class Operation {
 public:
  struct Held {
    virtual ~Held() = default;
    virtual std::string text() const = 0;
    // The first `most` of the simpler ones, the simplest first.
    virtual std::vector<std::shared_ptr<const Held>> simpler(std::size_t most) const = 0;
  };

  Operation() = default;
  Operation(std::shared_ptr<const Held> held, Origin origin)
      : held_(std::move(held)), origin_(std::move(origin)) {}

  // False of a step that performs nothing.
  explicit operator bool() const { return held_ != nullptr; }
  const Held& held() const { return *held_; }
  const Origin& origin() const { return origin_; }
  std::string text() const { return held_ ? held_->text() : std::string(); }

  std::vector<Operation> simpler(std::size_t most) const;

 private:
  std::shared_ptr<const Held> held_;
  Origin origin_;
};

// What a specification is given: operations, and of each those before it that it saw.
struct Happened {
  std::vector<const Operation*> operations;
  std::vector<At> at;
  std::vector<std::vector<bool>> saw;
};

class Type {
 public:
  virtual ~Type() = default;

  virtual std::string name() const = 0;  // for reports

  // What a type may lack.
  virtual bool tells_change() const = 0;  // merge says whether it changed anything
  virtual bool has_value() const = 0;
  virtual bool has_codec() const = 0;
  virtual bool has_specification() const = 0;

  virtual ObjectPtr bottom() const = 0;
  virtual ObjectPtr copy(const ObjectPtr&) const = 0;
  virtual bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const = 0;
  virtual bool equal(const ObjectPtr&, const ObjectPtr&) const = 0;
  // The delta; null if it was refused.
  virtual ObjectPtr apply(ObjectPtr&, const Operation&, const At&) const = 0;

  virtual void query(const ObjectPtr&) const = 0;        // with has_value()
  virtual std::string text(const ObjectPtr&) const = 0;  // its value; without one its bytes
  // What text() is to say of a state with these effects; with has_specification().
  virtual std::string specified(const Happened&) const = 0;
  virtual std::string encode(const ObjectPtr&) const = 0;  // with has_codec()
  virtual ObjectPtr decode(std::string_view) const = 0;    // null unless one encoding

  virtual Operation draw(std::uint64_t seed, int size) const = 0;
};

// The operation that was drawn so; nothing if the generator has no such one (any more).
std::optional<Operation> draw(const Type& type, const Origin& origin);

// A value of a Type, with value semantics: copies are the type's own copies.
class State {
 public:
  explicit State(const Type& type) : type_(&type), object_(type.bottom()) {}
  State(const State& other) : type_(other.type_), object_(type_->copy(other.object_)) {}
  State(State&&) noexcept = default;
  State& operator=(State other) noexcept {
    type_ = other.type_;
    object_.swap(other.object_);
    return *this;
  }

  const Type& type() const { return *type_; }

  bool merge(const State& other) { return type_->merge(object_, other.object_); }
  // The delta; nothing if it was refused.
  std::optional<State> apply(const Operation& op, const At& at);
  void query() { type_->query(object_); }

  std::string text() const { return type_->text(object_); }
  // Nothing to read in it without a codec.
  std::string bytes() const { return type_->has_codec() ? type_->encode(object_) : std::string(); }
  std::optional<State> decoded(std::string_view bytes) const;

  friend bool operator==(const State& a, const State& b) {
    return a.type_->equal(a.object_, b.object_);
  }

 private:
  State(const Type& type, ObjectPtr object) : type_(&type), object_(std::move(object)) {}

  const Type* type_;
  ObjectPtr object_;
};

// Least state above both, by the type's own merge.
inline State joined(const State& a, const State& b) {
  State both = a;
  both.merge(b);
  return both;
}

std::string hex(std::string_view bytes);
// A type's name as written, of what typeid says.
std::string readable(const char* type_name);

}  // namespace rejoin::laws
