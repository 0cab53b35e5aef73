// What holds for a host at rest, whatever has happened to it. The property tests and the fuzz
// target ask for the same claims; what one entry may do to a host is in tests/entry_invariants.h.
#pragma once

#include "model/fsm/segments.h"
#include "model/host/host.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace synq {

using ArmedTimers = std::multimap<Instant, TimerRef>;

/// Remembers the first claim that does not hold: they are made millions of times.
class Claims {
  public:
    void that(bool holds, const char* claim) {
        broken_ = broken_ == nullptr && !holds ? claim : broken_;
    }
    [[nodiscard]] const char* broken() const { return broken_; }

  private:
    const char* broken_ = nullptr;
};

/// A host, and what only its driver knows.
struct HostAtRest {
    const Host& host;
    const HostConfig& config;
    Instant now;
    const ArmedTimers& timers;
    const std::vector<SocketId>& sockets;  // every open descriptor
};

inline const FlowKey& flow_of(const Store& store, RecordRef ref) {
    switch (ref.kind()) {
        case RecordKind::Connection:
            return store.connections[ConnectionId{ref.index()}].flow;
        case RecordKind::Request:
            return store.requests[RequestId{ref.index()}].flow;
        default:
            return store.time_waits[TimeWaitId{ref.index()}].flow;
    }
}

inline bool sends_fin(State state) {
    return state == State::FinWait1 || state == State::FinWait2 || state == State::Closing ||
           state == State::LastAck;
}
inline bool has_fin(State state) {
    return state == State::CloseWait || state == State::Closing || state == State::LastAck;
}
/// No window is open for what waits to be sent. (Zero-window probes are not modelled, so it waits
/// for the peer.)
/// The window has no room for the whole of the next segment, its FIN included.
inline bool window_is_closed(const Connection& c) {
    const auto text = static_cast<std::uint32_t>(c.snd.queued - c.snd.nxt);
    const std::uint32_t payload = segment_payload(c);
    const Seq end = text > payload ? c.snd.nxt + payload : c.send_end();
    return after(end, c.snd.una + c.snd.wnd);
}

inline void claim_sequence(Claims& claim, const Connection& c) {
    claim.that(at_or_before(c.snd.iss, c.snd.una), "ISS =< SND.UNA");
    claim.that(at_or_before(c.snd.una, c.snd.nxt), "SND.UNA =< SND.NXT");
    claim.that(at_or_before(c.snd.nxt, c.send_end()), "SND.NXT =< what there is to send");
    claim.that(at_or_before(c.snd.small, c.snd.nxt), "a small segment has been sent");
    // SYN and FIN need no window.
    const std::uint32_t controls =
        (c.snd.una == c.snd.iss ? 1U : 0U) + (c.fin_sent && c.snd.una != c.send_end() ? 1U : 0U);
    claim.that(static_cast<std::uint32_t>(c.snd.nxt - c.snd.una) <= c.snd.wnd_max + controls,
               "text in flight fits into the largest window");
    claim.that(c.snd.wnd <= c.snd.wnd_max, "SND.WND =< the largest window");
    claim.that(at_or_before(c.rcv.acked, c.rcv.nxt), "what was told =< RCV.NXT");
    claim.that(c.state == State::SynSent || after(c.rcv.nxt, c.rcv.irs), "RCV.NXT > IRS");
    claim.that(c.rto.ns > 0, "a timeout is in force");
}

inline void claim_state(Claims& claim, const Connection& c) {
    claim.that(c.state != State::Closed, "what segments find is not closed");
    claim.that(!c.fin_sent || (c.fin_queued && c.snd.nxt == c.send_end()),
               "nothing is sent after a FIN");
    claim.that(!c.fin_sent || sends_fin(c.state), "who has sent a FIN is closing");
    claim.that(!sends_fin(c.state) || c.fin_queued, "who is closing has a FIN to send");
    claim.that(has_fin(c.state) == c.fin_received, "a FIN that was received shows in the state");
    claim.that(c.state != State::FinWait2 || c.snd.una == c.send_end(),
               "in FIN-WAIT-2 the FIN is acknowledged");
    claim.that(!(c.orphan && c.socket.valid()), "an orphan has no descriptor");
    claim.that(c.orphan || c.socket.valid() || c.passive, "who has no descriptor waits for accept");
}

