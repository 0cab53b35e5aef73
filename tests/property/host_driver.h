// One host, its clock, its timers, and the packets on their way to it. Every entry into the host is
// checked against the invariants; the first that does not hold is kept. A value: a copy goes on
// exactly as the original would have, given the same entries.
#pragma once

#include "model/base/hash.h"
#include "model/host/host.h"
#include "tests/entry_invariants.h"
#include "tests/invariants.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

namespace synq {

class HostDriver {
  public:
    static constexpr std::uint16_t kServerPort = 80;

    HostDriver(const HostConfig& of_host, IpAddress other)
        : host(of_host), config(of_host), peer(other) {}

    // Entries.
    CallResult call(const Call& wanted) {
        entry = {.kind = Entry::Kind::Call, .call = wanted};
        // The descriptor is gone as soon as the call begins.
        return enter([&] {
            const CallResult result = host.call(now, wanted, out);
            if (wanted.kind == CallKind::Close) {
                std::erase(sockets, wanted.socket);
            } else if (result.socket.valid()) {
                sockets.push_back(result.socket);
            }
            note(result);
            return result;
        });
    }
    CallResult set_option(SocketId socket, SocketOption option, std::int64_t value) {
        entry = {.kind = Entry::Kind::Option,
                 .call = {.socket = socket, .value = value},
                 .option = option};
        return enter([&] {
            const CallResult result = host.set_option(now, socket, option, value, out);
            note(result);
            return result;
        });
    }
    void arrive(const Packet& packet) {
        entry = {.kind = Entry::Kind::Segment, .packet = packet};
        enter([&] {
            const Drop drop = host.on_segment(now, packet, out);
            digest.add(static_cast<std::uint64_t>(drop));
            return drop;
        });
    }
    void arrive(const IcmpError& icmp) {
        entry = {.kind = Entry::Kind::Icmp, .icmp = icmp};
        enter([&] {
            const Drop drop = host.on_icmp(now, icmp, out);
            digest.add(static_cast<std::uint64_t>(drop));
            return drop;
        });
    }
    /// The next timer runs out, if there is one.
    void fire_next() {
        if (timers.empty()) {
            return;
        }
        now = std::max(now, timers.begin()->first);
        const TimerRef timer = timers.begin()->second;
        timers.erase(timers.begin());
        entry = {.kind = Entry::Kind::Timer, .timer = timer};
        enter([&] {
            host.timer_node(timer).deadline = kNever;
            host.on_timer(now, timer, out);
            return 0;
        });
    }
    /// Time passes; what is due by then runs out.
    void go_to(Instant until) {
        while (!timers.empty() && timers.begin()->first <= until) {
            fire_next();
        }
        now = std::max(now, until);
    }

    /// The packet is on its way to this host. The oldest is lost when there are too many.
    void expect(const Packet& packet) { append(incoming, packet); }

    /// Everything is closed and `rest` passes. False when timers do not come to an end.
    bool wind_up(Duration rest, int patience) {
        while (!sockets.empty()) {
            call({.kind = CallKind::Close, .socket = sockets.back()});
        }
        const Instant end = now + rest;
        while (!timers.empty() && timers.begin()->first <= end) {
            if (patience-- == 0) {
                return false;
            }
            fire_next();
        }
        now = end;
        const SocketId last = call({.kind = CallKind::Socket}).socket;  // slots are reused now
        call({.kind = CallKind::Close, .socket = last});
        return true;
    }
    /// Something has remained that nothing explains.
    [[nodiscard]] const char* remains() const {
        Claims claim;
        const Store& store = host.store();
        store.flows().for_each([&](RecordRef ref) {
            const bool explained =
                ref.kind() == RecordKind::Connection &&
                may_last_forever(store.connections[ConnectionId{ref.index()}], *config.profile);
            claim.that(explained, "what is closed ends");
        });
        claim.that(store.listeners.live() == 0, "no listener remains");
        claim.that(store.flows().size() != 0 || timers.empty(), "no timer remains");
        return claim.broken();
    }

    Host host;
    HostConfig config;
    IpAddress peer;
    Instant now;
    ArmedTimers timers;
    std::vector<SocketId> sockets;              // open ones, in the order of their making
    std::vector<Packet> incoming;               // to this host, from itself or from the peer
    std::vector<Packet> outgoing;               // to the peer; taken away by whoever is the peer
    std::map<std::uint16_t, Segment> syn_acks;  // the last one to each port of the peer
    Fnv64 digest;                               // of everything that the host has asked for
    Sent sent;
    bool checked = true;                                  // ask for the invariants
    const char* broken = nullptr;                         // the first claim that did not hold
    Entry entry;                                          // the last one
    Outbox out;                                           // what it asked for
    void (*watcher)(const HostDriver& driver) = nullptr;  // told of every entry that is checked

