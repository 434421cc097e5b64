#include "crdt/aw_set.hpp"
#include "tests/laws/law_suite.hpp"

namespace rejoin::laws {

enum class SetChange { add, remove, clear };

inline std::ostream& operator<<(std::ostream& out, SetChange change) {
  return out << (change == SetChange::add      ? "add"
                 : change == SetChange::remove ? "remove"
                                               : "clear");
}

template <class T>
struct SetOp {
  SetChange change{};
  T element{};

  friend std::ostream& operator<<(std::ostream& out, const SetOp& op) {
    return out << op.change << ' ' << rc::toString(op.element);
  }
};

template <class T>
rc::Gen<T> elements();
template <>
inline rc::Gen<int> elements<int>() {
  return few();
}
template <>
inline rc::Gen<std::string> elements<std::string>() {
  return few_strings();
}
template <>
inline rc::Gen<double> elements<double>() {
  return edgy_double();
}

template <class T>
struct Subject<AwSet<T>> {
  using Op = SetOp<T>;
  static rc::Gen<Op> operations() {
    auto change = rc::gen::weightedElement<SetChange>(
        {{6, SetChange::add}, {4, SetChange::remove}, {1, SetChange::clear}});
    return rc::gen::map(rc::gen::pair(change, elements<T>()), [](const auto& drawn) {
      return Op{drawn.first, drawn.second};
    });
  }
  static Result<AwSet<T>> apply(AwSet<T>& set, const Op& op, const At& at) {
    switch (op.change) {
      case SetChange::add: return set.add(at, op.element);
      case SetChange::remove: return set.remove(at, op.element);
      case SetChange::clear: return set.clear(at);
    }
    return set;
  }
  static auto value(const AwSet<T>& set) {
    for (const T& element : set.elements()) {
      if (!set.contains(element)) return std::vector<T>{};
    }
    return set.elements();
  }
};

using Sets = testing::Types<AwSet<int>, AwSet<std::string>, AwSet<double>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Set, Laws, Sets);

}  // namespace rejoin::laws
