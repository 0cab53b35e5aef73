// Segments and timers of a host: who they belong to.
#include "model/host/host.h"

#include "model/fsm/acks.h"
#include "model/fsm/arrival.h"
#include "model/fsm/machine.h"
#include "model/fsm/migration.h"
#include "model/listen/group.h"

#include <algorithm>
#include <tuple>

namespace synq {
namespace {

Event retransmission_event(TimerRole role) {
    switch (role) {
        case TimerRole::TailLossProbe:
            return Event::ProbeTimeout;
        case TimerRole::FinWait2:
            return Event::FinWait2Timeout;
        case TimerRole::Persist:
            return Event::PersistTimeout;
        case TimerRole::SynAck:
            return Event::RequestTimeout;
        default:
            return Event::RetransmissionTimeout;
    }
}

}  // namespace

Host::Host(const HostConfig& config) : address_(config.address) {
    stack_.owner = config.owner;
    stack_.profile = config.profile;
    stack_.sysctl = config.sysctl;
    stack_.orphans.count_every(config.profile->orphan_count_period);
    stack_.secret = config.secret;
    stack_.mtu = config.mtu;
    stack_.window_scale = config.window_scale;
    stack_.largest_buffer = config.largest_buffer;
    stack_.report = config.report;
}

void Host::begin(Outbox& out) {
    stack_.out = &out;
    stack_.store.recycle();
    sockets_.recycle();
}

Step Host::step_for(Instant now, ConnectionId id) {
    return Step{
        .now = now, .stack = stack_, .flow = stack_.store.connections[id].flow, .connection = id};
}

void Host::settle(const Step& step) {
    if (!step.connection.valid()) {
        return;
    }
    Connection& conn = step.conn();
    if (step.time_wait.valid()) {
        // What a descriptor still sees of it is a closed connection (Linux tcp_time_wait).
        conn.state = State::Closed;
    }
    if (conn.state != State::Closed) {
        return;
    }
    if (conn.orphan) {
        stack_.orphans.remove(step.now);
        stack_.store.remove_connection(step.connection);
    } else if (conn.socket.valid()) {
        give_port_back(conn.socket);
    }
}

void Host::to_listener(Step& step) const {
    step.listener = find_listener(stack_.store, stack_.secret, step.flow);
    arrive_at_listener(step);
}

Drop Host::on_segment(Instant now, const Packet& packet, Outbox& out) {
    begin(out);
    stack_.mib.count(Mib::InSegs);
    Step step{.now = now,
              .stack = stack_,
              .flow = {.local = packet.dst, .remote = packet.src},
              .segment = &packet.segment};
    const RecordRef found = stack_.store.find(step.flow);
    switch (found.kind()) {
        case RecordKind::Connection:
            step.connection = ConnectionId{found.index()};
            arrive_at_connection(step);
            break;
        case RecordKind::Request:
            step.request = RequestId{found.index()};
            step.listener = listener_for(step);
            if (!step.listener.valid()) {
                // The request outlived its listener; the segment finds nobody (linux.md 2.7).
                stack_.cancel(TimerKind::Request, step.request.value);
                stack_.store.remove_request(step.request);
                step.request = {};
                to_listener(step);
            } else {
                arrive_at_request(step);
            }
            break;
        case RecordKind::TimeWait:
            step.time_wait = TimeWaitId{found.index()};
            step.listener = find_listener(stack_.store, stack_.secret, step.flow);
            arrive_at_time_wait(step);
            step.time_wait = {};
            if (step.reuse_time_wait) {
                to_listener(step);
            }
            break;
        case RecordKind::None:
            to_listener(step);
            break;
    }
    settle(step);
    return step.drop;
}

Drop Host::on_icmp(Instant now, const IcmpError& icmp, Outbox& out) {
    begin(out);
    Step step{.now = now,
              .stack = stack_,
              .flow = {.local = icmp.src, .remote = icmp.dst},
              .icmp = &icmp};
    const RecordRef found = stack_.store.find(step.flow);
    switch (found.kind()) {
        case RecordKind::Connection:
            step.connection = ConnectionId{found.index()};
            break;
        case RecordKind::Request:
            step.request = RequestId{found.index()};
            step.listener = step.req().listener;
            break;
        case RecordKind::TimeWait:
            step.time_wait = TimeWaitId{found.index()};
            break;
        case RecordKind::None:
            return Drop::NoSocket;
    }
    icmp_arrives(step);
    settle(step);
    return step.drop;
}

void Host::on_timer(Instant now, TimerRef timer, Outbox& out) {
    begin(out);
    switch (static_cast<TimerKind>(timer.kind)) {
        case TimerKind::Retransmission: {
            Step step = step_for(now, ConnectionId{timer.index});
            if (step.conn().fast_open) {
                step.request = stack_.store.extras[step.conn().extra].fast_open;
            }
            run(step, retransmission_event(step.conn().timer_role));
            settle(step);
            break;
        }
        case TimerKind::Keepalive: {
            Step step = step_for(now, ConnectionId{timer.index});
            run(step, Event::KeepaliveTimeout);
            settle(step);
            break;
        }
        case TimerKind::DelayedAck:
            delayed_ack_expired(step_for(now, ConnectionId{timer.index}));
            break;
        case TimerKind::Request: {
            Step step{.now = now, .stack = stack_, .request = RequestId{timer.index}};
            step.flow = step.req().flow;
            request_timeout(step);
            break;
        }
        case TimerKind::TimeWait: {
            Step step{.now = now, .stack = stack_, .time_wait = TimeWaitId{timer.index}};
            const State state = step.tw().state;
            step.flow = step.tw().flow;
            if (stack_.report) {
                out.emplace_back(StateChanged{step.flow, state, State::Closed});
            }
            dispatch_connection(state, Event::TimeWaitTimeout, step);
            break;
        }
    }
}

TimerNode& Host::timer_node(TimerRef timer) {
    Store& store = stack_.store;
    switch (static_cast<TimerKind>(timer.kind)) {
        case TimerKind::Retransmission:
            return store.connections[ConnectionId{timer.index}].retransmission_timer;
        case TimerKind::DelayedAck:
            return store.connections[ConnectionId{timer.index}].delayed_ack_timer;
        case TimerKind::Request:
            return store.requests[RequestId{timer.index}].timer;
        case TimerKind::Keepalive:
            return store.extras[store.connections[ConnectionId{timer.index}].extra].keepalive_timer;
        case TimerKind::TimeWait:
            break;
    }
    return store.time_waits[TimeWaitId{timer.index}].timer;
}

const Connection* Host::connection_of(SocketId socket) const {
    return sockets_[socket].kind == Socket::Kind::Connection
               ? &stack_.store.connections[sockets_[socket].connection]
               : nullptr;
}

Errno Host::stored_error(SocketId socket) const {
    const Connection* conn = connection_of(socket);
    return conn == nullptr ? sockets_[socket].error : conn->error;
}

ListenerId Host::listener_of(SocketId socket) const {
    return sockets_[socket].kind == Socket::Kind::Listener ? sockets_[socket].listener
                                                           : ListenerId{};
}

ListenerId Host::stopped_listener_of(SocketId socket) const {
    return sockets_[socket].kind != Socket::Kind::Listener ? sockets_[socket].listener
                                                           : ListenerId{};
}

std::vector<SocketView> Host::sockets() const {
    std::vector<SocketView> out;
    for (const ListenerId id : stack_.store.listening) {
        const Listener& l = stack_.store.listeners[id];
        out.push_back({.state = State::Listen,
                       .local = l.local,
                       .recv_q = l.accept_queue,
                       .send_q = l.backlog,
                       .socket = l.socket});
    }
    const auto listeners = static_cast<std::ptrdiff_t>(out.size());
    stack_.store.flows().for_each([&](RecordRef ref) {
        if (ref.kind() == RecordKind::Connection) {
            const Connection& c = stack_.store.connections[ConnectionId{ref.index()}];
            const auto& timer = c.retransmission_timer;
            out.push_back({.state = c.state,
                           .local = c.flow.local,
                           .remote = c.flow.remote,
                           .recv_q = c.rcv.unread,
                           .send_q = static_cast<std::uint32_t>(c.send_end() - c.snd.una),
                           .socket = c.socket,
                           .timer_deadline = timer.deadline,
                           .retransmits = c.retransmits});
        } else if (ref.kind() == RecordKind::Request) {
            const Request& r = stack_.store.requests[RequestId{ref.index()}];
            out.push_back({.state = State::HalfOpen,
                           .local = r.flow.local,
                           .remote = r.flow.remote,
                           .timer = TimerKind::Request,
                           .timer_deadline = r.timer.deadline,
                           .retransmits = r.timeouts});
        } else {
            const TimeWait& t = stack_.store.time_waits[TimeWaitId{ref.index()}];
            out.push_back({.state = t.state,
                           .local = t.flow.local,
                           .remote = t.flow.remote,
                           .timer = TimerKind::TimeWait,
                           .timer_deadline = t.timer.deadline});
        }
    });
    const auto key = [](const SocketView& v) {
        return std::tuple(v.local.port, v.remote.port, v.local.address.octets(),
                          v.remote.address.octets());
    };
    std::sort(out.begin() + listeners, out.end(),
              [&](const SocketView& a, const SocketView& b) { return key(a) < key(b); });
    return out;
}

}  // namespace synq