/// Text that may leave has left.
inline void claim_nothing_forgotten(Claims& claim, const Connection& c,
                                    const SocketOptions& options) {
    const bool may_send =
        c.state == State::Established || c.state == State::CloseWait || sends_fin(c.state);
    const bool nagle = !options.nodelay && !c.fin_queued && after(c.snd.small, c.snd.una);
    const bool repeating = c.retransmitting_since != kNever;
    claim.that(!may_send || c.snd.nxt == c.send_end() || window_is_closed(c) || nagle || repeating,
               "text waits for a window or for an acknowledgment");
}

/// Packets in order of their beginnings, as they came: the next may touch or overlap (Linux
/// tcp_data_queue_ofo). Returns how many there are.
inline std::size_t claim_held(Claims& claim, const Store& store, const Connection& c) {
    if (!c.extra.valid()) {
        return 0;
    }
    std::size_t count = 0;
    Seq before_it = c.rcv.nxt;
    for (HeldId id = store.extras[c.extra].held; id.valid(); id = store.held[id].next) {
        const Held& text = store.held[id];
        claim.that(after(text.begin, before_it),
                   count == 0 ? "text is held behind a gap" : "held packets are in order");
        claim.that(at_or_before(text.begin, text.end) && after(text.stop(), text.begin),
                   "what is held has a length");
        before_it = text.begin;
        ++count;
    }
    claim.that(count == 0 || !c.fin_received, "nothing is held behind a FIN");
    return count;
}

/// Queues against what the records say. Returns the connections that wait in them.
inline std::set<std::uint32_t> claim_queues(Claims& claim, const HostAtRest& at,
                                            std::size_t& listeners) {
    const Store& store = at.host.store();
    struct Count {
        std::uint32_t all = 0;
        std::uint32_t young = 0;
    };
    std::map<std::uint32_t, Count> requests;
    store.flows().for_each([&](RecordRef ref) {
        if (ref.kind() == RecordKind::Request) {
            const Request& r = store.requests[RequestId{ref.index()}];
            Count& count = requests[r.listener.value];
            ++count.all;
            count.young += r.timeouts == 0 ? 1U : 0U;
        }
    });
    std::set<std::uint32_t> waiting;
    for (const SocketId socket : at.sockets) {
        if (const ListenerId id = at.host.stopped_listener_of(socket); id.valid()) {
            const Listener& l = store.listeners[id];
            claim.that(l.closed && l.socket == socket && l.accept_queue == 0,
                       "a socket that stopped listening may be revived");
            claim.that(l.request_queue == requests[id.value].all,
                       "a stopped request queue's length");
            requests.erase(id.value);
            ++listeners;
        }
        const ListenerId id = at.host.listener_of(socket);
        if (!id.valid()) {
            continue;
        }
        ++listeners;
        const Listener& l = store.listeners[id];
        std::uint32_t length = 0;
        ConnectionId last;
        for (ConnectionId c = l.first; c.valid(); c = store.connections[c].next_accepted) {
            claim.that(waiting.insert(c.value).second, "a connection waits once");
            claim.that(!store.connections[c].socket.valid(), "who waits has no descriptor");
            claim.that(store.connections[c].passive, "who waits was born of a listener");
            ++length;
            last = c;
        }
        claim.that(l.last == last, "the queue's end is its last");
        claim.that(l.accept_queue == length, "accept queue length");
        claim.that(l.request_queue == requests[id.value].all, "request queue length");
        claim.that(l.young == requests[id.value].young, "young requests");
        claim.that(l.accept_queue <= l.accept_queue_max, "largest accept queue");
        claim.that(l.request_queue <= l.request_queue_max, "largest request queue");
        claim.that(!l.closed && l.socket == socket, "a listening socket has a listener");
        claim.that(at.config.sysctl.syncookies != 0 || l.last_cookie == kNever,
                   "no cookie unless wanted");
        requests.erase(id.value);
    }
    for (const auto& [id, count] : requests) {
        const Listener& l = store.listeners[ListenerId{id}];
        claim.that(l.closed && !l.socket.valid(), "a request belongs to a listener");
        claim.that(l.request_queue == count.all && l.young == count.young,
                   "a closed listener counts its requests");
        ++listeners;
    }
    return waiting;
}

