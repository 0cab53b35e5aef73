// One step of a state machine: everything a guard may look at and an action may touch.
//
// Guards and actions see records, the segment, the profile and the outbox; never the machine.
#pragma once

#include "model/base/errors.h"
#include "model/base/ids.h"
#include "model/base/time.h"
#include "model/listen/store.h"
#include "model/profile/mib.h"
#include "model/profile/profile.h"
#include "model/tcb/drop.h"
#include "model/tcb/effect.h"
#include "model/tcb/orphans.h"
#include "model/tcb/secret.h"
#include "model/wire/icmp.h"

#include <cstdint>

namespace synq {

/// Window scale that Linux derives from a 32 MiB receive buffer maximum (linux.md 3).
inline constexpr std::uint8_t kWindowScale = 10;
/// That maximum (the third number of tcp_rmem).
inline constexpr std::uint32_t kLargestBuffer = 33'554'432;

inline constexpr std::uint32_t kLargestMtu = 65'536;

/// A host without its sockets: settings, counters, records.
struct Stack {
    std::uint16_t owner = 0;  // the host's number in TimerRefs
    const Profile* profile = nullptr;
    Sysctls sysctl;
    MibCounters mib;
    Store store;
    Orphans orphans;
    Secret secret;                             // keys ISNs, cookies and ports
    std::uint32_t mtu = 1500;                  // of the link; loopback is known by its addresses
    std::uint8_t window_scale = kWindowScale;  // offered; follows from the machine's memory
    std::uint32_t largest_buffer = kLargestBuffer;  // for receiving; so does this
    bool report = false;                            // emit StateChanged and QueuesChanged
    Outbox* out = nullptr;                          // of the step being made

    /// Largest payload on the way to `remote`, TCP options not subtracted; `path_mtu`: what else is
    /// known of it.
    [[nodiscard]] std::uint16_t mss_towards(const IpAddress& remote,
                                            std::uint32_t path_mtu = kLargestMtu) const;
    /// TSval at `now`: milliseconds, with an offset of the host's own.
    [[nodiscard]] std::uint32_t timestamp(Instant now) const;
    [[nodiscard]] TimerRef timer(TimerKind kind, std::uint32_t index) const {
        return {.index = index, .owner = owner, .kind = static_cast<std::uint8_t>(kind)};
    }
    void arm(TimerKind kind, std::uint32_t index, Instant deadline) const {
        out->emplace_back(ArmTimer{timer(kind, index), deadline});
    }
    void cancel(TimerKind kind, std::uint32_t index) const {
        out->emplace_back(CancelTimer{timer(kind, index)});
    }
    /// Counts the segment and puts it in the outbox.
    void send(const FlowKey& flow, const Segment& segment, bool retransmission = false);
    void report_queues(ListenerId listener) const;
};

struct Step {
    Instant now;
    Stack& stack;
    FlowKey flow;                      // of the segment or of the record
    const Segment* segment = nullptr;  // null for calls, timers and ICMP
    const IcmpError* icmp = nullptr;
    ListenerId listener;
    ConnectionId connection;
    RequestId request;
    TimeWaitId time_wait;

    std::uint32_t octets = 0;      // SendCall: how many; PassiveOpen: the backlog
    Drop drop = Drop::None;        // why the segment had no effect
    bool may_transmit = false;     // an ACK was taken: send what now fits, after text and FIN
    bool held_fin = false;         // a FIN kept ahead of a gap is next
    bool done = false;             // no later check looks at the segment
    Errno error = Errno::None;     // what a call returns
    bool timeout_due = false;      // a retransmission timeout that ICMP shortened is over already
    bool reuse_time_wait = false;  // the SYN goes on to the listener with `forced_iss`
    Seq forced_iss;
    std::uint32_t known_timestamp = 0;  // the same peer's last, where an open takes over TIME-WAIT
    bool port_named = false;            // ActiveOpen: bind() has chosen the port

    [[nodiscard]] const Segment& seg() const { return *segment; }
    [[nodiscard]] Connection& conn() const { return stack.store.connections[connection]; }
    [[nodiscard]] Request& req() const { return stack.store.requests[request]; }
    [[nodiscard]] TimeWait& tw() const { return stack.store.time_waits[time_wait]; }
    [[nodiscard]] Listener& lis() const { return stack.store.listeners[listener]; }
    [[nodiscard]] const Sysctls& sysctl() const { return stack.sysctl; }
    [[nodiscard]] const Rules& rules() const { return stack.profile->rules; }
    /// The connection's socket options.
    [[nodiscard]] const SocketOptions& options() const {
        static constexpr SocketOptions kNothingSet;
        return conn().extra.valid() ? stack.store.extras[conn().extra].options : kNothingSet;
    }
    /// shutdown() has forbidden writing before there was a connection.
    [[nodiscard]] bool write_shut() const {
        return conn().extra.valid() && stack.store.extras[conn().extra].write_shut;
    }
    /// `now` in ticks of the profile (Linux tcp_jiffies32).
    [[nodiscard]] std::uint32_t ticks() const {
        return static_cast<std::uint32_t>(now.ns / stack.profile->tick.ns);
    }
    /// `now` in milliseconds (Linux tcp_clock_ms).
    [[nodiscard]] std::uint32_t milliseconds_now() const {
        return static_cast<std::uint32_t>(now.ns / milliseconds(1).ns);
    }
    void count(Mib counter) const { stack.mib.count(counter); }
    void discard(Drop reason) {
        drop = reason;
        done = true;
    }
};

}  // namespace synq
