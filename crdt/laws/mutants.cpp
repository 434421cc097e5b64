#include "crdt/laws/mutants.hpp"

#include "crdt/hash.hpp"

namespace rejoin::laws {
namespace {

std::string image_of(const Type& type, const ObjectPtr& a) {
  return type.has_codec() ? type.encode(a) : type.text(a);
}

// The type itself.
class Same : public Mutant {
 public:
  Same(const Type& base, const char* title) : base_(base), title_(title) {}

  const char* title() const override { return title_; }
  bool differed() const override { return differed_; }

  std::string name() const override { return base_.name(); }
  bool tells_change() const override { return base_.tells_change(); }
  bool has_value() const override { return base_.has_value(); }
  bool has_codec() const override { return base_.has_codec(); }
  bool has_specification() const override { return base_.has_specification(); }
  ObjectPtr bottom() const override { return base_.bottom(); }
  ObjectPtr copy(const ObjectPtr& a) const override { return base_.copy(a); }
  bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const override {
    return base_.merge(mine, theirs);
  }
  bool equal(const ObjectPtr& a, const ObjectPtr& b) const override { return base_.equal(a, b); }
  ObjectPtr apply(ObjectPtr& a, const Operation& op, const At& at) const override {
    return base_.apply(a, op, at);
  }
  void query(const ObjectPtr& a) const override { base_.query(a); }
  std::string text(const ObjectPtr& a) const override { return base_.text(a); }
  std::string specified(const Happened& happened) const override {
    return base_.specified(happened);
  }
  std::string encode(const ObjectPtr& a) const override { return base_.encode(a); }
  ObjectPtr decode(std::string_view bytes) const override { return base_.decode(bytes); }
  Operation draw(std::uint64_t seed, int size) const override { return base_.draw(seed, size); }

 protected:
  const Type& base() const { return base_; }
  void note(bool differs) const { differed_ = differed_ || differs; }

 private:
  const Type& base_;
  const char* const title_;
  mutable bool differed_ = false;
};

// What merge makes of mine, theirs and their join; null leaves mine.
struct Sides {
  const Type& type;
  const ObjectPtr& mine;
  const ObjectPtr& theirs;
  const ObjectPtr& both;

  bool conflict() const { return !type.equal(both, mine) && !type.equal(both, theirs); }
};

class Merging final : public Same {
 public:
  using Rule = ObjectPtr (*)(const Sides&);

  Merging(const Type& base, const char* title, Rule rule) : Same(base, title), rule_(rule) {}

  bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const override {
    ObjectPtr both = base().copy(mine);
    base().merge(both, theirs);
    ObjectPtr result = rule_({base(), mine, theirs, both});
    if (!result) result = base().copy(mine);
    note(!base().equal(result, both));
    const bool changed = !base().equal(result, mine);
    mine = std::move(result);
    return changed;
  }

 private:
  const Rule rule_;
};

ObjectPtr nothing(const Sides&) {
  return nullptr;
}
ObjectPtr theirs_whole(const Sides& s) {
  return s.type.copy(s.theirs);
}
ObjectPtr greater_side(const Sides& s) {
  const std::string mine = image_of(s.type, s.mine);
  const std::string theirs = image_of(s.type, s.theirs);
  const bool longer = theirs.size() != mine.size() ? theirs.size() > mine.size() : theirs > mine;
  return longer ? s.type.copy(s.theirs) : nullptr;
}
ObjectPtr mine_in_conflict(const Sides& s) {
  return s.conflict() ? nullptr : s.both;
}
ObjectPtr theirs_in_conflict(const Sides& s) {
  return s.conflict() ? s.type.copy(s.theirs) : s.both;
}
ObjectPtr three_of_four(const Sides& s) {
  return hash64(image_of(s.type, s.theirs)) % 4 == 0 ? nullptr : s.both;
}

class ChangesArgument final : public Same {
 public:
  using Same::Same;
  bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const override {
    const bool told = base().merge(mine, theirs);
    const std::string before = differed() ? std::string() : image_of(base(), theirs);
    ObjectPtr same = theirs;
    base().merge(same, mine);
    note(!differed() && image_of(base(), theirs) != before);
    return told;
  }
};

class SaysChanged final : public Same {
 public:
  using Same::Same;
  bool merge(ObjectPtr& mine, const ObjectPtr& theirs) const override {
    note(!base().merge(mine, theirs));
    return true;
  }
};

// What an operation sends of it.
class Applying final : public Same {
 public:
  // Gets the object before (a copy) and after, the delta (never null), and the operation again.
  using Rule = ObjectPtr (*)(const Type&, const ObjectPtr& before, ObjectPtr& after,
                             const ObjectPtr& delta, const Operation&, const At&);

