#pragma once

// Past: what a specification is given, the operations alone. They are those that a replica has the
// effects of, refused ones left out, each with what it saw when it was performed; a whole past, in
// which nothing is missing that one of them saw. Their order is one in which they may have
// happened: of two that did not see each other it means nothing.
//
// A specification is a function of it, beside the others of a Subject:
//
//     static std::vector<int> specified(const Past<Op>& past) {       // of an add-wins set
//       std::set<int> in;
//       const auto is_add = [](const Op& op) { return op.adds; };
//       const auto removes = [](const Op& add, const Op& op) {
//         return !op.adds && op.element == add.element;
//       };
//       for (std::size_t i : past.standing(is_add, removes)) in.insert(past.op(i).element);
//       return {in.begin(), in.end()};
//     }

#include <cstddef>
#include <utility>
#include <vector>

#include "crdt/writer.hpp"

namespace rejoin::laws {

template <class Op>
class Past {
 public:
  std::size_t size() const { return events_.size(); }
  const Op& op(std::size_t i) const { return *events_[i].op; }
  // Who performed it, and that replica's wall clock.
  const At& at(std::size_t i) const { return events_[i].at; }
  const ReplicaId& who(std::size_t i) const { return events_[i].at; }
  bool saw(std::size_t later, std::size_t earlier) const {
    return earlier < events_[later].saw.size() && events_[later].saw[earlier];
  }

  // What the i-th operation saw.
  Past seen_by(std::size_t i) const {
    std::vector<std::size_t> kept;
    for (std::size_t j = 0; j < size(); ++j) {
      if (saw(i, j)) kept.push_back(j);
    }
    Past out;
    for (std::size_t j : kept) {
      std::vector<bool> saw_kept;
      for (std::size_t k : kept) saw_kept.push_back(saw(j, k));
      out.add(op(j), at(j), std::move(saw_kept));
    }
    return out;
  }

  // Operations i for which begins(op(i)), and which no operation j has seen for which
  // ends(op(i), op(j)).
  template <class Begins, class Ends>
  std::vector<std::size_t> standing(Begins&& begins, Ends&& ends) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < size(); ++i) {
      bool stands = begins(op(i));
      for (std::size_t j = 0; j < size() && stands; ++j) {
        stands = !saw(j, i) || !ends(op(i), op(j));
      }
      if (stands) out.push_back(i);
    }
    return out;
  }

  // `saw`: by number, of those before it. The operation must outlive the past.
  void add(const Op& op, const At& at, std::vector<bool> saw) {
    events_.push_back({&op, at, std::move(saw)});
  }

 private:
  struct Event {
    const Op* op;
    At at;
    std::vector<bool> saw;
  };
  std::vector<Event> events_;
};

}  // namespace rejoin::laws
