#pragma once

// OwnLattice<L, Op>: a lattice of the user's, as LatticeValue<L> in a store, as a type that a
// workload can name. What is left to say is in the pure virtuals, of L and Op alone.
//
//     struct Tally : rejoin::sim::OwnLattice<Votes, Vote> {
//       std::string word() const override { return "tally"; }
//       Vote drawn(std::uint64_t bits) const override { return {int(bits % 3)}; }
//       std::optional<Votes> apply(Votes&, const Vote&, const At&) const override;    // the delta
//       std::string value_text(const Votes&) const override;
//       std::string op_text(const Vote&) const override;
//     };
//
// Who has a Subject for the law kit needs none of this: sim/laws/subject_type.hpp.
//
// An operation is performed on what its node reads, and what it returns is joined into that node's
// share, so the type's own merge is what every reader's value depends on. It is written as the bits
// that it was drawn from.

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crdt/lattice_value.hpp"
#include "net/stored.hpp"
#include "sim/perform.hpp"

namespace rejoin::sim {

// Operations alone, each with who performed it, when, and which of those before it were seen.
template <class Op>
struct OwnPast {
  std::vector<const Op*> operations;
  std::vector<At> at;
  std::vector<std::vector<bool>> saw;
};

template <class L, class Op>
class OwnLattice : public OwnType, public std::enable_shared_from_this<OwnLattice<L, Op>> {
 public:
  // ---- what the user says

  // The operation for these bits.
  virtual Op drawn(std::uint64_t bits) const = 0;
  // Performs it and returns the delta; nothing: it is refused, and nothing changed.
  virtual std::optional<L> apply(L& state, const Op& op, const At& at) const = 0;
  // Text that differs where values differ.
  virtual std::string value_text(const L& state) const = 0;
  virtual std::string op_text(const Op& op) const = 0;
  // What value_text() is to say of a state with these effects. Nothing: there is no specification.
  virtual std::optional<std::string> meaning(const OwnPast<Op>&) const { return std::nullopt; }
  // How an operation is written in a scenario, and read back; and simpler ones. Without these it
  // is its bits.
  virtual std::string written(const Op&, std::uint64_t bits) const { return std::to_string(bits); }
  virtual std::optional<Op> read_back(std::string_view written) const {
    std::uint64_t bits = 0;
    const char* const end = written.data() + written.size();
    const auto read = std::from_chars(written.data(), end, bits);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return drawn(bits);
  }
  virtual std::vector<Op> simpler(const Op&) const { return {}; }

  // ---- what the simulator asks

  TypeTag tag() const override { return type_tag<LatticeValue<L>>; }
  std::shared_ptr<const OwnAct> draw(const std::string& key, std::uint64_t bits) const override {
    Op op = drawn(bits);
    std::string text = written(op, bits);
    return act(key, std::move(op), std::move(text));
  }
  std::shared_ptr<const OwnAct> act(const std::string& key, Op op, std::string text) const {
    return std::make_shared<Performed>(this->shared_from_this(), key, std::move(op),
                                       std::move(text));
  }
  Result<std::shared_ptr<const OwnAct>> parse(const std::string& key,
                                              std::string_view operation) const override {
    const std::string_view written = operation.substr(0, operation.find(" # "));
    if (auto op = read_back(written)) return act(key, *std::move(op), std::string(written));
    return Error{ErrorCode::invalid_argument,
                 "its type draws no operation for " + std::string(written)};
  }
  std::string read(const Store& store, const std::string& key) const override {
    return value_text(open<LatticeValue<L>>(store, key).value());
  }
  std::optional<std::string> specified(const OwnEvents& events) const override {
    OwnPast<Op> past;
    for (const auto& [number, event] : events) {
      past.operations.push_back(&static_cast<const Performed&>(*event->act).op());
      past.at.push_back(event->at);
      std::vector<bool> saw;
      for (const auto& [other, before] : events) {
        if (other >= number) break;
        saw.push_back(event->saw.contains(other));
      }
      past.saw.push_back(std::move(saw));
    }
    return meaning(past);
  }

 private:
  class Performed final : public OwnAct {
   public:
    Performed(std::shared_ptr<const OwnLattice> type, std::string key, Op op, std::string text)
        : type_(std::move(type)),
          key_(std::move(key)),
          op_(std::move(op)),
          written_(std::move(text)) {}

    const Op& op() const { return op_; }
    std::string text() const override {
      return type_->word() + " " + key_ + " " + written_ + " # " + type_->op_text(op_);
    }
    Result<void> perform(Stage& stage) const override {
      auto handle = open<LatticeValue<L>>(stage.tx, key_);
      L state = handle.value();
      const At at(stage.tx.self(), stage.tx.now());
      const std::optional<L> delta = type_->apply(state, op_, at);
      // A bottom delta leaves no trace in a store, and must leave none in the value either.
      stage.refused = !delta.has_value();
      if (!delta || *delta == L()) return {};
      stage.specification.step(stage.tx, stage.store, key_, *type_, this->shared_from_this());
      handle.join(stage.tx, *delta);
      return {};
    }
    std::vector<std::shared_ptr<const OwnAct>> simpler() const override {
      std::vector<std::shared_ptr<const OwnAct>> out;
      for (Op& op : type_->simpler(op_)) {
        std::string text = type_->written(op, 0);
        out.push_back(type_->act(key_, std::move(op), std::move(text)));
      }
      return out;
    }

   private:
    std::shared_ptr<const OwnLattice> type_;
    std::string key_;
    Op op_;
    std::string written_;
  };
};

}  // namespace rejoin::sim
