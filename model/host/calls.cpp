// Socket calls (linux.md 1.1). What a call does to a connection's state stands in the tables.
#include "model/fsm/acks.h"
#include "model/fsm/arrival.h"
#include "model/fsm/machine.h"
#include "model/fsm/receive_queue.h"
#include "model/host/host.h"

#include <algorithm>
#include <limits>

namespace synq {

CallResult Host::call(Instant now, const Call& call, Outbox& out) {
    begin(out);
    switch (call.kind) {
        case CallKind::Socket: {
            CallResult result = CallResult::ok();
            result.socket = sockets_.acquire();
            sockets_[result.socket].ipv6 = call.ipv6;
            sockets_[result.socket].local.address = call.ipv6 ? IpAddress{} : IpAddress::any_v4();
            return result;
        }
        case CallKind::Bind:
            return bind(call.socket, call.endpoint);
        case CallKind::Listen:
            return listen(now, call.socket, call.value, out);
        case CallKind::Connect:
            return connect(now, call.socket, call.endpoint, out);
        case CallKind::Accept:
            return accept(call.socket);
        case CallKind::Send:
            return send(now, call.socket, call.value, out);
        case CallKind::Recv:
            return receive(now, call.socket, call.value, out);
        case CallKind::Shutdown:
            return shutdown(now, call.socket, static_cast<ShutdownHow>(call.value), out);
        case CallKind::Close:
            return close(now, call.socket, out);
        case CallKind::SetOption:
            return set_option(now, call.socket, call.option, call.value, out);
        case CallKind::GetOption:
            return CallResult::ok(get_option(call.socket, call.option));
        case CallKind::Disconnect:
            return disconnect(now, call.socket, out);
    }
    return CallResult::fail(Errno::Einval);
}

bool Host::bind_ephemeral(SocketId id) {
    Socket& socket = sockets_[id];
    const auto port =
        ports_.choose_to_bind(stack_.secret, stack_.store,
                              port_range(stack_.sysctl.local_port_range), socket.local.address);
    if (!port) {
        return false;
    }
    socket.local.port = *port;
    socket.bound = ports_.bind(socket.local, stack_.store, socket.sharing, id);
    return socket.bound;
}

void Host::give_port_back(SocketId id) {
    Socket& socket = sockets_[id];
    if (socket.bound && !socket.port_locked) {
        ports_.unbind(socket.local, id);
        socket.bound = false;
        socket.local.port = 0;
    }
}

// (MUST-43)
CallResult Host::bind(SocketId id, const Endpoint& local) {
    Socket& socket = sockets_[id];
    const Connection* const conn = connection_of(id);
    const bool has_port = socket.bound || socket.kind == Socket::Kind::Listener ||
                          (conn != nullptr && conn->state != State::Closed);
    if (has_port) {
        return CallResult::fail(Errno::Einval);
    }
    const bool own =
        local.address.is_any() || local.address == address_ || local.address.is_loopback();
    if (!own) {
        return CallResult::fail(Errno::Eaddrnotavail);
    }
    // A wildcard is that of the socket's family; :: takes IPv4 as well.
    const Endpoint nothing{socket.ipv6 ? IpAddress{} : IpAddress::any_v4(), 0};
    socket.local = {local.address.is_any() ? nothing.address : local.address, local.port};
    socket.bound = local.port == 0 ? bind_ephemeral(id)
                                   : ports_.bind(socket.local, stack_.store, socket.sharing, id);
    if (!socket.bound) {
        socket.local = nothing;
        return CallResult::fail(Errno::Eaddrinuse);
    }
    socket.port_locked = local.port != 0;
    return CallResult::ok();
}

CallResult Host::take_error(Errno& stored, Errno otherwise) {
    const Errno error = stored == Errno::None ? otherwise : stored;
    stored = Errno::None;
    return error == Errno::None ? CallResult::ok() : CallResult::fail(error);
}

CallResult Host::send(Instant now, SocketId id, std::int64_t octets, Outbox& /*out*/) {
    Socket& socket = sockets_[id];
    if (socket.kind != Socket::Kind::Connection) {
        return take_error(socket.error, Errno::Epipe);
    }
    Step step = step_for(now, socket.connection);
    // A Fast Open child sends before its final ACK.
    if (step.conn().state == State::SynSent ||
        (step.conn().state == State::SynReceived && !step.conn().fast_open)) {
        return CallResult::block();
    }
    if (step.conn().state == State::Closed) {
        return take_error(step.conn().error, Errno::Epipe);
    }
    if (step.conn().error != Errno::None) {
        return take_error(step.conn().error, Errno::None);
    }
    if (step.write_shut()) {
        return CallResult::fail(Errno::Epipe);
    }
    step.octets = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(octets, 0, std::numeric_limits<std::int32_t>::max()));
    run(step, Event::SendCall);
    return step.error == Errno::None ? CallResult::ok(step.octets) : CallResult::fail(step.error);
}

