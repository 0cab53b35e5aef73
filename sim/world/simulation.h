// The running world (room-private; users call run_scenario).
//
// Order within one instant, as on a Linux host with one processor (docs/notes, loopback handshake):
//   1. every timer that is due, and arrivals from links;
//   2. when no timer is left, the segments waiting on loopback, one by one, first in first out;
//   3. when none is left, the woken processes in the order in which they were woken, each until it
//      blocks. A call that sends drains 2 before it returns.
#pragma once

#include "model/host/host.h"
#include "sim/des/linux_wheel.h"
#include "sim/des/timing_wheel.h"
#include "sim/net/link.h"
#include "sim/world/flood.h"
#include "sim/world/process.h"
#include "sim/world/recorder.h"
#include "sim/world/world.h"

#include <deque>
#include <optional>
#include <vector>

namespace synq {

class Simulation {
  public:
    Simulation(const Scenario& scenario, const RunOptions& options);
    std::expected<Trace, Diagnostic> run();

  private:
    /// Timers of the driver itself (TimerRef::kWorldOwner), by kind.
    enum class Own : std::uint8_t { Process, Lifetime, Link, Flood, Tick, Table };

    struct HostSlot {
        Host host;
        LinuxWheel<Simulation> wheel;
        TimerNode tick;  // fires at the wheel's next bucket
        bool ticking = false;
        IpAddress address;
        std::vector<std::uint32_t> sleepers;  // socket -> blocked process + 1
        const ReplayedTimers* recorded = nullptr;
    };
    /// A segment on its way through loopback.
    struct Waiting {
        std::uint32_t host = 0;
        std::uint32_t record = 0;
        Packet packet;
    };

  public:
    /// Finds a timer's links: the wheels' accessor.
    TimerNode& operator()(TimerRef timer);

  private:
    // setup.cpp
    void make_hosts();
    void make_links();
    void follow_recorded(Link& link, const IpAddress& from, const IpAddress& to) const;
    [[nodiscard]] const ReplayedTimers* recorded_timers(const IpAddress& host) const;
    void make_processes();

    // floods.cpp
    void make_floods();
    [[nodiscard]] std::optional<std::uint32_t> flood_of(const IpAddress& address) const;
    void send_from_flood(std::uint32_t number);
    bool transmit_to_flood(std::uint32_t host, const SendPacket& sent, std::uint32_t record);
    void deliver_to_flood(std::uint32_t number, const Packet& packet, std::uint32_t record);
    void count_flood_drop(const Packet& packet, Drop drop);
    void count_flood_arrival(const Packet& packet, Drop drop, bool cookie_sent);

    // simulation.cpp
    bool step();
    [[nodiscard]] Instant limit() const;
    void fire(TimerRef timer);
    void tick(std::uint32_t host);
    void arm_tick(std::uint32_t host, Instant due);
    void arm(TimerRef timer, Instant deadline);
    void disarm(TimerRef timer);
    void apply(std::uint32_t host);
    void transmit(std::uint32_t host, const SendPacket& sent);
    void put_on_link(std::uint32_t number, const Packet& packet, std::uint32_t record);
    void deliver(std::uint32_t host, const Packet& packet, std::uint32_t record);
    void deliver_first_waiting();
    void drain_loopback();
    Trace finish();

    // processes.cpp
    void wake(std::uint32_t number);
    void wake_socket(std::uint32_t host, SocketId socket);
    void run_process(std::uint32_t number);
    bool run_operation(Process& process, std::uint32_t number);
    bool begin_call(Process& process, std::uint32_t number);
    bool retry_call(Process& process);
    void finish_call(Process& process, const Operation& operation, const CallResult& result);
    void exit_process(Process& process, std::uint32_t number);
    [[nodiscard]] bool reachable(std::uint32_t host, const IpAddress& address) const;
    std::optional<Call> make_call(const Process& process, const Operation& operation);
    std::string call_text(const Process& process, const Operation& operation) const;
    void sleep_until(Process& process, std::uint32_t number, Instant deadline);
    void fail(const Operation& operation, std::string problem, std::string remedy);
    void fail_spinning(std::uint32_t number);

    // tables.cpp
    void take_table();
    void collect_counters();
    void collect_listener(std::uint32_t host, SocketId socket);

    static TimerRef own(Own kind, std::uint32_t index) {
        return {.index = index,
                .owner = TimerRef::kWorldOwner,
                .kind = static_cast<std::uint8_t>(kind)};
    }

    const Scenario& scenario_;
    RunOptions options_;
    bool wheel_mode_;
    Instant now_;
    TimingWheel<Simulation> timers_;
    std::vector<HostSlot> hosts_;
    std::vector<Link> links_;
    std::vector<std::vector<std::optional<std::uint32_t>>> routes_;  // [from][to] -> link
    std::vector<Process> processes_;
    std::vector<Flood> floods_;
    std::deque<Waiting> loopback_;
    std::deque<std::uint32_t> ready_;
    Outbox outbox_;
    Recorder recorder_;
    std::optional<Diagnostic> failure_;
    TimerNode table_timer_;
    std::size_t can_end_ = 0;  // processes that can end and have not
    Instant last_exit_{.ns = 0};
    std::size_t next_table_ = 0;
};

}  // namespace synq
