#pragma once

// Adapter<T>: a type with its Subject, as a Type. All that is compiled anew for each type.

#include <typeinfo>
#include <utility>

#include "crdt/laws/show.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/laws/type.hpp"

namespace rejoin::laws {

template <HasSubject T>
class Adapter final : public Type {
 public:
  std::string name() const override {
    if constexpr (requires {
                    { Subject<T>::name() } -> std::convertible_to<std::string>;
                  }) {
      return Subject<T>::name();
    } else {
      return readable(typeid(T).name());
    }
  }
  bool tells_change() const override { return TellsChange<T>; }
  bool has_value() const override { return HasValue<T>; }
  bool has_codec() const override { return Encodable<T>; }
  bool has_specification() const override { return HasSpecification<T>; }

  ObjectPtr bottom() const override { return make(T{}); }
  ObjectPtr copy(const ObjectPtr& object) const override { return make(std::as_const(in(object))); }

  bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const override {
    if constexpr (TellsChange<T>) {
      return in(mine).merge(std::as_const(in(theirs)));
    } else {
      in(mine).merge(std::as_const(in(theirs)));
      return false;
    }
  }

  bool equal(const ObjectPtr& a, const ObjectPtr& b) const override {
    return std::as_const(in(a)) == std::as_const(in(b));
  }

  ObjectPtr apply(ObjectPtr& object, const Operation& erased, const At& at) const override {
    const OpOf<T>& op = in(erased);
    T& state = in(object);
    using Returned = decltype(Subject<T>::apply(state, op, at));
    if constexpr (std::is_void_v<Returned>) {
      Subject<T>::apply(state, op, at);
      return copy(object);
    } else if constexpr (std::convertible_to<Returned, T>) {
      return make(Subject<T>::apply(state, op, at));
    } else {
      auto result = Subject<T>::apply(state, op, at);
      if (!result) return nullptr;
      return make(*std::move(result));
    }
  }

  void query(const ObjectPtr& object) const override {
    if constexpr (HasValue<T>) (void)Subject<T>::value(in(object));
  }

  // Shows a copy: a query that changes what it is asked of must not change what the laws hold.
  std::string text(const ObjectPtr& object) const override {
    if constexpr (HasValue<T>) {
      T asked = std::as_const(in(object));
      return text_of(Subject<T>::value(asked));
    } else if constexpr (Encodable<T>) {
      return "0x" + hex(encode(object));
    } else {
      return rc::toString(in(object));
    }
  }

  std::string specified(const Happened& happened) const override {
    if constexpr (HasSpecification<T>) {
      static_assert(std::same_as<decltype(Subject<T>::specified(std::declval<Past<OpOf<T>>>())),
                                 decltype(Subject<T>::value(std::declval<T&>()))>,
                    "what is specified must be of the type of the value");
      Past<OpOf<T>> past;
      for (std::size_t i = 0; i < happened.operations.size(); ++i) {
        past.add(in(*happened.operations[i]), happened.at[i], happened.saw[i]);
      }
      return text_of(Subject<T>::specified(past));
    }
    return {};
  }

  std::string encode(const ObjectPtr& object) const override {
    if constexpr (Encodable<T>) return encoded(std::as_const(in(object)));
    return {};
  }
  ObjectPtr decode(std::string_view bytes) const override {
    if constexpr (Encodable<T>) {
      if (std::optional<T> state = decoded<T>(bytes)) return make(*std::move(state));
    }
    return nullptr;
  }

  // The operation itself, of one that this type drew.
  static const OpOf<T>& op_of(const Operation& operation) { return in(operation); }

  Operation draw(std::uint64_t seed, int size) const override {
    return Operation(std::make_shared<Drawn>(operations_(rc::Random(seed), size)),
                     Origin{seed, size, {}});
  }

 private:
  struct Holder final : Object {
    template <class V>
    explicit Holder(V&& value) : state(std::forward<V>(value)) {}
    T state;
  };

  struct Drawn final : Operation::Held {
    explicit Drawn(rc::Shrinkable<OpOf<T>> from) : drawn(std::move(from)), op(drawn.value()) {}

    std::string text() const override { return rc::toString(op); }
    std::vector<std::shared_ptr<const Held>> simpler(std::size_t most) const override {
      std::vector<std::shared_ptr<const Held>> out;
      auto shrinks = drawn.shrinks();
      while (out.size() < most) {
        auto next = shrinks.next();
        if (!next) break;
        out.push_back(std::make_shared<Drawn>(*std::move(next)));
      }
      return out;
    }

    rc::Shrinkable<OpOf<T>> drawn;
    OpOf<T> op;
  };

  static T& in(const ObjectPtr& object) { return static_cast<Holder&>(*object).state; }
  static const OpOf<T>& in(const Operation& operation) {
    return static_cast<const Drawn&>(operation.held()).op;
  }
  template <class V>
  static ObjectPtr make(V&& value) {
    return std::make_shared<Holder>(std::forward<V>(value));
  }

  rc::Gen<OpOf<T>> operations_ = Subject<T>::operations();
};

}  // namespace rejoin::laws