  Applying(const Type& base, const char* title, Rule rule) : Same(base, title), rule_(rule) {}

  ObjectPtr apply(ObjectPtr& a, const Operation& op, const At& at) const override {
    const ObjectPtr before = base().copy(a);
    const ObjectPtr delta = base().apply(a, op, at);
    if (!delta) return nullptr;
    const ObjectPtr after = base().copy(a);
    ObjectPtr sent = rule_(base(), before, a, delta, op, at);
    note(!sent || !base().equal(sent, delta) || !base().equal(a, after));
    return sent;
  }

 private:
  const Rule rule_;
};

ObjectPtr sends_bottom(const Type& type, const ObjectPtr&, ObjectPtr&, const ObjectPtr&,
                       const Operation&, const At&) {
  return type.bottom();
}
ObjectPtr sends_before(const Type&, const ObjectPtr& before, ObjectPtr&, const ObjectPtr&,
                       const Operation&, const At&) {
  return before;
}
ObjectPtr sends_two_of_three(const Type& type, const ObjectPtr&, ObjectPtr& after,
                             const ObjectPtr& delta, const Operation&, const At&) {
  return hash64(image_of(type, after)) % 3 == 0 ? type.bottom() : delta;
}
ObjectPtr performs_twice(const Type& type, const ObjectPtr&, ObjectPtr& after,
                         const ObjectPtr& delta, const Operation& op, const At& at) {
  (void)type.apply(after, op, at);
  return delta;
}
ObjectPtr refuses_afterwards(const Type& type, const ObjectPtr& before, ObjectPtr& after,
                             const ObjectPtr& delta, const Operation&, const At&) {
  const bool third = hash64(image_of(type, after)) % 3 == 0 && !type.equal(before, after);
  return third ? nullptr : delta;
}

class SharesCopies final : public Same {
 public:
  using Same::Same;
  ObjectPtr copy(const ObjectPtr& a) const override {
    note(true);
    return a;
  }
};

class AllEqual final : public Same {
 public:
  using Same::Same;
  bool equal(const ObjectPtr& a, const ObjectPtr& b) const override {
    if (!differed()) note(!base().equal(a, b));
    return true;
  }
};

class IgnoresTail final : public Same {
 public:
  using Same::Same;
  ObjectPtr decode(std::string_view bytes) const override {
    ObjectPtr out = base().decode(bytes);
    if (out || bytes.empty()) return out;
    out = base().decode(bytes.substr(0, bytes.size() - 1));
    note(out != nullptr);
    return out;
  }
};

class DecodesBottom final : public Same {
 public:
  using Same::Same;
  ObjectPtr decode(std::string_view bytes) const override {
    const ObjectPtr out = base().decode(bytes);
    if (!out) return out;
    ObjectPtr bottom = base().bottom();
    note(!base().equal(out, bottom));
    return bottom;
  }
};

}  // namespace

std::vector<std::unique_ptr<Mutant>> mutants_of(const Type& type) {
  std::vector<std::unique_ptr<Mutant>> out;
  const auto merging = [&](const char* title, Merging::Rule rule) {
    out.push_back(std::make_unique<Merging>(type, title, rule));
  };
  const auto applying = [&](const char* title, Applying::Rule rule) {
    out.push_back(std::make_unique<Applying>(type, title, rule));
  };
  merging("merge does nothing", nothing);
  merging("merge takes theirs whole", theirs_whole);
  merging("the greater side wins", greater_side);
  merging("mine wins a conflict", mine_in_conflict);
  merging("theirs wins a conflict", theirs_in_conflict);
  merging("every fourth merge is lost", three_of_four);
  out.push_back(std::make_unique<ChangesArgument>(type, "merge changes its argument too"));
  if (type.tells_change()) {
    out.push_back(std::make_unique<SaysChanged>(type, "merge always says changed"));
  }
  applying("delta is bottom", sends_bottom);
  applying("delta is of the state before", sends_before);
  applying("every third delta is bottom", sends_two_of_three);
  applying("performed twice, sent once", performs_twice);
  applying("refused after a change", refuses_afterwards);
  out.push_back(std::make_unique<SharesCopies>(type, "copies share their state"));
  out.push_back(std::make_unique<AllEqual>(type, "all states are equal"));
  if (type.has_codec()) {
    out.push_back(std::make_unique<IgnoresTail>(type, "the last byte is not read"));
    out.push_back(std::make_unique<DecodesBottom>(type, "bytes tell nothing"));
  }
  return out;
}

}  // namespace rejoin::laws
