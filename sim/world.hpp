#pragma once

// World: one run. N replicas on a full mesh of links, with disks and clocks of their own, in
// virtual time; faults and transactions on the plan that one seed drew.
//
//     safety     until scenario.until: transactions and faults; oracles after every event
//     liveness   everything heals; within scenario.converge all must be equal by bytes
//     quiet      for scenario.quiet nothing may change, and in its second half only clocks are sent
//     the end    what is live is what the specification says, and every acknowledged entry is in it
//
// A run is a function of the scenario and the seed. Nothing here reads a clock, an address or a
// thread.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/budget.hpp"
#include "sim/mesh.hpp"
#include "sim/network.hpp"
#include "sim/node.hpp"
#include "sim/oracle.hpp"
#include "sim/outcome.hpp"
#include "sim/plan.hpp"
#include "sim/record_reader.hpp"
#include "sim/recorder.hpp"
#include "sim/schedule.hpp"
#include "sim/seed.hpp"
#include "sim/sessions.hpp"
#include "sim/specification.hpp"
#include "sim/trace.hpp"
#include "sim/watching.hpp"
#include "sim/workload.hpp"

namespace rejoin::sim {

class World {
 public:
  // Requires: scenario.validate(), and that it outlives the world.
  World(const Scenario& scenario, Plan plan, const Seed& seed);

  // It outlives the run; null: nothing is recorded. Before run().
  void record_with(Recorder* recorder) {
    recorder_ = recorder;
    network_.record_with(recorder);
  }
  // Once.
  Outcome run();
  // Every frame, with what became of it; before run().
  void note_frames_to(std::vector<CarriedFrame>* noted) { network_.note_to(noted); }
  // From this moment on draws are these; before run(). What was drawn until then stays.
  void turn_at(Time moment, Draws then) {
    turns_at_ = moment;
    turned_ = std::move(then);
  }
  // With what each transaction did, and where, after run().
  const Plan& plan() const { return plan_; }
  // After a run that ended well: what every node that is left holds.
  const Store& store_of_all() const;

 private:
  struct Happening {
    enum class Kind : std::uint8_t {
      transact,
      deliver,
      deadline,
      synced,
      fault_begins,
      fault_ends,
      heal,
      departs,
      prepares,  // what a fault needs before it begins
      strikes,   // a fault waited for its moment
      met,       // it learns an address
      parted,    // and forgets it
      repair
    };
    Kind kind{};
    unsigned node = 0;
    unsigned source = 0;
    // Of the transaction, fault, start of the node, other node, or delivery's cause.
    std::uint64_t number = 0;
    bool in_turn = false;  // it has waited for a slow node already
    std::shared_ptr<const Payload> payload;

    static Happening of(Kind kind, unsigned node, std::uint64_t number) {
      return {kind, node, 0, number, false, nullptr};
    }
    // What the node does, and not what is done to it.
    bool of_node() const {
      return kind == Kind::deliver || kind == Kind::deadline || kind == Kind::synced ||
             kind == Kind::met || kind == Kind::parted;
    }
  };
  struct Backup {
    NodeId id;
    std::vector<std::string> records;
  };
  enum class Phase : std::uint8_t { safety, liveness, quiet, over };

  // ---- world.cpp: time, nodes, what they do
  void begin();
  void step();
  bool deferred(const Happening& happening);
  bool waits_for_its_turn(const Happening& happening);
  void happen(const Happening& happening);
  Workload workload_now();
  Node* writer(std::uint64_t k, unsigned planned);
  void transact(std::uint64_t k, unsigned planned);
  const Deed& deed_of(std::uint64_t k, unsigned node);
  void synced(Node& node);
  void drain(Node& node);
  void persist(Node& node, std::vector<std::string> records);
  void transmit(Node& node, Replica::Transmit transmit);
  std::optional<Frame> inspected(const Node& node, const std::string& bytes, bool rewritten);
  void schedule_deadline(Node& node);
  ReplicaId replica_of(const Node& node) const;
  void notice(Node& node, const Event& event);
  void begin_sync(Node& node);
  void checkpoint(Node& node);
  Now now_at(const Node& node) const { return {node.mono.read(now_), node.wall.read_ms(now_)}; }

  // ---- world_links.cpp: what becomes of frames
  void put_on_the_way(std::span<const Delivery> deliveries);
  void deliver(const Happening& happening);
  bool may_be_rejected(const Payload& payload) const;
  void lost(const Happening& delivery, Lost how);
  void deliver_damaged(Node& node, const Payload& payload, std::uint32_t cause);

  // ---- world_nodes.cpp: how a node begins, ends, and what lies on its disk
  bool start(Node& node);
  bool refuse_start(Node& node, const Error& error);
  void put_disks_in();
  void note_trimmed_logs(const Node& back);
  void settle_disk(Node& node, const std::vector<std::string>& records);
  void repair(Node& node);
  void wipe(Node& node);
  void become_new(Node& node);
  void each_neighbour(const Node& node, const std::function<void(const Node&)>& f) const;
  void meet(Node& node, const Node& other);
  void part(Node& node, const Node& other);
  void tell_others(const Node& node, Happening::Kind kind);
  void stop(Node& node);
  void stop_cleanly(Node& node);
  std::size_t power_off(Node& node, std::size_t by, std::uint64_t bits);
  void mute(Node& node, const Error& error);
  void leave_for_good(Node& node);
  void miss();
  bool may_spare_one() const;
  void acknowledge(Node& node);

