// listen(), accept() and the end of a listener (linux.md 1.1, 2.7).
#include "model/fsm/machine.h"
#include "model/host/host.h"
#include "model/listen/fast_open.h"
#include "model/listen/group.h"

namespace synq {

CallResult Host::listen(Instant now, SocketId id, std::int64_t backlog, Outbox& /*out*/) {
    Socket& socket = sockets_[id];
    if (socket.kind == Socket::Kind::Connection) {
        return CallResult::fail(Errno::Einval);
    }
    // A listener that shutdown() had stopped starts anew, beside the children that it left.
    const bool fresh = socket.kind == Socket::Kind::Fresh;
    if (socket.bound && fresh && !ports_.may_listen(socket.local, stack_.store, id)) {
        return CallResult::fail(Errno::Eaddrinuse);
    }
    if (!socket.bound && !bind_ephemeral(id)) {
        return CallResult::fail(Errno::Eaddrinuse);
    }
    Step step{.now = now, .stack = stack_};
    step.octets = backlog_in_force(stack_.profile->listen, backlog, stack_.sysctl.somaxconn);
    if (socket.kind == Socket::Kind::Listener) {
        step.listener = socket.listener;
        dispatch_listener(State::Listen, Event::PassiveOpen, step);
        return CallResult::ok();
    }
    socket.kind = Socket::Kind::Listener;
    // Requests belong to the descriptor: they outlive a pause in its listening.
    if (!socket.listener.valid()) {
        socket.listener = stack_.store.listeners.acquire();
    }
    step.listener = socket.listener;
    step.lis().closed = false;
    step.lis().last_cookie = kNever;
    step.lis().read_shut = socket.read_shutdown;
    step.lis().write_shut = socket.write_shutdown;
    step.lis().local = socket.local;
    step.lis().socket = id;
    constexpr std::int64_t kAll = kFastOpenServer | kFastOpenEveryListener;
    if ((stack_.sysctl.fastopen & kAll) == kAll && socket.options.fast_open == 0) {
        socket.options.fast_open = bounded_fast_open(step.octets);
    }
    step.lis().options = socket.options;
    step.lis().fast_open_queue = 0;  // whoever still waits for a final ACK
    step.lis().fast_open_resets.clear();
    step.lis().sharing = socket.sharing;
    stack_.store.listening.push_back(socket.listener);
    step.lis().group = 0;
    if (socket.sharing.port) {
        join_group(stack_.store, socket.listener);
    }
    ports_.note(socket.local, id, socket.sharing, true);
    dispatch_listener(State::Closed, Event::PassiveOpen, step);
    return CallResult::ok();
}

CallResult Host::accept(SocketId id) {
    if (sockets_[id].kind != Socket::Kind::Listener) {
        return CallResult::fail(Errno::Einval);
    }
    const ListenerId listener = sockets_[id].listener;
    const ConnectionId child = stack_.store.pop_accept_queue(listener);
    if (!child.valid()) {
        return CallResult::block();
    }
    stack_.report_queues(listener);
    CallResult result = CallResult::ok();
    result.socket = sockets_.acquire();
    Socket& accepted = sockets_[result.socket];
    Connection& conn = stack_.store.connections[child];
    accepted.kind = Socket::Kind::Connection;
    accepted.connection = child;
    accepted.read_shutdown = sockets_[id].read_shutdown;
    accepted.ipv6 = sockets_[id].ipv6;
    accepted.local.address = sockets_[id].local.address;
    if (conn.extra.valid()) {
        accepted.options = stack_.store.extras[conn.extra].options;
    }
    accepted.sharing = conn.sharing;
    conn.socket = result.socket;
    result.peer = conn.flow.remote;
    return result;
}

void Host::stop_listening(Instant now, SocketId id, Outbox& /*out*/) {
    const Socket& socket = sockets_[id];
    Step step{.now = now, .stack = stack_, .listener = socket.listener};
    dispatch_listener(State::Listen, Event::CloseCall, step);
}

void Host::forget_listener(SocketId id) {
    Socket& socket = sockets_[id];
    ports_.note(socket.local, id, socket.sharing, false);
    socket.kind = Socket::Kind::Fresh;  // listen() may revive it
    socket.read_shutdown = false;
    socket.write_shutdown = false;
    give_port_back(id);
}

}  // namespace synq