/// Timers and records, in both directions.
class TimerClaims {
  public:
    TimerClaims(Claims& claim, const HostAtRest& at) : claim_(claim) {
        for (const auto& [deadline, timer] : at.timers) {
            claim.that(armed_.emplace(timer.kind, timer.index).second, "a timer is armed once");
            claim.that(deadline >= at.now, "no timer has been passed over");
            claim.that(deadline != kNever, "an armed timer runs out");
            claim.that(timer.owner == at.config.owner, "a timer names its host");
        }
    }

    void connection(std::uint32_t index, const Connection& c, const SocketOptions& options) {
        const bool timed = take(TimerKind::Retransmission, index);
        claim_.that(timed == (c.timer_role != TimerRole::None), "a timer has a role");
        const bool retransmits = timed && c.timer_role != TimerRole::FinWait2;
        claim_.that(!c.unacknowledged() || retransmits, "what is unacknowledged is timed");
        claim_.that(take(TimerKind::DelayedAck, index) == c.ack.delayed,
                    "a delayed ACK has its timer");
        const bool keeps_alive = take(TimerKind::Keepalive, index);
        claim_.that(!keeps_alive || options.keepalive, "only SO_KEEPALIVE keeps alive");
        // Linux starts no keepalive at the end of a simultaneous open, nor beside FIN-WAIT-2's end.
        const bool wants = options.keepalive && c.passive && c.timer_role != TimerRole::FinWait2;
        claim_.that(!wants || keeps_alive, "SO_KEEPALIVE has its timer");
    }
    void request(std::uint32_t index) {
        claim_.that(take(TimerKind::Request, index), "a request has its timer");
    }
    void time_wait(std::uint32_t index) {
        claim_.that(take(TimerKind::TimeWait, index), "TIME-WAIT has its timer");
    }
    void nothing_else() { claim_.that(armed_.empty(), "every timer belongs to a live record"); }

  private:
    bool take(TimerKind kind, std::uint32_t index) {
        return armed_.erase({static_cast<std::uint8_t>(kind), index}) != 0;
    }

    Claims& claim_;
    std::set<std::pair<std::uint8_t, std::uint32_t>> armed_;
};

/// Closed connections that a descriptor or an accept queue still names.
inline std::set<const Connection*> closed_but_named(Claims& claim, const HostAtRest& at,
                                                    const std::set<std::uint32_t>& waiting) {
    const Store& store = at.host.store();
    std::set<const Connection*> closed;
    const auto look = [&](const Connection& c) {
        if (c.state == State::Closed) {
            claim.that(closed.insert(&c).second, "a closed connection is named once");
        } else {
            const RecordRef found = store.find(c.flow);
            claim.that(found.kind() == RecordKind::Connection &&
                           &store.connections[ConnectionId{found.index()}] == &c,
                       "segments find what is not closed");
        }
    };
    for (const SocketId socket : at.sockets) {
        if (const Connection* c = at.host.connection_of(socket); c != nullptr) {
            claim.that(c->socket == socket, "a connection knows its descriptor");
            look(*c);
        }
    }
    for (const std::uint32_t index : waiting) {
        look(store.connections[ConnectionId{index}]);
    }
    return closed;
}

/// The requests that Fast Open children keep; returns how many, and counts the listeners that
/// nobody but them names.
class FastOpenClaims {
  public:
    FastOpenClaims(Claims& claim, const Store& store) : claim_(claim), store_(store) {}

