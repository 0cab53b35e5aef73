// connect(), and the four-tuple that it gets (linux.md 1.1, 1.3, 5.5).
#include "model/fsm/arrival.h"
#include "model/fsm/guards.h"
#include "model/fsm/machine.h"
#include "model/host/host.h"

namespace synq {

CallResult Host::connect(Instant now, SocketId id, Endpoint remote, Outbox& /*out*/) {
    Socket& socket = sockets_[id];
    if (socket.phase == Socket::Phase::Connecting) {
        return finish_connect(id);
    }
    if (socket.phase == Socket::Phase::Disconnecting) {
        return CallResult::fail(Errno::Einval);
    }
    if (socket.kind == Socket::Kind::Listener) {
        Step step{.now = now, .stack = stack_, .listener = socket.listener};
        if (dispatch_listener(State::Listen, Event::ActiveOpen, step) == State::Listen) {
            return CallResult::fail(step.error);
        }
        forget_listener(id);
    }
    if (socket.kind != Socket::Kind::Fresh) {
        return CallResult::fail(Errno::Eisconn);
    }
    if (remote.address.is_any()) {
        remote.address = loopback_for(id);
    }
    FlowKey flow{.local = socket.local, .remote = remote};
    if (flow.local.address.is_any()) {
        flow.local.address = remote.address.is_loopback() ? remote.address : address_;
    }
    Step step{.now = now, .stack = stack_, .port_named = socket.bound};
    if (!socket.bound) {
        const auto port = ports_.choose_to_connect(
            stack_.secret, port_range(stack_.sysctl.local_port_range), flow,
            [&](const FlowKey& key) { return free_to_connect(step, key); });
        if (!port) {
            return CallResult::fail(Errno::Eaddrnotavail);
        }
        flow.local.port = *port;
    }
    step.flow = flow;
    if (const Errno error = take_over_time_wait(step); error != Errno::None) {
        return CallResult::fail(error);
    }
    socket.kind = Socket::Kind::Connection;
    socket.error = Errno::None;
    socket.phase = Socket::Phase::Connecting;
    socket.connection = stack_.store.add_connection(flow);
    step.connection = socket.connection;
    step.conn().socket = id;
    step.conn().sharing = socket.sharing;
    step.conn().read_shut = socket.read_shutdown;
    if (socket.write_shutdown) {
        stack_.store.extra(socket.connection).write_shut = true;
    }
    if (socket.options != SocketOptions{}) {
        stack_.store.extra(socket.connection).options = socket.options;
    }
    if (socket.receive_buffer != 0) {
        ReceiveBuffer& buffer = stack_.store.extra(socket.connection).buffer;
        buffer.size = socket.receive_buffer;
        buffer.ratio = socket.receive_ratio;
    }
    run(step, Event::ActiveOpen);
    return CallResult::block();
}

bool Host::free_to_connect(const Step& step, const FlowKey& flow) const {
    const RecordRef found = stack_.store.find(flow);
    if (found.kind() != RecordKind::TimeWait) {
        return found == RecordRef{};
    }
    Step asked = step;
    asked.time_wait = TimeWaitId{found.index()};
    return guard::clients_reuse_time_wait::test(asked) && guard::client_may_take_over::test(asked);
}

Errno Host::take_over_time_wait(Step& step) const {
    const RecordRef found = stack_.store.find(step.flow);
    if (found.kind() != RecordKind::TimeWait) {
        return found == RecordRef{} ? Errno::None : Errno::Eaddrnotavail;
    }
    step.time_wait = TimeWaitId{found.index()};
    const State before = step.tw().state;
    const State after = dispatch_connection(before, Event::ActiveOpen, step);
    step.time_wait = {};
    if (stack_.report && after != before) {
        stack_.out->emplace_back(StateChanged{step.flow, before, after});
    }
    return step.error;
}

void Host::renew(SocketId id) {
    Socket& socket = sockets_[id];
    give_port_back(id);
    // The receive buffer belongs to the descriptor (Linux tcp_disconnect).
    const ExtraId extra = stack_.store.connections[socket.connection].extra;
    if (extra.valid() && stack_.store.extras[extra].buffer.size != 0) {
        socket.receive_buffer = stack_.store.extras[extra].buffer.size;
        socket.receive_ratio = stack_.store.extras[extra].buffer.ratio;
    }
    stack_.store.remove_connection(socket.connection);
    socket.kind = Socket::Kind::Fresh;
    socket.connection = {};
    socket.phase = Socket::Phase::Unconnected;
    socket.read_shutdown = false;
    socket.write_shutdown = false;
}

CallResult Host::finish_connect(SocketId id) {
    Socket& socket = sockets_[id];
    Connection& conn = stack_.store.connections[socket.connection];
    switch (conn.state) {
        case State::SynSent:
        case State::SynReceived:
            return CallResult::block();
        case State::Closed: {
            // The descriptor is as new: it may connect again (linux.md 1.1).
            const CallResult result = take_error(conn.error, Errno::Econnaborted);
            renew(id);
            return result;
        }
        default:
            socket.phase = Socket::Phase::Connected;
            return CallResult::ok();
    }
}

}  // namespace synq