  // ---- world_faults.cpp: what begins and ends; world_node_faults.cpp, world_disk_faults.cpp,
  // world_clock_faults.cpp
  void begin_fault(Fault& fault, std::size_t index);
  void end_fault(const Fault& fault, std::size_t index);
  void begin_at(Node& node, const Fault& fault, std::size_t index);
  void end_at(Node& node, const Fault& fault, std::size_t index);
  void move_to_nodes_that_are_up(Fault& fault) const;
  void bite(std::size_t spec, std::uint64_t losses = 0, std::uint64_t times = 1);
  void crash(Node& node, const Fault& fault, std::size_t index);
  void start_again(Node& node, std::size_t index);
  void count_written(unsigned node, const PlannedTransaction& planned);
  void count_mixed(const Node& source, const Node& target);
  void count_reported(const Node& by, const NodeId& duplicated);
  bool begin_node_fault(Node& node, const Fault& fault, std::size_t index);
  bool end_node_fault(Node& node, const Fault& fault, std::size_t index);
  void prepare(const Fault& fault, std::size_t index);
  void put_back(Node& node, const Fault& fault, std::size_t index);
  Node& copy_of(const Node& original, const Fault& fault);
  void copy(Node& original, Node& copied, const Fault& fault);
  void end_copy(Node& original, Node& copied, const Fault& fault);
  void join(const Fault& fault);
  bool dies_here(Node& node);
  bool begin_disk_fault(Node& node, const Fault& fault, std::size_t index);
  bool end_disk_fault(Node& node, const Fault& fault, std::size_t index);
  void strike(Node& node, std::size_t index);
  bool begin_clock_fault(Node& node, const Fault& fault, std::size_t index);
  bool end_clock_fault(Node& node, const Fault& fault, std::size_t index);
  void record_clock(const Node& node, const char* change, std::size_t fault);
  void count_skewed_write(unsigned node);
  void count_bent_deadline(unsigned node);
  template <class IsOne>
  void count_under(unsigned node, IsOne&& is_one);
  void bend(Node& node, std::int64_t ppm);

  // ---- world_end.cpp: what must hold in the end
  void watch_convergence();
  // A late duplicate of an old clock makes its receiver send again, which is right; only after the
  // last of them may nothing but clocks be sent.
  Time calm_from() const { return std::max({converged_at_, stragglers_until_, missed_until_}); }
  bool disturbs(const Node& node, RouteId route, const Frame& frame) const;
  const Node* first() const;
  bool settled(const Node& node, const Node& first) const;
  bool all_equal(std::string& canonical);
  std::string what_is_unequal() const;
  void judge_entries();
  void judge_values(const std::vector<bool>& happened);
  void judge_expected(const std::map<std::string, std::string>& values);
  void judge_rest();
  std::uint64_t rounds_to_converge() const;
  std::string unmeant(const std::vector<DotNumber>& live, const std::vector<bool>& happened) const;
  Outcome outcome();

  void record_entry(Node& node, const Entry& entry);
  void check(Node& node);
  void misread(const Node& node);
  void look_in_the_end();
  std::size_t index_of(const Fault& fault) const {
    return static_cast<std::size_t>(&fault - plan_.faults.data());
  }
  void record_held(const Happening& happening, Time until, std::size_t fault);
  void record_stop(const Node& node, std::size_t lost, std::size_t by);
  void remark(unsigned node, const std::string& line);
  void violate(const std::string& oracle, unsigned node, const std::string& detail,
               const std::string& type = {});

  const Scenario& scenario_;
  Plan plan_;
  Draws draws_;
  std::optional<Time> turns_at_;
  Draws turned_{0};
  Workload workload_;  // with the families of this seed
  Mesh mesh_;
  Network network_;
  StoreId store_;
  RecordReader records_;
  Schedule<Happening> schedule_;
  Time now_ = 0;
  Phase phase_ = Phase::safety;
  Time converged_at_ = 0;
  Time stragglers_until_ = 0;  // the last arrival of what was sent before all healed
  std::string converged_canonical_;
  unsigned unsettled_ = 0;  // a node that was not settled when last asked
  std::vector<Node> nodes_;
  Ledger ledger_;
  Oracle oracle_;
  Specification specification_;
  Sessions sessions_;
  std::optional<Watching> watching_;
  Budget budget_;
  Time missed_until_ = 0;  // by then its peers know that somebody is gone
  // What a fault of the plan keeps of a node until it puts it back.
  std::map<std::pair<std::size_t, unsigned>, Backup> backups_;
  Trace trace_;
  std::uint64_t events_ = 0;
  Totals totals_;
  Points points_;
  std::optional<Violation> violation_;
  Recorder* recorder_ = nullptr;
};

// Draws the plan and runs it; the scenario's own edits of the seed come first. Error: what
// draw_plan refuses.
Result<Outcome> simulate(const Scenario& scenario, const Seed& seed, Recorder* recorder = nullptr);

}  // namespace rejoin::sim