    void connection(const Connection& c) {
        if (!c.fast_open) {
            return;
        }
        const RequestId id = c.extra.valid() ? store_.extras[c.extra].fast_open : RequestId{};
        claim_.that(id.valid(), "who waits for a final ACK has a request");
        claim_.that(c.state == State::SynReceived || c.state == State::FinWait1,
                    "who waits for a final ACK is in SYN-RECEIVED, or has closed");
        claim_.that(c.timer_role == TimerRole::SynAck,
                    "who waits for a final ACK repeats SYN,ACKs");
        if (id.valid()) {
            claim_.that(store_.requests[id].flow == c.flow, "the request is its own");
            ++of_listener_[store_.requests[id].listener.value];
            ++requests;
        }
    }
    /// To be called last.
    void settle() {
        for (const auto& [id, count] : of_listener_) {
            const Listener& l = store_.listeners[ListenerId{id}];
            claim_.that(l.fast_open_records == count, "a listener knows its Fast Open children");
            listeners += l.closed && !l.socket.valid() && l.request_queue == 0 ? 1U : 0U;
        }
    }

    std::size_t requests = 0;
    std::size_t listeners = 0;

  private:
    Claims& claim_;
    const Store& store_;
    std::map<std::uint32_t, std::uint32_t> of_listener_;
};

/// Everything above; nullptr when it holds, else the first claim that does not.
inline const char* broken_claim(const HostAtRest& at) {
    Claims claim;
    const Store& store = at.host.store();
    static constexpr SocketOptions kNothingSet;
    std::size_t listeners = 0;
    const std::set<std::uint32_t> waiting = claim_queues(claim, at, listeners);
    const std::set<const Connection*> closed = closed_but_named(claim, at, waiting);
    TimerClaims timers(claim, at);
    FastOpenClaims fast_open(claim, store);
    std::size_t connections = closed.size();
    std::size_t requests = 0;
    std::size_t time_waits = 0;
    std::size_t orphans = 0;
    std::size_t extras = 0;
    std::size_t held = 0;
    for (const Connection* c : closed) {
        extras += c->extra.valid() ? 1U : 0U;
        held += claim_held(claim, store, *c);
    }
    store.flows().for_each([&](RecordRef ref) {
        claim.that(store.find(flow_of(store, ref)) == ref, "the table finds what it holds");
        if (ref.kind() == RecordKind::Connection) {
            const Connection& c = store.connections[ConnectionId{ref.index()}];
            const SocketOptions& options =
                c.extra.valid() ? store.extras[c.extra].options : kNothingSet;
            claim_sequence(claim, c);
            claim_state(claim, c);
            claim_nothing_forgotten(claim, c, options);
            timers.connection(ref.index(), c, options);
            fast_open.connection(c);
            const bool owned = c.orphan || c.socket.valid();
            claim.that(owned != waiting.contains(ref.index()), "a connection has one owner");
            held += claim_held(claim, store, c);
            extras += c.extra.valid() ? 1U : 0U;
            orphans += c.orphan ? 1U : 0U;
            ++connections;
        } else if (ref.kind() == RecordKind::Request) {
            timers.request(ref.index());
            ++requests;
        } else {
            timers.time_wait(ref.index());
            ++time_waits;
        }
    });
    timers.nothing_else();
    claim.that(at.host.orphans() == orphans, "orphans are counted");
    fast_open.settle();
    requests += fast_open.requests;
    listeners += fast_open.listeners;
    claim.that(store.connections.live() == connections, "no connection is lost");
    claim.that(store.requests.live() == requests, "no request is lost");
    claim.that(store.time_waits.live() == time_waits, "no TIME-WAIT is lost");
    claim.that(store.listeners.live() == listeners, "no listener is lost");
    claim.that(store.extras.live() == extras, "no extra record is lost");
    claim.that(store.held.live() == held, "no held text is lost");
    return claim.broken();
}

/// An orphan that nothing ends: the profile has no timeout for FIN-WAIT-2 (RFC 9293 3.6 names
/// none).
inline bool may_last_forever(const Connection& c, const Profile& profile) {
    return c.orphan && c.state == State::FinWait2 && !profile.rules.light_fin_wait_2;
}

}  // namespace synq
