// Two replicas of one shopping list change while they are apart, and a merge makes them equal.
//
// What happens when both change the same thing is a property of the type: an add survives a removal
// that had not seen it, both increments count, and of two titles the later one is read.

#include <cstdio>
#include <string>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/writer.hpp"

using rejoin::At, rejoin::ReplicaId;

struct ShoppingList {
  rejoin::LwwRegister<std::string> title;
  rejoin::AwSet<std::string> items;
  rejoin::GCounter edits;

  void merge(const ShoppingList& other) {
    title.merge(other.title);
    items.merge(other.items);
    edits.merge(other.edits);
  }
  void print(const char* whose) const {
    std::printf("%-6s %-10s %lld edits:", whose, title.value().value_or("-").c_str(),
                static_cast<long long>(edits.value()));
    for (const std::string& item : items.elements()) std::printf(" %s", item.c_str());
    std::printf("\n");
  }
  friend bool operator==(const ShoppingList&, const ShoppingList&) = default;
};

int main() {
  const ReplicaId phone{1}, laptop{2};
  ShoppingList on_phone, on_laptop;
  on_phone.items.add(phone, "milk");
  on_phone.items.add(phone, "bread");
  bool right = on_phone.edits.add(phone, 2).has_value();
  on_laptop.merge(on_phone);

  std::printf("apart, both change:\n");
  on_phone.title.set(At(phone, 1000), "Saturday");
  on_phone.items.remove(phone, "milk");
  right = on_phone.edits.add(phone).has_value() && right;
  on_laptop.title.set(At(laptop, 2000), "Weekend");
  on_laptop.items.add(laptop, "milk");  // seen again, on purpose: this add the phone cannot know
  right = on_laptop.edits.add(laptop).has_value() && right;
  on_phone.print("phone"), on_laptop.print("laptop");
  on_phone.merge(on_laptop);
  on_laptop.merge(on_phone);
  std::printf("merged:\n");
  on_phone.print("phone"), on_laptop.print("laptop");
  right = right && on_phone == on_laptop && on_phone.items.contains("milk") &&
          on_phone.edits.value() == 4 && on_phone.title.value() == "Weekend";
  std::printf(right ? "equal, and nothing was lost\n" : "SURPRISE: not what was promised\n");
  return right ? 0 : 1;
}
