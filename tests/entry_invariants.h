// What one entry into a host - a segment, a call, an ICMP error, a timer - may do.
#pragma once

#include "tests/invariants.h"

#include <algorithm>
#include <variant>
#include <vector>

namespace synq {

/// What entered the host.
struct Entry {
    enum class Kind : std::uint8_t { Call, Option, Segment, Icmp, Timer };
    Kind kind = Kind::Timer;
    Call call;             // Call; of an Option: socket and value
    bool blocked = false;  // the call's answer
    SocketOption option = SocketOption::NoDelay;
    Packet packet;   // Segment
    IcmpError icmp;  // Icmp
    TimerRef timer;  // Timer

    [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
};

/// Packets and resets since the beginning, as the driver has seen them leave.
struct Sent {
    std::uint64_t first = 0;
    std::uint64_t again = 0;
    std::uint64_t resets = 0;
};

class EntryClaims {
  public:
    /// To be made before the host is entered.
    explicit EntryClaims(const HostAtRest& at) {
        const Store& store = at.host.store();
        store.flows().for_each([&](RecordRef ref) {
            flows_.push_back(flow_of(store, ref));
            time_waits_.push_back(ref.kind() == RecordKind::TimeWait);
        });
        for (const SocketId socket : at.sockets) {
            // Requests of a listener that has stopped are there again when it is revived.
            const ListenerId stopped = at.host.stopped_listener_of(socket);
            const ListenerId id = stopped.valid() ? stopped : at.host.listener_of(socket);
            if (id.valid()) {
                const Listener& l = store.listeners[id];
                queues_.push_back({id, socket, l.accept_queue, l.request_queue});
            }
        }
    }

    /// nullptr, or the first claim that does not hold.
    [[nodiscard]] const char* broken(const HostAtRest& at, const Entry& entry, const Outbox& out,
                                     const Sent& sent) const {
        Claims claim;
        claim.that(!entry.blocked || entry.call.kind == CallKind::Connect || out.empty(),
                   "a blocked call has done nothing");
        std::uint32_t resets = 0;
        for (const Effect& effect : out) {
            if (const auto* sending = std::get_if<SendPacket>(&effect)) {
                claim_packet(claim, at, entry, *sending);
                resets += sending->packet.segment.flags.rst() ? 1U : 0U;
            } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
                claim.that(arming->deadline >= at.now, "no timer is armed for the past");
            } else if (const auto* waking = std::get_if<WakeSocket>(&effect)) {
                const bool open = std::ranges::find(at.sockets, waking->socket) != at.sockets.end();
                claim.that(open, "who is woken has a descriptor");
            } else if (const auto* change = std::get_if<StateChanged>(&effect)) {
                claim.that(change->from != change->to, "a change is a change");
            }
        }
        // A listener that goes resets whoever waits in its accept queue.
        claim.that(resets <= std::max(1U, waiting_for(entry.call.socket)), "one reset per cause");
        claim_queues_grow(claim, at, entry);
        const MibCounters& mib = at.host.counters();
        claim.that(mib[Mib::OutSegs] == sent.first, "OutSegs counts first transmissions");
        claim.that(mib[Mib::RetransSegs] == sent.again, "RetransSegs counts the others");
        claim.that(mib[Mib::OutRsts] == sent.resets, "OutRsts counts resets");
        return claim.broken();
    }

  private:
    struct Queues {
        ListenerId id;
        SocketId socket;
        std::uint32_t accept = 0;
        std::uint32_t request = 0;
    };

    [[nodiscard]] bool had(const FlowKey& flow) const {
        return std::ranges::find(flows_, flow) != flows_.end();
    }
    [[nodiscard]] bool had_time_wait(const FlowKey& flow) const {
        const auto found = std::ranges::find(flows_, flow);
        return found != flows_.end() &&
               time_waits_[static_cast<std::size_t>(found - flows_.begin())];
    }
    [[nodiscard]] std::uint32_t waiting_for(SocketId socket) const {
        const auto found = std::ranges::find(queues_, socket, &Queues::socket);
        return found == queues_.end() || !socket.valid() ? 0 : found->accept;
    }

    void claim_packet(Claims& claim, const HostAtRest& at, const Entry& entry,
                      const SendPacket& sending) const {
        const Store& store = at.host.store();
        const Segment& s = sending.packet.segment;
        const FlowKey flow{.local = sending.packet.src, .remote = sending.packet.dst};
        const RecordRef found = store.find(flow);
        const bool challenge = s.flags == kAck && s.len == 0;
        claim.that(!entry.packet.segment.flags.rst() || challenge,
                   "a reset is answered by a challenge ACK or not at all");
        claim.that(!s.flags.rst() || s.length() == 0, "a reset carries nothing");
        claim.that(!s.flags.syn() || s.len == 0, "a SYN carries no text");
        if (found == RecordRef{} && !had(flow)) {
            const bool cookie = at.config.sysctl.syncookies != 0 && s.flags == (kSyn | kAck) &&
                                entry.packet.segment.flags.syn();
            claim.that(s.flags.rst() || cookie, "where no record is, only a reset or a cookie");
        }
        if (found.kind() != RecordKind::Connection || s.flags.rst()) {
            return;
        }
        const Connection& c = store.connections[ConnectionId{found.index()}];
        claim.that(at_or_before(s.end(), c.snd.nxt), "nothing is sent above SND.NXT");
        claim.that(!s.flags.ack() || at_or_before(s.ack, c.rcv.nxt),
                   "nothing is acknowledged that has not come");
        const bool new_text = s.len != 0 && !sending.retransmission;
        claim.that(!new_text || at_or_before(s.seq + s.len, c.snd.una + c.snd.wnd),
                   "new text lies within the window");
        claim.that(s.len <= c.agreed.mss, "no segment is longer than the peer's MSS");
    }

    /// Each queue holds at most what the profile gives it room for, unless listen() lowered it
    /// since, or a SYN took over a TIME-WAIT: that one is not subject to the limits (Linux
    /// tcp_conn_request).
    void claim_queues_grow(Claims& claim, const HostAtRest& at, const Entry& entry) const {
        const FlowKey flow{.local = entry.packet.dst, .remote = entry.packet.src};
        const bool bypass = entry.is(Entry::Kind::Segment) && had_time_wait(flow);
        for (const SocketId socket : at.sockets) {
            const ListenerId id = at.host.listener_of(socket);
            if (!id.valid()) {
                continue;
            }
            const Listener& l = at.host.store().listeners[id];
            const auto old = std::ranges::find(queues_, id, &Queues::id);
            const Queues before = old == queues_.end() ? Queues{} : *old;
            const ListenPolicy& policy = at.config.profile->listen;
            const std::uint64_t requests =
                request_room(policy, l.backlog, at.config.sysctl.max_syn_backlog);
            // Where a final ACK always fits, whoever was half-open may come in.
            const std::uint64_t fitting = policy.final_ack_fits ? before.request : 0;
            claim.that(l.accept_queue <= std::max<std::uint64_t>(accept_room(policy, l.backlog),
                                                                 before.accept + fitting),
                       "accept queue =< its room");
            claim.that(l.request_queue <=
                           std::max<std::uint64_t>(requests, before.request + (bypass ? 1U : 0U)),
                       "request queue =< its room");
        }
    }

    std::vector<FlowKey> flows_;
    std::vector<bool> time_waits_;  // of flows_: whether the record was a TIME-WAIT
    std::vector<Queues> queues_;
};

}  // namespace synq