// End of file after a FIN, an error after an RST (MUST-12).
CallResult Host::receive(Instant now, SocketId id, std::int64_t octets, Outbox& /*out*/) {
    Socket& socket = sockets_[id];
    // A listener has nothing to read, whatever happened before listen().
    if (socket.kind == Socket::Kind::Listener) {
        return CallResult::fail(Errno::Enotconn);
    }
    if (socket.kind != Socket::Kind::Connection) {
        if (socket.error == Errno::None && socket.read_shutdown) {
            return CallResult::ok(0);
        }
        return take_error(socket.error, Errno::Enotconn);
    }
    const Step step = step_for(now, socket.connection);
    Connection& conn = step.conn();
    if (conn.rcv.unread != 0 && octets > 0) {
        const auto taken =
            static_cast<std::uint32_t>(std::min<std::int64_t>(conn.rcv.unread, octets));
        conn.rcv.unread -= taken;
        const bool apart = conn.extra.valid() && stack_.store.extras[conn.extra].buffer.fin_apart;
        conn.fin_read = conn.fin_received && conn.rcv.unread == 0 && (!apart || octets > taken);
        release_memory(step, taken);
        if (conn.state != State::Closed) {
            note_read(step, taken);
        }
        return CallResult::ok(taken);
    }
    // The end of the stream, once seen, hides a later error from recv() (Linux SOCK_DONE).
    if (conn.fin_received) {
        conn.fin_read = true;
        release_memory(step, 0);
        return CallResult::ok(0);
    }
    if (conn.state == State::Closed || conn.error != Errno::None) {
        return take_error(conn.error, Errno::None);
    }
    if (socket.read_shutdown) {
        return CallResult::ok(0);
    }
    return CallResult::block();
}

// Half a close: the other direction goes on (MAY-1).
CallResult Host::shutdown(Instant now, SocketId id, ShutdownHow how, Outbox& out) {
    Socket& socket = sockets_[id];
    if (socket.kind == Socket::Kind::Listener) {
        if (how != ShutdownHow::Write) {
            stop_listening(now, id, out);
            forget_listener(id);
        }
        return CallResult::ok();
    }
    // A call that fails has shut all the same (measured).
    socket.read_shutdown = socket.read_shutdown || how != ShutdownHow::Write;
    if (socket.kind == Socket::Kind::Fresh) {
        socket.write_shutdown = socket.write_shutdown || how != ShutdownHow::Read;
        return CallResult::fail(Errno::Enotconn);
    }
    Step step = step_for(now, socket.connection);
    const State state = step.conn().state;
    if (socket.phase == Socket::Phase::Connecting) {
        const bool open = state != State::SynReceived && state != State::Closed;
        socket.phase = open ? Socket::Phase::Connected : Socket::Phase::Disconnecting;
    }
    if (state == State::Closed) {
        return CallResult::fail(Errno::Enotconn);
    }
    if (how != ShutdownHow::Write) {
        step.conn().read_shut = true;
    }
    // In SYN-SENT any direction gives the attempt up, and the descriptor is as new.
    if (state == State::SynSent) {
        run(step, Event::ShutdownCall);
        socket.error = step.conn().error;
        renew(id);
        return CallResult::ok();
    }
    if (how != ShutdownHow::Read) {
        run(step, Event::ShutdownCall);
    }
    return step.error == Errno::None ? CallResult::ok() : CallResult::fail(step.error);
}

/// The record that the step's closed connection has left, if it is there still.
void Host::abort_time_wait(const Step& step) {
    const Connection& conn = step.conn();
    const RecordRef found = stack_.store.find(conn.flow);
    if (found.kind() != RecordKind::TimeWait) {
        return;
    }
    Step left{.now = step.now,
              .stack = stack_,
              .flow = conn.flow,
              .time_wait = TimeWaitId{found.index()}};
    const State before = left.tw().state;
    if (before != State::TimeWait || left.tw().snd_nxt != conn.snd.nxt) {
        return;  // a later connection's
    }
    const State after = dispatch_connection(before, Event::AbortCall, left);
    if (stack_.report && after != before) {
        stack_.out->emplace_back(StateChanged{conn.flow, before, after});
    }
}

// Graceful, or an abort (R1122-4.2.2.13).
CallResult Host::close(Instant now, SocketId id, Outbox& out) {
    if (sockets_[id].kind == Socket::Kind::Listener) {
        stop_listening(now, id, out);
        forget_listener(id);
    }
    const Socket socket = sockets_[id];  // a copy: the slot is free after this call
    if (socket.listener.valid()) {
        stack_.store.disown_listener(socket.listener);
    }
    if (socket.bound) {
        ports_.unbind(socket.local, id);
    }
    sockets_.release(id);
    if (socket.kind == Socket::Kind::Connection) {
        Step step = step_for(now, socket.connection);
        step.conn().socket = {};
        step.conn().orphan = true;
        stack_.orphans.add(now);
        step.conn().read_shut = true;
        step.conn().fin_read = step.conn().fin_received;
        release_memory(step, 0);
        const bool aborts = step.options().reset_on_close;
        if (aborts && step.conn().state == State::Closed) {
            abort_time_wait(step);
        }
        run(step, aborts ? Event::AbortCall : Event::CloseCall);
        settle(step);
    }
    return CallResult::ok();
}

// The descriptor is as new, whatever it was; an error that it had stays.
CallResult Host::disconnect(Instant now, SocketId id, Outbox& out) {
    Socket& socket = sockets_[id];
    if (socket.kind == Socket::Kind::Listener) {
        stop_listening(now, id, out);
        forget_listener(id);
    } else if (socket.kind == Socket::Kind::Connection) {
        Step step = step_for(now, socket.connection);
        run(step, Event::DisconnectCall);
        socket.error = step.conn().error;
        renew(id);
    }
    socket.phase = Socket::Phase::Unconnected;
    socket.read_shutdown = false;
    socket.write_shutdown = false;
    return CallResult::ok();
}

}  // namespace synq
