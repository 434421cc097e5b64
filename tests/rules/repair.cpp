#include "tests/rules/repair.hpp"

namespace rejoin::rules {

Repair::Repair(const std::vector<const Store*>& donors, Store& receiver,
               const std::vector<std::string>& slots, Variant variant)
    : variant_(variant), receiver_(&receiver), slots_(slots) {
  for (const Store* donor : donors) parts_.push_back({donor, donor->slots(), {}, std::nullopt});
  for (std::size_t i = 0; i < slots.size(); ++i) part_of_[slots[i]] = i % parts_.size();
  if (variant_ != Variant::late_cut) take_cuts();
}

void Repair::take_cuts() {
  for (Part& part : parts_) {
    if (part.session) continue;
    part.cut = part.donor->cut();
    part.session = receiver_->open_session(part.cut);
    if (variant_ == Variant::early_claim) receiver_->adopt({part.cut.clock, {}});
  }
}

std::vector<std::string> Repair::waiting() const {
  std::vector<std::string> waiting;
  for (const std::string& slot : slots_) {
    if (!done_.contains(slot)) waiting.push_back(slot);
  }
  return waiting;
}

void Repair::advance(const std::string& slot) {
  take_cuts();
  const Part& part = parts_[part_of_.at(slot)];
  const auto found = part.shown.find(slot);
  const Dots shown = found == part.shown.end() ? Dots{} : found->second;
  const bool now = variant_ == Variant::sent_as_now;
  receiver_->keep_object(*part.session, slot, now ? part.donor->at(slot) : shown);
  done_.insert(slot);
}

void Repair::finish() {
  take_cuts();
  Cut claimed = parts_.front().cut;
  for (const Part& part : parts_) {
    if (variant_ == Variant::donor_union) {
      claimed.clock.insert(part.cut.clock.begin(), part.cut.clock.end());
    } else {
      // A slot was repaired under one donor's cut: only what every donor had merged is here whole.
      std::erase_if(claimed.clock, [&](const Dot& dot) { return !part.cut.clock.contains(dot); });
    }
    claimed.removals.insert(part.cut.removals.begin(), part.cut.removals.end());
  }
  if (variant_ == Variant::forget_removals) claimed.removals.clear();
  std::vector<Session> sessions;
  for (const Part& part : parts_) sessions.push_back(*part.session);
  receiver_->finish(sessions, claimed);
  close();
}

void Repair::interrupt() {
  close();
}

void Repair::close() {
  for (Part& part : parts_) {
    if (part.session) receiver_->close_session(*part.session);
    part.session.reset();
  }
}

}  // namespace rejoin::rules
