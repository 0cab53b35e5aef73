// The main loop: what happens next, and carrying out what hosts ask for.
#include "sim/world/simulation.h"

#include <algorithm>

namespace synq {
namespace {

/// How many jiffies late a recorded kernel ran the timers that were due then. One that has let its
/// processor idle leaves its timers to another processor, whose tick may come before its clock has
/// moved on; what the timers send goes out one tick later, seldom two.
Duration lateness(const ReplayedTimers& recorded, Instant due, int hz) {
    const Duration jiffy = seconds(1) / hz;
    const auto next = std::lower_bound(recorded.sends.begin(), recorded.sends.end(), due);
    if (next == recorded.sends.end() || *next >= due + jiffy * 3) {
        return {};
    }
    return jiffy * ((*next - due) / jiffy);
}

}  // namespace

std::expected<Trace, Diagnostic> run_scenario(const Scenario& scenario, const RunOptions& options) {
    return Simulation(scenario, options).run();
}

std::expected<Trace, Diagnostic> Simulation::run() {
    while (step() && !failure_) {
    }
    if (failure_) {
        return std::unexpected(*failure_);
    }
    return finish();
}

TimerNode& Simulation::operator()(TimerRef timer) {
    if (timer.owner != TimerRef::kWorldOwner) {
        return hosts_[timer.owner].host.timer_node(timer);
    }
    switch (static_cast<Own>(timer.kind)) {
        case Own::Process:
            return processes_[timer.index].timer;
        case Own::Lifetime:
            return processes_[timer.index].lifetime;
        case Own::Link:
            return links_[timer.index].timer;
        case Own::Flood:
            return floods_[timer.index].timer;
        case Own::Tick:
            return hosts_[timer.index].tick;
        case Own::Table:
            break;
    }
    return table_timer_;
}

bool Simulation::step() {
    if (const TimerRef timer = timers_.pop_due(*this, now_); timer.valid()) {
        fire(timer);
        return true;
    }
    if (!loopback_.empty()) {
        deliver_first_waiting();
        return true;
    }
    if (!ready_.empty()) {
        const std::uint32_t process = ready_.front();
        ready_.pop_front();
        run_process(process);
        return true;
    }
    const bool stopped = options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    if (stopped || timers_.empty()) {
        recorder_.trace.interrupted = stopped;
        return false;
    }
    const Instant end = limit();
    if (now_ >= end) {
        return false;
    }
    now_ = timers_.advance(*this, end);
    return true;
}

/// When the run ends at the latest. A replayed run ends like the recorded one: some time after the
/// last of the processes that can end.
Instant Simulation::limit() const {
    if (options_.replay != nullptr && options_.replay->drain && can_end_ == 0) {
        return last_exit_ + *options_.replay->drain;
    }
    return scenario_.until ? Instant{} + *scenario_.until : kNever;
}

void Simulation::fire(TimerRef timer) {
    if (timer.owner != TimerRef::kWorldOwner) {
        hosts_[timer.owner].host.on_timer(now_, timer, outbox_);
        apply(timer.owner);
        return;
    }
    switch (static_cast<Own>(timer.kind)) {
        case Own::Process:
            wake(timer.index);
            break;
        case Own::Lifetime:
            processes_[timer.index].killed = true;
            wake(timer.index);
            break;
        case Own::Flood:
            send_from_flood(timer.index);
            break;
        case Own::Link: {
            Link& link = links_[timer.index];
            const InFlight arrived = link.pop();
            if (!link.empty()) {
                arm(timer, link.next_arrival());
            }
            deliver(link.to_host(), arrived.packet, arrived.record);
            break;
        }
        case Own::Tick:
            tick(timer.index);
            break;
        case Own::Table:
            take_table();
            break;
    }
}

void Simulation::tick(std::uint32_t host) {
    // One bucket: all its timers run before anything that they cause (linux.md 0.2).
    // A tick that finds nothing, because its only timer was cancelled, does no harm.
    HostSlot& slot = hosts_[host];
    slot.ticking = true;
    slot.wheel.collect(*this, now_);
    for (TimerRef timer = slot.wheel.pop_expired(*this); timer.valid();
         timer = slot.wheel.pop_expired(*this)) {
        slot.host.on_timer(now_, timer, outbox_);
        apply(host);
    }
    slot.ticking = false;
    arm_tick(host, slot.wheel.next_deadline());
}

void Simulation::arm_tick(std::uint32_t host, Instant due) {
    const HostSlot& slot = hosts_[host];
    const Duration late = slot.recorded == nullptr || due == kNever
                              ? Duration{}
                              : lateness(*slot.recorded, due, slot.wheel.clock().hz());
    timers_.arm(*this, own(Own::Tick, host), due + late);
}

void Simulation::arm(TimerRef timer, Instant deadline) {
    if (wheel_mode_ && timer.owner != TimerRef::kWorldOwner) {
        HostSlot& slot = hosts_[timer.owner];
        const Instant runs = slot.wheel.arm(*this, timer, now_, deadline);
        // While a tick runs its timers, the next tick is armed once, at the end.
        if (runs < slot.tick.deadline && !slot.ticking) {
            arm_tick(timer.owner, runs);
        }
    } else {
        timers_.arm(*this, timer, deadline);
    }
}

void Simulation::disarm(TimerRef timer) {
    if (wheel_mode_ && timer.owner != TimerRef::kWorldOwner) {
        hosts_[timer.owner].wheel.cancel(*this, timer);
    } else {
        timers_.cancel(*this, timer);
    }
}

void Simulation::apply(std::uint32_t host) {
    for (const Effect& effect : outbox_) {
        if (const auto* send = std::get_if<SendPacket>(&effect)) {
            transmit(host, *send);
        } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
            arm(arming->timer, arming->deadline);
        } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
            disarm(cancelling->timer);
        } else if (const auto* waking = std::get_if<WakeSocket>(&effect)) {
            wake_socket(host, waking->socket);
        } else if (const auto* state = std::get_if<StateChanged>(&effect)) {
            recorder_.state_changed(now_, host, *state);
        } else if (const auto* queues = std::get_if<QueuesChanged>(&effect)) {
            recorder_.queues_changed(now_, host, *queues);
        }
    }
    outbox_.clear();
}