  private:
    static constexpr std::size_t kMostOnTheWay = 32;

    [[nodiscard]] HostAtRest at_rest() const {
        return {.host = host, .config = config, .now = now, .timers = timers, .sockets = sockets};
    }

    /// One entry, with the claims before and after it.
    template <class Action>
    std::invoke_result_t<const Action&> enter(const Action& action) {
        out.clear();
        if (!checked || broken != nullptr) {
            const auto result = action();
            apply();
            return result;
        }
        const EntryClaims claims(at_rest());
        const auto result = action();
        apply();
        if (watcher != nullptr) {
            watcher(*this);
        }
        broken = claims.broken(at_rest(), entry, out, sent);
        if (broken == nullptr) {
            broken = broken_claim(at_rest());
        }
        return result;
    }

    void note(const CallResult& result) {
        entry.blocked = result.blocked;
        digest.add(static_cast<std::uint64_t>(result.value));
        digest.add((std::uint64_t{result.socket.value} << 16U) |
                   (static_cast<std::uint64_t>(result.error) << 1U) | (result.blocked ? 1U : 0U));
    }

    void apply() {
        for (const Effect& effect : out) {
            digest.add(effect.index());
            if (const auto* sending = std::get_if<SendPacket>(&effect)) {
                carry(*sending);
            } else if (const auto* arming = std::get_if<ArmTimer>(&effect)) {
                disarm(arming->timer);
                timers.emplace(arming->deadline, arming->timer);
                host.timer_node(arming->timer).deadline = arming->deadline;
                digest.add(static_cast<std::uint64_t>(arming->deadline.ns));
                add(arming->timer);
            } else if (const auto* cancelling = std::get_if<CancelTimer>(&effect)) {
                disarm(cancelling->timer);
                add(cancelling->timer);
            } else if (const auto* waking = std::get_if<WakeSocket>(&effect)) {
                digest.add(waking->socket.value);
            } else if (const auto* change = std::get_if<StateChanged>(&effect)) {
                digest.add((static_cast<std::uint64_t>(change->from) << 8U) |
                           static_cast<std::uint64_t>(change->to));
            } else if (const auto* queues = std::get_if<QueuesChanged>(&effect)) {
                digest.add((std::uint64_t{queues->accept_queue} << 32U) | queues->request_queue);
            }
        }
    }
    void add(TimerRef timer) { digest.add((std::uint64_t{timer.index} << 8U) | timer.kind); }
    void carry(const SendPacket& sending) {
        const Packet& packet = sending.packet;
        const Segment& s = packet.segment;
        if (s.flags == (kSyn | kAck)) {
            syn_acks[packet.dst.port] = s;
        }
        digest.add((std::uint64_t{s.seq.raw()} << 32U) | s.ack.raw());
        digest.add((std::uint64_t{s.len} << 32U) | (std::uint64_t{s.window} << 8U) |
                   s.flags.bits());
        digest.add((std::uint64_t{s.options.ts_val} << 32U) | s.options.ts_ecr);
        digest.add((std::uint64_t{packet.src.port} << 32U) | packet.dst.port);
        // OutSegs spares the SYN,ACK of a simultaneous open, which repeats the SYN's number, and
        // does not spare a request's, nor a Fast Open child's, when it goes again (Linux
        // __tcp_transmit_skb, tcp_make_synack).
        const Store& store = host.store();
        const RecordRef record = store.find({.local = packet.src, .remote = packet.dst});
        const bool full = record.kind() == RecordKind::Connection;
        const bool request = record.kind() == RecordKind::Request ||
                             (full && store.connections[ConnectionId{record.index()}].fast_open);
        const bool syn_ack = s.flags == (kSyn | kAck);
        const bool counted =
            sending.retransmission ? syn_ack && request : !syn_ack || !full || request;
        sent.first += counted ? 1U : 0U;
        sent.again += sending.retransmission ? 1U : 0U;
        sent.resets += s.flags.rst() ? 1U : 0U;
        if (packet.dst.address == peer) {
            append(outgoing, packet);
        } else {
            expect(packet);
        }
    }
    static void append(std::vector<Packet>& way, const Packet& packet) {
        if (way.size() == kMostOnTheWay) {
            way.erase(way.begin());
        }
        way.push_back(packet);
    }
    void disarm(TimerRef timer) {
        std::erase_if(timers, [&](const auto& armed) { return armed.second == timer; });
        host.timer_node(timer).deadline = kNever;
    }
};

}  // namespace synq