void Simulation::transmit(std::uint32_t host, const SendPacket& sent) {
    const std::uint32_t record = recorder_.segment_sent(now_, sent);
    const IpAddress& to = sent.packet.dst.address;
    if (to.is_loopback() || to == hosts_[host].address) {
        loopback_.push_back({host, record, sent.packet});
        return;
    }
    for (std::uint32_t other = 0; other < hosts_.size(); ++other) {
        if (hosts_[other].address != to || !routes_[host][other]) {
            continue;
        }
        put_on_link(*routes_[host][other], sent.packet, record);
        return;
    }
    if (floods_.empty() || !transmit_to_flood(host, sent, record)) {
        recorder_.segment_dropped(record, Drop::Link);  // nobody has this address
    }
}

void Simulation::put_on_link(std::uint32_t number, const Packet& packet, std::uint32_t record) {
    Link& link = links_[number];
    const bool idle = link.empty();
    if (!link.send(now_, packet, record)) {
        recorder_.segment_dropped(record, Drop::Link);
        count_flood_drop(packet, Drop::Link);
    } else if (idle) {
        arm(own(Own::Link, number), link.next_arrival());
    }
}

void Simulation::deliver(std::uint32_t host, const Packet& packet, std::uint32_t record) {
    if (const auto flood = flood_of(packet.dst.address)) {
        deliver_to_flood(*flood, packet, record);
        return;
    }
    // The arrival is entered before what it causes, its fate afterwards.
    recorder_.segment_arrived(now_, record, Drop::None);
    Host& receiver = hosts_[host].host;
    const std::uint64_t cookies = receiver.counters()[Mib::SyncookiesSent];
    const Drop drop = receiver.on_segment(now_, packet, outbox_);
    recorder_.segment_dropped(record, drop);
    count_flood_arrival(packet, drop, receiver.counters()[Mib::SyncookiesSent] != cookies);
    apply(host);
}

void Simulation::deliver_first_waiting() {
    const Waiting first = loopback_.front();
    loopback_.pop_front();
    deliver(first.host, first.packet, first.record);
}

void Simulation::drain_loopback() {
    while (!loopback_.empty()) {
        deliver_first_waiting();
    }
}

Trace Simulation::finish() {
    recorder_.trace.end = now_;
    collect_counters();
    for (const Process& process : processes_) {
        for (const SocketId socket : process.descriptors) {
            if (socket.valid()) {
                collect_listener(process.host, socket);
            }
        }
    }
    return std::move(recorder_.trace);
}

}  // namespace synq
